"""Judging a patient only by networks that never saw that patient."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import InputError
from ELMEDSegmentLib.ensemble import ensemble_of
from ELMEDSegmentLib.model import Model

if TYPE_CHECKING:
    from collections.abc import Sequence


def without_knowledge_of(model: Model, study: str) -> Model:
    """Return `model`, reduced to the members that were not trained on `study`.

    Args:
        model: a single network or an ensemble, whose manifest says what each was trained on.
        study: name of a labelled study, as training data is named in the manifest.

    Raises:
        InputError: every member knows the study, or the manifest does not say.
    """
    trainings = _trainings(model.manifest.training)
    fresh = [i for i, training in enumerate(trainings) if study not in training["studies"]]
    if not fresh:
        raise InputError(
            f"{model.manifest.title} has no part that was not trained on '{study}'.",
            "Leave this study out.",
        )
    if len(fresh) == len(trainings):
        return model
    return chosen_members(model, fresh)


def chosen_members(model: Model, indices: Sequence[int]) -> Model:
    """Return an ensemble of the members of `model` at `indices`."""
    members = list(model.network.get_submodule("members").children())
    architecture = {**model.manifest.architecture, "members": len(indices)}
    network = ensemble_of([members[index] for index in indices]).eval()
    return Model(replace(model.manifest, architecture=architecture), network)


def _trainings(training: dict[str, Any]) -> list[dict[str, Any]]:
    trainings: list[dict[str, Any]] = training.get("members") or [training]
    if not all("studies" in each for each in trainings):
        raise InputError(
            "The model's manifest does not say what it was trained on.",
            "Judge it on studies that you know it has not seen.",
        )
    return trainings
