"""All layers beside each other: how each bends the plane, and what a straight cut then gets right.

Deep learning is a search for good hierarchical representations; this view shows and measures it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ELMEDPlaygroundLib.views.hidden_space import looked_into, space_of
from ELMEDPlaygroundLib.views.probe import linear_probe

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_SPACES = 6
MOST_IMAGES = 150
"""Small pictures need no more, and finding their directions takes the cube of it."""


def representations(experiment: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the space of each layer, with the accuracy of a linear probe.

    Returns:
        `spaces`: for the input and each layer (of many, the last ones) what
        `hidden_space.space_of` says of it, and `accuracy`, that of `probe.linear_probe`; then
        `targets`, `is_test` and `classes` of the examples, `guessing` and `left_out` (how many
        layers are not shown).
    """
    shown, answers = looked_into(experiment, MOST_IMAGES)
    probe = linear_probe(experiment, options)
    accuracy = dict(zip(probe["layers"], probe["accuracy"], strict=True))
    names = list(answers)
    chosen = names if len(names) <= MOST_SPACES else [names[0], *names[1 - MOST_SPACES :]]
    return {
        "spaces": [
            {**space_of(experiment, name, answers[name]), "accuracy": accuracy[name]}
            for name in chosen
        ],
        "targets": shown["targets"],
        "is_test": shown["is_test"],
        "classes": list(experiment.data.classes),
        "guessing": probe["guessing"],
        "left_out": len(names) - len(chosen),
    }
