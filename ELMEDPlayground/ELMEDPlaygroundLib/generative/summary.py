"""What there is to know of a generator before any training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ELMEDPlaygroundLib.arrays import encode

if TYPE_CHECKING:
    from ELMEDPlaygroundLib.generative.experiment import GenerativeExperiment


def summary_of(experiment: GenerativeExperiment) -> dict[str, Any]:
    """Return what `session.summary` returns of other experiments, and `generates`: the model.

    It classifies nothing: `input_shape` and `layers` are empty, `classes` are the modes.
    """
    cloud = experiment.cloud
    return {
        "generates": experiment.settings.model,
        "data": experiment.settings.kind,
        "points": False,
        "input_shape": [],
        "classes": list(cloud.modes),
        "train": len(cloud.train),
        "test": len(cloud.test),
        "levels": experiment.settings.levels,
        "layers": [],
        "parameters": experiment.weights.values.numel(),
        "spec": encode(experiment.spec),
        "settings": experiment.settings.as_json(),
    }
