"""A tumour to begin with: a core in an enhancing rim, and oedema along the white matter."""

from __future__ import annotations

import numpy as np

from ELMEDPlaygroundLib.tumour.classes import OUTSIDE, WHITE
from ELMEDSegmentLib.labels import LABELS

CORE_PIXELS = (4.0, 7.0)
"""The radius of the enhancing rim's outer edge: 8 to 14 mm."""

RIM_PIXELS = (1.3, 2.3)
OEDEMA_PIXELS = (5.0, 9.0)
"""How far beyond the rim oedema reaches."""

WAVES = 5
MARGINS = (8, 5, 3, 1, 0)
"""Pixels of brain around the middle of a tumour on all sides: the first for which there is room."""


def example(classes: np.ndarray, seed: int) -> np.ndarray:
    """Return a mask of a tumour in white matter, uint8 `(rows, columns)`, labels 0 to 3.

    Args:
        classes: of the slice's pixels, `(rows, columns)`.
        seed: decides place, size and shape.
    """
    rng = np.random.default_rng(seed)
    brain, white = classes != OUTSIDE, classes == WHITE
    wanted = (_within(brain, margin) & _within(white, 1) for margin in MARGINS)
    places = next((np.argwhere(one) for one in wanted if one.any()), np.argwhere(brain))
    mask = np.zeros(classes.shape, np.uint8)
    if not len(places):
        return mask
    middle = places[rng.integers(len(places))]
    away = np.indices(classes.shape) - middle[:, None, None]
    radius = np.hypot(*away)
    edge = rng.uniform(*CORE_PIXELS) * _wavy(rng, away, 0.12)
    reach = edge + rng.uniform(*OEDEMA_PIXELS) * _wavy(rng, away, 0.45)
    mask[(radius <= reach) & white] = LABELS["oedema"]
    mask[(radius <= edge) & brain] = LABELS["enhancing_tumour"]
    mask[(radius <= edge - rng.uniform(*RIM_PIXELS)) & brain] = LABELS["necrotic_core"]
    return mask


def _within(mask: np.ndarray, margin: int) -> np.ndarray:
    """Return the pixels of a mask that have so many of it on all sides, `(rows, columns)`."""
    side = 2 * margin + 1
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(mask, margin), (side, side))
    return np.asarray(windows.all((2, 3)))


def _wavy(rng: np.random.Generator, away: np.ndarray, strength: float) -> np.ndarray:
    """Return factors around 1 that change slowly with the direction, `(rows, columns)`."""
    angle = np.arctan2(*away)
    factor = np.ones(angle.shape)
    for wave in range(1, WAVES):
        phase = rng.uniform(0, 2 * np.pi)
        factor += strength * rng.normal() / wave * np.cos(wave * angle + phase)
    return np.maximum(factor, 0.2)
