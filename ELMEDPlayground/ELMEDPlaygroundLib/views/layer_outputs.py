"""What each layer of a network answers, and which of its weights are pictures."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDPlaygroundLib.networks.design import IMAGE_AXES, OUTPUT
from ELMEDPlaygroundLib.views.inside import undisturbed

if TYPE_CHECKING:
    import torch

    from ELMEDPlaygroundLib.networks.design import LayerSummary

LOGITS = "logits"
"""What the output layer is called here, as in `Experiment.activations`."""


@dataclass(frozen=True)
class LayerRow:
    """One layer, seen from the image.

    Attributes:
        name: in the network; the last is "logits".
        kind: of the layer.
        shape: of its answer to one image.
        step: pixels of the image from one pixel of its maps to the next.
        edge: how many pixels of its maps, on each side, are touched by the frame of zeros around
            the image.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    step: int
    edge: int


@dataclass(frozen=True)
class WeightedLayer:
    """A layer whose weights are pictures.

    Attributes:
        name: in the network.
        kind: "conv" or "dense".
        weights: (filter, channel, y, x).
        bias: (filter,).
        stride: pixels from one place of the kernel to the next; 1 for dense layers.
        padding: pixels of zeros around the input.
        activation: "relu", "tanh", "sigmoid" or "linear".
    """

    name: str
    kind: str
    weights: np.ndarray
    bias: np.ndarray
    stride: int
    padding: int
    activation: str


def layer_rows(experiment: Any) -> list[LayerRow]:
    """Return all layers in order, the logits last."""
    rows, step, edge = [], 1, 0
    for row, layer in _on_paper(experiment):
        if layer is not None and row.kind == "conv":
            # The first pixel whose window begins behind all that is touched.
            edge = math.ceil((edge + layer.padding) / layer.stride)
            step *= layer.stride
        elif layer is not None and row.kind == "pool":
            edge = math.ceil(edge / layer.size)
            step *= layer.size
        name = LOGITS if row.name == OUTPUT else row.name
        rows.append(LayerRow(name, row.kind, tuple(row.shape), step, edge))
    return rows


def layer_tensors(network: Any, pixels: torch.Tensor) -> dict[str, torch.Tensor]:
    """Return what each layer answers to images (n, channel, y, x), in order, the logits last.

    Gradients can flow from each to the pixels.
    """
    answers = network.outputs(pixels)
    answers[LOGITS] = answers.pop(OUTPUT)
    return answers


def layer_outputs(experiment: Any, images: np.ndarray) -> dict[str, np.ndarray]:
    """Return what each layer answers to images (n, channel, y, x), as arrays (n, ...)."""
    import torch

    with undisturbed(experiment.network) as network, torch.inference_mode():
        answers = layer_tensors(network, torch.from_numpy(np.ascontiguousarray(images)))
        return {name: answer.numpy() for name, answer in answers.items()}


def logits_of(experiment: Any, images: np.ndarray) -> np.ndarray:
    """Return the logits (n, classes) of images (n, channel, y, x)."""
    import torch

    with undisturbed(experiment.network) as network, torch.inference_mode():
        return network(torch.from_numpy(np.ascontiguousarray(images))).numpy()


def map_layers(experiment: Any) -> list[str]:
    """Return the names of the layers that answer with maps, in order."""
    return [row.name for row in layer_rows(experiment) if len(row.shape) == IMAGE_AXES]


def last_convolution(experiment: Any) -> str | None:
    """Return the name of the last convolution, None without one."""
    names = [row.name for row in layer_rows(experiment) if row.kind == "conv"]
    return names[-1] if names else None


def convolutions(experiment: Any) -> dict[str, WeightedLayer]:
    """Return the convolutions by name, in order."""
    found = {}
    for row, layer in _on_paper(experiment):
        if layer is not None and row.kind == "conv":
            weights, bias = _parameters(experiment, row.name)
            found[row.name] = WeightedLayer(
                row.name, row.kind, weights, bias, layer.stride, layer.padding, layer.activation
            )
    return found


def weighted_layers(experiment: Any) -> dict[str, WeightedLayer]:
    """Return the layers whose weights are pictures: convolutions, and a dense layer on the image.

    The dense layer counts when nothing but flattening comes between it and the image; it may be
    the output layer.
    """
    found = convolutions(experiment)
    shape = experiment.design.input_shape
    row, layer = next(pair for pair in _on_paper(experiment) if pair[0].kind != "flatten")
    if row.kind == "dense" and len(shape) == IMAGE_AXES:
        weights, bias = _parameters(experiment, row.name)
        activation = "linear" if layer is None else layer.activation
        name = LOGITS if row.name == OUTPUT else row.name
        pictures = weights.reshape(len(weights), *shape)
        found[name] = WeightedLayer(name, row.kind, pictures, bias, 1, 0, activation)
    return found


def _on_paper(experiment: Any) -> list[tuple[LayerSummary, Any]]:
    """Return each layer's summary with its settings; the output layer has none."""
    design = experiment.design
    return list(zip_longest(design.summary(), design.layers))


def _parameters(experiment: Any, name: str) -> tuple[np.ndarray, np.ndarray]:
    part = experiment.network.get_submodule(name)
    return part.weight.detach().numpy().copy(), part.bias.detach().numpy().copy()
