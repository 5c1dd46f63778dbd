"""How a network is trained."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import InputError
from ELMEDPlaygroundLib import checked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

OPTIMISERS = ("sgd", "momentum", "adam")
LOSSES = ("cross_entropy", "squared_error")
LIVE = ("learning_rate", "weight_decay", "batch", "stop")
"""What can be changed while the training goes on."""


@dataclass(frozen=True)
class Criterion:
    """When to stop; 0 is never.

    Attributes:
        steps: after so many steps.
        accuracy: when this share of the held-out examples is right.
        loss: when the loss on the training examples is below this.
        patience: when the test loss has not become better for so many steps.
    """

    steps: int = 0
    accuracy: float = 0.0
    loss: float = 0.0
    patience: int = 0


@dataclass(frozen=True)
class Settings:
    """How a network is trained.

    Attributes:
        optimiser: how gradients become steps.
        learning_rate: the size of a step.
        batch: examples in a step.
        weight_decay: adds this times each weight to its gradient.
        loss: cross-entropy, or the squared distance of the probabilities from the truth.
        seed: of the first weights, the order of the examples, and dropout.
        stop: when to stop.
    """

    optimiser: str = "adam"
    learning_rate: float = 0.01
    batch: int = 32
    weight_decay: float = 0.0
    loss: str = "cross_entropy"
    seed: int = 0
    stop: Criterion = field(default_factory=Criterion)

    def as_json(self) -> dict[str, Any]:
        """Return the settings as `settings_from` takes them."""
        return asdict(self)


RULES: Mapping[str, Callable[[Any], Any]] = {
    "optimiser": lambda value: checked.choice(value, "the optimiser", OPTIMISERS),
    "learning_rate": lambda value: checked.number(value, "the learning rate", 0.0, 1e6),
    "batch": lambda value: checked.whole(value, "the batch", 1, 4096),
    "weight_decay": lambda value: checked.number(value, "the weight decay", 0.0, 10.0),
    "loss": lambda value: checked.choice(value, "the loss", LOSSES),
    "seed": lambda value: checked.whole(value, "the seed", 0, 2**31 - 1),
    "stop": lambda value: criterion_from(value),  # noqa: PLW0108 - it is defined below
}

STOP_RULES: Mapping[str, Callable[[Any], Any]] = {
    "steps": lambda value: checked.whole(value, "'steps' of the criterion", 0, 10_000_000),
    "accuracy": lambda value: checked.number(value, "'accuracy' of the criterion", 0.0, 1.0),
    "loss": lambda value: checked.number(value, "'loss' of the criterion", 0.0, 1000.0),
    "patience": lambda value: checked.whole(value, "'patience' of the criterion", 0, 10_000_000),
}


def settings_from(spec: object) -> Settings:
    """Return the settings that JSON stands for; what is not said is as in `Settings`.

    Raises:
        InputError: it says something that is not allowed.
    """
    values = checked.mapping(spec, "the settings")
    checked.known(values, RULES, "the training")
    return Settings(**{name: RULES[name](value) for name, value in values.items()})


def criterion_from(spec: object) -> Criterion:
    """Return the criterion that JSON stands for.

    Raises:
        InputError: it says something that is not allowed.
    """
    values = checked.mapping(spec, "the criterion")
    checked.known(values, STOP_RULES, "the criterion")
    return Criterion(**{name: STOP_RULES[name](value) for name, value in values.items()})


def changed(settings: Settings, changes: object) -> Settings:
    """Return settings with something changed that can change while the training goes on.

    Raises:
        InputError: something else was to be changed, or to a value that is not allowed.
    """
    values = checked.mapping(changes, "the change")
    for name in values:
        if name in RULES and name not in LIVE:
            raise InputError(
                f"'{name}' cannot be changed while the training goes on.",
                "Begin the experiment anew with the other choice.",
            )
    checked.known(values, LIVE, "a running training")
    return replace(settings, **{name: RULES[name](value) for name, value in values.items()})


def changes_since(was: Settings, now: Settings) -> dict[str, Any]:
    """Return the settings that are others now than they were; the criterion is none of them."""
    return {
        name: value
        for name, value in now.as_json().items()
        if name != "stop" and value != getattr(was, name)
    }
