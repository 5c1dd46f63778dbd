"""Kernels: what a layer looks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDPlaygroundLib.views.inside import COLOUR, ViewError
from ELMEDPlaygroundLib.views.layer_outputs import weighted_layers

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_FILTERS = 32
MOST_CHANNELS = 16


def kernels(experiment: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the weights of a layer as pictures.

    Args:
        experiment: an `Experiment`.
        options: `layer` (the first without). A convolution has one kernel for each filter and
            input channel; of a fully connected layer that sees the image itself, each neuron's
            weights are a picture of the image's size.

    Returns:
        `layer`, `layers` (names to choose from), `kind`, `weights` (filter, channel, y, x) of the
        first filters and channels, `filters` and `channels` (how many there are), `greatest` (the
        largest absolute weight shown: the end of the colour scale), `is_first`, and for a first
        layer that sees colour `colours` (filter, y, x, 3), 0..1, each kernel stretched.

    Raises:
        ViewError: no layer's weights are pictures, or not those of the one asked for.
    """
    layers = weighted_layers(experiment)
    if not layers:
        raise ViewError(
            "No layer of this network has weights that are pictures.",
            "Choose images and add a convolution.",
        )
    name = options.get("layer") or next(iter(layers))
    if name not in layers:
        raise ViewError(f"There is no layer '{name}' with kernels.", f"Choose {', '.join(layers)}.")
    layer = layers[name]
    shown = layer.weights[:MOST_FILTERS, :MOST_CHANNELS]
    is_first = name == next(iter(layers))
    answer = {
        "layer": name,
        "layers": list(layers),
        "kind": layer.kind,
        "weights": shown.astype(np.float32),
        "filters": layer.weights.shape[0],
        "channels": layer.weights.shape[1],
        "greatest": float(np.abs(shown).max()),
        "is_first": is_first,
    }
    if is_first and layer.weights.shape[1] == COLOUR:
        answer["colours"] = _colours(shown)
    return answer


def _colours(weights: np.ndarray) -> np.ndarray:
    """Return kernels (filter, 3, y, x) as colours: zero is grey, the strongest weight is full."""
    greatest = np.abs(weights).max(axis=(1, 2, 3), keepdims=True)
    return (0.5 + 0.5 * weights / np.maximum(greatest, 1e-12)).transpose(0, 2, 3, 1)
