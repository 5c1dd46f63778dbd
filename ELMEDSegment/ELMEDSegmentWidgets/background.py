"""Work beside the window: short steps on the main thread, the rest in a thread, no worker."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import qt

from ELMEDLib.errors import ELMEDError, where

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

logger = logging.getLogger(__name__)

INTERVAL_MS = 20


class Background:
    """One piece of work at a time; a new one takes the place of the one before."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix="elmed-look")
        self._steps: Generator[None, None, Any] | None = None
        self._onEnd: Callable[[Any], None] | None = None
        self._timer = qt.QTimer()
        self._timer.setInterval(INTERVAL_MS)
        self._timer.connect("timeout()", self._takeStep)

    @property
    def running(self) -> bool:
        """Whether something is at work."""
        return self._steps is not None

    def start(self, steps: Generator[None, None, Any], onEnd: Callable[[Any], None]) -> None:
        """Begin.

        Args:
            steps: the work; it yields where the window may do something else.
            onEnd: called with what the work returns, or with the `ELMEDError` that it raises.
        """
        self._steps, self._onEnd = steps, onEnd
        self._timer.start()

    def inThread(self, function: Callable[..., Any], *arguments: Any) -> Generator:
        """Call what touches neither nodes nor Qt in the thread; return its answer."""
        work = self._threads.submit(function, *arguments)
        while not work.done():
            yield
        return work.result()

    def cancel(self) -> None:
        """Let go of the work; what the thread still computes is not looked at."""
        self._steps = self._onEnd = None
        self._timer.stop()

    def cleanup(self) -> None:
        """End everything: the panel is about to be deleted."""
        self.cancel()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _takeStep(self) -> None:
        if self._steps is None:
            self._timer.stop()
            return
        try:
            next(self._steps)
        except StopIteration as finished:
            self._end(finished.value)
        except ELMEDError as error:
            self._end(error)
        except Exception as error:
            # Without its text: names of volumes are often those of patients.
            logger.error("Looking at the volumes failed:\n%s", where(error))  # noqa: TRY400
            advice = "Choose other volumes, or report it with what Slicer's log says."
            self._end(ELMEDError("The volumes could not be looked at.", advice))

    def _end(self, answer: Any) -> None:
        onEnd = self._onEnd
        self.cancel()
        if onEnd:
            onEnd(answer)
