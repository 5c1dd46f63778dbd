"""The first weights of a network: small numbers by chance, the same for the same seed."""

from __future__ import annotations

import numpy as np

from ELMEDPlaygroundLib.experiment.chance import generator
from ELMEDPlaygroundLib.networks.design import OUTPUT, NetworkDesign
from ELMEDPlaygroundLib.networks.layers import Convolution, Dense, Layer, Normalisation

GAINS = {"relu": 2.0**0.5, "leaky_relu": 2.0**0.5, "gelu": 2.0**0.5, "tanh": 5.0 / 3.0}
"""So that values keep their spread from layer to layer (He 2015; LeCun 1998 for tanh)."""

OUTPUT_GAIN = 0.5
"""Small, so that the first predictions are close to chance and the first loss to ln C."""


def weight_shapes(design: NetworkDesign) -> dict[str, tuple[tuple[int, ...], float]]:
    """Return shape and gain of each layer with weights, by name, in order.

    The shape is torch's: (neurons, inputs), or (filters, channels, y, x); for normalisation it is
    (channels,) and the gain 0: weights begin with 1 there.
    """
    shapes: dict[str, tuple[tuple[int, ...], float]] = {}
    before = design.input_shape
    rows = design.summary()
    for layer, row in zip(design.layers, rows[:-1], strict=True):
        shape = _shape(layer, before)
        if shape:
            shapes[row.name] = (shape, GAINS.get(getattr(layer, "activation", ""), 1.0))
        if isinstance(layer, Normalisation):
            shapes[row.name] = (shape, 0.0)
        before = row.shape
    shapes[OUTPUT] = ((design.classes, before[0]), OUTPUT_GAIN)
    return shapes


def initial_weights(design: NetworkDesign, seed: int) -> dict[str, np.ndarray]:
    """Return the first weights and biases, float32, by name ("dense1.weight").

    Weights are normal with standard deviation gain / sqrt(inputs of a neuron); the biases of hidden
    layers are uniform within 1 / sqrt(inputs), as torch has them, those of the output zero.
    """
    chance = generator(seed, "weights", 0)
    weights: dict[str, np.ndarray] = {}
    for name, (shape, gain) in weight_shapes(design).items():
        if gain == 0.0:
            weight, bias = np.ones(shape), np.zeros(shape)
        else:
            spread = 1.0 / float(np.sqrt(np.prod(shape[1:])))
            weight = gain * spread * chance.standard_normal(shape)
            bias = chance.uniform(-spread, spread, shape[0]) * (name != OUTPUT)
        weights[f"{name}.weight"] = weight.astype(np.float32)
        weights[f"{name}.bias"] = bias.astype(np.float32)
    return weights


def _shape(layer: Layer, before: tuple[int, ...]) -> tuple[int, ...]:
    if isinstance(layer, Dense):
        return (layer.neurons, before[0])
    if isinstance(layer, Convolution):
        return (layer.filters, before[0], layer.kernel, layer.kernel)
    return (before[0],) if isinstance(layer, Normalisation) else ()
