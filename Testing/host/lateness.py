"""How late a timer of the panel's thread is, while work goes on elsewhere."""

from __future__ import annotations

import gc
import threading
import time
from pathlib import Path

from PySide6.QtCore import QTimer


def waited_for_processor() -> float:
    """Return for how many seconds this thread has waited for a processor that others had.

    Linux counts it; elsewhere it is taken as 0, and lateness is what the clock says.
    """
    return _waited(Path(f"/proc/self/task/{threading.get_native_id()}/schedstat"))


def waited_by(process_id: int) -> float:
    """Return for how many seconds another process has waited for a processor, counted as above."""
    return _waited(Path(f"/proc/{process_id}/schedstat"))


def _waited(listing: Path) -> float:
    try:
        return int(listing.read_text().split()[1]) / 1e9
    except (OSError, IndexError):
        return 0.0


class TimerWatch:
    """A timer that notes how late it is.

    Of each delay only what this process is to blame for is counted: on a machine that is busy with
    other work a thread waits for its turn, however little the panel does.
    """

    def __init__(self, interval_ms: int = 20) -> None:
        self._interval = interval_ms / 1000
        self._timer = QTimer()
        self._timer.setInterval(interval_ms)
        self._timer.timeout.connect(self._tick)
        self._last: tuple[float, float] | None = None
        self.ticks = 0
        self.latest = 0.0
        """The greatest delay, in seconds."""

    def start(self) -> None:
        """Begin to watch.

        What lives in memory already, such as the tests of a whole suite, is spared from garbage
        collection meanwhile: to go through a million objects takes half a second, whatever the
        panel does.
        """
        gc.collect()
        gc.freeze()
        self._last = None
        self._timer.start()

    def stop(self) -> None:
        """Watch no longer; what was seen stays."""
        self._timer.stop()
        gc.unfreeze()

    def _tick(self) -> None:
        now = (time.monotonic(), waited_for_processor())
        if self._last is not None:
            gap, waited = (a - b for a, b in zip(now, self._last, strict=True))
            self.latest = max(self.latest, gap - waited - self._interval)
        self._last = now
        self.ticks += 1
