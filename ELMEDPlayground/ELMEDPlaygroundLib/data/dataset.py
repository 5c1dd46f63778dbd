"""What a network learns from: examples, their classes, and which of them are held out."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDLib.errors import InputError
from ELMEDPlaygroundLib import checked
from ELMEDPlaygroundLib.data.alterations import ALTERATIONS, alter
from ELMEDPlaygroundLib.data.split import limited, split

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ELMEDPlaygroundLib.data.examples import Examples

KINDS = {
    "circles": "points:circles",
    "xor": "points:xor",
    "gaussians": "points:gaussians",
    "spiral": "points:spiral",
    "moons": "points:moons",
    "drawn": "points:drawn",
    "digits": "digits:digits",
    "mnist": "mnist:mnist",
    "shapes": "shapes:shapes",
    "cifar-like": "shapes:coloured_shapes",
    "scan": "scan:scan",
}
"""Where the examples of each kind come from: `module:function` in this package.

The function takes the spec, and returns `Examples`; its attribute `options` names what else of the
spec it reads.
"""

COMMON = ("kind", "count", "test_share", "seed", "limit_train", "shuffle_labels")
"""What a spec of any kind may say."""

FEWEST_CLASSES = 2


@dataclass(frozen=True)
class Dataset:
    """Examples with their classes, in two parts that share nothing.

    Attributes:
        name: the kind.
        inputs: float32; points (n, 2) as x, y in about -1..1; images (n, channel, y, x), 0..1.
        targets: int64 (n,), the place of each one's class in `classes`.
        classes: their names.
        train: int64 indices of what is learnt from.
        test: int64 indices of what is held out; disjoint from `train`.
    """

    name: str
    inputs: np.ndarray
    targets: np.ndarray
    classes: tuple[str, ...]
    train: np.ndarray
    test: np.ndarray

    @property
    def input_shape(self) -> tuple[int, ...]:
        """The shape of one example: (features,) or (channel, y, x)."""
        return tuple(self.inputs.shape[1:])


def make_dataset(spec: Mapping[str, Any]) -> Dataset:
    """Make a dataset.

    Args:
        spec: `kind`, and what can be said for it: `count` (examples in all), `noise` (the standard
            deviation of points, in halves of the square), `test_share`, `seed`, `limit_train`
            (train on no more than these, 0 for all), `shuffle_labels` (classes by chance);
            for images `canvas` (put them on an empty square of so many pixels), `shift` (move the
            held-out ones by so many pixels) and `marker_class` (plant a bright corner in the
            images of one class).

    Raises:
        InputError: the spec says something that is not allowed; it says what would be.
        MissingPackageError: the package that holds the examples is not installed.
    """
    spec = checked.mapping(spec, "the data")
    kind = checked.choice(spec.get("kind"), "the kind of data", KINDS)
    module, _, function = KINDS[kind].partition(":")
    make = getattr(importlib.import_module(f"{__package__}.{module}"), function)
    images = ALTERATIONS if getattr(make, "images", False) else ()
    checked.known(spec, (*COMMON, *getattr(make, "options", ()), *images), f"data '{kind}'")
    seed = checked.whole(spec.get("seed", 0), "the data's seed", 0, 2**31 - 1)
    share = checked.number(spec.get("test_share", 0.5), "the test share", 0.01, 0.95)
    limit = checked.whole(spec.get("limit_train", 0), "'limit_train'", 0, 1_000_000)
    shuffled = checked.flag(spec.get("shuffle_labels", False), "'shuffle_labels'")
    examples: Examples = make(spec)
    targets = examples.targets
    if shuffled:
        targets = np.random.default_rng([seed, 2]).permutation(targets)
    train, test = split(targets, share, seed, groups=examples.groups, test=examples.test)
    if len(np.unique(targets)) < FEWEST_CLASSES or not len(train) or not len(test):
        raise InputError(
            "There are not enough examples to train with and to test on.",
            "Take more of them, of at least two classes, or another test share.",
        )
    train = limited(train, targets, limit)
    inputs = alter(examples.inputs, targets, spec, test) if images else examples.inputs
    return Dataset(
        kind,
        np.ascontiguousarray(inputs, np.float32),
        targets.astype(np.int64),
        examples.classes,
        train,
        test,
    )
