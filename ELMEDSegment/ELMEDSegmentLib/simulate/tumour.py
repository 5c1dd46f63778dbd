"""The shape of a tumour: from expert masks or grown, fitted to the anatomy it lies in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ELMEDLib.errors import InputError
from ELMEDSegmentLib.labels import ENHANCING_TUMOUR, NECROTIC_CORE, OEDEMA
from ELMEDSegmentLib.simulate.anatomy import box_of
from ELMEDSegmentLib.simulate.fields import mix, smooth_field
from ELMEDSegmentLib.simulate.tissues import (
    DEEP,
    FLUID,
    GREY,
    HINDBRAIN,
    WHITE,
    Tissue,
    is_any,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Array = NDArray[np.float32]
Mask = NDArray[np.bool_]
Boxes = tuple[slice, slice, slice]

GLIOBLASTOMA = "glioblastoma"
"""Necrosis in an enhancing rim."""
SOLID = "non-enhancing"
"""A core that does not enhance but for spots."""
MISMATCH = "mismatch"
"""A core without enhancement, bright on T2 and dark on FLAIR within a bright rim."""
DIFFUSE = "diffuse"
"""Infiltration without a core, or with a small one."""

# The box of the brain in the SRI24 atlas space of the BraTS masks, mm from the grid's corner, as
# (z, y, x) (Rohlfing et al. 2010, doi:10.1002/hbm.20906); the atlas grid is 155x240x240 mm.
_ATLAS_BRAIN = np.array([(5.0, 140.0), (44.0, 213.0), (51.0, 188.0)])
_ATLAS_SIZE = np.array([155.0, 240.0, 240.0])


@dataclass(frozen=True)
class TumourShape:
    """A tumour before it is fitted to the anatomy, on the output grid, `(z, y, x)`.

    Attributes:
        necrosis: necrotic or non-enhancing core.
        enhancing: enhancing tissue.
        reach: how readily oedema gets to a voxel, 0 to 1, before the tissue has its say.
        kind: what it looks like, one of `kinds.KINDS`, or "none".
    """

    necrosis: Mask
    enhancing: Mask
    reach: Array
    kind: str

    @property
    def core(self) -> Mask:
        """Everything but oedema."""
        return self.necrosis | self.enhancing


@dataclass(frozen=True)
class TumourSource:
    """Where simulated tumours take their shapes from.

    With `masks` (an `.npz` of `labels` `(n, x, y, z)`, each over the whole BraTS grid of
    240x240x155 mm), `grown_share` of the tumours is grown all the same; without, all are.
    """

    masks: Path | str | None = None
    grown_share: float = 0.15

    def draw_mask(self, rng: np.random.Generator) -> NDArray[np.uint8] | None:
        """Return a label map `(z, y, x)` over the atlas grid, or None when one is to be grown."""
        if self.masks is None:
            return None
        masks = _read_masks(str(self.masks))
        if rng.random() < self.grown_share:
            return None
        return masks[int(rng.integers(len(masks)))].whole()


@dataclass(frozen=True)
class _CroppedMask:
    labels: NDArray[np.uint8]
    box: Boxes
    shape: tuple[int, ...]

    def whole(self) -> NDArray[np.uint8]:
        full = np.zeros(self.shape, np.uint8)
        full[self.box] = self.labels
        return full


@lru_cache(maxsize=2)
def _read_masks(path: str) -> Sequence[_CroppedMask]:
    """Read all masks, and keep each as its box only: a tenth of the memory."""
    try:
        with np.load(path) as archive:
            labels = archive["labels"]
    except (OSError, EOFError, BadZipFile, KeyError, ValueError) as error:
        raise InputError(
            f"The tumour masks '{path}' cannot be read.",
            "Give an .npz file with an array 'labels' of shape (n, x, y, z).",
        ) from error
    if labels.ndim != 4 or not len(labels):  # noqa: PLR2004
        raise InputError(
            f"The tumour masks '{path}' do not have the shape (n, x, y, z).",
            "Give label maps over the BraTS grid, one per tumour.",
        )
    masks = []
    for one in labels:
        turned = one.transpose(2, 1, 0)
        if turned.any():
            box = box_of(turned > 0)
            masks.append(_CroppedMask(turned[box].copy(), box, turned.shape))
    return masks


def tumour_from_mask(
    rng: np.random.Generator, mask: NDArray[np.uint8], brain: Boxes, shape: tuple[int, ...]
) -> TumourShape:
    """Place an atlas-space mask in the brain whose box is `brain`, moved, turned and deformed."""
    mask = mask[:, :, ::-1] if rng.random() < 0.5 else mask  # noqa: PLR2004
    voxel = _ATLAS_SIZE / np.array(mask.shape)
    low = np.array([s.start for s in brain], float)
    size = np.array([s.stop - s.start for s in brain], float)
    per_voxel = (_ATLAS_BRAIN[:, 1] - _ATLAS_BRAIN[:, 0]) / size / voxel
    origin = _ATLAS_BRAIN[:, 0] / voxel - 0.5 - low * per_voxel
    found = box_of(mask > 0)
    middle = np.array([(s.start + s.stop - 1) / 2 for s in found])
    turn = np.eye(3) + rng.normal(0, 0.12, (3, 3))
    moved = rng.normal(0, 4.0, 3) / voxel
    box = _output_box(found, origin, per_voxel, shape)
    # The random fields cover the output's box only: that is where the mask is looked up.
    inner = tuple(s.stop - s.start for s in box)
    grid = np.meshgrid(
        *[
            (np.arange(s.start, s.stop) * per_voxel[i] + origin[i] - middle[i]).astype(np.float32)
            for i, s in enumerate(box)
        ],
        indexing="ij",
    )
    coordinates = mix(turn, np.stack(grid))
    for axis in range(3):
        coordinates[axis] += np.float32(middle[axis] + moved[axis])
        coordinates[axis] += smooth_field(rng, inner, 14 / float(voxel[axis])) * np.float32(
            1.6 / voxel[axis]
        )
    return _sample_mask(mask, coordinates, box, shape, rng)


def _output_box(found: Boxes, origin: NDArray, per_voxel: NDArray, shape: tuple[int, ...]) -> Boxes:
    """Return the part of the output grid that the mask can reach after any deformation."""
    slices = []
    for axis in range(3):
        margin = 0.25 * (found[axis].stop - found[axis].start) + 10
        start = (found[axis].start - margin - origin[axis]) / per_voxel[axis]
        stop = (found[axis].stop + margin - origin[axis]) / per_voxel[axis]
        begin = int(np.clip(start, 0, shape[axis] - 8))
        slices.append(slice(begin, int(np.clip(stop, begin + 8, shape[axis]))))
    return slices[0], slices[1], slices[2]


def _sample_mask(
    mask: NDArray[np.uint8],
    coordinates: Array,
    box: Boxes,
    shape: tuple[int, ...],
    rng: np.random.Generator,
) -> TumourShape:
    inner = coordinates.shape[1:]

    def look(values: Array) -> Array:
        return ndimage.map_coordinates(values, coordinates, order=1, prefilter=False)

    nested = [
        look((mask > 0).astype(np.float32)),
        look((mask % 2 == 1).astype(np.float32)),
        look((mask == ENHANCING_TUMOUR).astype(np.float32)),
    ]
    whole, core, rim = nested
    core_mask = core > 0.5  # noqa: PLR2004
    enhancing = core_mask & (rim > 0.5 * core)
    soft = ndimage.gaussian_filter(whole, 1.0) + 0.12 * smooth_field(rng, inner, 4.0)
    labels = np.bincount(mask.ravel(), minlength=4)
    enhances = bool(labels[ENHANCING_TUMOUR] > 0.15 * (labels[NECROTIC_CORE] + 1))
    full = [np.zeros(shape, bool), np.zeros(shape, bool), np.zeros(shape, np.float32)]
    for target, part in zip(
        full, (core_mask & ~enhancing, enhancing, np.clip(soft, 0, 1)), strict=True
    ):
        target[box] = part
    return TumourShape(full[0], full[1], full[2], GLIOBLASTOMA if enhances else SOLID)


def fit_oedema(shape: TumourShape, tissues: NDArray[np.uint8]) -> Mask:
    """Return where oedema is: it fills white matter first, spares cortex, and stops at fluid.

    Diffuse tumours spare cortex less: it swells with them.
    """
    needed = np.full(32, 2.0, np.float32)
    grey = 0.48 if shape.kind == DIFFUSE else 0.62
    for members, value in ((WHITE, 0.38), (GREY, grey), (DEEP, 0.52), (HINDBRAIN, 0.5)):
        needed[list(members)] = value
    return (shape.reach > needed[tissues]) & ~shape.core


def fit_labels(
    shape: TumourShape, tissues: NDArray[np.uint8], brain: Mask, spacing_mm: float
) -> NDArray[np.uint8]:
    """Turn a shape into ground-truth labels, uint8 `(z, y, x)`, inside the brain.

    The core replaces tissue and sulci but not ventricles; specks of oedema are removed.
    """
    allowed = brain & (tissues != Tissue.VENTRICLE) & ~is_any(tissues, (Tissue.VEIN,))
    oedema = fit_oedema(shape, tissues) & allowed
    sigma = 0.7 / spacing_mm
    smoothed = ndimage.gaussian_filter(oedema.astype(np.float32), max(sigma, 0.4), truncate=2)
    oedema = (smoothed > 0.45) & allowed & ~is_any(tissues, FLUID)  # noqa: PLR2004
    labels = np.zeros(tissues.shape, np.uint8)
    labels[oedema] = OEDEMA
    labels[shape.necrosis & allowed] = NECROTIC_CORE
    labels[shape.enhancing & allowed] = ENHANCING_TUMOUR
    return _without_specks(labels, spacing_mm)


def _without_specks(labels: NDArray[np.uint8], spacing_mm: float) -> NDArray[np.uint8]:
    """Remove pieces smaller than a fifth of a millilitre."""
    pieces, count = ndimage.label(labels > 0)
    if count > 1:
        sizes = np.bincount(pieces.ravel())
        small = sizes * spacing_mm**3 < 200  # noqa: PLR2004 - mm3
        labels[small[pieces]] = 0
    return labels
