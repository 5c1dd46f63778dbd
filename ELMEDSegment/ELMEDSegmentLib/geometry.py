"""Grids: where the voxels of an image lie in the patient.

Positions are millimetres in LPS, as SimpleITK and DICOM have them; sizes, spacings and indices are
`(x, y, z)` tuples as in SimpleITK. Arrays made from an image are `(z, y, x)`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

if TYPE_CHECKING:
    from collections.abc import Sequence

# Two grids are the same when no voxel centre is displaced by more than this part of a voxel:
# headers store directions and origins with limited precision.
TOLERANCE_IN_VOXELS = 0.01


@dataclass(frozen=True)
class Grid:
    """A regular grid of voxels: the geometry of an image without its voxel values."""

    size: tuple[int, ...]
    spacing: tuple[float, ...]
    origin: tuple[float, ...]
    direction: tuple[float, ...]

    @classmethod
    def of(cls, image: sitk.Image) -> Grid:
        """Return the grid of `image`."""
        return cls(
            image.GetSize(), image.GetSpacing(), image.GetOrigin(), tuple(image.GetDirection())
        )

    def corners(self) -> np.ndarray:
        """Return the centres of the grid's corner voxels, in mm, shape `(2**n, n)`."""
        last = [(0, size - 1) for size in self.size]
        indices = np.array(np.meshgrid(*last, indexing="ij")).reshape(len(self.size), -1).T
        return self.position(indices)

    def position(self, indices: np.ndarray) -> np.ndarray:
        """Return the positions in mm of (fractional) voxel `indices`, both `(n, 3)` in x, y, z."""
        axes = np.reshape(self.direction, (len(self.size), -1)) * np.asarray(self.spacing)
        positions: np.ndarray = np.asarray(indices) @ axes.T + np.asarray(self.origin)
        return positions

    def part(self, start: Sequence[int], size: Sequence[int]) -> Grid:
        """Return the grid of the block of `size` voxels from index `start`, both `(x, y, z)`."""
        origin = tuple(float(value) for value in self.position(np.array([start]))[0])
        return Grid(tuple(int(n) for n in size), self.spacing, origin, self.direction)

    @property
    def voxel_volume_ml(self) -> float:
        """The volume of one voxel in millilitres."""
        return float(np.prod(self.spacing)) / 1000.0

    def place(self, array: np.ndarray) -> sitk.Image:
        """Return `array` `(z, y, x)` as an image on this grid.

        Raises:
            ValueError: the array's shape is not the grid's size.
        """
        if array.shape != self.size[::-1]:
            raise ValueError(f"an array of shape {array.shape} does not fit a grid of {self.size}")
        image = sitk.GetImageFromArray(array)
        image.SetSpacing(self.spacing)
        image.SetOrigin(self.origin)
        image.SetDirection(self.direction)
        return image

    def resample(
        self,
        image: sitk.Image,
        interpolator: int = sitk.sitkLinear,
        outside: float = 0.0,
        through: sitk.Transform | None = None,
    ) -> sitk.Image:
        """Return `image` sampled at this grid's voxel centres, `outside` where it has no values.

        `through` takes positions on this grid to positions in `image`, which are the same without.
        """
        return sitk.Resample(
            image,
            self.size,
            through or sitk.Transform(),
            interpolator,
            self.origin,
            self.spacing,
            self.direction,
            outside,
            image.GetPixelID(),
        )


def difference(first: Grid, second: Grid) -> str:
    """Say in a few words in what two grids differ, or return "" when they are the same."""
    if first.size != second.size:
        return f"size {_text(first.size)} against {_text(second.size)} voxels"
    displacement = np.abs(first.corners() - second.corners()).max()
    if displacement <= TOLERANCE_IN_VOXELS * min(first.spacing):
        return ""
    if not np.allclose(first.spacing, second.spacing, rtol=1e-4):
        return f"spacing {_text(first.spacing)} against {_text(second.spacing)} mm"
    if not np.allclose(first.direction, second.direction, atol=1e-4):
        return "the orientation of the axes"
    return f"position: voxels lie up to {displacement:.2f} mm apart"


def _text(values: Sequence[float]) -> str:
    return " x ".join(f"{value:g}" for value in values)
