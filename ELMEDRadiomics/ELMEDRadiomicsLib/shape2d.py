"""Shape features of a flat region: from its outline and from the pixels' places.

Definitions: pyradiomics 3.0.1 `shape2D`. The outline passes halfway between pixels inside and
outside, by marching squares.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ELMEDRadiomicsLib.diameters import largest_distance, mesh_points
from ELMEDRadiomicsLib.shape import axis_length, axis_ratio, principal_moments

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Floats = NDArray[np.float64]

CORNERS = ((0, 0), (0, 1), (1, 1), (1, 0))
EDGES = np.array([[0, 0.5], [0.5, 1], [1, 0.5], [0.5, 0]])
CASES = [
    "-",
    "30",
    "01",
    "31",
    "12",
    "1230",
    "02",
    "32",
    "23",
    "20",
    "0123",
    "21",
    "13",
    "10",
    "03",
    "-",
]
"""For each pattern of corners inside, the edges that each line of the outline joins."""


def outline(padded: NDArray[np.bool_], spacing: Floats) -> tuple[float, float]:
    """Return the length (mm) and the enclosed area (mm2) of the outline of a mask.

    Args:
        padded: boolean mask (rows, columns) whose outermost pixels are all False.
        spacing: pixel size (rows, columns) in mm.
    """
    patterns = np.zeros((padded.shape[0] - 1, padded.shape[1] - 1), dtype=np.uint8)
    for bit, (row, column) in enumerate(CORNERS):
        part = padded[row : row + patterns.shape[0], column : column + patterns.shape[1]]
        patterns |= part.view(np.uint8) << bit
    length = area = 0.0
    for pattern, case in enumerate(CASES):
        places = np.array(np.nonzero(patterns == pattern)).T
        for start in range(0, len(case) - 1, 2):
            a = (places + EDGES[int(case[start])]) * spacing
            b = (places + EDGES[int(case[start + 1])]) * spacing
            length += float(np.sqrt(((a - b) ** 2).sum(1)).sum())
            area += float((a[:, 0] * b[:, 1] - b[:, 0] * a[:, 1]).sum())
    return length, area / 2


class FlatShape:
    """A flat mask and what its shape features share.

    Args:
        mask: boolean (rows, columns), cropped to the bounding box.
        spacing: pixel size (rows, columns) in mm.
    """

    def __init__(self, mask: NDArray[np.bool_], spacing: Iterable[float]) -> None:
        self.padded = np.pad(mask, 1)
        self.spacing = np.array(list(spacing), dtype=np.float64)

    @cached_property
    def mesh(self) -> tuple[float, float]:
        """Perimeter (mm) and area (mm2) of the outline."""
        return outline(self.padded, self.spacing)

    @property
    def perimeter(self) -> float:
        """Length of the outline in mm."""
        return self.mesh[0]

    @property
    def area(self) -> float:
        """Area inside the outline in mm2."""
        return self.mesh[1]

    @property
    def sphericity(self) -> float:
        """Perimeter of a circle of the same area over the perimeter."""
        return float(2 * np.sqrt(np.pi * self.area) / self.perimeter)

    @cached_property
    def moments(self) -> Floats:
        """Principal moments in mm2, ascending."""
        return principal_moments(np.array(np.nonzero(self.padded)).T * self.spacing)

    def pixel_surface(self) -> float:
        """Return the area of the pixels in mm2."""
        return float(np.count_nonzero(self.padded) * (self.spacing[1] * self.spacing[0]))


FORMULAS: dict[str, Callable[[FlatShape], float]] = {
    "Elongation": lambda s: axis_ratio(s.moments[0], s.moments[1]),
    "MajorAxisLength": lambda s: axis_length(s.moments[1]),
    "MaximumDiameter": lambda s: largest_distance(mesh_points(s.padded), s.spacing),
    "MeshSurface": lambda s: s.area,
    "MinorAxisLength": lambda s: axis_length(s.moments[0]),
    "Perimeter": lambda s: s.perimeter,
    "PerimeterSurfaceRatio": lambda s: s.perimeter / s.area,
    "PixelSurface": lambda s: s.pixel_surface(),
    "Sphericity": lambda s: s.sphericity,
    "SphericalDisproportion": lambda s: 1 / s.sphericity,
}


def shape2d(mask: FlatShape, names: Iterable[str]) -> dict[str, float]:
    """Return the named features."""
    return {name: float(FORMULAS[name](mask)) for name in names}
