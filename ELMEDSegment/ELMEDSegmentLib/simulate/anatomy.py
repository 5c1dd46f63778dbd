"""Individual anatomies: where they come from, and the random deformation that makes a new one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk
from scipy import ndimage

from ELMEDLib.errors import InputError
from ELMEDSegmentLib.simulate.tissues import (
    BRAIN,
    PARENCHYMA,
    Tissue,
    is_any,
    tissues_from_labels,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

FAR_MM = 25.0
DISTANCE_STEP = 2
_SULCUS_MM = 7.0
PROCEDURAL_HEADS = 16
"""Procedural heads are drawn from this many, each deformed anew, so that they can be kept."""


@dataclass(frozen=True)
class Anatomy:
    """A head at 1 mm: axes z to superior, y to posterior, x to the patient's left.

    Attributes:
        tissues: `Tissue` values, uint8 `(z, y, x)`, 1 mm voxels, cropped to the head.
        brain_distance: distance in mm from the brain with its sulci and ventricles closed, 0
            inside it, at most `FAR_MM`; its voxels are `DISTANCE_STEP` times as large.
        brain_box: slices of the brain with its fluid.
        name: where it came from, for reports.
    """

    tissues: NDArray[np.uint8]
    brain_distance: NDArray[np.float32] = field(repr=False)
    brain_box: tuple[slice, slice, slice]
    name: str
    has_skull: bool

    @property
    def brain_centre(self) -> NDArray[np.float64]:
        """The middle of the brain's box, `(z, y, x)` in voxels."""
        return np.array([(s.start + s.stop - 1) / 2 for s in self.brain_box])

    @property
    def brain_size(self) -> NDArray[np.float64]:
        """The size of the brain's box, `(z, y, x)` in mm."""
        return np.array([float(s.stop - s.start) for s in self.brain_box])


def box_of(mask: NDArray[np.bool_], margin: int = 0) -> tuple[slice, slice, slice]:
    """Return the slices of the smallest box around `mask`, grown by `margin` voxels."""
    slices = []
    for axis in range(3):
        hit = np.flatnonzero(mask.any(axis=tuple(a for a in range(3) if a != axis)))
        slices.append(
            slice(max(int(hit[0]) - margin, 0), min(int(hit[-1]) + 1 + margin, mask.shape[axis]))
        )
    return slices[0], slices[1], slices[2]


def anatomy_from_tissues(tissues: NDArray[np.uint8], name: str) -> Anatomy:
    """Make an anatomy of a 1 mm tissue map `(z, y, x)`; the spinal cord below is left out.

    Raises:
        InputError: the map has no brain tissue.
    """
    brain = is_any(tissues, PARENCHYMA)
    if np.count_nonzero(brain) < 100_000:  # noqa: PLR2004 - a tenth of a litre
        raise InputError(
            f"The label map '{name}' has hardly any brain tissue.",
            "Give a map with FreeSurfer's label numbers (2 and 41 white matter, 3 and 42 cortex).",
        )
    head = box_of(tissues > 0, margin=2)
    tissues = np.ascontiguousarray(tissues[head])
    brain = _without_cord(brain[head])
    coarse = brain[::DISTANCE_STEP, ::DISTANCE_STEP, ::DISTANCE_STEP]
    distance = _distance(_closed(coarse, _SULCUS_MM / DISTANCE_STEP)) * np.float32(DISTANCE_STEP)
    has_skull = bool(np.count_nonzero(tissues == Tissue.BONE) > 10_000)  # noqa: PLR2004
    return Anatomy(tissues, distance, box_of(brain, margin=3), name, has_skull)


