"""Scans that were written to files, on a grid fit for cutting patches out of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDLib.errors import InputError
from ELMEDPlaygroundLib import checked

if TYPE_CHECKING:
    from collections.abc import Mapping

BRIGHTEST = 2.5
"""In standard deviations of the brain: what is shown as white; as far below the mean is black."""

MOST_SUBJECTS, MOST_CHANNELS = 16, 8
TISSUES = ("dark", "middle", "bright")
BINS = 128


@dataclass(frozen=True)
class Subject:
    """One scan on an isotropic grid along LPS axes.

    Attributes:
        array: float32 `(channel, z, y, x)`, 0..1; 0 outside the brain.
        brain: bool `(z, y, x)`, where the scan shows something.
        labels: int `(z, y, x)`, of a segmentation; None without one.
    """

    array: np.ndarray
    brain: np.ndarray
    labels: np.ndarray | None


def read_subject(entry: Mapping[str, Any], spacing_mm: float) -> Subject:
    """Read a scan of one or several channels, and its labels.

    Args:
        entry: `images` (path of each channel by name), and perhaps `labels` (path of a label map,
            on any grid).
        spacing_mm: voxel size of the result.

    Raises:
        InputError: a file is gone or cannot be used, or the channels do not fit together.
    """
    import SimpleITK as sitk

    from ELMEDSegmentLib.inputs.study import read_study
    from ELMEDSegmentLib.preparation import prepare

    images = checked.mapping(checked.mapping(entry, "a subject").get("images"), "a scan's images")
    if not images or len(images) > MOST_CHANNELS:
        raise InputError(
            "A scan has no volume, or too many.", f"Choose 1 to {MOST_CHANNELS} volumes."
        )
    paths = [*images.values(), *([entry["labels"]] if entry.get("labels") else [])]
    if not all(isinstance(path, str) and Path(path).is_file() for path in paths):
        raise InputError(
            "The scan that the experiment learnt from is not at hand any more.",
            "Open the page Scan, choose the volumes again and press 'Learn from this scan'.",
        )
    names = tuple(images)
    prepared = prepare(read_study(images, names, names[0]), names, spacing_mm)
    grey = np.clip((prepared.array + BRIGHTEST) / (2 * BRIGHTEST), 0.0, 1.0)
    labels = None
    if entry.get("labels"):
        from ELMEDSegmentLib.inputs.study import read_volume

        found = prepared.preparation.working.resample(
            read_volume(entry["labels"], "label map"), sitk.sitkNearestNeighbor
        )
        labels = np.rint(sitk.GetArrayFromImage(found)).astype(np.int64)
    return Subject((grey * prepared.brain).astype(np.float32), prepared.brain, labels)


def tissue_classes(subject: Subject) -> np.ndarray:
    """Return -1 outside the brain, and else 0, 1 or 2: the darkest to the brightest class.

    Two thresholds part the intensities of the first channel so that the classes differ most
    (Otsu 1979, "A threshold selection method from gray-level histograms", IEEE Trans SMC 9, for
    three classes). On a T1 these are by and large fluid, grey and white matter; on other contrasts
    they are what their brightness is, and a tumour belongs to whichever it resembles.
    """
    values = subject.array[0][subject.brain]
    low, high = _two_thresholds(values)
    classes = np.full(subject.brain.shape, -1, np.int64)
    classes[subject.brain] = np.digitize(values, [low, high])
    return classes


def well_inside(classes: np.ndarray) -> np.ndarray:
    """Return where a voxel's neighbours are of its own class: its label is not a matter of luck."""
    from scipy import ndimage

    lowest = ndimage.minimum_filter(classes, 3, mode="nearest")
    highest = ndimage.maximum_filter(classes, 3, mode="nearest")
    same: np.ndarray = lowest == highest
    return same


def _two_thresholds(values: np.ndarray) -> tuple[float, float]:
    counts, edges = np.histogram(values, BINS)
    middles = (edges[:-1] + edges[1:]) / 2
    weight = np.concatenate([[0.0], np.cumsum(counts)])
    moment = np.concatenate([[0.0], np.cumsum(counts * middles)])

    def between(start: np.ndarray | int, end: np.ndarray | int) -> np.ndarray:
        mass = weight[end] - weight[start]
        sums = moment[end] - moment[start]
        score: np.ndarray = np.where(mass > 0, sums**2 / np.maximum(mass, 1e-9), -np.inf)
        return score

    first, second = np.meshgrid(np.arange(1, BINS), np.arange(1, BINS), indexing="ij")
    total = between(0, first) + between(first, second) + between(second, BINS)
    total = np.where(first < second, total, -np.inf)
    best = np.unravel_index(np.argmax(total), total.shape)
    return float(edges[first[best]]), float(edges[second[best]])
