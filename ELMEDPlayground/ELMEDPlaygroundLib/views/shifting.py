"""Moving images and maps by pixels, and how far a layer follows."""

from __future__ import annotations

import numpy as np

NOTHING = 1e-12


def shifted(maps: np.ndarray, down: float, right: float) -> np.ndarray:
    """Return maps moved by pixels; what comes in from outside is zero.

    Between whole pixels it is linear interpolation: half a pixel is the mean of two neighbours.

    Args:
        maps: (..., y, x).
        down: pixels along y.
        right: pixels along x.
    """
    return _moved(_moved(maps, down, -2), right, -1)


def _moved(maps: np.ndarray, pixels: float, axis: int) -> np.ndarray:
    whole = int(np.floor(pixels))
    fraction = pixels - whole
    first = _moved_whole(maps, whole, axis)
    if fraction == 0.0:
        return first
    second = _moved_whole(maps, whole + 1, axis)
    return ((1.0 - fraction) * first + fraction * second).astype(maps.dtype)


def _moved_whole(maps: np.ndarray, pixels: int, axis: int) -> np.ndarray:
    size = maps.shape[axis]
    result = np.zeros_like(maps)
    kept = max(size - abs(pixels), 0)
    here = [slice(None)] * maps.ndim
    there = [slice(None)] * maps.ndim
    there[axis] = slice(max(pixels, 0), max(pixels, 0) + kept)
    here[axis] = slice(max(-pixels, 0), max(-pixels, 0) + kept)
    result[tuple(there)] = maps[tuple(here)]
    return result


def stayed(shape: tuple[int, ...], down: float, right: float, edge: int = 0) -> np.ndarray:
    """Return where moved maps have values that were inside before, (y, x), bool.

    Args:
        shape: of the maps, (..., y, x).
        down: pixels along y.
        right: pixels along x.
        edge: pixels at the border of the unmoved maps that do not count either, before and after.
    """
    inside = np.zeros(shape[-2:], np.float64)
    inside[edge : shape[-2] - edge, edge : shape[-1] - edge] = 1.0
    return (shifted(inside, down, right) > 1.0 - NOTHING) & (inside > 0.0)


def equivariance_error(after: np.ndarray, moved: np.ndarray, where: np.ndarray) -> float:
    """Return how far a layer is from following a shift; 0 is exactly, NaN where nothing is left.

    It is the distance between layer(shift(x)) and shift(layer(x)), divided by the mean of their
    lengths (Euclidean), over the pixels of `where`. Two maps without a common pixel that is not
    zero give at most 2.

    Args:
        after: layer(shift(x)), (channel, y, x).
        moved: shift(layer(x)), (channel, y, x).
        where: (y, x), bool.
    """
    if not where.any():
        return float("nan")
    first, second = after[:, where].astype(np.float64), moved[:, where].astype(np.float64)
    length = 0.5 * (np.linalg.norm(first) + np.linalg.norm(second))
    return float(np.linalg.norm(first - second) / max(length, NOTHING))


def invariance(before: np.ndarray, after: np.ndarray) -> float:
    """Return the cosine similarity of a layer's answers before and after a shift; 1 is the same."""
    first, second = before.ravel().astype(np.float64), after.ravel().astype(np.float64)
    lengths = np.linalg.norm(first) * np.linalg.norm(second)
    if lengths < NOTHING:
        return 1.0 if np.allclose(first, second) else 0.0
    return float(first @ second / lengths)
