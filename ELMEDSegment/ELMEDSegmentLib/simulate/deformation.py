"""From a shared anatomy to an individual one: affine and elastic pull-back coordinates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ELMEDSegmentLib.simulate.fields import enlarge, mix, smooth_field

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Deformation:
    """Where each output voxel looks in the anatomy's voxels.

    Attributes:
        coordinates: float32 `(3, z, y, x)`, anatomy voxel coordinates in axis order z, y, x.
        matrix: the linear part, 3x3: anatomy mm per output mm.
        spacing_mm: the output's isotropic voxel size.
    """

    coordinates: Array
    matrix: Array
    spacing_mm: float

    def after(self, displacement_mm: Array) -> Deformation:
        """Return the deformation of tissue that was first pushed by `displacement_mm`.

        `displacement_mm` is `(3, z, y, x)`: how far what is now at a voxel has moved.
        """
        shift = mix(self.matrix, displacement_mm)
        return Deformation(self.coordinates - shift, self.matrix, self.spacing_mm)


def random_affine(rng: np.random.Generator, strength: float = 1.0) -> Array:
    """Draw a 3x3 matrix (z, y, x): rotation, scaling, shear and, half the time, a mirror image."""
    angles = rng.normal(0, np.deg2rad(4) * strength, 3)
    matrix = np.eye(3)
    for axis, angle in enumerate(angles):
        a, b = [i for i in range(3) if i != axis]
        rotation = np.eye(3)
        rotation[[a, a, b, b], [a, b, a, b]] = (
            np.cos(angle),
            -np.sin(angle),
            np.sin(angle),
            np.cos(angle),
        )
        matrix = matrix @ rotation
    scale = np.clip(rng.normal(1, 0.05 * strength, 3), 0.85, 1.18)
    shear = np.eye(3) + rng.normal(0, 0.03 * strength, (3, 3)) * (1 - np.eye(3))
    mirror = np.diag([1.0, 1.0, 1.0 if rng.random() < 0.5 else -1.0])  # noqa: PLR2004
    return (matrix @ np.diag(scale) @ shear @ mirror).astype(np.float32)


def elastic_displacement(
    rng: np.random.Generator, shape: tuple[int, ...], spacing_mm: float, strength: float = 1.0
) -> Array:
    """Draw a smooth displacement in mm, `(3, z, y, x)`: coarse shape and finer individuality."""
    coarse = [smooth_field(rng, shape, 45 / spacing_mm) * (3.0 * strength) for _ in range(3)]
    fine = [smooth_field(rng, shape, 18 / spacing_mm) * (1.0 * strength) for _ in range(3)]
    return np.stack([a + b for a, b in zip(coarse, fine, strict=True)]).astype(np.float32)


def random_deformation(
    rng: np.random.Generator,
    shape: tuple[int, int, int],
    spacing_mm: float,
    centre: NDArray[np.float64],
    matrix: Array,
    strength: float = 1.0,
) -> Deformation:
    """Draw the deformation whose output grid of `shape` is centred on the anatomy's `centre`."""
    axes = [(np.arange(n) - (n - 1) / 2) * spacing_mm for n in shape]
    coordinates = elastic_displacement(rng, shape, spacing_mm, strength)
    for row in range(3):
        for column in range(3):
            along = (matrix[row, column] * axes[column]).astype(np.float32)
            coordinates[row] += along.reshape([-1 if i == column else 1 for i in range(3)])
        coordinates[row] += np.float32(centre[row])
    return Deformation(coordinates, matrix, spacing_mm)


def resample(volume: NDArray[np.generic], deformation: Deformation, order: int = 1) -> NDArray:
    """Sample an anatomy-space volume on the output grid; outside it is 0. Keeps the dtype."""
    return ndimage.map_coordinates(
        volume, deformation.coordinates, order=order, mode="constant", prefilter=False
    )


def mass_effect(
    core: NDArray[np.bool_], spacing_mm: float, push_mm: float, reach_mm: float
) -> Array:
    """Return the outward displacement in mm, `(3, z, y, x)`, that a growing mass causes.

    The push points down the slope of the blurred mass: strongest at its rim, none in its middle,
    fading over about `reach_mm`. `push_mm` is the largest displacement; it is kept below what
    would fold the tissue over itself.
    """
    sigma = reach_mm / spacing_mm
    if not core.any():
        return np.zeros((3, *core.shape), np.float32)
    # The field is smooth: a grid four times as coarse is enough, and 64 times as fast.
    step = max(int(sigma / 2), 1)
    padded = [(0, -n % step) for n in core.shape]
    blocks = np.pad(core, padded).astype(np.float32)
    small = blocks.reshape([m for n in blocks.shape for m in (n // step, step)]).mean((1, 3, 5))
    potential = ndimage.gaussian_filter(small, sigma / step, mode="constant", truncate=3)
    slope = -np.stack(np.gradient(potential))
    slope *= min(push_mm, 0.7 * reach_mm) / max(float(np.sqrt((slope**2).sum(0)).max()), 1e-6)
    return np.stack([enlarge(part, step, core.shape) for part in slope])
