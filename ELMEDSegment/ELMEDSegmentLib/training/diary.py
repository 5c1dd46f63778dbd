"""What is kept of a training run while it goes: metrics, checkpoints, best weights, pictures."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ELMEDLib.files import written_whole
from ELMEDSegmentLib.training import control, seven_steps
from ELMEDSegmentLib.training.checkpoint import BEST, save_checkpoint
from ELMEDSegmentLib.training.criterion import Criterion
from ELMEDSegmentLib.training.metrics import METRICS, read_metrics
from ELMEDSegmentLib.training.picture import draw_slice, most_telling, write_slice
from ELMEDSegmentLib.training.saving import save_state, told_when_full
from ELMEDSegmentLib.training.validation import validate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    import torch

    from ELMEDLib.progress import Progress
    from ELMEDSegmentLib.training.average import WeightAverage
    from ELMEDSegmentLib.training.recipe import Recipe
    from ELMEDSegmentLib.training.samples import TrainingCase

LONGEST_UNSAVED_S = 60.0
"""A checkpoint is written after this time at the latest, however slow the steps are."""

LOOKS_S = 0.1
"""How often a paused run looks whether it may go on."""


@dataclass(frozen=True)
class Learner:
    """What changes from step to step."""

    network: torch.nn.Module
    average: WeightAverage
    optimiser: torch.optim.Optimizer


class Diary:
    """Keeps the records of one run, and knows when it is over."""

    def __init__(
        self,
        recipe: Recipe,
        held_out: Sequence[TrainingCase],
        folder: Path,
        progress: Progress,
        learner: Learner,
    ) -> None:
        """Prepare the records.

        Args:
            recipe: the settings.
            held_out: the cases to validate on.
            folder: that everything is written into; it exists.
            progress: told about every one of the seven steps.
            learner: whose state is saved.
        """
        self._recipe = recipe
        self._held_out = held_out
        self._folder = folder
        self._progress = progress
        self._learner = learner
        self._shown = most_telling(held_out) if held_out else -1
        self._criterion = Criterion(recipe)
        self.stopped = False
        self._wish = ""
        self._started = self._saved = time.monotonic()

    def begin(self, done: int) -> None:
        """Take up a run after `done` steps; a fine-tuning run is validated before its first."""
        rows = [row for row in read_metrics(self._folder) if row["step"] <= done]
        if not done and not self._recipe.validate_first:
            rows = []
        self._write_all(rows)
        self._criterion = Criterion(self._recipe, rows)
        self._started = time.monotonic() - (rows[-1].get("seconds", 0.0) if rows else 0.0)
        if self._recipe.validate_first and self._held_out and not rows:
            self._append({"step": 0, "dice": self._validated(0), "seconds": 0.0})

    @property
    def reason(self) -> str:
        """Why the run is over before its last step, "" while it is not."""
        return self._wish or self._criterion.reason_to_stop()

    def tell(self, stage: str, step: int, message: str) -> None:
        """Say which of the seven steps is being taken, with its numbers."""
        before = stage not in (seven_steps.REPEAT, seven_steps.STOP, seven_steps.PAUSED)
        share = (step - (1 if before and step else 0)) / self._recipe.steps
        self._progress(stage, share, message)

    def note(self, step: int, loss: float, rate: float) -> None:
        """Write down a step that was taken; validate and save where it is time to.

        Raises:
            CancelledError: nobody wants the run any more.
            OutputError: the folder cannot be written to.
        """
        recipe = self._recipe
        metrics: dict[str, Any] = {"step": step, "loss": round(loss, 5), "rate": rate}
        last = step == recipe.steps
        if self._held_out and (last or step % recipe.validate_every == 0):
            metrics["dice"] = self._validated(step)
        metrics["seconds"] = round(self._seconds(), 1)
        self._append(metrics)
        late = time.monotonic() - self._saved > LONGEST_UNSAVED_S
        kept_best = recipe.keep_best and "dice" in metrics
        if last or late or kept_best or step % recipe.save_every == 0:
            self._save(step)
        self.tell(seven_steps.REPEAT, step, f"Step {step} of {recipe.steps}: loss {loss:.3f}")
        self._heed_wishes(step)
        self.tell(seven_steps.STOP, step, self._criterion.outlook(step))

    def _validated(self, step: int) -> dict[str, dict[str, float]]:
        self.tell(seven_steps.STOP, step, "Validating")

        def look(case: TrainingCase, probabilities: np.ndarray) -> None:
            if case is self._held_out[self._shown]:
                write_slice(draw_slice(case, probabilities), self._folder, step)

        network = self._learner.average.network
        dice = validate(network, self._recipe.architecture, self._held_out, look)
        if self._criterion.hear(step, dice) and self._recipe.keep_best:
            weights = {name: tensor.cpu() for name, tensor in network.state_dict().items()}
            save_state({"step": step, "dice": dice, "network": weights}, self._folder / BEST)
        return dice

    def _heed_wishes(self, step: int) -> None:
        wish = control.wish(self._folder)
        if wish == control.RUN:
            return
        self._save(step)
        paused = time.monotonic()
        while wish == control.PAUSE:
            self.tell(seven_steps.PAUSED, step, f"Paused after step {step}")
            time.sleep(LOOKS_S)
            wish = control.wish(self._folder)
        self._started += time.monotonic() - paused
        if wish == control.STOP:
            self.stopped = True
            self._wish = f"Stopped by you after step {step}; it can go on from there."

    def _save(self, step: int) -> None:
        learner = self._learner
        save_checkpoint(
            self._folder,
            step,
            self._recipe.as_dict(),
            learner.network,
            learner.average,
            learner.optimiser,
        )
        self._saved = time.monotonic()

    def _seconds(self) -> float:
        return time.monotonic() - self._started

    def _append(self, metrics: dict[str, Any]) -> None:
        path = self._folder / METRICS
        with told_when_full(self._folder), path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(metrics) + "\n")

    def _write_all(self, rows: Sequence[dict[str, Any]]) -> None:
        """Drop the metrics of steps after the checkpoint: they are about to be done again."""
        with told_when_full(self._folder), written_whole(self._folder / METRICS) as temporary:
            text = "".join(f"{json.dumps(row)}\n" for row in rows)
            temporary.write_text(text, encoding="utf-8")
