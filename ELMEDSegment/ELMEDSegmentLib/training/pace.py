"""How many steps can be taken in a given time, found out by taking some."""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ELMEDSegmentLib.training import seven_steps
from ELMEDSegmentLib.training.loop import train_from

if TYPE_CHECKING:
    from ELMEDLib.progress import Progress
    from ELMEDSegmentLib.training.loop import TrainingData
    from ELMEDSegmentLib.training.recipe import Recipe
    from ELMEDSegmentLib.training.start import Start

TRIED = 4
"""Steps that are taken; the first is slower than those after it, and is not counted."""

VALIDATIONS = 10
"""How often a run is validated, where the time allows it."""

LARGEST_SHARE = 0.25
"""Of the time that may go into validation."""


def recipe_for(
    minutes: float,
    recipe: Recipe,
    data: TrainingData,
    progress: Progress,
    device: str,
    start: Start | None,
) -> Recipe:
    """Return `recipe` with as many steps as take about `minutes` on this computer.

    The number is fixed then: the learning rate falls to zero over it, and a run that is resumed
    takes the same steps.
    """
    step_s, validation_s = _measured(recipe, data, progress, device, start)
    seconds = minutes * 60
    validations = 0
    if data.held_out and recipe.validate_every <= 0:
        affordable = int(LARGEST_SHARE * seconds / max(validation_s, 1e-3))
        validations = min(max(affordable, 1), VALIDATIONS)
    in_validation = (validations + (1 if recipe.validate_first else 0)) * validation_s
    steps = max(int((seconds - in_validation) / step_s), 1)
    if validations:
        recipe = replace(recipe, validate_every=max(-(-steps // validations), 1))
    return with_steps(recipe, steps)


def with_steps(recipe: Recipe, steps: int) -> Recipe:
    """Return `recipe` for so many steps; what it leaves open is a tenth of them.

    A short run rises to its learning rate sooner.
    """
    return replace(
        recipe,
        steps=steps,
        warm_up=min(recipe.warm_up, max(steps // 10, 1)),
        validate_every=recipe.validate_every
        if recipe.validate_every > 0
        else max(-(-steps // VALIDATIONS), 1),
    )


def _measured(
    recipe: Recipe, data: TrainingData, progress: Progress, device: str, start: Start | None
) -> tuple[float, float]:
    """Return the seconds of a step and of a validation."""
    import copy

    times: list[float] = []

    def watch(stage: str, fraction: float, message: str) -> None:  # noqa: ARG001
        if stage == seven_steps.BATCH or message == "Validating":
            times.append(time.monotonic())
        # Nobody wants the work any more: `progress` raises.
        progress(seven_steps.INITIALISE, 0.0, "Finding out how fast this computer is")

    trial = replace(
        recipe,
        steps=TRIED,
        warm_up=1,
        validate_every=TRIED,
        validate_first=False,
        patience=0,
        keep_best=False,
    )
    with tempfile.TemporaryDirectory(prefix="elmed-pace-") as folder:
        network = copy.deepcopy(start.network) if start else None
        train_from(network, trial, data, Path(folder), watch, device)
    ended = time.monotonic()
    # The times of the beginnings of the steps, then of the validation where there is one.
    last_step = times[TRIED] if len(times) > TRIED else ended
    step_s = (last_step - times[1]) / (TRIED - 1)
    return max(step_s, 1e-3), (ended - last_step if data.held_out else 0.0)
