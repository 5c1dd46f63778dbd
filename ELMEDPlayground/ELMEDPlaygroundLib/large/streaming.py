"""How far a text is: one report a token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ELMEDLib.progress import Progress


class _Counter:
    """Is handed every token as it is made; has the methods of transformers' streamers."""

    def __init__(self, progress: Progress, start: float, end: float, most: int) -> None:
        self._progress = progress
        self._start, self._end, self._most = start, end, max(most, 1)
        self._count = -1  # the first call hands over the beginning, which is not made

    def put(self, value: Any) -> None:  # noqa: ARG002 - the token itself does not matter
        """Take a token."""
        self._count += 1
        share = min(self._count / self._most, 1.0)
        message = f"Token {max(self._count, 0)} of at most {self._most}"
        self._progress("writing", self._start + (self._end - self._start) * share, message)

    def end(self) -> None:
        """Take note that the text is complete."""
        self._progress("writing", self._end, f"{self._count} tokens")


def progress_of_tokens(progress: Progress, start: float, end: float, most: int) -> Any:
    """Return a streamer for `generate` that reports every token.

    Args:
        progress: is told; may raise `CancelledError`, which ends the work.
        start: share of the whole way before the first token.
        end: and after the last.
        most: tokens that are made at the most.
    """
    return _Counter(progress, start, end, most)
