"""What goes wrong where nobody can catch it: slots, timers, observers, virtual methods."""

from __future__ import annotations

import sys
import traceback
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType


class HostIncompleteError(NotImplementedError):
    """Real Slicer has this name, the host does not stand in for it yet."""


slot_errors: list[BaseException] = []
"""Exceptions that were printed because Qt or VTK, not Python, called the code."""


def record(error: BaseException) -> None:
    """Print an exception as PythonQt does, and keep it for tests."""
    traceback.print_exception(error, file=sys.stderr)
    slot_errors.append(error)


def guarded(function: Callable[..., Any], *args: Any) -> Any:
    """Call `function`; an exception is recorded and None returned."""
    try:
        return function(*args)
    except Exception as error:
        record(error)
        return None


def record_uncaught() -> None:
    """Keep exceptions of VTK observers, which VTK prints through `sys.excepthook`, too."""
    original = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        slot_errors.append(error)
        original(kind, error, trace)

    sys.excepthook = hook
