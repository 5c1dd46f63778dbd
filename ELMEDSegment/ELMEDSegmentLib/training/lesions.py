"""Lesions of other patients, set into the brains of the training cases.

Few whole studies are at hand, many small cubes around lesions: setting a cube into another brain
shows the network the looks of a lesion together with the looks of a whole head.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ELMEDLib.errors import InputError
from ELMEDSegmentLib.labels import CHANNELS, REGIONS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SHARE_WITH_LESION = 0.6
"""How often a lesion is set into a patch."""

LARGEST_LESIONS = 2

# The seam between cube and brain is blended over this many voxels.
BLEND_VOXELS = 4

# z-score of uint8 values in the lesion files: value / 25.5 - 5; background is zero, thus 127.5.
BYTES_PER_DEVIATION = 25.5
BYTES_ZERO = 5.0


@dataclass(frozen=True)
class LesionBank:
    """Lesion cubes on the working grid.

    Attributes:
        images: float16 `(lesion, channel, z, y, x)`, z-scored as the studies are.
        regions: float16 `(lesion, region, z, y, x)`.
        brain: bool `(lesion, z, y, x)`, False outside the donor's brain.
    """

    images: np.ndarray
    regions: np.ndarray
    brain: np.ndarray

    def set_into(
        self, rng: np.random.Generator, image: np.ndarray, regions: np.ndarray, brain: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return `image` and `regions` with up to two lesions set into copies, or as they are."""
        if rng.random() >= SHARE_WITH_LESION:
            return image, regions
        image, regions = image.copy(), regions.copy()
        inside = np.argwhere(brain)
        for _ in range(int(rng.integers(1, LARGEST_LESIONS + 1))):
            index = int(rng.integers(len(self.images)))
            centre = inside[int(rng.integers(len(inside)))]
            self._set_one(rng, index, centre, image, regions, brain)
        return image, regions

    def set_one(
        self,
        rng: np.random.Generator,
        index: int,
        image: np.ndarray,
        regions: np.ndarray,
        brain: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray, tuple[slice, ...]]:
        """Set lesion number `index` into copies, centred where the brain has no tumour.

        Returns:
            Image and regions, and the block `(:, z, y, x)` of them that the lesion changed.
        """
        changed, labelled = image.copy(), regions.copy()
        free = np.argwhere(brain & (regions[0] < 0.1))  # noqa: PLR2004 - a tenth of a voxel
        centre = free[int(rng.integers(len(free)))]
        self._set_one(rng, index, centre, changed, labelled, brain)
        places = np.argwhere((changed != image).any(axis=0))
        block = (
            slice(int(a), int(b) + 1)
            for a, b in zip(places.min(axis=0), places.max(axis=0), strict=True)
        )
        return changed, labelled, (slice(None), *block)

    def _set_one(
        self,
        rng: np.random.Generator,
        index: int,
        centre: np.ndarray,
        image: np.ndarray,
        regions: np.ndarray,
        brain: np.ndarray,
    ) -> None:
        turns = int(rng.integers(4))
        flips = tuple(axis for axis in (1, 2, 3) if rng.random() < 0.5)  # noqa: PLR2004
        donor_image, donor_regions, donor_brain = (
            np.flip(np.rot90(array, turns, (2, 3)), flips)
            for array in (self.images[index], self.regions[index], self.brain[index][None])
        )
        size = np.array(donor_image.shape[1:])
        start = np.maximum(centre - size // 2, 0)
        start = np.minimum(start, np.maximum(np.array(brain.shape) - size, 0))
        size = np.minimum(size, np.array(brain.shape) - start)
        here = (slice(None), *(slice(int(a), int(a + n)) for a, n in zip(start, size, strict=True)))
        there = (slice(None), *(slice(0, int(n)) for n in size))
        shared = brain[here[1:]] & donor_brain[there][0]
        weight = _blend(donor_image.shape[1:])[there[1:]] * shared
        image[here] += weight * (donor_image[there].astype(np.float32) - image[here])
        # Whoever shows through more says what it is.
        regions[here] = np.where(weight > 0.5, donor_regions[there], regions[here])  # noqa: PLR2004


def read_lesions(path: Path | str, spacing_mm: float) -> LesionBank:
    """Read lesion cubes from an `.npz` file and bring them to voxels of `spacing_mm`.

    The file holds `images` uint8 `(n, channel, x, y, z)`, `labels` uint8 `(n, x, y, z)`, `channels`
    and `spacing_mm` `(x, y, z)`.

    Raises:
        InputError: the file cannot be read or has other contents.
    """
    from scipy.ndimage import zoom

    try:
        with np.load(path, allow_pickle=False) as file:
            images, labels = file["images"], file["labels"]
            order = [file["channels"].tolist().index(name) for name in CHANNELS]
            factors = (file["spacing_mm"] / spacing_mm)[::-1]
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"'{path}' does not hold lesion cubes.") from error
    cubes = []
    for image, label in zip(images, labels, strict=True):
        z_first = np.transpose(image[order], (0, 3, 2, 1)).astype(np.float32)
        z_first_label = np.transpose(label, (2, 1, 0))
        brain = (np.abs(z_first - BYTES_PER_DEVIATION * BYTES_ZERO) > 1).any(axis=0)
        score = z_first / BYTES_PER_DEVIATION - BYTES_ZERO
        stack = [*score, *(np.isin(z_first_label, values) for values in REGIONS.values()), brain]
        cubes.append([zoom(np.asarray(a, np.float32), factors, order=1) for a in stack])
    whole = np.asarray(cubes, np.float16)
    count = len(CHANNELS)
    return LesionBank(whole[:, :count], whole[:, count:-1], whole[:, -1] > 0.5)  # noqa: PLR2004


def _blend(shape: Sequence[int]) -> np.ndarray:
    """Return weights that rise from the border of a block of `shape` to 1 inside."""
    lines = [
        np.minimum(np.minimum(np.arange(n), np.arange(n)[::-1]) + 0.5, BLEND_VOXELS) / BLEND_VOXELS
        for n in shape
    ]
    weights: np.ndarray = (
        lines[0][:, None, None] * lines[1][None, :, None] * lines[2][None, None, :]
    )
    return weights.astype(np.float32)
