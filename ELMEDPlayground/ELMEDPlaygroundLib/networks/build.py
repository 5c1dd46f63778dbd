"""From a network on paper to one of torch; imported where torch is wanted, and not before."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from ELMEDPlaygroundLib.networks.design import IMAGE_AXES, OUTPUT, NetworkDesign
from ELMEDPlaygroundLib.networks.layers import (
    Convolution,
    Dense,
    Dropout,
    Flatten,
    GlobalPooling,
    Layer,
    Normalisation,
    Pooling,
)

Activation = Callable[[Tensor], Tensor]

ACTIVATIONS: dict[str, Activation | None] = {
    "linear": None,
    "relu": torch.relu,
    "leaky_relu": functional.leaky_relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "gelu": functional.gelu,
}


class DenseLayer(nn.Linear):
    """A weighted sum for each neuron, and its activation."""

    def __init__(self, inputs: int, neurons: int, activation: str) -> None:
        super().__init__(inputs, neurons)
        self.activation = ACTIVATIONS[activation]

    def forward(self, values: Tensor) -> Tensor:
        """Return (n, neurons) for (n, inputs)."""
        sums = functional.linear(values, self.weight, self.bias)
        return sums if self.activation is None else self.activation(sums)


class ConvolutionLayer(nn.Conv2d):
    """A convolution, and its activation."""

    def __init__(self, channels: int, layer: Convolution) -> None:
        super().__init__(channels, layer.filters, layer.kernel, layer.stride, layer.padding)
        self.activation = ACTIVATIONS[layer.activation]

    def forward(self, images: Tensor) -> Tensor:
        """Return (n, filters, y, x) for (n, channels, y, x)."""
        sums = super().forward(images)
        return sums if self.activation is None else self.activation(sums)


class GlobalPoolingLayer(nn.Module):
    """Maximum or mean of each whole feature map."""

    def __init__(self, mode: str) -> None:
        super().__init__()
        self.mode = mode

    def forward(self, maps: Tensor) -> Tensor:
        """Return (n, channels) for (n, channels, y, x)."""
        return maps.amax((2, 3)) if self.mode == "max" else maps.mean((2, 3))


class Network(nn.Module):
    """Layers one after the other; each is an attribute under its name, such as `conv1`."""

    def __init__(self, design: NetworkDesign) -> None:
        super().__init__()
        before = design.input_shape
        rows = design.summary()
        for layer, row in zip(design.layers, rows, strict=False):
            self.add_module(row.name, _module(layer, before))
            before = row.shape
        self.add_module(OUTPUT, DenseLayer(before[0], design.classes, "linear"))
        self._path = list(self.children())

    def forward(self, values: Tensor) -> Tensor:
        """Return the logits (n, classes) for (n, features) or (n, channel, y, x)."""
        for module in self._path:
            values = module(values)
        return values

    def outputs(self, values: Tensor) -> dict[str, Tensor]:
        """Return what each layer gives, by name and in order; "output" are the logits."""
        result = {}
        for name, module in self.named_children():
            values = module(values)
            result[name] = values
        return result


def build(design: NetworkDesign) -> Network:
    """Return the network; its weights are not set yet."""
    with torch.random.fork_rng(devices=[]):
        return Network(design)


def _normalisation(layer: Normalisation, before: tuple[int, ...]) -> nn.Module:
    if layer.mode == "layer":
        return nn.GroupNorm(1, before[0])
    return nn.BatchNorm2d(before[0]) if len(before) == IMAGE_AXES else nn.BatchNorm1d(before[0])


def _module(layer: Layer, before: tuple[int, ...]) -> nn.Module:  # noqa: PLR0911 - a kind a line
    if isinstance(layer, Dense):
        return DenseLayer(before[0], layer.neurons, layer.activation)
    if isinstance(layer, Convolution):
        return ConvolutionLayer(before[0], layer)
    if isinstance(layer, Pooling):
        return nn.MaxPool2d(layer.size) if layer.mode == "max" else nn.AvgPool2d(layer.size)
    if isinstance(layer, GlobalPooling):
        return GlobalPoolingLayer(layer.mode)
    if isinstance(layer, Dropout):
        return nn.Dropout(layer.share)
    if isinstance(layer, Flatten):
        return nn.Flatten()
    if isinstance(layer, Normalisation):
        return _normalisation(layer, before)
    raise TypeError(f"no module for a layer '{layer.kind}'")
