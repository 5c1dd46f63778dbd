"""Heads in contrasts that no scanner has, for training networks that work in all that there are.

Each image shows a deformed head with skull in one made-up contrast: every tissue gets an intensity
by chance, so that a network cannot learn intensities and has to learn shapes (Billot et al. 2023,
"SynthSeg", doi:10.1016/j.media.2023.102789; Hoopes et al. 2022, "SynthStrip",
doi:10.1016/j.neuroimage.2022.119474). The code is ELMED's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from ELMEDSegmentLib.simulate.anatomy import (
    DISTANCE_STEP,
    Anatomy,
    anatomy_from_labels,
    brain_mask,
    with_fuller_cortex,
)
from ELMEDSegmentLib.simulate.artefacts import thick_slices
from ELMEDSegmentLib.simulate.contrasts import draw_contrasts
from ELMEDSegmentLib.simulate.deformation import Deformation, random_affine, random_deformation
from ELMEDSegmentLib.simulate.fields import fractal_field, smooth_field
from ELMEDSegmentLib.simulate.procedural import procedural_anatomy
from ELMEDSegmentLib.simulate.tissues import Tissue

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Array = NDArray[np.float32]

MARGIN_MM = 1.0
"""How far beyond brain tissue and closed sulci the brain's mask reaches."""

_TABLE = 32
"""Length of tables by tissue, as in `contrasts`."""

_REAL_CONTRAST, _LESION, _CUT, _THICK = 0.4, 0.5, 0.5, 0.65
"""Shares of the images with physical contrast, a lesion, a cut field of view, thick slices."""


@dataclass(frozen=True)
class Head:
    """A head to draw images of: tissues uint8 and brain bool, `(z, y, x)` at 1 mm, one grid."""

    tissues: NDArray[np.uint8]
    brain: NDArray[np.bool_]
    middle: NDArray[np.float64]
    name: str


def head_of(anatomy: Anatomy) -> Head:
    """Return the head of an anatomy, with the brain that an extraction should find in it."""
    fuller = with_fuller_cortex(anatomy, 0.45)
    coordinates = np.indices(anatomy.tissues.shape, np.float32) / DISTANCE_STEP
    distance = ndimage.map_coordinates(
        anatomy.brain_distance, coordinates, order=1, mode="nearest", prefilter=False
    )
    # Wide ventricles are farther from tissue than sulci are closed.
    brain = ndimage.binary_fill_holes(brain_mask(fuller.tissues, distance, MARGIN_MM))
    return Head(fuller.tissues, brain, anatomy.brain_centre, anatomy.name)


def read_heads(label_maps: Sequence[Path | str], procedural: int = 0) -> list[Head]:
    """Return the heads of FreeSurfer-like label maps with skull, and of procedural anatomies.

    Raises:
        InputError: a map cannot be read, or has no brain.
    """
    heads = [head_of(anatomy_from_labels.__wrapped__(path)) for path in label_maps]
    return heads + [head_of(procedural_anatomy(seed)) for seed in range(procedural)]


def draw_head(
    rng: np.random.Generator, head: Head, shape: tuple[int, int, int], spacing_mm: float
) -> tuple[Array, Array]:
    """Draw one image of `head`.

    Args:
        rng: the source of chance; the same state gives the same image.
        head: whose.
        shape: of the result, `(z, y, x)`.
        spacing_mm: isotropic voxel size.

    Returns:
        image, float32 `(z, y, x)`, non-negative, in arbitrary units; and the share of each voxel
        that is brain and inside the field of view, float32, 0 to 1.
    """
    signals = _draw_signals(rng)
    image, brain = _sampled(head, _draw_pose(rng, head, shape, spacing_mm), signals)
    image *= 1 + np.float32(rng.uniform(0, 0.15)) * fractal_field(rng, shape, 14 / spacing_mm, 2)
    image *= 1 + np.float32(rng.uniform(0, 0.12)) * smooth_field(rng, shape, 1.5)
    _add_fat(rng, image, brain, spacing_mm)
    if rng.random() < _LESION:
        _add_lesion(rng, image, brain, spacing_mm)
    image *= np.exp(np.float32(rng.uniform(0, 0.45)) * smooth_field(rng, shape, 90 / spacing_mm))
    image = _scanned(rng, image, spacing_mm)
    if rng.random() < _CUT:
        seen = _field_of_view(rng, brain, spacing_mm)
        image *= seen
        brain *= seen
    return np.maximum(image, 0), brain


def _draw_signals(rng: np.random.Generator) -> Array:
    """Return an intensity for each tissue, white matter or the brightest one near 1."""
    if rng.random() < _REAL_CONTRAST:
        rows = draw_contrasts(rng, 3.0).signals
        return np.asarray(rows[int(rng.integers(len(rows)))], np.float32)
    signals = rng.uniform(0, 1, _TABLE).astype(np.float32)
    # Tissues that are alike in every contrast stay neighbours, most of the time.
    for likeness, members in (
        (0.10, (Tissue.CORTEX, Tissue.HIPPOCAMPUS, Tissue.STRIATUM, Tissue.THALAMUS)),
        (0.10, (Tissue.WHITE_MATTER, Tissue.BRAINSTEM, Tissue.CEREBELLAR_WHITE_MATTER)),
        (0.08, (Tissue.CORTEX, Tissue.CEREBELLAR_CORTEX)),
        (0.08, (Tissue.CSF, Tissue.VENTRICLE)),
    ):
        if rng.random() < 0.8:  # noqa: PLR2004
            for member in members[1:]:
                signals[member] = signals[members[0]] + rng.normal(0, likeness)
    # Air and compact bone are dark in every MRI.
    signals[Tissue.AIR] = rng.uniform(0, 0.05)
    signals[Tissue.BONE] *= rng.uniform(0.05, 0.6)
    return np.clip(signals, 0, None)


