"""What the network and each of its neurons answer at every place of the plane."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDPlaygroundLib.views.inside import probabilities_of
from ELMEDPlaygroundLib.views.plane import as_bytes, plane_of, shown_points

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_NEURONS = 32
THINNED = 2
"""Maps of single neurons are drawn small: every second row and column will do."""


def decision_map(experiment: Any, options: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG001
    """Return the class that the network takes each place for, and how sure it is.

    Returns:
        `extent`, `likeliest` uint8 `(y, x)`, `confidence` uint8 `(y, x)` (0: all classes alike,
        255: certain), `classes`, and the examples: `points` (n, 2), `targets`, `is_test`.
    """
    plane = plane_of(experiment)
    logits = plane.layers["logits"]
    shape = logits.shape[:2]
    probabilities = probabilities_of(logits.reshape(-1, logits.shape[2]))
    guessing = 1.0 / probabilities.shape[1]
    sure = (probabilities.max(axis=1) - guessing) / (1.0 - guessing)
    return {
        "extent": plane.extent,
        "likeliest": probabilities.argmax(axis=1).astype(np.uint8).reshape(shape),
        "confidence": np.rint(sure * 255).astype(np.uint8).reshape(shape),
        "classes": list(experiment.data.classes),
        **shown_points(experiment),
    }


def neuron_maps(experiment: Any, options: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG001
    """Return what each neuron answers at every place, and the weights between them.

    Returns:
        `layers`: a list of `name`, `neurons` (how many there are), `maps` uint8 `(neuron, y, x)`
        of the first ones (128: zero; each neuron's largest answer fills the range), and `weights`
        float32 `(neuron, neuron before)` of dense layers, None of others.
    """
    plane = plane_of(experiment)
    rows = {row.name: row for row in experiment.design.summary()}
    layers = []
    for name, values in plane.layers.items():
        shown = values[::THINNED, ::THINNED, :MOST_NEURONS].transpose(2, 0, 1)
        greatest = np.abs(shown).max(axis=(1, 2), keepdims=True)
        module = "output" if name == "logits" else name
        weights = None
        if rows[module].kind == "dense":
            weight = experiment.network.get_submodule(module).weight.detach().numpy()
            weights = weight[:MOST_NEURONS, :MOST_NEURONS].astype(np.float32)
        layers.append(
            {
                "name": name,
                "neurons": values.shape[2],
                "maps": as_bytes(shown, greatest),
                "weights": weights,
            }
        )
    return {"layers": layers, "extent": plane.extent}
