"""What a generator learns from: clouds of points in the plane, and noise to compare with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDPlaygroundLib.data import points as drawings
from ELMEDPlaygroundLib.data.examples import Examples

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TRAIN, TEST = 2000, 1000
SPREAD = 0.04
"""The standard deviation of each cloud, in halves of the square."""

EIGHT = 8


@dataclass(frozen=True)
class Cloud:
    """Points to learn from, and points to compare with.

    Attributes:
        train: float32 (n, 2), x and y in about -1..1, y upwards.
        targets: int64 (n,), the mode that each belongs to.
        test: float32 (n, 2), drawn in the same way, never learnt from.
        test_targets: int64 (n,).
        noise: float32 (n, 2), a round cloud as wide as the data: where all modes are gone.
        modes: the names of the modes.
        scale: the standard deviation of the data along x and y together.
    """

    train: np.ndarray
    targets: np.ndarray
    test: np.ndarray
    test_targets: np.ndarray
    noise: np.ndarray
    modes: tuple[str, ...]
    scale: float


def make_cloud(kind: str, points: list[Any], seed: int) -> Cloud:
    """Return the points of a kind.

    Args:
        kind: one of `KINDS`.
        points: for "drawn", the user's own as [x, y, class]; each becomes a small cloud.
        seed: another one gives other points of the kind.

    Raises:
        InputError: drawn points cannot be read, or are too few.
    """
    make = KINDS[kind]
    spec = {"count": TRAIN, "noise": SPREAD, "seed": seed, "points": points}
    learnt = make(spec)
    compared = make({**spec, "count": TEST, "seed": seed + 1_000_003})
    scale = float(learnt.inputs.std())
    generator = np.random.default_rng([seed, 5])
    noise = scale * generator.standard_normal((TEST, 2)) + learnt.inputs.mean(axis=0)
    return Cloud(
        learnt.inputs,
        learnt.targets,
        compared.inputs,
        compared.targets,
        noise.astype(np.float32),
        learnt.classes,
        max(scale, 1e-3),
    )


def _eight_gaussians(spec: Mapping[str, Any]) -> Examples:
    """Eight small clouds on a circle, counter-clockwise from the right."""
    generator = np.random.default_rng([spec["seed"], 0])
    targets = np.arange(spec["count"]) % EIGHT
    angle = targets * 2.0 * np.pi / EIGHT
    centres = 0.75 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    names = tuple(f"cloud {number + 1}" for number in range(EIGHT))
    return _blurred(centres, targets, names, spec, generator)


def _rings(spec: Mapping[str, Any]) -> Examples:
    """A ring within a ring."""
    generator = np.random.default_rng([spec["seed"], 0])
    targets = np.arange(spec["count"]) % 2
    angle = generator.uniform(0.0, 2.0 * np.pi, len(targets))
    radius = np.where(targets == 0, 0.4, 0.85)
    rings = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return _blurred(rings, targets, ("inner ring", "outer ring"), spec, generator)


def _moons(spec: Mapping[str, Any]) -> Examples:
    return _named(drawings.moons(spec), ("upper moon", "lower moon"))


def _spiral(spec: Mapping[str, Any]) -> Examples:
    return _named(drawings.spiral({**spec, "noise": SPREAD / 2}), ("one arm", "other arm"))


def _drawn(spec: Mapping[str, Any]) -> Examples:
    """Each drawn point as a small cloud, so that there is a density to learn."""
    own = drawings.drawn(spec)
    generator = np.random.default_rng([spec["seed"], 0])
    chosen = generator.integers(0, len(own.inputs), spec["count"])
    # A mode that hardly anybody drew is there all the same, to be asked for and walked to.
    modes, first = np.unique(own.targets, return_index=True)
    chosen[: len(modes)] = first
    return _blurred(own.inputs[chosen], own.targets[chosen], own.classes, spec, generator)


def _named(examples: Examples, modes: tuple[str, ...]) -> Examples:
    return Examples(examples.inputs, examples.targets, modes)


def _blurred(
    places: np.ndarray,
    targets: np.ndarray,
    modes: tuple[str, ...],
    spec: Mapping[str, Any],
    generator: np.random.Generator,
) -> Examples:
    moved = places + spec["noise"] * generator.standard_normal(places.shape)
    return Examples(moved.astype(np.float32), targets.astype(np.int64), modes)


KINDS: dict[str, Callable[[Mapping[str, Any]], Examples]] = {
    "eight-gaussians": _eight_gaussians,
    "rings": _rings,
    "moons": _moons,
    "spiral": _spiral,
    "drawn": _drawn,
}
"""The kinds of clouds, by name."""
