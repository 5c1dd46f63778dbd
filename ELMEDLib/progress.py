"""How long work says where it is."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, float, str], None]
"""`progress(stage, fraction, message)`: a short stage name, the share of the whole work done so far
(0 to 1, never falling), and a sentence for the status line. It may raise `CancelledError`."""


def no_progress(stage: str, fraction: float, message: str) -> None:
    """Take a progress report and do nothing with it."""


def within(progress: Progress, start: float, end: float) -> Progress:
    """Return a progress function whose 0 to 1 is the part `start` to `end` of `progress`."""

    def report(stage: str, fraction: float, message: str) -> None:
        progress(stage, start + (end - start) * min(max(fraction, 0.0), 1.0), message)

    return report
