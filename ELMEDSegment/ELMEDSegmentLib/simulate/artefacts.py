"""What scanners add: coils, noise, thick slices, small movements, an arbitrary scale."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ELMEDSegmentLib.simulate.fields import smooth_field

Array = NDArray[np.float32]

_THICK_SHARE = 0.45
_MOVED_SHARE = 0.35


def add_bias(rng: np.random.Generator, images: Array, spacing_mm: float, strength: float) -> None:
    """Multiply each contrast `(4, z, y, x)` by a smooth field; `strength` is its spread in log."""
    for channel in range(len(images)):
        scale = float(rng.uniform(70, 130)) / spacing_mm
        field = smooth_field(rng, images.shape[1:], scale)
        images[channel] *= np.exp(np.float32(strength * rng.uniform(0.3, 1.0)) * field)


def add_noise(rng: np.random.Generator, images: Array, spread: NDArray[np.floating]) -> None:
    """Turn signals into Rician magnitudes, `spread` per contrast, in place.

    Gudbjartsson & Patz 1995, doi:10.1002/mrm.1910340618.
    """
    for channel, sigma in enumerate(spread):
        shape = images.shape[1:]
        real = images[channel] + np.float32(sigma) * rng.standard_normal(shape, np.float32)
        imaginary = np.float32(sigma) * rng.standard_normal(shape, np.float32)
        images[channel] = np.sqrt(real * real + imaginary * imaginary)


def add_scanner_flaws(
    rng: np.random.Generator, images: Array, spacing_mm: float, slices_mm: float | None = None
) -> None:
    """Scan some contrasts `(4, z, y, x)` in thick slices and register some badly, in place.

    With `slices_mm`, every contrast has slices of this thickness.
    """
    for channel, image in enumerate(images):
        thickness = float(rng.uniform(2.0, 6.5))
        thick = rng.random() < _THICK_SHARE
        if slices_mm or thick:
            first_mm = float(rng.uniform(0, 1)) * (slices_mm or thickness)
            images[channel] = thick_slices(image, spacing_mm, slices_mm or thickness, first_mm)
        if rng.random() < _MOVED_SHARE:
            images[channel] = moved(rng, images[channel], spacing_mm)


def thick_slices(
    image: Array, spacing_mm: float, thickness_mm: float, first_mm: float = 0.0
) -> Array:
    """Return `image` `(z, y, x)` as axial slices of `thickness_mm` show it on the same grid.

    Each slice averages what lies in it, and what lies between the middles of two slices is
    interpolated, as resampling to a fine grid does. The first slice begins at `first_mm`, less
    whole slices. Images that are finer than the grid stay as they are.
    """
    if thickness_mm <= spacing_mm:
        return image
    depth = image.shape[0] * spacing_mm
    start = first_mm % thickness_mm - thickness_mm
    edges = np.arange(start, depth + 2 * thickness_mm, thickness_mm)
    below = np.concatenate([np.zeros((1, *image.shape[1:])), np.cumsum(image, 0, np.float64)])
    total = _between(below, np.clip(edges, 0, depth) / spacing_mm)
    length = np.maximum(np.diff(np.clip(edges, 0, depth)) / spacing_mm, 1e-3)
    slices = np.diff(total, axis=0) / length.reshape(-1, 1, 1)
    filled = np.diff(np.clip(edges, 0, depth)) > 0.05 * spacing_mm
    middles = (np.arange(image.shape[0]) + 0.5) * spacing_mm
    position = (middles - (start + thickness_mm / 2)) / thickness_mm
    low, high = np.flatnonzero(filled)[[0, -1]]
    return _between(slices, np.clip(position, low, high)).astype(np.float32)


def _between(values: NDArray[np.floating], position: NDArray[np.floating]) -> NDArray[np.floating]:
    """Interpolate linearly along the first axis at `position`, in voxels."""
    low = np.clip(np.floor(position).astype(np.intp), 0, len(values) - 2)
    share = (position - low).reshape(-1, 1, 1)
    result: NDArray[np.floating] = values[low] * (1 - share) + values[low + 1] * share
    return result


def moved(rng: np.random.Generator, image: Array, spacing_mm: float) -> Array:
    """Return `image` `(z, y, x)` moved by about half a millimetre and turned by half a degree."""
    angles = rng.normal(0, np.deg2rad(0.4), 3)
    turn = np.eye(3)
    for (a, b), angle in zip(((0, 1), (0, 2), (1, 2)), angles, strict=True):
        turn[a, b], turn[b, a] = angle, -angle
    middle = (np.array(image.shape) - 1) / 2
    offset = middle - turn @ middle + rng.normal(0, 0.5, 3) / spacing_mm
    result: Array = ndimage.affine_transform(image, turn, offset, order=1, mode="nearest")
    return result


def draw_gains(rng: np.random.Generator, typical: float) -> Array:
    """Draw the intensity of white matter in each contrast, as widely spread as in real studies."""
    centres = np.log(typical * np.array([1.15, 1.15, 0.75, 1.0]))
    return np.exp(rng.normal(centres, 0.4)).astype(np.float32)
