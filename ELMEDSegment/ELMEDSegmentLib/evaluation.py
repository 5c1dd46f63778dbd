"""How well a segmentation agrees with a reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from ELMEDLib.errors import InputError
from ELMEDSegmentLib import geometry
from ELMEDSegmentLib.label_files import read_labels
from ELMEDSegmentLib.labels import REGIONS
from ELMEDSegmentLib.surfaces import hausdorff95, surface_dice

if TYPE_CHECKING:
    from pathlib import Path

LEAST_KEPT = 0.9
"""The share of what was found that has to lie within the reference: coarser voxels take some."""


def dice(found: np.ndarray, expected: np.ndarray) -> float:
    """Return the Dice coefficient of two bool arrays of one shape, 0 to 1.

    By BraTS's convention a region that is rightly not found scores 1, and anything found where
    there is nothing scores 0.
    """
    total = int(np.count_nonzero(found)) + int(np.count_nonzero(expected))
    if total == 0:
        return 1.0
    return 2.0 * int(np.count_nonzero(found & expected)) / total


def evaluate(found: np.ndarray, expected: np.ndarray) -> dict[str, float]:
    """Return the Dice of each region for two label arrays (1, 2, 3) `(z, y, x)` on one grid."""
    return {
        region: dice(np.isin(found, labels), np.isin(expected, labels))
        for region, labels in REGIONS.items()
    }


def compare(
    found: np.ndarray, expected: np.ndarray, spacing_mm: tuple[float, ...]
) -> dict[str, dict[str, float]]:
    """Return Dice, 95 % Hausdorff distance, surface Dice and volume difference of each region.

    Args:
        found: labels (1, 2, 3) `(z, y, x)`.
        expected: labels to judge by, on the same grid.
        spacing_mm: the size of a voxel in the order of the axes.

    Returns:
        By the name of the measure ("dice", "hd95_mm", "surface_dice", "volume_difference_ml"), by
        region. The volume difference is positive where more was found than there is.
    """
    masks = {
        region: (np.isin(found, labels), np.isin(expected, labels))
        for region, labels in REGIONS.items()
    }
    return {
        "dice": {region: dice(*pair) for region, pair in masks.items()},
        "hd95_mm": {region: hausdorff95(*pair, spacing_mm) for region, pair in masks.items()},
        "surface_dice": {region: surface_dice(*pair, spacing_mm) for region, pair in masks.items()},
        "volume_difference_ml": {
            region: volume_difference_ml(*pair, spacing_mm) for region, pair in masks.items()
        },
    }


def volume_difference_ml(
    found: np.ndarray, expected: np.ndarray, spacing_mm: tuple[float, ...]
) -> float:
    """Return by how many millilitres the bool array `found` is larger than `expected`."""
    voxels = int(np.count_nonzero(found)) - int(np.count_nonzero(expected))
    return voxels * float(np.prod(spacing_mm)) / 1000


@dataclass(frozen=True)
class Comparison:
    """How two label files agree.

    Attributes:
        scores: by measure and region, as `compare` returns them.
        note: what was done to make them comparable, a sentence; "" when nothing was.
    """

    scores: dict[str, dict[str, float]]
    note: str


def compare_files(found: Path | str, expected: Path | str) -> Comparison:
    """Compare two label files, on the grid of the reference.

    Where that ends close around its labels, as in Slicer's files, it is continued as far as the
    segmentation reaches: what was found beyond counts.

    Raises:
        InputError: a file cannot be read or holds other labels, or the two do not show the same
            place.
    """
    reference = read_labels(expected, "reference")
    labels = read_labels(found, "segmentation")
    segmentation, note = on_grid_of(reference, labels)
    if note:
        reference = continued(reference, labels)
        segmentation, _ = on_grid_of(reference, labels)
    first, second = (sitk.GetArrayViewFromImage(image) for image in (segmentation, reference))
    return Comparison(compare(first, second, reference.GetSpacing()[::-1]), note)


def on_grid_of(reference: sitk.Image, found: sitk.Image) -> tuple[sitk.Image, str]:
    """Return `found` on the grid of `reference`, and a sentence when it had to be resampled.

    Raises:
        InputError: a part of what was found lies outside the reference: they do not belong
            together, or are not aligned.
    """
    grid, own = geometry.Grid.of(reference), geometry.Grid.of(found)
    text = geometry.difference(own, grid)
    if not text:
        return found, ""
    moved = grid.resample(found, sitk.sitkNearestNeighbor)
    before = np.count_nonzero(sitk.GetArrayViewFromImage(found)) * own.voxel_volume_ml
    after = np.count_nonzero(sitk.GetArrayViewFromImage(moved)) * grid.voxel_volume_ml
    if not _share_a_place(own, grid) or after < LEAST_KEPT * before:
        raise InputError(
            f"The segmentation lies on another grid than the reference ({text}), and reaches "
            "out of it.",
            "Compare segmentations of the same volume.",
        )
    return moved, f"The segmentation was resampled to the grid of the reference ({text})."


def continued(reference: sitk.Image, found: sitk.Image) -> sitk.Image:
    """Return the label image `reference` on its own grid, continued to hold what `found` labels."""
    grid, own = geometry.Grid.of(reference), geometry.Grid.of(found)
    zyx = np.argwhere(sitk.GetArrayViewFromImage(found))
    if not len(zyx):
        return reference
    axes = np.reshape(grid.direction, (3, 3)) * np.asarray(grid.spacing)
    offsets = own.position(zyx[:, ::-1]) - np.asarray(grid.origin)
    indices = np.rint(np.linalg.solve(axes, offsets.T).T).astype(int)
    before = np.maximum(-indices.min(axis=0), 0)
    after = np.maximum(indices.max(axis=0) - np.asarray(grid.size) + 1, 0)
    return sitk.ConstantPad(reference, before.tolist(), after.tolist())


def _share_a_place(first: geometry.Grid, second: geometry.Grid) -> bool:
    """Tell whether the middle of each grid lies within the box around the other."""
    boxes = [(grid.corners().min(axis=0), grid.corners().max(axis=0)) for grid in (first, second)]
    middles = [(low + high) / 2 for low, high in boxes]
    return all(
        bool(((low <= middle) & (middle <= high)).all())
        for (low, high), middle in zip(boxes, reversed(middles), strict=True)
    )
