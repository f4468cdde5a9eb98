# SPDX-License-Identifier: MIT
"""The library's messages in Python's ``logging``."""

from __future__ import annotations

import logging

from . import _native

# Of the library's levels, GF_LOG_ERROR (1) to GF_LOG_DEBUG (4).
_LEVELS = {1: logging.ERROR, 2: logging.WARNING, 3: logging.INFO, 4: logging.DEBUG}


def _hand_over(tool: str, level: int, text: str) -> None:
    logging.getLogger(f"libgpac.{tool}").log(_LEVELS[level], "%s", text)


def use_logging(enable: bool = True) -> None:
    """Sends the library's messages to Python's ``logging`` instead of standard error, or back with False.

    Each message goes to the logger ``libgpac.TOOL``, where ``TOOL`` is the part of the library it comes from
    (``filter``, ``container``, ``http``, ...), with the level ``ERROR``, ``WARNING``, ``INFO`` or ``DEBUG``. Messages
    are made at the levels of `set_logs`, warnings by default; loggers and handlers choose among those. Handlers are
    called on the thread the message comes from; what they raise is reported by ``sys.unraisablehook``.

    >>> import logging
    >>> import libgpac as gpac
    >>> gpac.use_logging()
    >>> gpac.set_logs("all@info")
    >>> logging.getLogger("libgpac").setLevel(logging.INFO)
    """
    _native.set_log_handler(_hand_over if enable else None)
