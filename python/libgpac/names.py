# SPDX-License-Identifier: MIT
"""Names of formats, which have a short and a long spelling."""


class FormatName(str):
    """Short name of a pixel or audio format; equal to its long name too, kept in ``long``."""

    __slots__ = ("long",)
    long: str

    def __new__(cls, short: str, long: str) -> "FormatName":
        self = super().__new__(cls, short)
        self.long = long
        return self

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, str):
            return NotImplemented
        return str.__eq__(self, other) or str.__eq__(self.long, other)

    def __ne__(self, other: object) -> bool:
        equal = self.__eq__(other)
        return equal if equal is NotImplemented else not equal

    def __hash__(self) -> int:
        return super().__hash__()

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        return str(self), self.long
