"""Ctrl+C while other processes work: heard at a good moment, and by this process alone."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


class Interruption:
    """Keeps in mind that the user has interrupted the run.

    Python raises `KeyboardInterrupt` wherever it happens to be. Where an object is being tidied up
    it is dropped with a message, and the run would go on as if nobody had asked.
    """

    def __init__(self) -> None:
        self._came = False

    def heard(self, _number: int, _frame: FrameType | None) -> None:
        """Keep in mind; the signal's handler."""
        self._came = True

    def check(self) -> None:
        """Raise what is due.

        Raises:
            KeyboardInterrupt: the user has interrupted the run.
        """
        if self._came:
            raise KeyboardInterrupt


@contextmanager
def interruption() -> Iterator[Interruption]:
    """Give what to ask now and then; elsewhere than in the main thread nothing is interrupted."""
    made = Interruption()
    if threading.current_thread() is not threading.main_thread():
        yield made
        return
    before = signal.signal(signal.SIGINT, made.heard)
    try:
        yield made
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def unheard_by_children() -> Iterator[None]:
    """Let no process that is started meanwhile hear of Ctrl+C, which reaches a whole terminal.

    This process ends them, quietly. It hears of it afterwards. Windows knows no such thing.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
