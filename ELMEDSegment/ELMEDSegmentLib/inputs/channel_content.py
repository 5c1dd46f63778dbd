"""Which volume is which, told from the images themselves, where names and headers say nothing.

Four relations that hold in every brain, with a tumour or without, decide together:

- on T2, fluid is brighter than all tissue; on T1 and FLAIR it is darker;
- T1 with and without contrast agent resemble each other, and are the inverse of T2;
- T2 and FLAIR resemble each other outside fluid;
- on T1 white matter, which lies deep, is brighter than grey matter; on FLAIR it is not.

Between the two T1 volumes, what has become brighter without a counterpart is the contrast agent in
vessels and tumour. Volumes are compared where their headers put them, on 3 mm voxels, so that small
movements between series do not matter.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK as sitk

from ELMEDSegmentLib import geometry
from ELMEDSegmentLib.heads import LARGEST_BRAIN_ML
from ELMEDSegmentLib.labels import CHANNELS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

SPACING_MM = 3.0

BRAIN_DEPTH_MM = 27.0
"""What lies this deep in a head is brain; skull, scalp and face lie above."""

EDGE_MM = 3.0
"""The edge of a stripped brain is mixed with nothing."""

FEWEST_VOXELS = 500
"""Less common tissue than this (14 ml) tells nothing."""

MOST_VOLUMES = 16
"""Of more than these every arrangement would take minutes to compare, and many would do."""

LARGEST_GRID = 30_000_000
"""Voxels that the volumes span; a head has half a million, volumes far apart any number."""

ENOUGH_VOXELS = 8000
"""So many places tell the relations as well as all of them."""

MARGIN_OF_CERTAINTY = 1.5
"""An arrangement that leads by this much was right in all studies that were looked at."""

LOWEST, HIGHEST = 0.3, 0.6
"""Confidence of a guess from the image: never high, for a header would know better."""

IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)

WEIGHTS = {"fluid": 1.0, "pair": 2.0, "inverse": 0.75, "resembling": 1.0, "depth": 1.0}
ENHANCEMENT = 0.5


@dataclass(frozen=True)
class Tissue:
    """What volumes show at the same places inside the brain.

    Attributes:
        values: float `(volume, place)`, in interquartile ranges from each volume's median.
        ranks: the same as ranks, `(volume, place)`.
        depth_mm: how deep each place lies in the head or brain, `(place,)`.
        skull: whether the volumes show heads; their depth does not tell white from grey matter.
    """

    values: np.ndarray
    ranks: np.ndarray
    depth_mm: np.ndarray
    skull: bool


@dataclass(frozen=True)
class Arrangement:
    """Which volume is taken for which channel.

    Attributes:
        volumes: index of the volume of each channel.
        confidence: `LOWEST` to `HIGHEST`.
    """

    volumes: dict[str, int]
    confidence: float


def arrange(
    images: Sequence[sitk.Image], known: Mapping[str, int], channels: Sequence[str] = CHANNELS
) -> Arrangement | None:
    """Return the most plausible arrangement of `images`, None when they have too little in common.

    Args:
        images: 3D scalar volumes of one patient, in one place by their headers.
        known: index of the volume of each channel that is known already.
        channels: those that are wanted, `known` ones among them.
    """
    tissue = tissue_of(images)
    if tissue is None:
        return None
    free = [index for index in range(len(images)) if index not in known.values()]
    missing = [channel for channel in channels if channel not in known]
    count = min(len(free), len(missing))
    relations = _Relations(tissue)
    scores = [
        (relations.score({**known, **dict(zip(chosen, order, strict=True))}), chosen, order)
        for chosen in itertools.combinations(missing, count)
        for order in itertools.permutations(free, count)
    ]
    scores.sort(key=lambda entry: -entry[0])
    best = scores[0]
    margin = best[0] - scores[1][0] if len(scores) > 1 else MARGIN_OF_CERTAINTY
    share = min(margin / MARGIN_OF_CERTAINTY, 1.0)
    confidence = LOWEST + (HIGHEST - LOWEST) * share
    return Arrangement(dict(zip(best[1], best[2], strict=True)), round(confidence, 2))


def tissue_of(images: Sequence[sitk.Image]) -> Tissue | None:
    """Return what `images` show inside the brain, None when it is too little."""
    from scipy import ndimage, stats

    grid = _common_grid(images)
    if np.prod(grid.size, dtype=float) > LARGEST_GRID:
        return None
    volumes, covered = _on_grid(images, grid)
    head = _common_head(volumes) & covered
    skull = head.sum() * SPACING_MM**3 / 1000 > LARGEST_BRAIN_ML
    # The border of the common grid counts as outside.
    depth = ndimage.distance_transform_edt(np.pad(head, 1))[1:-1, 1:-1, 1:-1] * SPACING_MM
    inside = depth > (BRAIN_DEPTH_MM if skull else EDGE_MM)
    if inside.sum() < FEWEST_VOXELS:
        return None
    sigma = 1.0 if skull else 0.5
    smooth = [ndimage.gaussian_filter(volume, sigma) for volume in volumes]
    every = max(int(inside.sum()) // ENOUGH_VOXELS, 1)
    places = tuple(axis[::every] for axis in np.nonzero(inside))
    values = np.array([volume[places] for volume in smooth])
    low, middle, high = np.percentile(values, [25, 50, 75], axis=1)[:, :, None]
    if not (high > low).all():
        return None
    values = (values - middle) / (high - low)
    return Tissue(values, stats.rankdata(values, axis=1), depth[places], bool(skull))


def _common_grid(images: Sequence[sitk.Image]) -> geometry.Grid:
    """Return the coarse grid that all `images` lie in."""
    corners = np.concatenate([geometry.Grid.of(image).corners() for image in images])
    low, high = corners.min(axis=0), corners.max(axis=0)
    size = tuple(int(n) for n in np.ceil((high - low) / SPACING_MM) + 1)
    origin = tuple(float(value) for value in low)
    return geometry.Grid(size, (SPACING_MM,) * 3, origin, IDENTITY)


def _on_grid(
    images: Sequence[sitk.Image], grid: geometry.Grid
) -> tuple[list[np.ndarray], np.ndarray]:
    """Return `images` `(z, y, x)` on `grid`, and where all of them were scanned."""
    volumes, covered = [], np.ones(grid.size[::-1], bool)
    for image in images:
        volumes.append(sitk.GetArrayFromImage(grid.resample(sitk.Cast(image, sitk.sitkFloat32))))
        everywhere = geometry.Grid.of(image).place(np.ones(image.GetSize()[::-1], np.uint8))
        covered &= sitk.GetArrayFromImage(grid.resample(everywhere, sitk.sitkNearestNeighbor)) > 0
    return volumes, covered


def _common_head(volumes: Sequence[np.ndarray]) -> np.ndarray:
    """Return the largest connected part that is foreground in most volumes, holes filled."""
    from scipy import ndimage

    foreground = [
        volume > 0.15 * np.percentile(volume[volume > 0], 98) if (volume > 0).any() else volume > 0
        for volume in volumes
    ]
    head = ndimage.binary_opening(np.mean(foreground, axis=0) > 0.5)  # noqa: PLR2004 - most
    parts, count = ndimage.label(head)
    if count == 0:
        return np.zeros(head.shape, bool)
    largest = parts == np.argmax(np.bincount(parts.ravel())[1:]) + 1
    return np.stack([ndimage.binary_fill_holes(plane) for plane in largest])


class _Relations:
    """How the volumes of a tissue are related; each relation is computed once."""

    def __init__(self, tissue: Tissue) -> None:
        self._tissue = tissue
        self._ranks = np.corrcoef(tissue.ranks)
        self._tails = _tails(tissue.values)
        self._known: dict[tuple[object, ...], Any] = {}

    def score(self, arrangement: Mapping[str, int]) -> float:
        """Return how well an arrangement (index by channel) agrees with the relations."""
        index = dict(arrangement)
        t1s = [index[channel] for channel in ("t1", "t1c") if channel in index]
        t2, flair = index.get("t2"), index.get("flair")
        total = 0.0
        if len(t1s) == 2:  # noqa: PLR2004 - both T1 volumes
            total += WEIGHTS["pair"] * self._ranks[t1s[0], t1s[1]]
            total += ENHANCEMENT * self._once(_enhancement, *t1s)
        if t2 is not None:
            others = [volume for volume in index.values() if volume != t2]
            total += WEIGHTS["fluid"] * (self._tails[t2] - float(np.mean(self._tails[others])))
            total -= WEIGHTS["inverse"] * float(sum(self._ranks[t1, t2] for t1 in t1s))
        if t2 is not None and flair is not None:
            total += WEIGHTS["resembling"] * self._once(_resembling, t2, flair)
            if t1s and not self._tissue.skull:
                deeper = float(np.mean([self._once(_deeper, t1, t2) for t1 in t1s]))
                total += WEIGHTS["depth"] * (deeper - self._once(_deeper, flair, t2))
        return float(total)

    def _once(self, relation: Callable[[Tissue, int, int], float], *volumes: int) -> float:
        key = (relation, *volumes)
        if key not in self._known:
            self._known[key] = relation(self._tissue, *volumes)
        found: float = self._known[key]
        return found


def _tails(values: np.ndarray) -> np.ndarray:
    """Return how much farther the bright end lies from the median than the dark end, as logs."""
    dark, bright = np.percentile(values, [1, 99], axis=1)
    tails: np.ndarray = np.log(np.maximum(bright, 1e-3) / np.maximum(-dark, 1e-3))
    return tails


def _enhancement(tissue: Tissue, plain: int, enhanced: int) -> float:
    """Return how one-sidedly `enhanced` is brighter: log of the bright over the dark difference."""
    difference = tissue.values[enhanced] - tissue.values[plain]
    dark, middle, bright = np.percentile(difference, [0.5, 50, 99.5])
    return float(np.log((bright - middle + 1e-6) / (middle - dark + 1e-6)))


def _resembling(tissue: Tissue, t2: int, flair: int) -> float:
    """Return how much alike T2 and FLAIR are outside fluid, as a rank correlation."""
    return float(np.corrcoef(tissue.ranks[[t2, flair]][:, _solid(tissue, t2)])[0, 1])


def _deeper(tissue: Tissue, volume: int, t2: int) -> float:
    """Return how much brighter a volume grows with depth outside fluid, as a rank correlation."""
    from scipy import stats

    solid = _solid(tissue, t2)
    depth = stats.rankdata(tissue.depth_mm[solid])
    return float(np.corrcoef(depth, tissue.ranks[volume][solid])[0, 1])


def _solid(tissue: Tissue, t2: int) -> np.ndarray:
    """Return the places `(place,)` that are no fluid, if the volume `t2` is T2."""
    places: np.ndarray = tissue.values[t2] < np.percentile(tissue.values[t2], 85)
    return places
