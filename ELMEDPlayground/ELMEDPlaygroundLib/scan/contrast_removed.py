"""What a network finds when a contrast is taken from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ELMEDLib.errors import InputError
from ELMEDLib.progress import Progress, no_progress, within
from ELMEDSegmentLib.inference import predict
from ELMEDSegmentLib.labels import REGIONS
from ELMEDSegmentLib.postprocessing import labels_of, without_islands

if TYPE_CHECKING:
    import SimpleITK as sitk

    from ELMEDPlaygroundLib.scan.opened import OpenScan


@dataclass(frozen=True)
class RegionChange:
    """One region, with and without the contrast: volumes in ml, and Dice between the two."""

    region: str
    with_ml: float
    without_ml: float
    dice: float


@dataclass(frozen=True)
class ContrastRemoved:
    """What became of a segmentation.

    Attributes:
        channel: the contrast that was removed.
        before, after: uint8 labels on the source's grid.
        difference: float32 on the source's grid, -1 to 1: by how much the probability of the whole
            tumour rose when the contrast was removed.
        changes: a row for each region.
    """

    channel: str
    before: sitk.Image
    after: sitk.Image
    difference: sitk.Image
    changes: tuple[RegionChange, ...]


def remove_contrast(
    scan: OpenScan, channel: str, progress: Progress = no_progress
) -> ContrastRemoved:
    """Segment with all contrasts, and again with one of them set to zero.

    Zero is the mean of a z-scored brain, and is what the network found in the place of a contrast
    that was left out while it was trained. The whole model is asked, all members of an ensemble.

    Args:
        scan: the open scan.
        channel: the contrast to remove.
        progress: told how far it is; may raise `CancelledError`.

    Raises:
        InputError: the network does not take this contrast.
    """
    channels = scan.model.manifest.channels
    if channel not in channels:
        raise InputError(
            f"The network does not take the contrast '{channel}'.",
            f"Choose one of {', '.join(channels)}.",
        )
    without = scan.prepared.array.copy()
    without[channels.index(channel)] = 0.0
    first = _probabilities(scan, scan.prepared.array, within(progress, 0.0, 0.5))
    second = _probabilities(scan, without, within(progress, 0.5, 1.0))
    before, after = _labels(scan, first), _labels(scan, second)
    preparation = scan.prepared.preparation
    rise = preparation.to_reference(second["WT"] - first["WT"])
    volume = preparation.brain.voxel_volume_ml
    return ContrastRemoved(
        channel,
        preparation.to_reference(before),
        preparation.to_reference(after),
        rise,
        tuple(_change(region, before, after, volume) for region in REGIONS),
    )


def _probabilities(scan: OpenScan, array: np.ndarray, progress: Progress) -> dict[str, np.ndarray]:
    """Return each region's probability, float32 `(z, y, x)` on the grid of the brain."""
    manifest = scan.model.manifest
    found = predict(scan.model.network, manifest.architecture, array, scan.device, progress)
    to_brain = scan.prepared.preparation.to_brain
    return {name: to_brain(map_) for name, map_ in zip(manifest.regions, found, strict=True)}


def _labels(scan: OpenScan, probabilities: dict[str, np.ndarray]) -> np.ndarray:
    volume = scan.prepared.preparation.brain.voxel_volume_ml
    return without_islands(labels_of(probabilities), volume)


def _change(region: str, before: np.ndarray, after: np.ndarray, voxel_ml: float) -> RegionChange:
    first, second = (np.isin(labels, REGIONS[region]) for labels in (before, after))
    return RegionChange(
        region,
        float(first.sum() * voxel_ml),
        float(second.sum() * voxel_ml),
        dice(first, second),
    )


def dice(first: np.ndarray, second: np.ndarray) -> float:
    """Return the overlap of two masks of one shape: 1 when equal (also both empty), 0 when apart.

    Dice 1945, "Measures of the amount of ecologic association between species", Ecology 26.
    """
    total = int(first.sum()) + int(second.sum())
    return 1.0 if total == 0 else float(2 * int((first & second).sum()) / total)
