"""What the worker can be asked to do about training."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import InputError
from ELMEDSegmentLib.training.install import install_run
from ELMEDSegmentLib.training.plan_file import read_plan

if TYPE_CHECKING:
    from ELMEDLib.progress import Progress
    from ELMEDSegmentLib.training.run import TrainingPlan


def train_in_folder(arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Train, or go on training, until the run is over or somebody wishes it to stop.

    Args:
        arguments: `output` (the run's folder), `device` (of `device.DEVICES`), and, unless the
            folder holds a run to go on with: `sources` (pairs of folder and weight), `held_out`
            (names), `start_from` (a model, or "scratch"), `recipe` (values of `Recipe` that differ
            from the usual ones) and optionally `minutes` and `name`.
        progress: told which of the seven steps is being taken; may raise `CancelledError`.

    Returns:
        `reason` (a sentence), `step`, `steps` and `over` (whether nothing is left to do).

    Raises:
        ELMEDError: the data, the model to start from or the folder cannot be used.
    """
    from ELMEDSegmentLib.training.run import carry_out

    outcome = carry_out(_plan(arguments), progress)
    return {
        "reason": outcome.reason,
        "step": outcome.step,
        "steps": outcome.steps,
        "over": outcome.manifest is not None,
    }


def install_training(arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Install what a run has learnt as one of the user's models.

    Args:
        arguments: `run` (its folder) and `name` (of the model).
        progress: told about the two stages.

    Returns:
        `name` and `manifest` (path).

    Raises:
        ELMEDError: there is nothing to install, or it cannot be written.
    """
    progress("installing", 0.1, "Installing the model")
    manifest = install_run(Path(arguments["run"]), arguments["name"])
    progress("installing", 1.0, "Installed")
    return {"name": arguments["name"], "manifest": str(manifest)}


def _plan(arguments: dict[str, Any]) -> TrainingPlan:
    from ELMEDSegmentLib.device import choose_device
    from ELMEDSegmentLib.training.recipe import Recipe
    from ELMEDSegmentLib.training.run import Source, TrainingPlan

    output = Path(arguments["output"])
    device = choose_device(arguments.get("device", "auto"))
    record = read_plan(output)
    if record is not None:
        return record.plan(output, device)
    if not arguments.get("sources"):
        raise InputError(f"'{output}' holds no training run to go on with.", "Begin a new one.")
    recipe = dict(arguments.get("recipe") or {})
    if "patch" in recipe:
        recipe["patch"] = tuple(recipe["patch"])
    return TrainingPlan(
        [Source(Path(folder), float(weight)) for folder, weight in arguments["sources"]],
        output,
        Recipe(**recipe),
        list(arguments.get("held_out") or ()),
        name=arguments.get("name") or "my-model",
        device=device,
        start_from=arguments["start_from"],
        minutes=arguments.get("minutes"),
    )
