"""Which lesions are the same at different times."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from ELMEDRadiomicsLib.burden.label_map import corners_of, grid_around
from ELMEDRadiomicsLib.burden.lesions import components

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ELMEDRadiomicsLib.burden.options import BurdenOptions

REACH_MM = 3.0
"""Lesions that come this close to each other after alignment are the same: none is perfect."""


@dataclass
class Track:
    """One lesion over time.

    Attributes:
        name: such as "A"; in the order in which they come, the largest first.
        first: index of the time point at which it is first seen.
        lesions: numbers (from 1) of its pieces at each time point, none where it is gone.
    """

    name: str
    first: int
    lesions: dict[int, list[int]] = field(default_factory=dict)


def lesion_numbers(labels: sitk.Image, kind: str, options: BurdenOptions) -> sitk.Image:
    """Return a label map with each lesion's number, as `measure_burden` counts them."""
    array = sitk.GetArrayViewFromImage(labels)
    voxel_ml = float(np.prod(labels.GetSpacing())) / 1000
    least = max(1, round(options.least_ml / voxel_ml))
    found = np.zeros(array.shape, np.uint16)
    pieces, _ = components(np.isin(array, options.labels[kind]), least)
    for number, piece in enumerate(pieces, start=1):
        box = tuple(
            slice(start, start + size)
            for start, size in zip(piece.corner, piece.mask.shape, strict=True)
        )
        found[box][piece.mask] = number
    image = sitk.GetImageFromArray(found)
    image.CopyInformation(labels)
    return image


def match(numbered: Sequence[sitk.Image], transforms: Sequence[sitk.Transform]) -> list[Track]:
    """Return the lesions over time.

    A lesion belongs to the track that it overlaps most at the latest time before; several pieces
    may belong to one track (a lesion that has split), and a lesion that joins two goes on in the
    track that it overlaps most.

    Args:
        numbered: label map of lesion numbers of each time point, on any grid.
        transforms: from places in the first time point's space to places in each one's own.
    """
    corners = [
        transform.GetInverse().TransformPoint(corner)
        for image, transform in zip(numbered, transforms, strict=True)
        for corner in corners_of(image)
    ]
    grid = grid_around(numbered[0], corners)
    tracks: list[Track] = []
    last = np.zeros(grid.GetSize()[::-1], np.uint16)  # number of the track last seen at a place
    for time, (image, transform) in enumerate(zip(numbered, transforms, strict=True)):
        here = _reachable(sitk.Resample(image, grid, transform, sitk.sitkNearestNeighbor, 0))
        count = int(sitk.GetArrayViewFromImage(image).max())
        for number in range(1, count + 1):
            place = here == number
            track = _overlapped(last, place)
            if track is None:
                tracks.append(Track(_letters(len(tracks)), time))
                track = len(tracks)
            tracks[track - 1].lesions.setdefault(time, []).append(number)
        for index, entry in enumerate(tracks, start=1):
            for number in entry.lesions.get(time, []):
                last[here == number] = index
    return tracks


def _overlapped(last: NDArray[np.uint16], place: NDArray[np.bool_]) -> int | None:
    votes = np.bincount(last[place].ravel(), minlength=1)
    votes[0] = 0
    return int(votes.argmax()) if votes.any() else None


def _reachable(image: sitk.Image) -> NDArray[np.uint16]:
    """Return the lesions grown by half of what two of them may lie apart."""
    if not sitk.GetArrayViewFromImage(image).any():
        return sitk.GetArrayFromImage(image)
    distance = sitk.SignedMaurerDistanceMap(
        image > 0, squaredDistance=False, useImageSpacing=True, insideIsPositive=False
    )
    reach = sitk.GetArrayViewFromImage(distance) <= REACH_MM / 2
    spread = sitk.GetArrayFromImage(
        sitk.MorphologicalWatershedFromMarkers(
            sitk.Cast(distance, sitk.sitkFloat32), image, markWatershedLine=False
        )
    )
    found: NDArray[np.uint16] = np.where(reach, spread, 0).astype(np.uint16)
    return found


def _letters(number: int) -> str:
    """Return A, B, ... Z, AA, AB, ... for 0, 1, ..."""
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("A") + rest) + text
    return text
