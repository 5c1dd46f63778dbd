"""Smooth random fields: the one ingredient of shapes, textures and bias."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


Weights = tuple[NDArray[np.intp], Array]


def _spline_weights(length: int, step: float, offset: float) -> Weights:
    """Return the first of four control points of each of `length` samples, and their weights.

    Cubic B-spline; control points lie `step` samples apart.
    """
    position = np.arange(length) / step + offset
    first = np.floor(position).astype(np.intp)
    t = position - first
    weights = np.stack(
        [(1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3]
    )
    return first, (weights / 6).astype(np.float32)


def _interpolate(control: Array, along: Weights, axis: int) -> Array:
    """Sum four weighted control points along `axis`.

    Not a matrix product: those round differently with the number of threads, and a seed has to
    give the same bytes everywhere.
    """
    first, weights = along
    shape = [-1 if i == axis else 1 for i in range(3)]
    result = np.take(control, first, axis) * weights[0].reshape(shape)
    for k in range(1, 4):
        result += np.take(control, first + k, axis) * weights[k].reshape(shape)
    return result


def smooth_field(
    rng: np.random.Generator, shape: tuple[int, ...], scale: float | tuple[float, float, float]
) -> Array:
    """Draw a smooth random field with unit variance and features of about `scale` voxels.

    A cubic B-spline over random control points; `shape` is `(z, y, x)`, and `scale` may differ
    per axis. The random offset of the control points keeps their lattice from showing.
    """
    steps = (scale,) * 3 if isinstance(scale, int | float) else scale
    weights = [
        _spline_weights(length, max(step, 1.0), offset)
        for length, step, offset in zip(shape, steps, rng.random(3), strict=True)
    ]
    field = rng.standard_normal([int(first.max()) + 4 for first, _ in weights], np.float32)
    # Along x, then y, while there are few points.
    for axis in (2, 1, 0):
        field = _interpolate(field, weights[axis], axis)
    # The variance of a B-spline sum of independent points, averaged over positions.
    variance = np.prod([float((w**2).sum(0).mean()) for _, w in weights])
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


def mix(matrix: NDArray[np.floating], parts: Array) -> Array:
    """Return `matrix` `(m, n)` times `parts` `(n, z, y, x)`, the same whatever the threads."""
    result = np.zeros((len(matrix), *parts.shape[1:]), np.float32)
    for index, row in enumerate(matrix):
        for factor, part in zip(row, parts, strict=True):
            result[index] += np.float32(factor) * part
    return result
