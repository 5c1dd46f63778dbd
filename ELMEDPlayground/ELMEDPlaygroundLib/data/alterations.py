"""What can be done to images: a canvas around them, a shift of the held-out ones, a marker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDPlaygroundLib import checked

if TYPE_CHECKING:
    from collections.abc import Mapping

ALTERATIONS = ("canvas", "shift", "marker_class")

LARGEST_CANVAS = 64
LARGEST_SHIFT = 16
MARKER_PIXELS = 2


def alter(
    images: np.ndarray, targets: np.ndarray, spec: Mapping[str, Any], test: np.ndarray
) -> np.ndarray:
    """Return images as the spec wants them.

    Args:
        images: (n, channel, y, x).
        targets: (n,).
        spec: `canvas`: side of the empty square in whose middle they are put, 0 for none; `shift`:
            pixels by which the held-out images are moved, each in one of the eight directions;
            `marker_class`: the class whose images get a bright square in the upper left corner.
        test: indices of the held-out images.

    Raises:
        InputError: a value is not allowed.
    """
    side = max(images.shape[2:])
    canvas = checked.whole(spec.get("canvas", 0), "the canvas", 0, LARGEST_CANVAS)
    shift = checked.whole(spec.get("shift", 0), "the shift", 0, LARGEST_SHIFT)
    if canvas:
        checked.whole(canvas, "the canvas", side, LARGEST_CANVAS)
        images = on_canvas(images, canvas)
    if shift:
        generator = np.random.default_rng([int(spec.get("seed", 0)), 3])
        images = images.copy()
        ways = generator.integers(0, len(DIRECTIONS), len(test))
        for number, (down, right) in enumerate(DIRECTIONS):
            moved = test[ways == number]
            images[moved] = shifted(images[moved], down * shift, right * shift)
    if spec.get("marker_class") is not None:
        classes = int(targets.max()) + 1
        label = checked.whole(spec["marker_class"], "the marked class", 0, classes - 1)
        images = images.copy()
        images[targets == label, :, :MARKER_PIXELS, :MARKER_PIXELS] = 1.0
    return images


DIRECTIONS = tuple((y, x) for y in (-1, 0, 1) for x in (-1, 0, 1) if (y, x) != (0, 0))


def on_canvas(images: np.ndarray, side: int) -> np.ndarray:
    """Return images (n, channel, y, x) in the middle of empty squares of `side` pixels."""
    height, width = images.shape[2:]
    top, left = (side - height) // 2, (side - width) // 2
    result = np.zeros((*images.shape[:2], side, side), images.dtype)
    result[:, :, top : top + height, left : left + width] = images
    return result


def shifted(images: np.ndarray, down: int, right: int) -> np.ndarray:
    """Return images (..., y, x) moved by whole pixels; what comes in from outside is zero."""
    height, width = images.shape[-2:]
    room = max(abs(down), abs(right))
    padded = np.pad(images, [(0, 0)] * (images.ndim - 2) + [(room, room)] * 2)
    top, left = room - down, room - right
    return padded[..., top : top + height, left : left + width]
