# SPDX-License-Identifier: MIT
"""The exception of the package."""

from . import constants

_NAMES = {
    value: name
    for name, value in vars(constants).items()
    if name in constants.ERROR_NAMES
}


class GpacError(Exception):
    """A failure reported by the engine, or a use of an object that is gone.

    ``code`` is one of the ``GF_*`` error codes, ``name`` the name of that code.
    """

    def __init__(self, message: str, code: int = constants.GF_BAD_PARAM):
        super().__init__(message)
        self.code = code

    @property
    def name(self) -> str:
        """Name of the code, such as ``GF_URL_ERROR``; its digits when it has none."""
        return _NAMES.get(self.code, str(self.code))
