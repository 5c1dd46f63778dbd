"""What a training run has learnt becomes one of the user's models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ELMEDLib.errors import InputError
from ELMEDSegmentLib import store
from ELMEDSegmentLib.catalogue import bundled_models
from ELMEDSegmentLib.training.plan_file import read_plan

if TYPE_CHECKING:
    from pathlib import Path

    from ELMEDSegmentLib.training.plan_file import PlanRecord


def check_model_name(name: str) -> None:
    """Tell whether a trained model may have this name.

    Raises:
        InputError: it may not, or a model that comes with ELMED has it.
    """
    store.check_name(name)
    if name in {entry.name for entry in bundled_models()}:
        raise InputError(f"'{name}' is the name of a model that comes with ELMED.", "Use another.")


def install_run(run: Path, name: str) -> Path:
    """Install what the run in the folder `run` has learnt so far, and return the manifest.

    The run need not be over. A model of the same name stays beside the new one, as an older
    version.

    Raises:
        InputError: there is no run, it has learnt nothing yet, or the name cannot be used.
        OutputError: the user's models cannot be written.
    """
    from ELMEDSegmentLib.training.publish import publish_run

    check_model_name(name)
    record = read_plan(run)
    if record is None:
        raise InputError(
            f"'{run}' holds no training run.", "Choose the output folder of a training."
        )
    description = describe(record)
    return store.install(
        name, lambda folder: publish_run(run, record, name, folder, description=description)
    )


def describe(record: PlanRecord) -> str:
    """Return what a list of models says of a trained one."""
    count = len(record.studies)
    studies = f"{count} stud{'y' if count == 1 else 'ies'}"
    how = (
        f"Fine-tuned from {record.start_title} on {studies}"
        if record.start_title
        else f"Trained from scratch on {studies}"
    )
    held_out = len(record.held_out)
    judged = f", validated on {held_out} other{'' if held_out == 1 else 's'}" if held_out else ""
    return f"{how}{judged}. Your own model. Research use only."
