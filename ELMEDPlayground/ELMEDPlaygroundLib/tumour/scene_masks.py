"""The slice of a segmentation that a user looks at, brought into another brain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from ELMEDLib.errors import InputError
from ELMEDPlaygroundLib.tumour.classes import OUTSIDE, SHAPE
from ELMEDSegmentLib.geometry import Grid
from ELMEDSegmentLib.labels import LABELS, REGIONS

if TYPE_CHECKING:
    from ELMEDPlaygroundLib.tumour.brains import Brain

FEWEST_VOXELS = 10


def mask_at(
    labels: sitk.Image, volume: sitk.Image, height_mm: float, brain: Brain
) -> tuple[np.ndarray, int]:
    """Return the tumour on one axial slice of a patient, fitted into another brain.

    The box around the patient's brain is stretched onto the box around the other brain, so that a
    tumour comes to lie at about the same place.

    Args:
        labels: of the glioma, 0 to 3, on any grid in the patient's space.
        volume: shows the brain alone; 0 elsewhere.
        height_mm: of the slice, superior, in the patient's space.
        brain: to be painted into.

    Returns:
        labels uint8 `(96, 80)`, and the level of the other brain at the same relative height.

    Raises:
        InputError: the volume shows nothing, or there is no tumour on the slice.
    """
    low, high = _box_mm(volume)
    if (high - low)[:2].min() <= 0:
        raise InputError(
            "The volume is a single slice, and not an axial one.",
            "Choose a volume of the whole brain.",
        )
    if not low[2] <= height_mm <= high[2]:
        raise InputError(
            "The slice lies above or below the brain.", "Scroll to a slice that shows the tumour."
        )
    start, end = _box(brain.classes)
    share = (height_mm - low[2]) / max(high[2] - low[2], 1.0)
    level = round(start[0] + share * (end[0] - start[0]))
    rows, columns = end[1] - start[1], end[2] - start[2]
    spacing = (float(high[0] - low[0]) / columns, float(high[1] - low[1]) / rows, 1.0)
    origin = (low[0] - start[2] * spacing[0], low[1] - start[1] * spacing[1], height_mm)
    grid = Grid(
        (SHAPE[1], SHAPE[0], 1),
        spacing,
        tuple(float(value) for value in origin),
        (1.0, 0, 0, 0, 1.0, 0, 0, 0, 1.0),
    )
    mask = _sampled(labels, grid)
    if not mask.any():
        raise InputError(
            "There is no tumour on the slice that the axial view shows.",
            "Scroll to a slice that shows the tumour.",
        )
    return mask, level


def _sampled(labels: sitk.Image, grid: Grid) -> np.ndarray:
    array = sitk.GetArrayViewFromImage(labels)
    mask = np.zeros(SHAPE, np.uint8)
    paints = (LABELS["oedema"], LABELS["necrotic_core"], LABELS["enhancing_tumour"])
    for values, paint in zip(REGIONS.values(), paints, strict=True):
        region = sitk.GetImageFromArray(np.isin(array, values).astype(np.float32))
        region.CopyInformation(labels)
        mask[sitk.GetArrayFromImage(grid.resample(region))[0] > 0.5] = paint  # noqa: PLR2004
    return mask


def _box_mm(volume: sitk.Image) -> tuple[np.ndarray, np.ndarray]:
    """Return the corners (LPS, mm) of the box around what a volume shows."""
    indices = np.argwhere(sitk.GetArrayViewFromImage(volume) > 0)[:, ::-1]
    if len(indices) < FEWEST_VOXELS:
        raise InputError("The volume shows no brain.", "Choose the patient's volume.")
    low, high = indices.min(0), indices.max(0)
    corners = np.array([[(low, high)[n >> axis & 1][axis] for axis in range(3)] for n in range(8)])
    places = Grid.of(volume).position(corners)
    return places.min(0), places.max(0)


def _box(classes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the first and the last place `(z, y, x)` of a brain."""
    places = np.argwhere(classes != OUTSIDE)
    return places.min(0), places.max(0)
