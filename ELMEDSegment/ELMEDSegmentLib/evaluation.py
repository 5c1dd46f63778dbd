"""How well a segmentation agrees with a reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from ELMEDLib.errors import InputError
from ELMEDSegmentLib import geometry
from ELMEDSegmentLib.labels import REGIONS
from ELMEDSegmentLib.study import read_volume

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


def evaluate_files(found: Path | str, expected: Path | str) -> dict[str, float]:
    """Return the Dice of each region for two label files.

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
    return evaluate(first, second)
