"""What one convolution computes, with all its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDPlaygroundLib.views.convolution import convolve
from ELMEDPlaygroundLib.views.inside import (
    ViewError,
    chosen_image,
    described,
    probabilities_of,
)
from ELMEDPlaygroundLib.views.layer_outputs import convolutions, layer_outputs

if TYPE_CHECKING:
    from collections.abc import Mapping


def one_convolution(experiment: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return everything that one filter of one convolution computes for an image.

    Args:
        experiment: an `Experiment`.
        options: `image` (index), `layer` (the first convolution without), `filter`.

    Returns:
        What `described` says, `layer`, `layers` (names to choose from), `filter`, `filters`,
        `input` (channel, y, x), `kernel` (channel, ky, kx), `bias`, `stride`, `padding`,
        `activation`, `sums` (y, x; before the activation, computed by hand) and `output` (y, x;
        after it, from the network).

    Raises:
        ViewError: the network has no convolution, or not the one that was asked for.
    """
    layers = convolutions(experiment)
    if not layers:
        raise ViewError("This network has no convolution.", "Add one on the network's page.")
    name = options.get("layer") or next(iter(layers))
    if name not in layers:
        raise ViewError(f"There is no convolution '{name}'.", f"Choose {', '.join(layers)}.")
    layer = layers[name]
    number = int(options.get("filter", 0)) % layer.weights.shape[0]
    index = chosen_image(experiment, options)
    image = experiment.data.inputs[index : index + 1]
    outputs = layer_outputs(experiment, image)
    names = list(outputs)
    before = names[: names.index(name)]
    seen = outputs[before[-1]][0] if before else image[0]
    kernel, bias = layer.weights[number], float(layer.bias[number])
    return {
        **described(experiment, index, probabilities_of(outputs["logits"])[0]),
        "layer": name,
        "layers": list(layers),
        "filter": number,
        "filters": layer.weights.shape[0],
        "input": seen.astype(np.float32),
        "kernel": kernel.astype(np.float32),
        "bias": bias,
        "stride": layer.stride,
        "padding": layer.padding,
        "activation": layer.activation,
        "sums": convolve(seen, kernel, bias, layer.stride, layer.padding).astype(np.float32),
        "output": outputs[name][0, number].astype(np.float32),
    }
