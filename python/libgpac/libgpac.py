# SPDX-License-Identifier: MIT
"""The names of the package, under the path that other bindings of the API use."""

import libgpac as _package

__all__ = _package.__all__


def __getattr__(name: str):
    return getattr(_package, name)


def __dir__() -> list:
    return dir(_package)
