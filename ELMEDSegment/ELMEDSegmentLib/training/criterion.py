"""When training stops, and which weights were the best: by patients that it never trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ELMEDSegmentLib.training.recipe import Recipe


def mean_dice(dice: Mapping[str, Mapping[str, float]]) -> float:
    """Return the mean over patients and regions of `{patient: {region: Dice}}`."""
    values = [value for regions in dice.values() for value in regions.values()]
    return sum(values) / len(values)


class Criterion:
    """Follows the validations of one run."""

    def __init__(self, recipe: Recipe, rows: Iterable[Mapping[str, Any]] = ()) -> None:
        """Take up a run where its metrics leave it.

        Args:
            recipe: says how many steps there are, and how long to be patient.
            rows: the metrics so far, a mapping a step.
        """
        self._recipe = recipe
        self.best_step: int | None = None
        self.best = -1.0
        self.since = 0
        self.validations = 0
        for row in rows:
            if "dice" in row:
                self.hear(row["step"], row["dice"])

    def hear(self, step: int, dice: Mapping[str, Mapping[str, float]]) -> bool:
        """Take a validation into account, and return whether it is the best so far."""
        self.validations += 1
        score = mean_dice(dice)
        if score > self.best:
            self.best, self.best_step, self.since = score, step, 0
            return True
        self.since += 1
        return False

    def reason_to_stop(self) -> str:
        """Return why training should end before its last step, "" when it should not."""
        patience = self._recipe.patience
        if patience and self.since >= patience:
            return (
                f"Stopped early: {self.since} validations in a row were no better than step "
                f"{self.best_step}, mean Dice {self.best:.3f}."
            )
        return ""

    def outlook(self, step: int) -> str:
        """Return what the criterion has to say after `step`, for the screen."""
        text = f"{self._recipe.steps - step} steps to go"
        if self.best_step is not None:
            text += f"; best validation {self.best:.3f} at step {self.best_step}"
        if self._recipe.patience and self.since:
            text += f", not reached for {self.since} of {self._recipe.patience}"
        return text
