"""A whole training run: find the data, train, and publish the result as a model."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ELMEDLib.errors import InputError
from ELMEDLib.progress import Progress, within
from ELMEDSegmentLib.store import check_name
from ELMEDSegmentLib.training import control, seven_steps
from ELMEDSegmentLib.training.cases import find_cases
from ELMEDSegmentLib.training.checkpoint import NAME as CHECKPOINT
from ELMEDSegmentLib.training.plan_file import PlanRecord, recorded, write_plan
from ELMEDSegmentLib.training.recipe import Recipe, check_recipe
from ELMEDSegmentLib.training.saving import make_folder
from ELMEDSegmentLib.training.split import check_split
from ELMEDSegmentLib.training.start import FINE_TUNING_RATE, SCRATCH, find_start

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ELMEDSegmentLib.training.cases import Case
    from ELMEDSegmentLib.training.loop import TrainingData
    from ELMEDSegmentLib.training.start import Start

READ = 0.05
TRAINED = 0.98
"""Shares of the whole way until the studies are read, and until the network is trained."""


@dataclass(frozen=True)
class Source:
    """A folder of labelled studies, and how often its studies are drawn relative to others'."""

    folder: Path
    weight: float = 1.0


@dataclass(frozen=True)
class TrainingPlan:
    """What is trained, on what, and where the result goes.

    Attributes:
        sources: folders of labelled studies.
        output: folder for checkpoint, metrics and the published model.
        recipe: the settings. Of a fine-tuning run, network, working grid and learning rate follow
            from the model that it starts from.
        held_out: names of the cases that are never trained on.
        lesions: file with lesion cubes to set into the patches.
        name: of the published model.
        device: PyTorch's name of the device.
        start_from: name or manifest of the model to go on with, or "scratch".
        minutes: when given, the recipe gets as many steps as take about so long.
    """

    sources: Sequence[Source]
    output: Path
    recipe: Recipe = field(default_factory=Recipe)
    held_out: Sequence[str] = ()
    lesions: Path | None = None
    name: str = "my-model"
    device: str = "cpu"
    start_from: str = SCRATCH
    minutes: float | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of a run.

    Attributes:
        reason: why it ended, a sentence.
        step: the last step that was taken; 0 when it was stopped before the first.
        steps: that were planned; 0 when it was stopped before that was known.
        manifest: of the published model; None when the run was stopped and can go on.
    """

    reason: str
    step: int
    steps: int
    manifest: Path | None


def run_training(plan: TrainingPlan, progress: Progress) -> Path:
    """Carry out `plan`, or go on with it where it stopped; return the published manifest.

    Raises:
        InputError: there is nothing to train on, or a held-out name is not in the data, or the run
            was stopped from outside.
    """
    outcome = carry_out(plan, progress)
    if outcome.manifest is None:
        raise InputError(outcome.reason, "The same settings go on where it stopped.")
    return outcome.manifest


def carry_out(plan: TrainingPlan, progress: Progress) -> Outcome:
    """Carry out `plan`, or go on with it where it stopped.

    Raises:
        InputError: there is nothing to train on, a held-out name is not in the data, the folder
            holds another run, a setting makes no sense, or a model cannot have the name.
        ModelError: the model to start from cannot be used.
        OutputError: the folder cannot be written to.
    """
    from ELMEDSegmentLib.training.loop import train_from
    from ELMEDSegmentLib.training.publish import publish_run

    check_name(plan.name)
    trained, held_out = _split(plan)
    make_folder(plan.output)
    record = recorded(plan, trained, held_out)
    start = None
    # What a checkpoint holds replaces the weights that the run started from.
    if record is None or not (plan.output / CHECKPOINT).is_file():
        progress(seven_steps.INITIALISE, 0.0, "Loading the model to start from")
        names = [case.name for case in (*(case for case, _ in trained), *held_out)]
        start = find_start(plan.start_from, names)
    recipe = Recipe.of_dict(record.recipe) if record else _recipe_from(plan, start)
    check_recipe(recipe)
    data = _prepared(plan, recipe, trained, held_out, within(progress, 0.0, READ))
    if data is None:
        return Outcome("Stopped by you before the first step.", 0, 0, None)
    if record is None:
        recipe = _with_length(plan, recipe, data, progress, start)
        record = _record(plan, recipe, trained, held_out, data, start)
        write_plan(record, plan.output)
    network = start.network if start else None
    way = within(progress, READ, TRAINED)
    result = train_from(network, recipe, data, plan.output, way, plan.device)
    if result.stopped:
        return Outcome(result.reason, result.step, recipe.steps, None)
    manifest = publish_run(plan.output, record, plan.name, plan.output)
    progress("done", 1.0, f"{result.reason} Model written to {manifest.name}")
    return Outcome(result.reason, result.step, recipe.steps, manifest)


def _split(plan: TrainingPlan) -> tuple[list[tuple[Case, float]], list[Case]]:
    """Return the cases that train with their weights, and those that validate."""
    trained: list[tuple[Case, float]] = []
    held_out: list[Case] = []
    for source in plan.sources:
        for case in find_cases(source.folder):
            if case.name in plan.held_out:
                held_out.append(case)
            else:
                trained.append((case, source.weight))
    names = [case.name for case in held_out]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(
            f"Two of the studies to hold out are called '{twice[0]}'.",
            "Rename the folder of one: their Dice could not be told apart.",
        )
    unknown = sorted(set(plan.held_out) - set(names))
    if unknown:
        raise InputError(
            f"The study '{unknown[0]}' to hold out is not in the data.",
            "Give the name of its folder.",
        )
    check_split([*names, *(case.name for case, _ in trained)], names)
    return trained, held_out


def _record(
    plan: TrainingPlan,
    recipe: Recipe,
    trained: Sequence[tuple[Case, float]],
    held_out: Sequence[Case],
    data: TrainingData,
    start: Start | None,
) -> PlanRecord:
    return PlanRecord(
        asked=plan.recipe.as_dict(),
        recipe=recipe.as_dict(),
        sources=[(str(source.folder.resolve()), source.weight) for source in plan.sources],
        studies=[(case.name, weight) for case, weight in trained],
        held_out=[case.name for case in held_out],
        lesions=str(plan.lesions.resolve()) if plan.lesions else None,
        lesion_cubes=len(data.lesions.images) if data.lesions else 0,
        name=plan.name,
        start_from=plan.start_from,
        start_title=start.title if start else "",
        minutes=plan.minutes,
    )


def _recipe_from(plan: TrainingPlan, start: Start | None) -> Recipe:
    """Return the plan's recipe with the network, grid and rate of what it starts from."""
    if start is None:
        return plan.recipe
    rate = plan.recipe.learning_rate
    return replace(
        plan.recipe,
        architecture=start.architecture,
        spacing_mm=start.spacing_mm,
        start=start.sha256,
        learning_rate=FINE_TUNING_RATE if rate == Recipe().learning_rate else rate,
    )


