"""What is looked at before a study is segmented: voxels, skull and time; and see `grid_checks`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from ELMEDSegmentLib.heads import shows_skull
from ELMEDSegmentLib.inputs import grid_checks
from ELMEDSegmentLib.inputs.findings import NOTE, PROBLEM, WARNING, Finding, sorted_by_severity
from ELMEDSegmentLib.labels import all_or_titles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    Volumes = Mapping[str, sitk.Image]

# More than this share of voxels different: not the same series stored with another rounding.
SMALLEST_SHARE_OF_DIFFERENT_VOXELS = 1e-4

FEWEST_INTENSITIES = 32
"""Magnitude images have hundreds of intensities; label maps have a handful."""

LONGEST_SAME_VISIT_S = 24 * 3600

REFUSED = "Choose the right volume for this channel."


def findings_of(
    volumes: Volumes,
    reference: str,
    *,
    preparing: bool = False,
    acquired: Mapping[str, datetime] | None = None,
    working_mm: float | None = None,
) -> tuple[Finding, ...]:
    """Look at 3D scalar `volumes` (by channel) and return what was found, the gravest first.

    Args:
        volumes: see `study.as_volume`.
        reference: the channel whose grid results are returned on.
        preparing: volumes are registered, resampled and freed of the skull where needed; without,
            volumes on different grids are a problem.
        acquired: when each volume was acquired, as far as known; only differences are reported.
        working_mm: voxel size that the model works on, None where no model is known.
    """
    values = list(_each(volumes, _values))
    if values:
        # Nothing else can be measured in voxels that are no numbers, or all the same.
        return tuple(values)
    found = [
        *grid_checks.grids(volumes, reference, preparing=preparing),
        *duplicates(volumes),
        *_skull(volumes, preparing=preparing),
        *grid_checks.spacing(volumes, working_mm),
        *_each(volumes, grid_checks.extent),
        *grid_checks.overlap(volumes, reference),
        *grid_checks.cut(volumes, reference),
        *_each(volumes, _intensities),
        *grid_checks.tilt(volumes[reference], reference),
        *times(acquired or {}),
    ]
    return tuple(sorted_by_severity(found))


def _each(
    volumes: Volumes, check: Callable[[sitk.Image, str], Finding | None]
) -> Iterable[Finding]:
    found = (check(image, channel) for channel, image in volumes.items())
    return (finding for finding in found if finding)


def _values(image: sitk.Image, channel: str) -> Finding | None:
    array = sitk.GetArrayViewFromImage(image)
    if np.issubdtype(array.dtype, np.floating) and not np.isfinite(array).all():
        count = int(array.size - np.isfinite(array).sum())
        return Finding(
            PROBLEM,
            "values",
            f"The {channel} volume holds {count} voxels that are not numbers (NaN or infinite).",
            "Export the volume again, or replace these values by zero.",
            (channel,),
        )
    low, high = array.min(), array.max()
    if low != high:
        return None
    sentence = (
        f"The {channel} volume is empty: every voxel is zero."
        if high == 0
        else f"The {channel} volume has the same intensity everywhere."
    )
    return Finding(PROBLEM, "values", sentence, REFUSED, (channel,))


def _intensities(image: sitk.Image, channel: str) -> Finding | None:
    array = sitk.GetArrayViewFromImage(image)
    # Every second voxel along each axis tells as much in an eighth of the time.
    sample = array[::2, ::2, ::2]
    sample = sample if sample.min() != sample.max() else array
    levels = np.unique(sample).size
    if levels < FEWEST_INTENSITIES:
        return Finding(
            WARNING,
            "intensity",
            f"The {channel} volume has only {levels} different intensities; it looks like a label "
            "map or a picture rather than a scan.",
            "It is used as it is; check that it is the right volume.",
            (channel,),
        )
    if sample.min() < 0 and np.mean(sample < 0) > 0.02:  # noqa: PLR2004 - noise may dip below zero
        return Finding(
            NOTE,
            "intensity",
            f"The {channel} volume holds negative intensities (down to {float(sample.min()):g}), "
            "which a scanner does not give: it was normalised before.",
            "Intensities are scaled over the brain in any case.",
            (channel,),
        )
    return None


def duplicates(volumes: Volumes) -> list[Finding]:
    """Return a finding for each two channels that hold the same voxels."""
    arrays = {channel: sitk.GetArrayViewFromImage(image) for channel, image in volumes.items()}
    names = list(arrays)
    pairs = [
        (first, second)
        for position, first in enumerate(names)
        for second in names[position + 1 :]
        if arrays[first].shape == arrays[second].shape
    ]
    return [
        Finding(
            PROBLEM,
            "duplicate",
            f"The {first} and {second} volumes are the same.",
            "Choose a different volume for each channel.",
            (first, second),
        )
        for first, second in pairs
        if np.count_nonzero(arrays[first] != arrays[second])
        <= SMALLEST_SHARE_OF_DIFFERENT_VOXELS * arrays[first].size
    ]


def _skull(volumes: Volumes, *, preparing: bool) -> list[Finding]:
    with_skull = tuple(name for name, image in volumes.items() if shows_skull(image))
    if not with_skull:
        return []
    where = all_or_titles(with_skull, volumes)
    if preparing:
        return [
            Finding(
                NOTE,
                "skull",
                f"The skull has not been removed from {where}.",
                "The brain will be extracted.",
                with_skull,
            )
        ]
    return [
        Finding(
            WARNING,
            "skull",
            f"The skull seems not to be removed from {where}, "
            "and the network has only seen brains without skull.",
            "They are segmented as they are; look at the result with particular care.",
            with_skull,
        )
    ]


def times(acquired: Mapping[str, datetime]) -> list[Finding]:
    """Return a finding when volumes were not taken in one visit; no date is in the sentence."""
    if len(acquired) < 2:  # noqa: PLR2004 - nothing to compare
        return []
    first = min(acquired, key=lambda channel: acquired[channel])
    last = max(acquired, key=lambda channel: acquired[channel])
    seconds = (acquired[last] - acquired[first]).total_seconds()
    if seconds <= LONGEST_SAME_VISIT_S:
        return []
    days = round(seconds / LONGEST_SAME_VISIT_S)
    return [
        Finding(
            WARNING,
            "time",
            f"The {first} and {last} volumes were taken {days} day{'s' if days > 1 else ''} apart; "
            "the tumour may have changed in between.",
            "They are used together all the same.",
            (first, last),
        )
    ]