def _draw_pose(
    rng: np.random.Generator, head: Head, shape: tuple[int, int, int], spacing_mm: float
) -> Deformation:
    matrix = random_affine(rng, 1.4).astype(float)
    angles = rng.normal(0, np.deg2rad((6, 6, 12)))
    if rng.random() < 0.1:  # noqa: PLR2004 - heads that lie askew
        angles *= 2
    for (a, b), angle in zip(((1, 2), (0, 2), (0, 1)), angles, strict=True):
        turn, (sine, cosine) = np.eye(3), (np.sin(angle), np.cos(angle))
        turn[[a, a, b, b], [a, b, a, b]] = cosine, -sine, sine, cosine
        matrix = matrix @ turn
    linear = (matrix * np.exp(rng.normal(0, 0.07))).astype(np.float32)
    centre = head.middle + rng.normal(0, (14, 10, 8))
    return random_deformation(rng, shape, spacing_mm, centre, linear, 1.3)


def _sampled(head: Head, pose: Deformation, signals: Array) -> tuple[Array, Array]:
    """Return signal and share of brain, each the mean of eight points of a voxel."""
    shape = pose.coordinates.shape[1:]
    image, brain = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    quarter = pose.spacing_mm / 4
    size = np.array(head.tissues.shape).reshape(3, 1, 1, 1)
    tissues, inside = head.tissues.ravel(), head.brain.ravel()
    for corner in np.ndindex(2, 2, 2):
        offset = pose.matrix @ ((np.array(corner) * 2 - 1) * quarter)
        points = np.rint(pose.coordinates + offset.reshape(3, 1, 1, 1).astype(np.float32))
        points = points.astype(np.int32)
        outside = ((points < 0) | (points >= size)).any(0)
        points = np.clip(points, 0, size - 1)
        index = (points[0] * size[1, 0, 0, 0] + points[1]) * size[2, 0, 0, 0] + points[2]
        found = tissues[index]
        found[outside] = Tissue.AIR
        image += signals[found]
        brain += inside[index] & ~outside
    return image / np.float32(8), brain / np.float32(8)


def _add_fat(rng: np.random.Generator, image: Array, brain: Array, spacing_mm: float) -> None:
    """Make some of the tissue outside the brain brighter or darker, in layers and lumps."""
    lumps = fractal_field(rng, image.shape, 25 / spacing_mm, 2) > rng.uniform(-0.5, 1.0)
    factor = np.exp(rng.normal(0, 0.6))
    image[lumps & (brain == 0)] *= np.float32(factor)


def _add_lesion(rng: np.random.Generator, image: Array, brain: Array, spacing_mm: float) -> None:
    """Put a lump with a core of its own into the brain, or a cavity that reaches its surface."""
    places = np.argwhere(brain > 0.5)  # noqa: PLR2004
    if len(places) == 0:
        return
    place = places[int(rng.integers(len(places)))].reshape(3, 1, 1, 1)
    radius = rng.uniform(8, 34) / spacing_mm
    stretch = rng.uniform(0.7, 1.4, 3).reshape(3, 1, 1, 1)
    away = np.sqrt((((np.indices(image.shape) - place) / stretch) ** 2).sum(0)) / radius
    away = away + 0.25 * fractal_field(rng, image.shape, 15 / spacing_mm, 2)
    usual = float(np.median(image[brain > 0.5]))  # noqa: PLR2004
    for limit in (1.0, rng.uniform(0.3, 0.8)):
        weight = np.clip((limit - away) * radius + 0.5, 0, 1) * brain * rng.uniform(0.5, 1.0)
        image += weight * (np.float32(usual * rng.uniform(0.1, 2.6)) - image)


def _scanned(rng: np.random.Generator, image: Array, spacing_mm: float) -> Array:
    """Return `image` in thick slices along some axis, blurred, with noise."""
    if rng.random() < _THICK:
        axis = int(rng.choice(3, p=(0.6, 0.2, 0.2)))
        thickness = float(rng.uniform(3, 8))
        turned = thick_slices(np.swapaxes(image, 0, axis), spacing_mm, thickness, rng.uniform(0, 8))
        image = np.ascontiguousarray(np.swapaxes(turned, 0, axis))
    image = ndimage.gaussian_filter(image, float(rng.uniform(0, 0.6)), truncate=3)
    spread = np.float32(rng.uniform(0, 0.09) * np.quantile(image, 0.95))
    noise = rng.standard_normal((2, *image.shape), np.float32) * spread
    return np.hypot(image + noise[0], noise[1]) ** np.float32(np.exp(rng.normal(0, 0.2)))


def _field_of_view(rng: np.random.Generator, brain: Array, spacing_mm: float) -> NDArray[np.bool_]:
    """Return what lies between planes, a little askew, that cut off neck, vertex or a side."""
    places = np.argwhere(brain > 0.5)  # noqa: PLR2004
    middle = places.mean(0) if len(places) else np.array(brain.shape) / 2
    position = (np.indices(brain.shape) - middle.reshape(3, 1, 1, 1)) * spacing_mm
    seen = np.ones(brain.shape, bool)
    for axis, near, far, share in ((0, 45, 110, 0.7), (1, 75, 130, 0.15), (2, 60, 110, 0.15)):
        for sign in (-1, 1):
            if rng.random() < share:
                normal = rng.normal(0, 0.12, 3)
                normal[axis] = sign
                seen &= np.tensordot(normal, position, 1) < rng.uniform(near, far)
    return seen
