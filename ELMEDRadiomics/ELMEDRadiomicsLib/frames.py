"""Frames: the part of space in which a segment's features are computed, and its grid.

Without resampling that is the whole image; with resampling it is pyradiomics' grid around the
segment, aligned with the mask's origin; with `preCrop`, or when the new spacing equals the old one,
a crop of the image. Filters see exactly this part, so it decides their values near its borders.

Source: pyradiomics 3.0.1 `imageoperations.resampleImage`, described in its documentation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK as sitk

from ELMEDLib.errors import InputError
from ELMEDRadiomicsLib.boxes import Box, bounding_box, whole
from ELMEDRadiomicsLib.geometry import (
    check_inside,
    difference,
    matched_mask,
    resampled_like,
)
from ELMEDRadiomicsLib.masks import check_size, voxels_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

SPACE = 3


@dataclass(frozen=True)
class Grid:
    """A grid in space; all in the order x, y, z."""

    size: tuple[int, ...]
    spacing: tuple[float, ...]
    origin: tuple[float, ...]
    direction: tuple[float, ...]

    def resampler(self, interpolator: int, pixel_type: int) -> sitk.ResampleImageFilter:
        """Return a filter that resamples images to this grid; outside an image it gives 0."""
        resample = sitk.ResampleImageFilter()
        resample.SetSize(self.size)
        resample.SetOutputSpacing(self.spacing)
        resample.SetOutputOrigin(self.origin)
        resample.SetOutputDirection(self.direction)
        resample.SetInterpolator(interpolator)
        resample.SetOutputPixelType(pixel_type)
        return resample


@dataclass(frozen=True)
class Frame:
    """Where the working image of a segment lies.

    Attributes:
        crop: the part of the image that it is, when it is not resampled.
        grid: the grid that it is resampled to, when it is.
        spacing: its voxel size (z, y, x) in mm.
    """

    crop: Box | None
    grid: Grid | None
    spacing: tuple[float, ...]


@dataclass(frozen=True)
class Segment:
    """The voxels of one label in their frame.

    Attributes:
        label: the label's value.
        name: what the user calls it.
        frame: where the working image lies.
        voxels: boolean (z, y, x) over the frame.
        box: the bounding box of the voxels, in the frame.
    """

    label: int
    name: str
    frame: Frame
    voxels: NDArray[np.bool_]
    box: Box


def segment_in_frame(
    image: sitk.Image, mask: sitk.Image, label: int, name: str, settings: dict[str, Any]
) -> Segment:
    """Return the segment in the frame that the settings ask for.

    Args:
        image: the image whose geometry counts; its intensities are not looked at.
        mask: whole numbers, one component.
        label: the value of the segment's voxels.
        name: what the user calls it.
        settings: general settings.

    Raises:
        MaskError, GeometryError: the segment is missing, too small, or not on the image's grid.
    """
    resampling = settings["resampledPixelSpacing"] is not None
    if resampling and settings["interpolator"] is not None:
        return _resampled(image, mask, label, name, settings)
    voxels_of(mask, label)
    mask = matched_mask(image, mask, label, settings)
    voxels = voxels_of(mask, label)
    spacing = tuple(reversed(image.GetSpacing()))
    box = check_size(bounding_box(voxels), _count(voxels), label, settings)
    if not settings["preCrop"]:
        return Segment(label, name, Frame(whole(voxels.shape), None, spacing), voxels, box)
    return _cropped(voxels, box, label, name, spacing, settings)


def _count(voxels: NDArray[np.bool_]) -> int:
    return int(np.count_nonzero(voxels))


def _cropped(
    voxels: NDArray[np.bool_],
    box: Box,
    label: int,
    name: str,
    spacing: Sequence[float],
    settings: dict[str, Any],
) -> Segment:
    z, y, x = voxels.shape
    crop = box.grown(settings["padDistance"], (z, y, x))
    frame = Frame(crop, None, tuple(spacing))
    return Segment(label, name, frame, voxels[crop.slices].copy(), box.inside(crop))


def _resampled(
    image: sitk.Image, mask: sitk.Image, label: int, name: str, settings: dict[str, Any]
) -> Segment:
    voxels = voxels_of(mask, label)
    if difference(image, mask, settings["geometryTolerance"]) is not None:
        check_inside(image, mask, label)
    box = bounding_box(voxels)
    if box is None:  # pragma: no cover - voxels_of has found some
        raise InputError("The mask is empty.")
    old = np.array(mask.GetSpacing())
    new = _wanted_spacing(old, box, settings["resampledPixelSpacing"])
    if np.allclose(image.GetSpacing(), new):
        if difference(image, mask, None) is not None:
            voxels = voxels_of(resampled_like(image, mask), label)
        box = check_size(bounding_box(voxels), _count(voxels), label, settings)
        spacing = tuple(reversed(image.GetSpacing()))
        return _cropped(voxels, box, label, name, spacing, settings)
    grid = _grid_around(mask, box, old, new, settings["padDistance"])
    nearest = grid.resampler(sitk.sitkNearestNeighbor, mask.GetPixelID())
    voxels = sitk.GetArrayFromImage(nearest.Execute(mask)) == label
    box = check_size(bounding_box(voxels), _count(voxels), label, settings)
    frame = Frame(None, grid, tuple(reversed(grid.spacing)))
    return Segment(label, name, frame, voxels, box)


def _wanted_spacing(
    old: NDArray[np.float64], box: Box, asked: Sequence[float]
) -> NDArray[np.float64]:
    """Return the new spacing (x, y, z): the old one where 0 is asked or one slice is spanned."""
    if len(asked) != SPACE:
        raise InputError(
            f"resampledPixelSpacing has {len(asked)} numbers; a volume needs three (x, y, z).",
            "Write three spacings in mm; 0 keeps the spacing of the mask.",
        )
    new = np.array(asked, dtype=np.float64)
    new = np.where(new == 0, old, new)
    return np.where(np.array(box.shape[::-1]) != 1, new, old)


def _grid_around(
    mask: sitk.Image,
    box: Box,
    old: NDArray[np.float64],
    new: NDArray[np.float64],
    pad: int,
) -> Grid:
    """Return the grid of the new spacing around a box, whole voxels from the mask's corner."""
    ratio = old / new
    start, stop = np.array(box.start[::-1]), np.array(box.stop[::-1])
    first = np.maximum(np.floor((start - 0.5) * ratio - pad), 0)
    last = np.ceil((stop - 0.5) * ratio + pad)
    last = np.minimum(last, np.ceil(np.array(mask.GetSize()) * ratio) - 1)
    # The corners of the old and the new grid coincide, so centres are half a voxel off.
    centre = 0.5 * (new - old) / old + first / ratio
    return Grid(
        tuple(int(size) for size in last - first + 1),
        tuple(float(value) for value in new),
        mask.TransformContinuousIndexToPhysicalPoint(centre.tolist()),
        mask.GetDirection(),
    )
