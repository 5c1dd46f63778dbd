"""From the probabilities of nested regions to one label a voxel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ELMEDSegmentLib.labels import ENHANCING_TUMOUR, NECROTIC_CORE, OEDEMA

if TYPE_CHECKING:
    from collections.abc import Mapping

THRESHOLD = 0.5

SMALLEST_COMPONENT_ML = 0.1
"""Whole-tumour islands below this volume are taken for noise; a sphere of 5.8 mm diameter."""


def labels_of(probabilities: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return labels (1, 2, 3) uint8 `(z, y, x)` of the regions' probabilities.

    Regions are nested, so a voxel is enhancing tumour only inside the core, and core only inside
    the whole tumour, whatever the separate outputs of the network say.

    Args:
        probabilities: of "WT", "TC" and "ET", float arrays of one shape `(z, y, x)`.
    """
    whole = probabilities["WT"] > THRESHOLD
    core = whole & (probabilities["TC"] > THRESHOLD)
    enhancing = core & (probabilities["ET"] > THRESHOLD)
    labels = np.zeros(whole.shape, np.uint8)
    labels[whole] = OEDEMA
    labels[core] = NECROTIC_CORE
    labels[enhancing] = ENHANCING_TUMOUR
    return labels


def without_islands(labels: np.ndarray, voxel_volume_ml: float) -> np.ndarray:
    """Return `labels` without whole-tumour islands smaller than `SMALLEST_COMPONENT_ML`.

    Args:
        labels: uint8 `(z, y, x)`.
        voxel_volume_ml: volume of a voxel in millilitres.
    """
    from scipy.ndimage import label

    islands, count = label(labels > 0)
    if count == 0:
        return labels
    volumes = np.bincount(islands.ravel()) * voxel_volume_ml
    small = volumes < SMALLEST_COMPONENT_ML
    small[0] = False
    kept = labels.copy()
    kept[small[islands]] = 0
    return kept
