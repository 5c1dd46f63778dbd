"""A whole training run: find the data, train, and publish the result as a model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import InputError
from ELMEDLib.progress import Progress, within
from ELMEDSegmentLib.training.cases import find_cases
from ELMEDSegmentLib.training.recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ELMEDSegmentLib.training.cases import Case


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
        recipe: the settings.
        held_out: names of the cases that are never trained on.
        lesions: file with lesion cubes to set into the patches.
        name: of the published model.
        device: PyTorch's name of the device.
    """

    sources: Sequence[Source]
    output: Path
    recipe: Recipe = field(default_factory=Recipe)
    held_out: Sequence[str] = ()
    lesions: Path | None = None
    name: str = "my-model"
    device: str = "cpu"


def run_training(plan: TrainingPlan, progress: Progress) -> Path:
    """Carry out `plan`, or go on with it where it stopped; return the published manifest.

    Raises:
        InputError: there is nothing to train on, or a held-out name is not in the data.
    """
    from ELMEDSegmentLib.training.lesions import read_lesions
    from ELMEDSegmentLib.training.loop import TrainingData, train
    from ELMEDSegmentLib.training.publish import publish
    from ELMEDSegmentLib.training.samples import prepare_case

    trained, weights, held_out = _split(plan)
    plan.output.mkdir(parents=True, exist_ok=True)
    prepared = []
    for number, case in enumerate([*trained, *held_out]):
        share = number / (len(trained) + len(held_out))
        progress("reading", 0.05 * share, f"Preparing study {number + 1}")
        prepared.append(prepare_case(case, plan.recipe.spacing_mm))
    lesions = read_lesions(plan.lesions, plan.recipe.spacing_mm) if plan.lesions else None
    network = train(
        plan.recipe,
        TrainingData(prepared[: len(trained)], weights, prepared[len(trained) :], lesions),
        plan.output,
        within(progress, 0.05, 0.98),
        plan.device,
    )
    data: dict[str, Any] = {
        "studies": [case.name for case in trained],
        "held_out": [case.name for case in held_out],
        "lesion_cubes": len(lesions.images) if lesions else 0,
        "recipe": plan.recipe.as_dict(),
    }
    manifest = publish(network, plan.name, plan.recipe, data, plan.output)
    progress("done", 1.0, f"Model written to {manifest.name}")
    return manifest


def _split(plan: TrainingPlan) -> tuple[list[Case], list[float], list[Case]]:
    trained: list[Case] = []
    weights: list[float] = []
    held_out: list[Case] = []
    for source in plan.sources:
        for case in find_cases(source.folder):
            if case.name in plan.held_out:
                held_out.append(case)
            else:
                trained.append(case)
                weights.append(source.weight)
    unknown = sorted(set(plan.held_out) - {case.name for case in held_out})
    if unknown:
        raise InputError(
            f"The study '{unknown[0]}' to hold out is not in the data.",
            "Give the name of its folder.",
        )
    if not trained:
        raise InputError(
            "Every study is held out, and none is left to train on.", "Hold out fewer studies."
        )
    return trained, weights, held_out
