"""Which slices are learnt, which are held out, and which lie between and are neither."""

from __future__ import annotations

import numpy as np

LEARNT, HELD, BETWEEN = 0, 1, 2

LEARNT_MM, HELD_MM, GAP_MM = 10.0, 4.0, 3.0
"""Lengths along the stack of what is learnt, of what is held out, and of what lies between."""

FEWEST_LEARNT = 4
"""Slices in a row that are learnt at least, where slices are thick."""

SHIFT = 0.381966
"""How much later the next subject's blocks begin, in periods: no two subjects have the same."""


def parts_of(numbers: np.ndarray, spacing_mm: float, subject: int = 0) -> np.ndarray:
    """Return the part that each slice belongs to, int `(n,)`: LEARNT, HELD or BETWEEN.

    Neighbouring slices are nearly the same picture. So blocks of slices are held out, and slices
    next to a block, and up to 3 mm away from it, are not learnt.

    Args:
        numbers: places of the slices in the stack, rising.
        spacing_mm: from one slice to the next.
        subject: shifts the blocks.
    """
    held = max(HELD_MM, spacing_mm)
    gap = max(GAP_MM, spacing_mm)
    learnt = max(LEARNT_MM, FEWEST_LEARNT * spacing_mm)
    period = learnt + held + 2 * gap
    along = (numbers - numbers[0]) * spacing_mm - learnt / 2 - gap + subject * SHIFT * period
    parts = np.where(along % period < held, HELD, LEARNT)
    away = np.abs(numbers[:, None] - numbers[None, parts == HELD]) * spacing_mm
    if away.shape[1]:
        nearest = away.min(axis=1)
        parts[(nearest > 0) & (nearest < gap + 1e-6)] = BETWEEN
    return parts
