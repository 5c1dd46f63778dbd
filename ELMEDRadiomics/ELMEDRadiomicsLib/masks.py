"""Masks: the voxels of a label, whether they are enough, and resegmentation by intensity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK as sitk

from ELMEDLib.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ELMEDRadiomicsLib.boxes import Box


class MaskError(InputError):
    """A mask has no usable voxels of the label."""


def integer_mask(mask: sitk.Image, channel: int) -> sitk.Image:
    """Return a mask of whole numbers with one component.

    Args:
        mask: scalar, or a vector image that holds one mask per component.
        channel: which component to take.

    Raises:
        MaskError: the mask has no such component, is not in 3D, or holds fractions.
    """
    components = mask.GetNumberOfComponentsPerPixel()
    if components > 1:
        if channel >= components:
            raise MaskError(
                f"label_channel {channel} was asked for, but the mask has {components} channels "
                "(counted from 0).",
                "Choose a channel that exists.",
            )
        mask = sitk.VectorIndexSelectionCast(mask, channel)
    if mask.GetDimension() != 3:  # noqa: PLR2004
        raise MaskError(
            f"The mask has {mask.GetDimension()} dimensions; three are needed.",
            "Give a flat image as a volume of one slice.",
        )
    if mask.GetPixelID() in (sitk.sitkFloat32, sitk.sitkFloat64):
        values = sitk.GetArrayViewFromImage(mask)
        with np.errstate(invalid="ignore"):
            broken = values[np.mod(values, 1) > 0]
        if broken.size:
            raise MaskError(
                f"The mask has values that are no whole numbers, such as {broken[0]:.6g}, so it is "
                "no label map.",
                "Give a label map: a whole number for each segment, 0 elsewhere.",
            )
        mask = sitk.Cast(mask, sitk.sitkUInt32)
    return mask


def labels_of(mask: sitk.Image) -> list[int]:
    """Return the labels that occur in a mask, without 0, ascending."""
    values = sitk.GetArrayViewFromImage(mask)
    if values.dtype.itemsize == 1:
        found = np.flatnonzero(np.bincount(values.ravel().view(np.uint8), minlength=256))
        return [int(value) for value in found if value]
    return [int(value) for value in np.unique(values) if value]


def voxels_of(mask: sitk.Image, label: int) -> NDArray[np.bool_]:
    """Return where a mask (z, y, x) has the label.

    Raises:
        MaskError: nowhere; the message lists the labels that there are. Or it is 0.
    """
    if label == 0:
        raise MaskError("Label 0 is the background, not a segment.", "Choose another label.")
    voxels = sitk.GetArrayViewFromImage(mask) == label
    if not voxels.any():
        found = labels_of(mask)
        if not found:
            raise MaskError("The mask is empty: no voxel is labelled.", "Segment something first.")
        raise MaskError(
            f"Label {label} does not occur in the mask.",
            f"Labels that do: {', '.join(map(str, found))}.",
        )
    return voxels


def check_size(box: Box | None, count: int, label: int, settings: dict[str, Any]) -> Box:
    """Return the box when the segment is large enough for features.

    Raises:
        MaskError: it holds no voxel or a single one, spans fewer dimensions than
            `minimumROIDimensions`, or has no more voxels than `minimumROISize`.
    """
    if box is None:
        raise MaskError(
            f"No voxel of label {label} is left after resampling.",
            "Resample to a finer spacing, or leave this segment out.",
        )
    spanned = sum(size > 1 for size in box.shape)
    needed = settings["minimumROIDimensions"]
    if spanned == 0:
        raise MaskError(
            f"The segment with label {label} is a single voxel, which has no features.",
            "Leave this segment out.",
        )
    if spanned < needed:
        raise MaskError(
            f"The segment with label {label} spans {spanned} of the {needed} dimensions that "
            "minimumROIDimensions asks for.",
            "Lower minimumROIDimensions, or leave this segment out.",
        )
    smallest = settings["minimumROISize"]
    if smallest is not None and count <= smallest:
        raise MaskError(
            f"The segment with label {label} has {count} voxels; minimumROISize asks for more than "
            f"{smallest}.",
            "Lower minimumROISize, or leave this segment out.",
        )
    return box


def resegmented(
    values: NDArray[Any], mask: NDArray[np.bool_], label: int, settings: dict[str, Any]
) -> NDArray[np.bool_]:
    """Return the part of a mask whose intensities lie within `resegmentRange`.

    Args:
        values: intensities (z, y, x), in the image's own type: thresholds are computed in it.
        mask: the voxels of the label, same shape.
        label: for messages.
        settings: `resegmentRange` (one lower, or a lower and an upper threshold, both included)
            and `resegmentMode`: absolute, relative to the maximum, or in sigmas from the mean.

    Raises:
        MaskError: at most one voxel is left.
    """
    inside = values[mask]
    thresholds = sorted(settings["resegmentRange"])
    mode = settings["resegmentMode"]
    if mode == "relative":
        thresholds = [inside.max() * threshold for threshold in thresholds]
    elif mode == "sigma":
        mean, sigma = np.mean(inside), np.std(inside)
        thresholds = [mean + sigma * threshold for threshold in thresholds]
    kept = inside >= thresholds[0]
    if len(thresholds) > 1:
        kept &= inside <= thresholds[1]
    if np.count_nonzero(kept) <= 1:
        raise MaskError(
            f"Resegmentation leaves {np.count_nonzero(kept)} voxels of label {label}.",
            "Widen resegmentRange.",
        )
    result = np.zeros_like(mask)
    result[mask] = kept
    return result
