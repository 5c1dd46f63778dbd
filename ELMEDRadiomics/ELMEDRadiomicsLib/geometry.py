"""Whether a mask lies on the grid of an image, and what differs when it does not.

The tolerances are ITK's, which pyradiomics relies on: origin and spacing within `tolerance` times
the first spacing, directions within `tolerance`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import SimpleITK as sitk

from ELMEDLib.errors import InputError

TOLERANCE = 1e-6
SPACE = 3


class GeometryError(InputError):
    """A mask does not lie on the grid of the image."""


def geometry_of(image: sitk.Image) -> tuple[tuple[Any, ...], ...]:
    """Return size, spacing, origin (x, y, z) and direction: equal for images on the same grid."""
    return image.GetSize(), image.GetSpacing(), image.GetOrigin(), image.GetDirection()


def difference(image: sitk.Image, mask: sitk.Image, tolerance: float | None) -> str | None:
    """Return which number of the mask's grid differs from the image's, None when none does."""
    if mask.GetSize() != image.GetSize():
        return _differ("sizes", mask.GetSize(), image.GetSize(), "voxels")
    limit = TOLERANCE if tolerance is None else tolerance
    length = abs(limit * image.GetSpacing()[0])
    pairs = (
        ("origins", mask.GetOrigin(), image.GetOrigin(), length, "mm"),
        ("spacings", mask.GetSpacing(), image.GetSpacing(), length, "mm"),
        ("directions", mask.GetDirection(), image.GetDirection(), limit, ""),
    )
    for name, of_mask, of_image, allowed, unit in pairs:
        if not np.allclose(of_mask, of_image, rtol=0, atol=allowed):
            return _differ(name, of_mask, of_image, unit)
    return None


def _differ(name: str, of_mask: Any, of_image: Any, unit: str) -> str:
    shown = [" x ".join(f"{value:.7g}" for value in values) for values in (of_mask, of_image)]
    if shown[0] == shown[1]:
        shown = [" x ".join(f"{value:.12g}" for value in values) for values in (of_mask, of_image)]
    return f"the {name} differ: mask {shown[0]}, image {shown[1]} {unit}".rstrip()


def matched_mask(
    image: sitk.Image, mask: sitk.Image, label: int, settings: dict[str, Any]
) -> sitk.Image:
    """Return the mask on the image's grid, resampled when `correctMask` is set and it is needed.

    Raises:
        GeometryError: the grids differ and `correctMask` is off, or the segment reaches out of the
            image.
    """
    text = difference(image, mask, settings["geometryTolerance"])
    if text is None:
        return mask
    if not settings["correctMask"]:
        raise GeometryError(
            f"The mask does not lie on the image's grid: {text}.",
            "Set correctMask to resample the mask to the image, or raise geometryTolerance.",
        )
    check_inside(image, mask, label)
    return resampled_like(image, mask)


def resampled_like(image: sitk.Image, mask: sitk.Image) -> sitk.Image:
    """Return a mask resampled to the grid of an image, nearest neighbour."""
    resample = sitk.ResampleImageFilter()
    resample.SetReferenceImage(image)
    resample.SetInterpolator(sitk.sitkNearestNeighbor)
    resample.SetOutputPixelType(mask.GetPixelID())
    return resample.Execute(mask)


def check_inside(image: sitk.Image, mask: sitk.Image, label: int) -> None:
    """Refuse a segment whose bounding box reaches out of the image by more than 0.001 voxel.

    Raises:
        GeometryError: it does.
    """
    shape_filter = sitk.LabelShapeStatisticsImageFilter()
    shape_filter.Execute(mask)
    box = np.array(shape_filter.GetBoundingBox(label), dtype=float)
    corners = []
    for corner in (box[:SPACE] - 0.5, box[:SPACE] + box[SPACE:] - 0.5):
        point = mask.TransformContinuousIndexToPhysicalPoint(corner.tolist())
        corners.append(image.TransformPhysicalPointToContinuousIndex(point))
    slack = 1e-3
    low, high = np.min(corners, axis=0), np.max(corners, axis=0)
    if (low < -0.5 - slack).any() or (high > np.array(image.GetSize()) - 0.5 + slack).any():
        raise GeometryError(
            f"The segment with label {label} reaches out of the image: in voxels of the image it "
            f"runs from {_numbers(low)} to {_numbers(high)}, the image from -0.5 to "
            f"{_numbers(np.array(image.GetSize()) - 0.5)}.",
            "Choose the mask that belongs to this image.",
        )


def _numbers(values: Any) -> str:
    return "(" + ", ".join(f"{value:.4g}" for value in values) + ")"
