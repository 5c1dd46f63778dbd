"""The kinds of layers that a network can be made of, as plain data."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar

from ELMEDPlaygroundLib import checked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ACTIVATIONS = ("linear", "relu", "leaky_relu", "tanh", "sigmoid", "gelu")
POOLINGS = ("max", "average")
NORMALISATIONS = ("batch", "layer")


@dataclass(frozen=True)
class Layer:
    """One layer; a subclass for each kind."""

    kind: ClassVar[str] = ""

    @classmethod
    def rules(cls) -> Mapping[str, Callable[[Any, str], Any]]:
        """Return what is allowed for each setting."""
        return {}

    def as_json(self) -> dict[str, Any]:
        """Return the layer as `layer_from` takes it."""
        return {"kind": self.kind, **asdict(self)}


def _whole(low: int, high: int) -> Callable[[Any, str], int]:
    return lambda value, what: checked.whole(value, what, low, high)


def _number(low: float, high: float) -> Callable[[Any, str], float]:
    return lambda value, what: checked.number(value, what, low, high)


def _choice(allowed: tuple[str, ...]) -> Callable[[Any, str], str]:
    return lambda value, what: checked.choice(value, what, allowed)


@dataclass(frozen=True)
class Dense(Layer):
    """Each neuron looks at all that the layer before gives."""

    neurons: int = 8
    activation: str = "tanh"
    kind: ClassVar[str] = "dense"

    @classmethod
    def rules(cls) -> Mapping[str, Callable[[Any, str], Any]]:
        """Return what is allowed for each setting."""
        return {"neurons": _whole(1, 4096), "activation": _choice(ACTIVATIONS)}


@dataclass(frozen=True)
class Convolution(Layer):
    """Each filter looks for one small pattern everywhere in the image.

    Attributes:
        kernel: side of the pattern in pixels.
        stride: pixels from one place to the next.
        padding: width of the frame of zeros, in pixels.
    """

    filters: int = 8
    kernel: int = 3
    stride: int = 1
    padding: int = 0
    activation: str = "relu"
    kind: ClassVar[str] = "conv"

    @classmethod
    def rules(cls) -> Mapping[str, Callable[[Any, str], Any]]:
        """Return what is allowed for each setting."""
        return {
            "filters": _whole(1, 512),
            "kernel": _whole(1, 15),
            "stride": _whole(1, 8),
            "padding": _whole(0, 7),
            "activation": _choice(ACTIVATIONS),
        }


@dataclass(frozen=True)
class Pooling(Layer):
    """Keeps one value of each square of `size` pixels."""

    mode: str = "max"
    size: int = 2
    kind: ClassVar[str] = "pool"

    @classmethod
    def rules(cls) -> Mapping[str, Callable[[Any, str], Any]]:
        """Return what is allowed for each setting."""
        return {"mode": _choice(POOLINGS), "size": _whole(2, 16)}


@dataclass(frozen=True)
class GlobalPooling(Layer):
    """Keeps one value of each feature map; where something was is forgotten."""

    mode: str = "average"
    kind: ClassVar[str] = "global_pool"

    @classmethod
    def rules(cls) -> Mapping[str, Callable[[Any, str], Any]]:
        """Return what is allowed for each setting."""
        return {"mode": _choice(POOLINGS)}


@dataclass(frozen=True)
class Dropout(Layer):
    """Silences a share of the values by chance while training."""

    share: float = 0.3
    kind: ClassVar[str] = "dropout"

    @classmethod
    def rules(cls) -> Mapping[str, Callable[[Any, str], Any]]:
        """Return what is allowed for each setting."""
        return {"share": _number(0.0, 0.95)}


@dataclass(frozen=True)
class Normalisation(Layer):
    """Brings values to mean 0 and spread 1, over the batch or over the layer."""

    mode: str = "batch"
    kind: ClassVar[str] = "normalise"

    @classmethod
    def rules(cls) -> Mapping[str, Callable[[Any, str], Any]]:
        """Return what is allowed for each setting."""
        return {"mode": _choice(NORMALISATIONS)}


@dataclass(frozen=True)
class Flatten(Layer):
    """Puts all pixels of all maps in a row; it comes by itself before a dense layer."""

    kind: ClassVar[str] = "flatten"


LAYER_KINDS: dict[str, type[Layer]] = {
    cls.kind: cls
    for cls in (Dense, Convolution, Pooling, GlobalPooling, Dropout, Normalisation, Flatten)
}


def layer_from(spec: object, place: int) -> Layer:
    """Return the layer that JSON such as `{"kind": "dense", "neurons": 8}` stands for.

    Args:
        spec: what is not said is as in the class.
        place: in the network, from 1, for errors.

    Raises:
        InputError: it says something that is not allowed.
    """
    values = checked.mapping(spec, f"layer {place}")
    kind = checked.choice(values.get("kind"), f"the kind of layer {place}", LAYER_KINDS)
    cls = LAYER_KINDS[kind]
    rules = cls.rules()
    checked.known(values, ("kind", *rules), f"a layer '{kind}'")
    names = [entry.name for entry in fields(cls) if entry.name in values]
    return cls(**{name: rules[name](values[name], f"'{name}' of layer {place}") for name in names})
