"""What the generator of tumours learns from: slices in four contrasts, and what each pixel is.

Studies are z-scored over the brain and sampled at 2 mm, as for ELMED's segmentation networks.
Outside the tumour, what a pixel is comes from T1 and T2 alone, by the same rule for patients and
simulated studies: three clusters of their difference, which are fluid, grey and white matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk
from scipy.ndimage import gaussian_filter

from ELMEDPlaygroundLib.tumour.classes import (
    CORE,
    ENHANCING,
    FLUID,
    OEDEMA,
    OUTSIDE,
    SHAPE,
    SPACING_MM,
)
from ELMEDSegmentLib.labels import CHANNELS, REGIONS
from ELMEDSegmentLib.preparation import prepare
from ELMEDSegmentLib.training.cases import Case, find_cases

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ELMEDSegmentLib.training.lesions import LesionBank

ROUNDS = 25
SMOOTHING = 0.5
"""Of the difference, in pixels: keeps noise out of the label map."""

STARTS = (0.02, 0.40, 0.80)
"""The shares of the brain that lie below the first guesses of the centres."""

FEWEST_PIXELS = 350
"""Of brain in a slice that is worth learning: 14 square centimetres."""


@dataclass(frozen=True)
class Volume:
    """A study at 2 mm, `(z, y, x)` on LPS axes.

    Attributes:
        images: float32 `(4, z, y, x)`, z-scored over the brain, 0 outside.
        brain: bool `(z, y, x)`.
        regions: bool `(3, z, y, x)`, whole tumour, tumour core, enhancing.
        centres: float `(3,)`: T1 less T2 of fluid, grey and white matter.
    """

    images: np.ndarray
    brain: np.ndarray
    regions: np.ndarray
    centres: np.ndarray

    @property
    def classes(self) -> np.ndarray:
        """What each voxel is, uint8 `(z, y, x)`; see `classes.CLASSES`."""
        found = tissues(self.images, self.brain, self.centres)
        whole, core, enhancing = self.regions
        found[whole] = OEDEMA
        found[core] = CORE
        found[enhancing] = ENHANCING
        found[~self.brain] = OUTSIDE
        return found


def read(case: Case) -> Volume:
    """Return a study with expert labels at 2 mm."""
    study, labels = case.read()
    prepared = prepare(study, CHANNELS, SPACING_MM)
    grid = prepared.preparation.working
    reference = study.images[study.reference]
    regions = []
    for values in REGIONS.values():
        image = sitk.GetImageFromArray(np.isin(labels, values).astype(np.float32))
        image.CopyInformation(reference)
        regions.append(sitk.GetArrayFromImage(grid.resample(image)) > 0.5)  # noqa: PLR2004
    whole = np.asarray(regions) & prepared.brain
    healthy = prepared.brain & ~whole[0]
    centres = cluster(difference(prepared.array)[healthy])
    return Volume(prepared.array, prepared.brain, whole, centres)


def difference(images: np.ndarray) -> np.ndarray:
    """Return T1 less T2 of z-scored images: low in fluid, high in white matter."""
    result: np.ndarray = images[CHANNELS.index("t1")] - images[CHANNELS.index("t2")]
    return result


def cluster(values: np.ndarray) -> np.ndarray:
    """Return the centres `(3,)` of fluid, grey and white matter among differences `(n,)`."""
    centres = np.quantile(values, STARTS)
    for _ in range(ROUNDS):
        nearest = np.abs(values[:, None] - centres).argmin(-1)
        centres = np.array([values[nearest == kind].mean() for kind in range(len(centres))])
    return centres


def tissues(images: np.ndarray, brain: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Return fluid, grey or white matter for each voxel of the brain, uint8 `(z, y, x)`."""
    within = (0, SMOOTHING, SMOOTHING)
    inside = gaussian_filter(brain.astype(np.float32), within) + np.float32(1e-3)
    values = gaussian_filter(difference(images) * brain, within) / inside
    nearest = np.abs(values[..., None] - centres).argmin(-1)
    return (nearest + FLUID).astype(np.uint8) * brain


def with_lesions(volume: Volume, bank: LesionBank, rng: np.random.Generator) -> Volume:
    """Return a study with one to three lesions of other patients set into it."""
    images, regions = volume.images, volume.regions.astype(np.float32)
    for _ in range(int(rng.integers(1, 4))):
        index = int(rng.integers(len(bank.images)))
        images, regions, _ = bank.set_one(rng, index, images, regions, volume.brain)
    return Volume(images, volume.brain, (regions > 0.5) & volume.brain, volume.centres)  # noqa: PLR2004


def slices_of(volume: Volume) -> tuple[np.ndarray, np.ndarray]:
    """Return slices with enough brain, float16 `(n, 4, 96, 80)`, and classes, uint8 `(n, 96, 80)`.

    The brain's middle lies in the middle of the slices.
    """
    classes = volume.classes
    images = np.where(volume.brain, volume.images, 0)
    kept = np.flatnonzero(volume.brain.sum((1, 2)) >= FEWEST_PIXELS)
    return (
        fitted(images[:, kept], SHAPE).transpose(1, 0, 2, 3).astype(np.float16),
        fitted(classes[kept], SHAPE),
    )


def fitted(array: np.ndarray, shape: Sequence[int]) -> np.ndarray:
    """Return an array with its last two axes cut or filled with 0, evenly, to `shape`."""
    for axis, wanted in zip((-2, -1), shape, strict=True):
        lacking = wanted - array.shape[axis]
        if lacking > 0:
            wide = [(0, 0)] * array.ndim
            wide[axis] = (lacking // 2, lacking - lacking // 2)
            array = np.pad(array, wide)
        elif lacking < 0:
            start = -lacking // 2
            array = np.take(array, range(start, start + wanted), axis=axis)
    return array


def studies(folder: Path, without: Sequence[str] = ()) -> list[Case]:
    """Return the labelled studies of a folder, but for those named."""
    return [case for case in find_cases(folder) if case.name not in without]
