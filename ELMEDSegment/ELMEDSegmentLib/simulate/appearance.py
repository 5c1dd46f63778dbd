"""What real lesions look like: their very texture, from cubes around lesions of real patients."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ELMEDLib.errors import InputError
from ELMEDSegmentLib.labels import CHANNELS, ENHANCING_TUMOUR, NECROTIC_CORE, OEDEMA
from ELMEDSegmentLib.simulate.anatomy import box_of
from ELMEDSegmentLib.simulate.fields import mix, smooth_field
from ELMEDSegmentLib.simulate.tumour import DIFFUSE, GLIOBLASTOMA

if TYPE_CHECKING:
    from pathlib import Path

Array = NDArray[np.float32]

_ENOUGH_VOXELS = 60
_SHARE = 0.9
_BRATS_128_MM = (1.875, 1.875, 1.2109375)


@dataclass(frozen=True)
class Appearance:
    """One real lesion, axes z to superior, y to posterior, x to the patient's left.

    Attributes:
        scores: float32 `(4, z, y, x)`, z-scores over the brain of the study that it lies in.
        labels: uint8 `(z, y, x)`.
        spacing_mm: voxel size, `(z, y, x)`.
    """

    scores: Array
    labels: NDArray[np.uint8]
    spacing_mm: tuple[float, ...]


@dataclass(frozen=True)
class AppearanceSource:
    """Where lesions take their looks from.

    With `cubes` (an `.npz` of `images` uint8 `(n, 4, x, y, z)`, z-score = value / 25.5 - 5,
    `labels` `(n, x, y, z)`, and, unless they are those of BraTS, `channels` and `spacing_mm`),
    `share` of the studies get the look of a real lesion; the rest, and all without, follow the
    relaxation times.
    """

    cubes: Path | str | None = None
    share: float = 0.6

    def draw(self, rng: np.random.Generator, kind: str = GLIOBLASTOMA) -> Appearance | None:
        """Return the look of the next lesion, or None for one from relaxation times.

        Lesions that enhance lend their looks to those of `kind` that do, and others to others.
        """
        if self.cubes is None:
            return None
        cubes = _read(str(self.cubes))
        if rng.random() >= self.share:
            return None
        fitting = cubes.fitting(kind)
        return cubes.one(int(rng.choice(fitting)))


@dataclass(frozen=True)
class _Cubes:
    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    spacing_mm: tuple[float, ...]
    counts: NDArray[np.intp]

    def fitting(self, kind: str) -> NDArray[np.intp]:
        """Return the numbers of the lesions that look like `kind`; all where none does."""
        core, oedema, rim = (self.counts[:, v] for v in (NECROTIC_CORE, OEDEMA, ENHANCING_TUMOUR))
        enhances = rim > 0.1 * (core + rim)
        if kind == GLIOBLASTOMA:
            chosen = enhances & (rim >= _ENOUGH_VOXELS)
        else:
            wanted = oedema if kind == DIFFUSE else core
            chosen = ~enhances & (wanted >= _ENOUGH_VOXELS)
        return np.flatnonzero(chosen) if chosen.any() else np.arange(len(self.counts))

    def one(self, number: int) -> Appearance:
        scores = self.images[number].transpose(0, 3, 2, 1).astype(np.float32) / 25.5 - 5
        return Appearance(scores, self.labels[number].transpose(2, 1, 0), self.spacing_mm)


@lru_cache(maxsize=2)
def _read(path: str) -> _Cubes:
    try:
        with np.load(path) as archive:
            images, labels = archive["images"], archive["labels"]
            named = [str(name) for name in archive.get("channels", CHANNELS)]
            spacing = archive.get("spacing_mm", _BRATS_128_MM)
            order = [named.index(channel) for channel in CHANNELS]
    except (OSError, EOFError, BadZipFile, KeyError, ValueError) as error:
        raise InputError(
            f"The lesion cubes '{path}' cannot be read.",
            "Give an .npz file with 'images' (n, 4, x, y, z) and 'labels' (n, x, y, z).",
        ) from error
    if images.ndim != 5 or images.shape[1] != len(CHANNELS) or labels.ndim != 4:  # noqa: PLR2004
        raise InputError(
            f"The lesion cubes '{path}' do not have the shape (n, 4, x, y, z).",
            "Give z-scored cubes of t1, t1c, t2 and flair, in this order.",
        )
    counts = np.array([np.bincount(one.ravel(), minlength=4)[:4] for one in labels])
    x, y, z = (float(size) for size in spacing)
    return _Cubes(images[:, order], labels, (z, y, x), counts)


def give_appearance(
    rng: np.random.Generator,
    images: Array,
    labels: NDArray[np.uint8],
    brain: NDArray[np.bool_],
    appearance: Appearance,
    spacing_mm: float,
) -> None:
    """Paint the tumour in `images` `(4, z, y, x)` with the tissue of a real lesion, in place.

    Each label is filled from the same label of the lesion, turned, bent and mirrored where it is
    too small, so that the four contrasts keep their relations and their grain. Labels that the
    lesion lacks stay as they are.
    """
    if not labels.any():
        return
    mean = np.array([image[brain].mean() for image in images], np.float32)
    spread = np.array([image[brain].std() for image in images], np.float32)
    box = box_of(labels > 0, margin=int(np.ceil(3 / spacing_mm)))
    inside, part = labels[box], images[:, box[0], box[1], box[2]]
    coordinates = _coordinates(rng, inside.shape, appearance, spacing_mm)
    # Oedema fades out, and the rest is painted over it.
    for value, blur_mm in (
        (OEDEMA, (0.8, 2.0)),
        (NECROTIC_CORE, (0.5, 0.9)),
        (ENHANCING_TUMOUR, (0.5, 0.9)),
    ):
        sigma = max(float(rng.uniform(*blur_mm)) / spacing_mm, 0.35)
        tissue = _tissue(appearance, value)
        mask = (inside == value).astype(np.float32)
        if tissue is None or not mask.any():
            continue
        weight = np.float32(_SHARE) * ndimage.gaussian_filter(mask, sigma, truncate=3)
        for channel in range(len(part)):
            scores = ndimage.map_coordinates(
                tissue[channel], coordinates, order=1, mode="mirror", prefilter=False
            )
            target = np.maximum(mean[channel] + spread[channel] * scores, 0.05 * mean[channel])
            part[channel] += weight * (target - part[channel])


def _coordinates(
    rng: np.random.Generator, shape: tuple[int, ...], appearance: Appearance, spacing_mm: float
) -> Array:
    """Return where each voxel of the tumour's box looks in the cube, `(3, z, y, x)` in voxels."""
    axes = [((np.arange(n) - (n - 1) / 2) * spacing_mm).astype(np.float32) for n in shape]
    flips = np.diag(rng.choice([-1.0, 1.0], 3))
    turn = (np.eye(3) + rng.normal(0, 0.25, (3, 3))) @ flips
    coordinates = mix(turn, np.stack(np.meshgrid(*axes, indexing="ij")))
    for axis, (size, step) in enumerate(
        zip(appearance.labels.shape, appearance.spacing_mm, strict=True)
    ):
        coordinates[axis] += 2 * smooth_field(rng, shape, 12 / spacing_mm)
        coordinates[axis] = coordinates[axis] / np.float32(step) + np.float32((size - 1) / 2)
    return coordinates


def _tissue(appearance: Appearance, value: int) -> Array | None:
    """Return the cube `(4, z, y, x)` as if all were `value`, or None with too little of it."""
    mask = appearance.labels == value
    if np.count_nonzero(mask) < _ENOUGH_VOXELS:
        return None
    nearest = ndimage.distance_transform_edt(~mask, return_distances=False, return_indices=True)
    filled = appearance.scores[:, nearest[0], nearest[1], nearest[2]]
    # Far from the label the nearest voxel repeats: without smoothing, in stripes.
    smooth = ndimage.gaussian_filter(filled, (0, 0.8, 0.8, 0.8))
    result: Array = np.where(mask, filled, smooth)
    return result
