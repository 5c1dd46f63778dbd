"""A network on paper: its layers, their shapes, and how many parameters they have."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from ELMEDLib.errors import InputError
from ELMEDPlaygroundLib import checked
from ELMEDPlaygroundLib.networks.layers import (
    Convolution,
    Dense,
    Flatten,
    GlobalPooling,
    Layer,
    Normalisation,
    Pooling,
    layer_from,
)
from ELMEDPlaygroundLib.networks.presets import PRESETS

MOST_LAYERS = 24
MOST_PARAMETERS = 20_000_000
MOST_VALUES = 2_000_000
"""What one example may become inside the network: numbers in one layer."""

OUTPUT = "output"
IMAGE_AXES = 3


@dataclass(frozen=True)
class LayerSummary:
    """What a layer makes of one example.

    Attributes:
        name: such as "conv1"; "output" for the last.
        kind: of the layer; the output layer is "dense".
        shape: (features,) or (channel, y, x).
        parameters: how many numbers training changes.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    parameters: int

    def as_json(self) -> dict[str, Any]:
        """Return it as the panel takes it."""
        return {
            "name": self.name,
            "kind": self.kind,
            "shape": list(self.shape),
            "parameters": self.parameters,
        }


@dataclass(frozen=True)
class NetworkDesign:
    """A network from input to output.

    Attributes:
        input_shape: (features,) or (channel, y, x).
        layers: the hidden ones; flattening before dense layers is among them.
        classes: of the output layer, which is dense and has no activation.
    """

    input_shape: tuple[int, ...]
    layers: tuple[Layer, ...]
    classes: int

    def summary(self) -> list[LayerSummary]:
        """Return what each layer makes of one example, the output layer last.

        Raises:
            InputError: a layer does not fit what the one before gives.
        """
        shape, counts, rows = self.input_shape, dict[str, int](), list[LayerSummary]()
        for place, layer in enumerate(self.layers, 1):
            before, shape = shape, _shape_after(layer, shape, place)
            counts[layer.kind] = counts.get(layer.kind, 0) + 1
            name = f"{layer.kind}{counts[layer.kind]}"
            rows.append(LayerSummary(name, layer.kind, shape, _parameters(layer, before)))
        parameters = (math.prod(shape) + 1) * self.classes
        rows.append(LayerSummary(OUTPUT, Dense.kind, (self.classes,), parameters))
        return rows

    @property
    def parameters(self) -> int:
        """How many numbers training changes."""
        return sum(row.parameters for row in self.summary())

    @property
    def values(self) -> int:
        """How many numbers one example is within the network, all layers together."""
        return math.prod(self.input_shape) + sum(math.prod(row.shape) for row in self.summary())

    @property
    def operations(self) -> int:
        """How many multiplications one example takes, roughly."""
        return sum(
            row.parameters * (math.prod(row.shape[1:]) if row.kind == Convolution.kind else 1)
            for row in self.summary()
        )

    def as_json(self) -> dict[str, Any]:
        """Return the network as `design_from` takes it."""
        return {"layers": [layer.as_json() for layer in self.layers]}


def design_from(spec: object, input_shape: tuple[int, ...], classes: int) -> NetworkDesign:
    """Return the network that JSON stands for: `{"layers": [...]}` or `{"preset": name}`.

    Args:
        spec: the hidden layers.
        input_shape: of one example, (features,) or (channel, y, x).
        classes: how many there are.

    Raises:
        InputError: the layers do not fit each other, or are too large.
    """
    values = checked.mapping(spec, "the network")
    checked.known(values, ("layers", "preset"), "a network")
    given = values.get("layers")
    if given is None and "preset" in values:
        preset = checked.choice(values["preset"], "the preset", PRESETS)
        given = PRESETS[preset]["network"]["layers"]
    listed = checked.items(given if given is not None else [], "the list of layers", MOST_LAYERS)
    layers: list[Layer] = []
    flat = len(input_shape) != IMAGE_AXES
    for place, entry in enumerate(listed, 1):
        layer = layer_from(entry, place)
        if isinstance(layer, Flatten) and flat:
            continue
        if isinstance(layer, Dense) and not flat:
            layers.append(Flatten())
        flat = flat or isinstance(layer, (Dense, Flatten, GlobalPooling))
        layers.append(layer)
    if not flat:
        layers.append(Flatten())
    design = NetworkDesign(tuple(input_shape), tuple(layers), classes)
    rows = design.summary()
    if design.parameters > MOST_PARAMETERS or max(math.prod(r.shape) for r in rows) > MOST_VALUES:
        raise InputError(
            f"The network has {design.parameters:,} parameters, more than this is made for.",
            f"Take fewer neurons or filters, or pool: at most {MOST_PARAMETERS:,} parameters.",
        )
    return design


def _shape_after(layer: Layer, shape: tuple[int, ...], place: int) -> tuple[int, ...]:
    images = len(shape) == IMAGE_AXES
    if isinstance(layer, (Convolution, Pooling, GlobalPooling)) and not images:
        raise InputError(
            f"Layer {place} ('{layer.kind}') needs an image, but gets {shape[0]} numbers in a row.",
            "Put it before the dense layers, and choose images as data.",
        )
    if isinstance(layer, Dense):
        return (layer.neurons,)
    if isinstance(layer, Flatten):
        return (math.prod(shape),)
    if isinstance(layer, GlobalPooling):
        return (shape[0],)
    if isinstance(layer, Convolution):
        sides = [
            (side + 2 * layer.padding - layer.kernel) // layer.stride + 1 for side in shape[1:]
        ]
        return (layer.filters, *_possible(sides, shape, layer, place))
    if isinstance(layer, Pooling):
        return (
            shape[0],
            *_possible([side // layer.size for side in shape[1:]], shape, layer, place),
        )
    if isinstance(layer, Normalisation) and layer.mode == "layer" and math.prod(shape) == 1:
        raise InputError(
            f"Layer {place} ('{layer.kind}') gets a single number, of which nothing would be left.",
            "Take more neurons or filters before it, or normalise over the batch.",
        )
    return shape


def _possible(sides: list[int], before: tuple[int, ...], layer: Layer, place: int) -> list[int]:
    if min(sides) < 1:
        raise InputError(
            f"Layer {place} ('{layer.kind}') gets images of {before[2]} x {before[1]} pixels, "
            "which are too small for it.",
            "Take a smaller kernel or square, more padding, or fewer layers that shrink images.",
        )
    return sides


def _parameters(layer: Layer, before: tuple[int, ...]) -> int:
    if isinstance(layer, Dense):
        return (before[0] + 1) * layer.neurons
    if isinstance(layer, Convolution):
        return (before[0] * layer.kernel**2 + 1) * layer.filters
    return 2 * before[0] if isinstance(layer, Normalisation) else 0
