"""What scanners add: uneven coils, noise, and an arbitrary scale of intensities."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ELMEDSegmentLib.simulate.fields import smooth_field

Array = NDArray[np.float32]


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


def draw_gains(rng: np.random.Generator, typical: float) -> Array:
    """Draw the intensity of white matter in each contrast, as widely spread as in real studies."""
    centres = np.log(typical * np.array([1.15, 1.15, 0.75, 1.0]))
    return np.exp(rng.normal(centres, 0.4)).astype(np.float32)
