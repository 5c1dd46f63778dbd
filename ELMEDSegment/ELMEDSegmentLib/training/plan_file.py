"""A training plan on disk, so that a run goes on as it began, also after the program has ended."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import InputError
from ELMEDLib.files import written_whole
from ELMEDSegmentLib.training.checkpoint import other_settings
from ELMEDSegmentLib.training.recipe import Recipe
from ELMEDSegmentLib.training.saving import told_when_full

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ELMEDSegmentLib.training.cases import Case
    from ELMEDSegmentLib.training.run import TrainingPlan

NAME = "plan.json"


@dataclass(frozen=True)
class PlanRecord:
    """What a run was asked for, and what was settled when it began.

    Attributes:
        asked: the recipe as it was asked for, before a model to start from or a time decided more.
        recipe: the recipe that is followed.
        sources: folder and weight of each source.
        studies: names of the studies that train, each with its weight.
        held_out: names of those that validate.
        lesions: file with lesion cubes, and how many it held.
        name: of the model to publish.
        start_from: name or manifest of the model that the run started from, or "scratch".
        start_title: its title, "" for random weights.
        minutes: that the run was to take, None when it was given steps.
    """

    asked: dict[str, Any]
    recipe: dict[str, Any]
    sources: list[tuple[str, float]]
    studies: list[tuple[str, float]]
    held_out: list[str]
    lesions: str | None
    lesion_cubes: int
    name: str
    start_from: str
    start_title: str
    minutes: float | None

    def plan(self, folder: Path, device: str) -> TrainingPlan:
        """Return the plan that goes on with the run in `folder`."""
        from ELMEDSegmentLib.training.run import Source, TrainingPlan

        return TrainingPlan(
            [Source(Path(path), weight) for path, weight in self.sources],
            folder,
            Recipe.of_dict(self.asked),
            self.held_out,
            Path(self.lesions) if self.lesions else None,
            self.name,
            device,
            self.start_from,
            self.minutes,
        )

    def facts(self) -> dict[str, Any]:
        """Return what a manifest says of how a network was trained."""
        known: dict[str, Any] = {
            "studies": [name for name, _ in self.studies],
            "held_out": self.held_out,
            "lesion_cubes": self.lesion_cubes,
            "recipe": self.recipe,
        }
        return {**known, "started_from": self.start_title} if self.start_title else known


def read_plan(folder: Path) -> PlanRecord | None:
    """Return the record of the run in `folder`, None where there is none.

    Raises:
        InputError: the file is damaged, or of a version that knows other settings.
    """
    path = folder / NAME
    if not path.is_file():
        return None
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        record = PlanRecord(
            **{
                **values,
                "sources": [(str(a), float(b)) for a, b in values["sources"]],
                "studies": [(str(a), float(b)) for a, b in values["studies"]],
            }
        )
        Recipe.of_dict(record.recipe)
        Recipe.of_dict(record.asked)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"The training run in '{folder}' cannot be read.",
            "It may be of another version of ELMED: choose another output folder.",
        ) from error
    return record


def write_plan(record: PlanRecord, folder: Path) -> None:
    """Write the record of the run in `folder`.

    Raises:
        OutputError: the folder cannot be written to.
    """
    with told_when_full(folder), written_whole(folder / NAME) as temporary:
        temporary.write_text(json.dumps(asdict(record), indent=2) + "\n", encoding="utf-8")


def recorded(
    plan: TrainingPlan, trained: Sequence[tuple[Case, float]], held_out: Sequence[Case]
) -> PlanRecord | None:
    """Return the record of the run that `plan` goes on with, None when it begins one.

    Raises:
        InputError: the plan's folder holds a run with other settings or other studies.
    """
    record = read_plan(plan.output)
    if record is None:
        return None
    same = (
        {**Recipe().as_dict(), **record.asked} == plan.recipe.as_dict()
        and record.start_from == plan.start_from
        and record.minutes == plan.minutes
        and record.studies == [(case.name, weight) for case, weight in trained]
        and record.held_out == [case.name for case in held_out]
        and bool(record.lesions) == bool(plan.lesions)
    )
    if not same:
        raise other_settings(plan.output)
    return record
