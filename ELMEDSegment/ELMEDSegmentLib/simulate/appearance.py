"""What real lesions look like: intensities and their unevenness, measured in lesion cubes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ELMEDLib.errors import InputError
from ELMEDSegmentLib.labels import CHANNELS, LABELS
from ELMEDSegmentLib.simulate.anatomy import box_of
from ELMEDSegmentLib.simulate.fields import fractal_field, mix

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Array = NDArray[np.float32]

_ENOUGH_VOXELS = 60
_SHARE = 0.85


@dataclass(frozen=True)
class Appearance:
    """One lesion: per label value its mean z-scores `(4,)` and a factor of their covariance.

    z-scores are over the brain of the study that the lesion lies in; channels as `CHANNELS`.
    """

    means: dict[int, Array]
    factors: dict[int, Array]


@dataclass(frozen=True)
class AppearanceSource:
    """Where lesions take their intensities from.

    With `cubes` (an `.npz` of `images` uint8 `(n, 4, x, y, z)`, z-score = value / 25.5 - 5, and
    `labels` `(n, x, y, z)`), `share` of the studies get the look of a real lesion; the rest, and
    all without, follow the relaxation times.
    """

    cubes: Path | str | None = None
    share: float = 0.6

    def draw(self, rng: np.random.Generator) -> Appearance | None:
        """Return the look of the next lesion, or None for one from relaxation times."""
        if self.cubes is None:
            return None
        measured = _measure(str(self.cubes))
        if rng.random() >= self.share:
            return None
        return measured[int(rng.integers(len(measured)))]


@lru_cache(maxsize=2)
def _measure(path: str) -> Sequence[Appearance]:
    try:
        with np.load(path) as archive:
            images, labels = archive["images"], archive["labels"]
    except (OSError, KeyError, ValueError) as error:
        raise InputError(
            f"The lesion cubes '{path}' cannot be read.",
            "Give an .npz file with 'images' (n, 4, x, y, z) and 'labels' (n, x, y, z).",
        ) from error
    if images.ndim != 5 or images.shape[1] != len(CHANNELS) or labels.ndim != 4:  # noqa: PLR2004
        raise InputError(
            f"The lesion cubes '{path}' do not have the shape (n, 4, x, y, z).",
            "Give z-scored cubes of t1, t1c, t2 and flair, in this order.",
        )
    found = [_of_one(i, m) for i, m in zip(images, labels, strict=True)]
    return [appearance for appearance in found if appearance.means]


def _of_one(images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> Appearance:
    means: dict[int, Array] = {}
    factors: dict[int, Array] = {}
    for value in LABELS.values():
        # The border of a label mixes with what is next to it.
        inside = ndimage.binary_erosion(labels == value)
        inside = inside if inside.sum() >= _ENOUGH_VOXELS else labels == value
        scores = images[:, inside].astype(np.float32) / 25.5 - 5
        if scores.shape[1] < _ENOUGH_VOXELS:
            continue
        means[value] = scores.mean(1)
        covariance = np.cov(scores) + 1e-3 * np.eye(len(scores))
        factors[value] = np.linalg.cholesky(covariance).astype(np.float32)
    return Appearance(means, factors)


def give_appearance(
    rng: np.random.Generator,
    images: Array,
    labels: NDArray[np.uint8],
    brain: NDArray[np.bool_],
    appearance: Appearance,
    spacing_mm: float,
) -> None:
    """Move the tumour in `images` `(4, z, y, x)` to the intensities of a real lesion, in place.

    Each label gets its mean and, from fields that are correlated between the contrasts as in the
    lesion, its unevenness; labels that the lesion lacks stay as they are.
    """
    if not labels.any():
        return
    mean = np.array([image[brain].mean() for image in images], np.float32)
    spread = np.array([image[brain].std() for image in images], np.float32)
    box = box_of(labels > 0, margin=int(np.ceil(3 / spacing_mm)))
    inside, part = labels[box], images[:, box[0], box[1], box[2]]
    size = float(rng.uniform(5, 10)) / spacing_mm
    fields = np.stack([fractal_field(rng, inside.shape, size, 3) for _ in CHANNELS])
    sigma = max(float(rng.uniform(0.5, 0.9)) / spacing_mm, 0.35)
    for value, centre in appearance.means.items():
        mask = (inside == value).astype(np.float32)
        if not mask.any():
            continue
        weight = np.float32(_SHARE) * ndimage.gaussian_filter(mask, sigma, truncate=3)
        scores = mix(appearance.factors[value], fields)
        scores += centre.reshape(-1, 1, 1, 1)
        for channel in range(len(part)):
            target = mean[channel] + spread[channel] * scores[channel]
            target = np.maximum(target, 0.05 * mean[channel])
            part[channel] += weight * (target - part[channel])
