"""Drawn shapes: images without end, whose classes are known for sure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDPlaygroundLib import checked
from ELMEDPlaygroundLib.data.examples import Examples, reads

if TYPE_CHECKING:
    from collections.abc import Mapping

FEWEST, MOST = 20, 20_000
SHAPES = (
    "disc",
    "ring",
    "square",
    "frame",
    "cross",
    "diagonal cross",
    "triangle",
    "bar",
    "pole",
    "dots",
)
GREY_SHAPES = ("disc", "ring", "square", "cross", "triangle")
GREY_SIDE, COLOUR_SIDE = 16, 32
THIN = 0.3


@reads("noise", images=True)
def shapes(spec: Mapping[str, Any]) -> Examples:
    """Return five shapes on 16 x 16 pixels, grey: (n, 1, 16, 16)."""
    targets, generator, noise = _drawing(spec, len(GREY_SHAPES))
    masks = _masks([GREY_SHAPES[target] for target in targets], GREY_SIDE, generator)
    bright = generator.uniform(0.6, 1.0, (len(targets), 1, 1, 1))
    return Examples(_noisy(masks[:, None] * bright, noise, generator), targets, GREY_SHAPES)


@reads("noise", images=True)
def coloured_shapes(spec: Mapping[str, Any]) -> Examples:
    """Return ten shapes in the size of CIFAR-10's images: (n, 3, 32, 32), 3,072 numbers each.

    Shape and background have colours by chance, so that colour alone tells nothing.
    """
    targets, generator, noise = _drawing(spec, len(SHAPES))
    masks = _masks([SHAPES[target] for target in targets], COLOUR_SIDE, generator)[:, None]
    shape = generator.uniform(0.0, 1.0, (len(targets), 3, 1, 1))
    ground = np.where(generator.random(shape.shape) < 0.5, shape + 0.5, shape - 0.5)  # noqa: PLR2004 - heads or tails
    ground = np.clip(ground, 0.0, 1.0)
    return Examples(_noisy(ground + masks * (shape - ground), noise, generator), targets, SHAPES)


def _drawing(
    spec: Mapping[str, Any], classes: int
) -> tuple[np.ndarray, np.random.Generator, float]:
    count = checked.whole(spec.get("count") or 1000, "the number of images", FEWEST, MOST)
    noise = checked.number(spec.get("noise", 0.05), "the noise", 0.0, 1.0)
    return np.arange(count) % classes, np.random.default_rng([int(spec.get("seed", 0)), 0]), noise


def _noisy(images: np.ndarray, noise: float, generator: np.random.Generator) -> np.ndarray:
    moved = images + noise * generator.standard_normal(images.shape)
    return np.clip(moved, 0.0, 1.0).astype(np.float32)


def _masks(names: list[str], side: int, generator: np.random.Generator) -> np.ndarray:
    """Return a shape each, (n, y, x), 0..1 with soft edges, at a place and in a size by chance."""
    axis = (np.arange(side) + 0.5) / side * 2.0 - 1.0
    size = generator.uniform(0.45, 0.7, len(names))
    place = generator.uniform(-1.0, 1.0, (len(names), 2)) * (0.95 - size)[:, None]
    masks = np.empty((len(names), side, side))
    for number, name in enumerate(names):
        y = (axis[:, None] - place[number, 0]) / size[number]
        x = (axis[None, :] - place[number, 1]) / size[number]
        inside = _inside(name, y, x) * size[number] * side / 2.0
        masks[number] = np.clip(inside + 0.5, 0.0, 1.0)
    return masks


def _inside(name: str, y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return how far inside a shape of radius 1 each place is, negative outside, (y, x)."""
    radius = np.hypot(y, x)
    box = 0.85 - np.maximum(np.abs(y), np.abs(x))
    up, across = np.abs(y), np.abs(x)
    distances = {
        "disc": 1.0 - radius,
        "ring": THIN / 2 - np.abs(radius - 0.8),
        "square": box,
        "frame": THIN / 2 - np.abs(box - THIN / 2),
        "cross": np.minimum(1.0 - np.maximum(up, across), 0.2 - np.minimum(up, across)),
        "diagonal cross": np.minimum(1.0 - radius, 0.2 - np.minimum(abs(y - x), abs(y + x)) / 1.41),
        "triangle": np.minimum(0.8 - y, (y + 1.0 - 1.9 * across) / 2.15),
        "bar": np.minimum(1.0 - across, 0.25 - up),
        "pole": np.minimum(1.0 - up, 0.25 - across),
        "dots": 0.3 - np.hypot(up - 0.55, across - 0.55),
    }
    return np.broadcast_to(distances[name], (y.size, x.size))
