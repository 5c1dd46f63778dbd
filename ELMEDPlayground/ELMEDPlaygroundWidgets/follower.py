"""What the parts of the panel hear of the experiment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class Follower:
    """Hears from the bench what happens; each part of the panel takes what concerns it."""

    def specChanged(self) -> None:
        """Show `bench.spec`: another choice was made, here or elsewhere, or a scene was loaded."""

    def noted(self) -> None:
        """Take up that `bench.notes` has changed."""

    def created(self, summary: Mapping[str, Any]) -> None:
        """Take up a new experiment; `summary` is as for `View.suits`."""

    def answered(self, answer: Mapping[str, Any]) -> None:
        """Take up what a frame or a single step has brought (step, numbers, history, views)."""

    def happened(self, task: str, answer: Mapping[str, Any]) -> None:
        """Take up what the engine has answered to a question beside the experiment."""

    def saved(self) -> None:
        """Take up that `bench.state` is that of the moment."""

    def runningChanged(self, running: bool) -> None:
        """Show whether the training goes on."""

    def troubled(self, sentence: str) -> None:
        """Show what keeps the experiment from going on, "" when nothing does."""