def _with_length(
    plan: TrainingPlan, recipe: Recipe, data: TrainingData, progress: Progress, start: Start | None
) -> Recipe:
    from ELMEDSegmentLib.training.pace import recipe_for, with_steps

    if plan.minutes is not None:
        # Written so that NaN is refused, too.
        if not plan.minutes > 0:
            raise InputError(f"{plan.minutes:g} minutes are none.", "Give another value.")
        return recipe_for(plan.minutes, recipe, data, progress, plan.device, start)
    return with_steps(recipe, recipe.steps) if recipe.validate_every <= 0 else recipe


def _prepared(
    plan: TrainingPlan,
    recipe: Recipe,
    trained: Sequence[tuple[Case, float]],
    held_out: Sequence[Case],
    progress: Progress,
) -> TrainingData | None:
    """Return the studies on the working grid; None when the run was stopped meanwhile."""
    from ELMEDSegmentLib.training.lesions import read_lesions
    from ELMEDSegmentLib.training.loop import TrainingData
    from ELMEDSegmentLib.training.samples import prepare_case

    prepared = []
    count = len(trained) + len(held_out)
    for number, case in enumerate([*(case for case, _ in trained), *held_out]):
        progress(seven_steps.INITIALISE, number / count, f"Preparing study {number + 1} of {count}")
        prepared.append(prepare_case(case, recipe.spacing_mm))
        if control.wish(plan.output) == control.STOP:
            return None
    lesions = read_lesions(plan.lesions, recipe.spacing_mm) if plan.lesions else None
    weights = [weight for _, weight in trained]
    return TrainingData(prepared[: len(trained)], weights, prepared[len(trained) :], lesions)
