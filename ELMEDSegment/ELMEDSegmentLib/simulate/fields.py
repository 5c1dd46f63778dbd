"""Smooth random fields: the one ingredient of shapes, textures and bias."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


def _spline_rows(length: int, step: float, offset: float) -> Array:
    """Cubic B-spline weights of each of `length` samples on control points `step` apart."""
    position = np.arange(length) / step + offset
    first = np.floor(position).astype(int)
    t = (position - first)[:, None]
    weights = np.concatenate(
        [(1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3], axis=1
    )
    rows = np.zeros((length, first.max() + 4), np.float32)
    rows[np.arange(length)[:, None], first[:, None] + np.arange(4)] = weights / 6
    return rows


def smooth_field(
    rng: np.random.Generator, shape: tuple[int, ...], scale: float | tuple[float, float, float]
) -> Array:
    """Draw a smooth random field with unit variance and features of about `scale` voxels.

    A cubic B-spline over random control points; `shape` is `(z, y, x)`, and `scale` may differ
    per axis. The random offset of the control points keeps their lattice from showing.
    """
    steps = (scale,) * 3 if isinstance(scale, int | float) else scale
    rows = [
        _spline_rows(length, max(step, 1.0), offset)
        for length, step, offset in zip(shape, steps, rng.random(3), strict=True)
    ]
    control = rng.standard_normal([row.shape[1] for row in rows], np.float32)
    # Along x, then y, while there are few points; last along z, as one large matrix product.
    field = control.reshape(-1, control.shape[2]) @ rows[2].T
    field = np.matmul(rows[1], field.reshape(*control.shape[:2], -1))
    field = (rows[0] @ field.reshape(len(field), -1)).reshape(shape)
    # The variance of a B-spline sum of independent points, averaged over positions.
    variance = np.prod([float((row**2).sum(1).mean()) for row in rows])
    return field / np.float32(np.sqrt(variance))


def fractal_field(
    rng: np.random.Generator, shape: tuple[int, ...], scale: float, octaves: int = 3
) -> Array:
    """Sum `octaves` smooth fields, each half as coarse and half as strong as the one before."""
    total = np.zeros(shape, np.float32)
    power = 0.0
    for octave in range(octaves):
        if octave and scale / 2**octave < 1:
            break
        total += smooth_field(rng, shape, scale / 2**octave) * np.float32(0.5**octave)
        power += 0.25**octave
    return total / np.float32(np.sqrt(power))


def enlarge(small: Array, step: int, shape: tuple[int, ...]) -> Array:
    """Interpolate a field of block means, `step` voxels a block, linearly to `shape`."""
    result = np.asarray(small, np.float32)
    for axis, length in enumerate(shape):
        index = (np.arange(length) - (step - 1) / 2) / step
        index = np.clip(index, 0, small.shape[axis] - 1)
        low = np.minimum(np.floor(index).astype(int), max(small.shape[axis] - 2, 0))
        high = np.minimum(low + 1, small.shape[axis] - 1)
        t = (index - low).astype(np.float32).reshape([-1 if i == axis else 1 for i in range(3)])
        result = np.take(result, low, axis) * (1 - t) + np.take(result, high, axis) * t
    return result
