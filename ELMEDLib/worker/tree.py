"""Ending a process together with everything that it started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from typing import Any, NoReturn

PATIENCE_S = 0.7
"""How long a worker may clean up after it was asked to end, before it is made to."""

KILLER_S = 10.0
"""How long Windows' own program for ending a tree may take; a busy computer starts it slowly."""


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
    asked = _ask_to_end(process)
    thread = threading.Thread(target=_see_to_the_end, args=(process, patience, asked), daemon=True)
    thread.start()
    return thread


def end_when_idle(process: subprocess.Popen[bytes], patience: float) -> threading.Thread:
    """Let a process end by itself for `patience` seconds, then end its tree; return at once."""

    def wait_then_end() -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
        _see_to_the_end(process, PATIENCE_S, _ask_to_end(process))

    thread = threading.Thread(target=wait_then_end, daemon=True)
    thread.start()
    return thread


def end_own() -> NoReturn:
    """End this process at once and, where it was started with `start_options`, all it started."""
    if sys.platform != "win32" and os.getpgrp() == os.getpid():
        _signal_group(os.getpid(), signal.SIGKILL)
    os._exit(1)


def _ask_to_end(process: subprocess.Popen[bytes]) -> subprocess.Popen[bytes] | None:
    """Ask the whole tree to end; return the program that was started to do so, if any."""
    if sys.platform == "win32":
        if process.poll() is None:
            command = ["taskkill", "/T", "/F", "/PID", str(process.pid)]
            flags = subprocess.CREATE_NO_WINDOW
            with contextlib.suppress(OSError):
                return subprocess.Popen(command, creationflags=flags)
    else:
        _signal_group(process.pid, signal.SIGTERM)
    return None


def _see_to_the_end(
    process: subprocess.Popen[bytes], patience: float, asked: subprocess.Popen[bytes] | None
) -> None:
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(patience)
    if sys.platform == "win32":
        # It finds the children through the process, which must not be gone before them.
        if asked is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                asked.wait(KILLER_S)
        process.kill()
    else:
        # Also when the worker itself has gone: what it started may still be there.
        _signal_group(process.pid, signal.SIGKILL)
    process.wait()


def _signal_group(group: int, number: int) -> None:
    # The worker leads its group, whose number stays taken as long as any member lives.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
