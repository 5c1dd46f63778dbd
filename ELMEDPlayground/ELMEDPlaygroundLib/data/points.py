"""Points in the plane, x and y in about -1..1, y upwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDLib.errors import InputError
from ELMEDPlaygroundLib import checked
from ELMEDPlaygroundLib.data.examples import Examples, reads

if TYPE_CHECKING:
    from collections.abc import Mapping

FEWEST, MOST = 4, 20_000
CLASSES = ("blue", "orange")
DRAWN_CLASSES = 8
FARTHEST = 10.0


def _drawing(spec: Mapping[str, Any]) -> tuple[np.random.Generator, np.ndarray, float]:
    """Return a generator, the classes of the points (as many of each) and the noise."""
    count = checked.whole(spec.get("count", 400), "the number of points", FEWEST, MOST)
    noise = checked.number(spec.get("noise", 0.0), "the noise", 0.0, 1.0)
    generator = np.random.default_rng([int(spec.get("seed", 0)), 0])
    return generator, np.arange(count) % 2, noise


def _noisy(
    points: np.ndarray, targets: np.ndarray, noise: float, generator: np.random.Generator
) -> Examples:
    moved = points + noise * generator.standard_normal(points.shape)
    return Examples(moved.astype(np.float32), targets, CLASSES)


def _polar(radius: np.ndarray, angle: np.ndarray) -> np.ndarray:
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


@reads("noise")
def circles(spec: Mapping[str, Any]) -> Examples:
    """A disc, and a ring around it."""
    generator, targets, noise = _drawing(spec)
    along = generator.random(len(targets))
    radius = np.where(targets == 0, 0.45 * np.sqrt(along), 0.65 + 0.25 * along)
    angle = generator.uniform(0.0, 2.0 * np.pi, len(targets))
    return _noisy(_polar(radius, angle), targets, noise, generator)


@reads("noise")
def xor(spec: Mapping[str, Any]) -> Examples:
    """Four squares; opposite ones are of one class, with a gap of 0.1 between them."""
    generator, targets, noise = _drawing(spec)
    sizes = generator.uniform(0.05, 0.95, (len(targets), 2))
    right = np.where((np.arange(len(targets)) // 2) % 2 == 0, 1.0, -1.0)
    above = np.where(targets == 0, right, -right)
    return _noisy(sizes * np.stack([right, above], axis=1), targets, noise, generator)


@reads("noise")
def gaussians(spec: Mapping[str, Any]) -> Examples:
    """Two round clouds; a straight line parts them."""
    generator, targets, noise = _drawing(spec)
    centres = np.where(targets == 0, -0.45, 0.45)
    points = centres[:, None] + 0.13 * generator.standard_normal((len(targets), 2))
    return _noisy(points, targets, noise, generator)


@reads("noise")
def spiral(spec: Mapping[str, Any]) -> Examples:
    """Two arms wound into each other, 1.75 turns each, as in TensorFlow Playground."""
    generator, targets, noise = _drawing(spec)
    each = (len(targets) + 1) // 2
    along = (np.arange(len(targets)) // 2 + 0.5) / each
    angle = 1.75 * 2.0 * np.pi * along + np.pi * targets
    return _noisy(_polar(0.9 * along, angle), targets, noise, generator)


@reads("noise")
def moons(spec: Mapping[str, Any]) -> Examples:
    """Two half circles that reach into each other."""
    generator, targets, noise = _drawing(spec)
    angle = generator.uniform(0.0, np.pi, len(targets))
    upper = np.stack([np.cos(angle) - 0.5, np.sin(angle) - 0.25], axis=1)
    points = np.where((targets == 0)[:, None], upper, -upper)
    return _noisy(0.6 * points, targets, noise, generator)


@reads("points")
def drawn(spec: Mapping[str, Any]) -> Examples:
    """Points of the user's own: `points` is a list of [x, y, class]."""
    rows = checked.items(spec.get("points", []), "the list of points", MOST)
    if len(rows) < FEWEST:
        raise InputError(f"There are {len(rows)} points.", f"Draw at least {FEWEST}.")
    points, targets = np.empty((len(rows), 2), np.float32), np.empty(len(rows), np.int64)
    for place, row in enumerate(rows):
        if not isinstance(row, (list, tuple)) or len(row) != 3:  # noqa: PLR2004 - x, y, class
            raise InputError(
                f"Point {place + 1} is {checked.shown(row)}.", "Give each point as [x, y, class]."
            )
        name = f"point {place + 1}"
        points[place] = [checked.number(axis, name, -FARTHEST, FARTHEST) for axis in row[:2]]
        targets[place] = checked.whole(row[2], f"the class of {name}", 0, DRAWN_CLASSES - 1)
    used, numbered = np.unique(targets, return_inverse=True)
    names = CLASSES + tuple(f"class {label + 1}" for label in range(2, DRAWN_CLASSES))
    return Examples(points, numbered.astype(np.int64), tuple(names[label] for label in used))
