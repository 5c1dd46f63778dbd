"""Segments as label images on an image's grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from ELMEDLib.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

SLACK = 1e-3
"""How far beyond the outermost voxels' edges, in voxels, a segment still counts as inside."""


@dataclass(frozen=True)
class Layer:
    """Segments that do not overlap, as one label image.

    Attributes:
        mask: 0 for the background.
        labels: the segments' names by their value in the mask.
    """

    mask: sitk.Image
    labels: dict[int, str]


@dataclass(frozen=True)
class Layers:
    """All segments on one grid.

    Attributes:
        layers: as few as the overlaps allow.
        empty: names of the segments that hold no voxel of this grid.
    """

    layers: tuple[Layer, ...]
    empty: tuple[str, ...]


def layers_on_grid(segments: Mapping[str, sitk.Image], image: sitk.Image, title: str) -> Layers:
    """Bring segments onto the grid of an image, in physical space, nearest neighbour.

    A segment has the same label in every layer of every grid: its place in `segments`, from 1.

    Args:
        segments: binary image (0 is outside) by the segment's name; each on a grid of its own.
        image: gives the grid; its voxels do not matter.
        title: the image's name, for the error.

    Raises:
        InputError: a segment reaches out of the image; what lies outside could not be measured.
    """
    shape = image.GetSize()[::-1]
    arrays: list[NDArray[np.uint16]] = []
    labels: list[dict[int, str]] = []
    empty = []
    for label, (name, segment) in enumerate(segments.items(), start=1):
        _check_inside(segment, image, name, title)
        voxels = sitk.GetArrayFromImage(_resampled(segment, image)) != 0
        if not voxels.any():
            empty.append(name)
            continue
        free = (number for number, array in enumerate(arrays) if not array[voxels].any())
        number = next(free, len(arrays))
        if number == len(arrays):
            arrays.append(np.zeros(shape, np.uint16))
            labels.append({})
        arrays[number][voxels] = label
        labels[number][label] = name
    layers = []
    for array, names in zip(arrays, labels, strict=True):
        mask = sitk.GetImageFromArray(array)
        mask.CopyInformation(image)
        layers.append(Layer(mask, names))
    return Layers(tuple(layers), tuple(empty))


def _resampled(segment: sitk.Image, image: sitk.Image) -> sitk.Image:
    resample = sitk.ResampleImageFilter()
    resample.SetReferenceImage(image)
    resample.SetInterpolator(sitk.sitkNearestNeighbor)
    resample.SetOutputPixelType(segment.GetPixelID())
    return resample.Execute(segment)


def _check_inside(segment: sitk.Image, image: sitk.Image, name: str, title: str) -> None:
    indices = np.argwhere(sitk.GetArrayViewFromImage(segment))[:, ::-1]
    if not len(indices):
        return
    to_index = np.linalg.inv(_index_to_physical(image)) @ _index_to_physical(segment)
    found = indices @ to_index[:3, :3].T + to_index[:3, 3]
    limit = np.array(image.GetSize()) - 0.5 + SLACK
    outside = ((found < -0.5 - SLACK) | (found > limit)).any(axis=1)
    if outside.any():
        share = outside.mean()
        raise InputError(
            f"{share:.0%} of the segment '{name}' lies outside the volume '{title}'."
            if share >= 0.01  # noqa: PLR2004 - below, it would read as nothing
            else f"A part of the segment '{name}' lies outside the volume '{title}'.",
            "Leave this volume or this segment out, or choose those that belong together.",
        )


def _index_to_physical(image: sitk.Image) -> NDArray[np.float64]:
    """Return the 4x4 matrix from voxel indices (x, y, z) to LPS mm."""
    matrix = np.eye(4)
    matrix[:3, :3] = np.reshape(image.GetDirection(), (3, 3)) * np.array(image.GetSpacing())
    matrix[:3, 3] = image.GetOrigin()
    return matrix