def _distance(mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    return np.minimum(ndimage.distance_transform_edt(~mask), FAR_MM / DISTANCE_STEP).astype(
        np.float32
    )


def _closed(mask: NDArray[np.bool_], radius: float) -> NDArray[np.bool_]:
    """Close gaps narrower than twice `radius` voxels."""
    padded = np.pad(mask, int(radius) + 2)
    wide = ndimage.distance_transform_edt(~padded) <= radius
    closed = ndimage.distance_transform_edt(wide) > radius
    inner = slice(int(radius) + 2, -int(radius) - 2)
    return closed[inner, inner, inner] | mask


def _without_cord(brain: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Cut the brain below the foramen magnum, where its slices first become wide; one piece."""
    areas = brain.sum((1, 2))
    start = int(np.argmax(areas > 900))  # noqa: PLR2004 - mm2, more than any cord
    kept = brain.copy()
    kept[: max(start - 5, 0)] = False
    pieces, count = ndimage.label(kept)
    return kept if count == 1 else pieces == np.bincount(pieces.ravel())[1:].argmax() + 1


def with_fuller_cortex(anatomy: Anatomy, threshold: float) -> Anatomy:
    """Return the anatomy with sulci filled by cortex where over `threshold` around is brain.

    Label maps draw sulci a voxel wide at least; in most people cortex touches cortex.
    """
    part = anatomy.tissues[anatomy.brain_box]
    around = ndimage.gaussian_filter(is_any(part, PARENCHYMA).astype(np.float32), 0.9, truncate=2)
    tissues = anatomy.tissues.copy()
    tissues[anatomy.brain_box][(part == Tissue.CSF) & (around > threshold)] = Tissue.CORTEX
    return replace(anatomy, tissues=tissues)


@lru_cache(maxsize=32)
def anatomy_from_labels(path: str | Path) -> Anatomy:
    """Read a FreeSurfer-like head label map and make an anatomy of it.

    Such maps are FreeSurfer's `aseg`, SynthSeg's output, or SynthSeg's training maps, which have
    the skull too. Any orientation and spacing; it is brought to 1 mm, LPS axes.

    Raises:
        InputError: the file cannot be read, is not 3D, or holds no brain.
    """
    try:
        image = sitk.ReadImage(str(path))
    except RuntimeError as error:
        raise InputError(
            f"The head label map '{path}' cannot be read.", "Give a NIfTI, NRRD or MGZ label map."
        ) from error
    if image.GetDimension() != 3 or image.GetNumberOfComponentsPerPixel() != 1:  # noqa: PLR2004
        raise InputError(
            f"'{path}' is not a 3D label map.", "Give one 3D volume with one label per voxel."
        )
    image = sitk.Cast(sitk.DICOMOrient(image, "LPS"), sitk.sitkInt32)
    spacing = np.array(image.GetSpacing())
    if np.abs(spacing - 1).max() > 0.01:  # noqa: PLR2004
        size = np.round(np.array(image.GetSize()) * spacing).astype(int)
        image = sitk.Resample(
            image,
            [int(n) for n in size],
            sitk.Transform(),
            sitk.sitkNearestNeighbor,
            image.GetOrigin(),
            (1.0, 1.0, 1.0),
            image.GetDirection(),
        )
    tissues = tissues_from_labels(sitk.GetArrayViewFromImage(image))
    return anatomy_from_tissues(tissues, Path(path).name)


@dataclass(frozen=True)
class AnatomySource:
    """Where simulated studies take their heads from.

    With `label_maps`, each study deforms one of these; without, each gets a procedural head.
    """

    label_maps: Sequence[Path | str] = ()

    def draw(self, rng: np.random.Generator) -> Anatomy:
        """Return the anatomy of the next study, before its random deformation."""
        if not self.label_maps:
            from ELMEDSegmentLib.simulate.procedural import procedural_anatomy

            return procedural_anatomy(int(rng.integers(PROCEDURAL_HEADS)))
        return anatomy_from_labels(str(self.label_maps[int(rng.integers(len(self.label_maps)))]))


def brain_mask(
    tissues: NDArray[np.uint8], distance: NDArray[np.float32], margin: NDArray[np.float32] | float
) -> NDArray[np.bool_]:
    """Return what brain extraction would keep: the closed brain and fluid up to `margin` mm off."""
    inside = is_any(tissues, (*PARENCHYMA, Tissue.VENTRICLE, Tissue.CHOROID_PLEXUS))
    return (inside | is_any(tissues, BRAIN)) & (distance <= margin)
