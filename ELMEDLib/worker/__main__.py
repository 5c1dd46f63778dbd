"""The worker process: `python -m ELMEDLib.worker [ROOM ...]`."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from ELMEDLib.worker.protocol import ROOMS
from ELMEDLib.worker.server import Server

if TYPE_CHECKING:
    from collections.abc import Sequence

NICENESS = 10


def main(rooms: Sequence[str]) -> NoReturn:
    """Serve until the parent has gone, then end without waiting for anybody's threads."""
    requests, answers = _take_streams()
    os.environ.pop("PYTHONSAFEPATH", None)  # other programs that tasks start have their own ways
    logging.basicConfig(stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    _yield_to_the_application()
    signal.signal(signal.SIGTERM, _stop)
    code = 0
    try:
        Server(requests, answers, rooms).serve()
    except SystemExit as ending:
        code = int(ending.code or 0)
    except KeyboardInterrupt:
        code = 130
    sys.stderr.flush()
    os._exit(code)


def _take_streams() -> tuple[TextIO, TextIO]:
    """Return private copies of standard input and output for the protocol.

    What libraries and their C++ parts print goes to standard error from here on, and children of
    the worker find an empty standard input: nobody else can speak on, or read from, the pipes.
    """
    sys.stdout.flush()
    requests = os.fdopen(os.dup(0), "r", encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return requests, answers


def _yield_to_the_application() -> None:
    """Lower the priority, so that windows stay smooth; on Windows the parent has done it."""
    if hasattr(os, "nice"):
        with contextlib.suppress(OSError):
            os.nice(NICENESS)


def _stop(*_: Any) -> NoReturn:
    # An exception rather than the default death: files that are half written are removed.
    raise SystemExit(128 + signal.SIGTERM)


if __name__ == "__main__":
    main(sys.argv[1:] or ROOMS)
