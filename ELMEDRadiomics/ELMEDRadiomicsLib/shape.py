"""Shape features in 3D: of the mask alone, from a mesh and from the voxels' places.

Definitions: pyradiomics 3.0.1 `shape`; IBSI reference manual, section 3.1. The mesh passes halfway
between voxels inside and outside.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ELMEDRadiomicsLib.diameters import largest_distance, largest_in_planes, mesh_points
from ELMEDRadiomicsLib.marching_cubes import surface_and_volume

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Floats = NDArray[np.float64]

ROUNDING = 1e-10


def principal_moments(places: Floats) -> Floats:
    """Return the eigenvalues, ascending, of the covariance of places (points, axes) in mm.

    Values that rounding has made slightly negative are 0; the covariance is the population's.
    """
    centred = places - places.mean(axis=0)
    centred /= np.sqrt(len(places))
    moments = np.linalg.eigvals(centred.T.copy() @ centred)
    moments[(moments < 0) & (moments > -ROUNDING)] = 0
    return np.sort(moments)


def axis_length(moment: float) -> float:
    """Return the length of an ellipsoid's axis from its moment, NaN when that is negative."""
    return 4 * float(np.sqrt(moment)) if moment >= 0 else float("nan")


def axis_ratio(small: float, large: float) -> float:
    """Return the ratio of two axis lengths, NaN where it is undefined."""
    if small < 0 or large <= 0:
        return float("nan")
    return float(np.sqrt(small / large))


class Shape:
    """A mask and what its shape features share.

    Args:
        mask: boolean (z, y, x), cropped to the bounding box.
        spacing: voxel size (z, y, x) in mm.
        sample: take the covariance of a sample (IBSI) instead of a population (pyradiomics).
    """

    def __init__(
        self, mask: NDArray[np.bool_], spacing: Iterable[float], *, sample: bool = False
    ) -> None:
        self.padded = np.pad(mask, 1)
        self.spacing = np.array(list(spacing), dtype=np.float64)
        self.sample = sample

    @cached_property
    def mesh(self) -> tuple[float, float]:
        """Surface area (mm2) and volume (mm3)."""
        return surface_and_volume(self.padded, self.spacing)

    @cached_property
    def points(self) -> NDArray[np.integer]:
        """The mesh's points (points, zyx) in half voxels."""
        return mesh_points(self.padded)

    @cached_property
    def moments(self) -> Floats:
        """Principal moments in mm2, ascending."""
        places = np.array(np.nonzero(self.padded)).T * self.spacing
        moments = principal_moments(places)
        return moments * (len(places) / (len(places) - 1)) if self.sample else moments

    @property
    def area(self) -> float:
        """Surface area of the mesh in mm2."""
        return self.mesh[0]

    @property
    def volume(self) -> float:
        """Volume of the mesh in mm3."""
        return self.mesh[1]

    def voxel_volume(self) -> float:
        """Return the volume of the voxels in mm3."""
        z, y, x = self.spacing
        return float(np.count_nonzero(self.padded) * (z * x * y))


FORMULAS: dict[str, Callable[[Shape], float]] = {
    "Compactness1": lambda s: s.volume / (s.area ** (3 / 2) * np.sqrt(np.pi)),
    "Compactness2": lambda s: 36 * np.pi * s.volume**2 / s.area**3,
    "Elongation": lambda s: axis_ratio(s.moments[1], s.moments[2]),
    "Flatness": lambda s: axis_ratio(s.moments[0], s.moments[2]),
    "LeastAxisLength": lambda s: axis_length(s.moments[0]),
    "MajorAxisLength": lambda s: axis_length(s.moments[2]),
    "Maximum2DDiameterColumn": lambda s: largest_in_planes(s.points, s.spacing, 1),
    "Maximum2DDiameterRow": lambda s: largest_in_planes(s.points, s.spacing, 2),
    "Maximum2DDiameterSlice": lambda s: largest_in_planes(s.points, s.spacing, 0),
    "Maximum3DDiameter": lambda s: largest_distance(s.points, s.spacing),
    "MeshVolume": lambda s: s.volume,
    "MinorAxisLength": lambda s: axis_length(s.moments[1]),
    "SphericalDisproportion": lambda s: s.area / (36 * np.pi * s.volume**2) ** (1 / 3),
    "Sphericity": lambda s: (36 * np.pi * s.volume**2) ** (1 / 3) / s.area,
    "SurfaceArea": lambda s: s.area,
    "SurfaceVolumeRatio": lambda s: s.area / s.volume,
    "VoxelVolume": lambda s: s.voxel_volume(),
}


def shape(mask: Shape, names: Iterable[str]) -> dict[str, float]:
    """Return the named features."""
    return {name: float(FORMULAS[name](mask)) for name in names}
