"""One label map of the parts of a tumour, from segments that may lie on grids of their own."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from ELMEDLib.errors import InputError
from ELMEDRadiomicsLib.burden.options import CORE, ENHANCING, OEDEMA

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ORDER = {"oedema": OEDEMA, "core": CORE, "enhancing": ENHANCING}
"""The label value of each part; where segments overlap, the later one counts."""


def label_map(parts: Mapping[str, sitk.Image | None], *, empty: bool = False) -> sitk.Image:
    """Return 1 in the core, 2 in the oedema, 3 in the enhancing tumour, on a common grid.

    The grid is that of the first part given, in the order enhancing, core, oedema, reaching as far
    as all of them do.

    Args:
        parts: binary image of `enhancing`, `core` and `oedema`; None or absent where there is none.
        empty: whether there may be no tumour, as after a complete response.

    Raises:
        InputError: no part holds a voxel.
    """
    given = {
        name: image
        for name in reversed(ORDER)
        if (image := parts.get(name)) is not None and sitk.GetArrayViewFromImage(image).any()
    }
    if not given and empty:
        return sitk.Image(1, 1, 1, sitk.sitkUInt8)
    if not given:
        raise InputError(
            "There is no tumour to measure: the chosen segments are empty.",
            "Choose the segments of the tumour's parts.",
        )
    grid = common_grid(list(given.values()))
    found = np.zeros(grid.GetSize()[::-1], np.uint8)
    for name, value in ORDER.items():
        if name in given:
            part = sitk.Resample(given[name], grid, sitk.Transform(), sitk.sitkNearestNeighbor, 0)
            found[sitk.GetArrayViewFromImage(part) != 0] = value
    image = sitk.GetImageFromArray(found)
    image.CopyInformation(grid)
    return image


def common_grid(images: Sequence[sitk.Image]) -> sitk.Image:
    """Return an empty image on the first one's grid that reaches as far as all of them do."""
    return grid_around(images[0], [corner for image in images for corner in corners_of(image)])


def corners_of(image: sitk.Image) -> list[tuple[float, ...]]:
    """Return the outer corners of an image, in LPS mm."""
    ends = [(-0.5, size - 0.5) for size in image.GetSize()]
    return [
        image.TransformContinuousIndexToPhysicalPoint(corner) for corner in itertools.product(*ends)
    ]


def grid_around(image: sitk.Image, points: Sequence[Sequence[float]]) -> sitk.Image:
    """Return an empty image with the voxels of `image` that holds all points (LPS mm)."""
    places = [image.TransformPhysicalPointToContinuousIndex(point) for point in points]
    lower = np.floor(np.min(places, axis=0) + 0.5 + 1e-3).astype(int)
    upper = np.ceil(np.max(places, axis=0) - 0.5 - 1e-3).astype(int)
    grid = sitk.Image([int(size) for size in upper - lower + 1], sitk.sitkUInt8)
    grid.SetSpacing(image.GetSpacing())
    grid.SetDirection(image.GetDirection())
    grid.SetOrigin(image.TransformIndexToPhysicalPoint([int(value) for value in lower]))
    return grid
