"""Which layers there are to choose from, and what can be set for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ELMEDPlaygroundWidgets.form import Choice, Field, Number

ACTIVATIONS = {
    "tanh": "tanh",
    "relu": "ReLU",
    "leaky_relu": "leaky ReLU",
    "gelu": "GELU",
    "sigmoid": "sigmoid",
    "linear": "none (linear)",
}


def _activation(default: str) -> Choice:
    return Choice(
        "activation",
        "Activation",
        "What is applied to each sum; without one, layers on top of each other are one linear map.",
        ACTIVATIONS,
        default,
    )


@dataclass(frozen=True)
class LayerKind:
    """One kind of layer.

    Attributes:
        kind: the engine's name.
        title: as users read it.
        help: what it does, a sentence.
        fields: what can be set.
        images: whether it makes sense on images alone.
    """

    kind: str
    title: str
    help: str
    fields: tuple[Field, ...]
    images: bool = False

    def new(self) -> dict[str, Any]:
        """Return a layer of this kind as it is added."""
        return {"kind": self.kind, **{field.name: field.default for field in self.fields}}


_POOLING = {"max": "maximum", "average": "mean"}

LAYER_KINDS = (
    LayerKind(
        "dense",
        "Dense",
        "Each neuron looks at all that the layer before gives.",
        (
            Number("neurons", "Neurons", "How many neurons the layer has.", 1, 512, 8, True),
            _activation("tanh"),
        ),
    ),
    LayerKind(
        "conv",
        "Convolution",
        "Each filter looks for one small pattern everywhere in the image.",
        (
            Number("filters", "Filters", "How many patterns are looked for.", 1, 128, 8, True),
            Number("kernel", "Kernel", "The pattern's side in pixels.", 1, 11, 3, True),
            Number("stride", "Stride", "How far the pattern moves each time.", 1, 4, 1, True),
            Number("padding", "Padding", "Empty pixels set around the image.", 0, 5, 0, True),
            _activation("relu"),
        ),
        images=True,
    ),
    LayerKind(
        "pool",
        "Pooling",
        "Keeps one value of each small square: the image gets smaller.",
        (
            Choice("mode", "Of each square", "Which value is kept.", _POOLING, "max"),
            Number("size", "Side", "The square's side in pixels.", 2, 8, 2, True),
        ),
        images=True,
    ),
    LayerKind(
        "global_pool",
        "Global pool",
        "Keeps one value of each whole feature map: where something was is forgotten.",
        (Choice("mode", "Of each map", "Which value is kept.", _POOLING, "average"),),
        images=True,
    ),
    LayerKind(
        "dropout",
        "Dropout",
        "Silences a share of the values by chance while training, against learning by heart.",
        (Number("share", "Share", "The share that is silenced.", 0.01, 0.95, 0.3),),
    ),
    LayerKind(
        "normalise",
        "Normalise",
        "Brings values to mean 0 and spread 1, which lets deep networks learn faster.",
        (
            Choice(
                "mode",
                "Over",
                "What mean and spread are taken over.",
                {"batch": "the batch", "layer": "the layer"},
                "batch",
            ),
        ),
    ),
)

BY_KIND = {entry.kind: entry for entry in LAYER_KINDS}
