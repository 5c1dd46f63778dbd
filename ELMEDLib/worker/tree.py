"""Ending a process together with everything that it started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from typing import Any

PATIENCE_S = 0.7
"""How long a worker may clean up after it was asked to end, before it is made to."""


def start_options() -> dict[str, Any]:
    """Return the arguments of `subprocess.Popen` that make `end` able to end the whole tree."""
    if sys.platform == "win32":
        flags = (
            subprocess.CREATE_NEW_PROCESS_GROUP
            | subprocess.CREATE_NO_WINDOW
            | subprocess.BELOW_NORMAL_PRIORITY_CLASS
        )
        return {"creationflags": flags}
    return {"start_new_session": True}


def end(process: subprocess.Popen[bytes], patience: float = PATIENCE_S) -> threading.Thread:
    """End `process` and its descendants, and return at once.

    Args:
        process: started with `start_options`.
        patience: seconds that it may take to end by itself after being asked to.

    Returns:
        The thread that sees to it; it ends when the process has.
    """
    # Asked from here: an application that waits for events may keep Python's lock to itself, and
    # then no other thread comes to its turn for a while.
    _ask_to_end(process)
    thread = threading.Thread(target=_see_to_the_end, args=(process, patience), daemon=True)
    thread.start()
    return thread


def end_when_idle(process: subprocess.Popen[bytes], patience: float) -> threading.Thread:
    """Let a process end by itself for `patience` seconds, then end its tree; return at once."""

    def wait_then_end() -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
        _ask_to_end(process)
        _see_to_the_end(process, PATIENCE_S)

    thread = threading.Thread(target=wait_then_end, daemon=True)
    thread.start()
    return thread


def _ask_to_end(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        if process.poll() is None:
            command = ["taskkill", "/T", "/F", "/PID", str(process.pid)]
            flags = subprocess.CREATE_NO_WINDOW
            with contextlib.suppress(OSError):
                subprocess.Popen(command, creationflags=flags)
    else:
        _signal_group(process.pid, signal.SIGTERM)


def _see_to_the_end(process: subprocess.Popen[bytes], patience: float) -> None:
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(patience)
    if sys.platform == "win32":
        process.kill()
    else:
        # Also when the worker itself has gone: what it started may still be there.
        _signal_group(process.pid, signal.SIGKILL)
    process.wait()


def _signal_group(group: int, number: int) -> None:
    # The worker leads its group, whose number stays taken as long as any member lives.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
