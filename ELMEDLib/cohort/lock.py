"""One run at a time in an output folder."""

from __future__ import annotations

import errno
import os
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ELMEDLib.errors import InputError, OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "cohort.lock"

PATIENCE_S = 3.0

TAKEN = (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK)
"""What the systems say when somebody else has the lock."""


@contextmanager
def locked(output: Path) -> Iterator[None]:
    """Keep other runs out of the folder, which is made when it is missing.

    The system lets go of the lock when the process ends, however it ends.

    Raises:
        InputError: another run is at work there.
        OutputError: the folder cannot be made or written to, or its disk knows no locks.
    """
    try:
        output.mkdir(parents=True, exist_ok=True)
        handle = os.open(output / NAME, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise OutputError(
            f"'{output}' cannot be written to: {error.strerror or error}.",
            "Choose a folder that you may write to.",
        ) from error
    try:
        try:
            _lock_soon(handle)
        except OSError as error:
            if error.errno not in TAKEN:
                raise OutputError(
                    f"The disk of '{output}' cannot keep other runs out: "
                    f"{error.strerror or error}.",
                    "Choose a folder on a disk of this computer.",
                ) from error
            raise InputError(
                f"Another run is at work in '{output}'.",
                "Wait for it to end, or choose another output folder.",
            ) from error
        yield
    finally:
        os.close(handle)


def _lock_soon(handle: int) -> None:
    """Lock; a run that was cancelled a moment ago may take until now to end."""
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            return _lock(handle)
        except OSError as error:
            if error.errno not in TAKEN or time.monotonic() > end:
                raise
        time.sleep(0.1)


def _lock(handle: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
