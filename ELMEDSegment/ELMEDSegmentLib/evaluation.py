"""How well a segmentation agrees with a reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from ELMEDLib.errors import InputError
from ELMEDSegmentLib import geometry
from ELMEDSegmentLib.labels import REGIONS
from ELMEDSegmentLib.study import read_volume
from ELMEDSegmentLib.surfaces import hausdorff95, surface_dice

if TYPE_CHECKING:
    from pathlib import Path


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
    """Return Dice, 95 % Hausdorff distance and surface Dice of each region.

    Args:
        found: labels (1, 2, 3) `(z, y, x)`.
        expected: labels to judge by, on the same grid.
        spacing_mm: the size of a voxel in the order of the axes.

    Returns:
        By the name of the measure ("dice", "hd95_mm", "surface_dice"), by region.
    """
    masks = {
        region: (np.isin(found, labels), np.isin(expected, labels))
        for region, labels in REGIONS.items()
    }
    return {
        "dice": {region: dice(*pair) for region, pair in masks.items()},
        "hd95_mm": {region: hausdorff95(*pair, spacing_mm) for region, pair in masks.items()},
        "surface_dice": {region: surface_dice(*pair, spacing_mm) for region, pair in masks.items()},
    }


def compare_files(found: Path | str, expected: Path | str) -> dict[str, dict[str, float]]:
    """Return Dice, 95 % Hausdorff distance and surface Dice of each region for two label files.

    Raises:
        InputError: a file cannot be read, or the two lie on different grids.
    """
    images = [read_volume(found, "segmentation"), read_volume(expected, "reference")]
    text = geometry.difference(*(geometry.Grid.of(image) for image in images))
    if text:
        raise InputError(
            f"The segmentation lies on another grid than the reference ({text}).",
            "Compare segmentations of the same volume.",
        )
    first, second = (sitk.GetArrayViewFromImage(image) for image in images)
    return compare(first, second, images[1].GetSpacing()[::-1])
