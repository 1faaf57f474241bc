"""Imported by the server that workers are forked from, and by nothing else.

A worker that is still starting when all work is done is ended before it has read what it is to do. It would say so in
a traceback, on the user's terminal.
"""

import sys
from types import TracebackType


def _say_nothing(_kind: type[BaseException], _error: BaseException, _trace: TracebackType | None) -> None:
    """What goes wrong in a piece of work is its result, and is told there."""


sys.excepthook = _say_nothing
