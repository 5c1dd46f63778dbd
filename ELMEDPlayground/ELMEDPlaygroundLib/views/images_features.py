"""Feature maps: what each layer makes of an image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDPlaygroundLib.views.inside import chosen_image, described, probabilities_of
from ELMEDPlaygroundLib.views.layer_outputs import layer_outputs, layer_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_MAPS = 32
MOST_VALUES = 256
MAP_AXES = 3


def feature_maps(experiment: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what every layer answers to one image.

    Args:
        experiment: an `Experiment`.
        options: `image` (index), `maps` (how many of each layer at most).

    Returns:
        What `described` says, and `layers`: a list of {name, kind, shape, values, silent}; the
        values are maps (channel, y, x) or a vector (neuron,), the first of them; `silent` counts
        the channels or neurons of the whole layer that are zero everywhere.
    """
    index = chosen_image(experiment, options)
    outputs = layer_outputs(experiment, experiment.data.inputs[index : index + 1])
    most = min(int(options.get("maps", MOST_MAPS)), MOST_MAPS)
    kinds = {row.name: row.kind for row in layer_rows(experiment)}
    layers = []
    for name, batch in outputs.items():
        values = batch[0]
        per_channel = np.abs(values.reshape(values.shape[0], -1)).max(axis=1)
        layers.append(
            {
                "name": name,
                "kind": kinds[name],
                "shape": list(values.shape),
                "values": values[:most] if values.ndim == MAP_AXES else values[:MOST_VALUES],
                "silent": int((per_channel == 0.0).sum()),
            }
        )
    probabilities = probabilities_of(outputs["logits"])[0]
    return {**described(experiment, index, probabilities), "layers": layers}
