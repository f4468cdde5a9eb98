# SPDX-License-Identifier: MIT
"""The names of the package, under the path that other bindings of the API use."""

from typing import Any

import libgpac as _package

__all__ = _package.__all__


def __getattr__(name: str) -> Any:
    return getattr(_package, name)


def __dir__() -> list[str]:
    return dir(_package)
