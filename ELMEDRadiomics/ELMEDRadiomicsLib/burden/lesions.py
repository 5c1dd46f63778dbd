"""The separate lesions of a region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

TOUCHING = np.ones((3, 3, 3), int)
"""Voxels belong together when they share a face, an edge or a corner."""


@dataclass(frozen=True)
class Component:
    """One piece of a region, cut to its box.

    Attributes:
        mask: (z, y, x), within the box.
        corner: first voxel of the box in the whole volume (z, y, x).
    """

    mask: NDArray[np.bool_]
    corner: tuple[int, int, int]

    @property
    def voxels(self) -> int:
        """How many voxels it has."""
        return int(self.mask.sum())

    @property
    def centre(self) -> tuple[float, float, float]:
        """The centre of gravity, as an index (z, y, x) of the whole volume."""
        middle = ndimage.center_of_mass(self.mask)
        return tuple(float(a + b) for a, b in zip(middle, self.corner, strict=True))  # type: ignore[return-value]


def components(mask: NDArray[np.bool_], least: int = 1) -> tuple[list[Component], list[int]]:
    """Return the pieces of a mask, the largest first, and the voxel counts of those left out.

    Args:
        mask: (z, y, x).
        least: pieces of fewer voxels are left out.
    """
    labels, count = ndimage.label(mask, structure=TOUCHING)
    sizes = np.bincount(labels.ravel(), minlength=count + 1)[1:]
    small = sorted((int(size) for size in sizes if size < least), reverse=True)
    found = list(_cut(labels, sizes, least))
    found.sort(key=lambda component: (-component.voxels, component.corner))
    return found, small


def _cut(labels: NDArray[np.int32], sizes: NDArray[np.int64], least: int) -> Iterator[Component]:
    for number, box in enumerate(ndimage.find_objects(labels), start=1):
        if sizes[number - 1] >= least:
            corner = tuple(int(part.start) for part in box)
            yield Component(labels[box] == number, corner)  # type: ignore[arg-type]
