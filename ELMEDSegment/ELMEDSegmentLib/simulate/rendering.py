"""From tissues and labels to signal: anatomy with partial volume, and the tumour over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ELMEDSegmentLib.labels import CHANNELS, ENHANCING_TUMOUR, NECROTIC_CORE, OEDEMA
from ELMEDSegmentLib.simulate.anatomy import Anatomy, box_of
from ELMEDSegmentLib.simulate.deformation import Deformation, resample
from ELMEDSegmentLib.simulate.fields import fractal_field, smooth_field
from ELMEDSegmentLib.simulate.tissues import Tissue
from ELMEDSegmentLib.simulate.tumour import DIFFUSE, GLIOBLASTOMA, MISMATCH
from ELMEDSegmentLib.simulate.vessels import with_cortical_veins

if TYPE_CHECKING:
    from ELMEDSegmentLib.simulate.contrasts import Contrasts

Array = NDArray[np.float32]
Box = tuple[slice, slice, slice]

_T1C = CHANNELS.index("t1c")
# Unevenness of healthy tissue, as a share of its signal: long T2 varies most, with age and myelin.
_SHARED_UNEVENNESS = {"t1": -0.025, "t1c": -0.025, "t2": 0.055, "flair": 0.055}
_OWN_UNEVENNESS = {"t1": 0.016, "t1c": 0.018, "t2": 0.030, "flair": 0.030}
_CORE_TISSUE = {
    GLIOBLASTOMA: Tissue.NECROSIS,
    MISMATCH: Tissue.MICROCYSTIC_TUMOUR,
}


def render_anatomy(
    rng: np.random.Generator,
    anatomy: Anatomy,
    deformation: Deformation,
    contrasts: Contrasts,
    box: Box,
) -> Array:
    """Return the healthy head's signal, float32 `(4, z, y, x)`, on the output grid.

    Signals are smoothed in the anatomy's own 1 mm space before they are sampled, which mixes
    tissues within a voxel as scanners do; `box` is the part of the anatomy that is needed.
    """
    tissues = with_cortical_veins(rng, anatomy.tissues[box], float(rng.uniform(0.3, 0.75)))
    offset = np.array([s.start for s in box], np.float32).reshape(3, 1, 1, 1)
    local = Deformation(
        deformation.coordinates - offset, deformation.matrix, deformation.spacing_mm
    )
    images = np.empty((len(CHANNELS), *deformation.coordinates.shape[1:]), np.float32)
    for channel in range(len(CHANNELS)):
        signal = contrasts.signals[channel][tissues]
        width = 0.40 * deformation.spacing_mm + rng.uniform(0.1, 0.35)
        signal = ndimage.gaussian_filter(signal, width, truncate=2.5)
        images[channel] = resample(signal, local)
    return images


def add_tissue_texture(
    rng: np.random.Generator, images: Array, spacing_mm: float, strength: float = 1.0
) -> None:
    """Multiply in the unevenness of real tissue, part of it the same in every contrast."""
    shape = images.shape[1:]
    shared = fractal_field(rng, shape, 14 / spacing_mm, 3) * np.float32(strength)
    for index, channel in enumerate(CHANNELS):
        own = smooth_field(rng, shape, max(3.0 / spacing_mm, 1.3)) * np.float32(strength)
        change = _SHARED_UNEVENNESS[channel] * shared + _OWN_UNEVENNESS[channel] * own
        images[index] *= np.clip(1 + change, 0.5, 1.5)


def add_tumour(
    rng: np.random.Generator,
    images: Array,
    labels: NDArray[np.uint8],
    contrasts: Contrasts,
    spacing_mm: float,
    kind: str,
) -> None:
    """Paint the tumour into `images` `(4, z, y, x)` where `labels` says, in place.

    Oedema is water mixed into the tissue that is there, more of it near the core; the core is
    tissue of its own, with uneven enhancement and uneven fluid. `kind` is one of `kinds.KINDS`.
    """
    if not labels.any():
        return
    box = box_of(labels > 0, margin=int(np.ceil(6 / spacing_mm)))
    inside, part = labels[box], images[:, box[0], box[1], box[2]]
    cells = float(rng.uniform(0.3, 1.0)) if kind == DIFFUSE else 0.0
    _add_oedema(rng, part, inside, contrasts, spacing_mm, cells)
    _add_core(rng, part, inside, contrasts, spacing_mm, kind)


def _soft(mask: NDArray[np.bool_], sigma_mm: float, spacing_mm: float) -> Array:
    sigma = max(sigma_mm / spacing_mm, 0.35)
    return ndimage.gaussian_filter(mask.astype(np.float32), sigma, truncate=3)


def _add_oedema(
    rng: np.random.Generator,
    images: Array,
    labels: NDArray[np.uint8],
    contrasts: Contrasts,
    spacing_mm: float,
    cells: float,
) -> None:
    """Mix water into tissue, or, to a share of `cells`, cells and water."""
    shape = labels.shape
    core = (labels == NECROTIC_CORE) | (labels == ENHANCING_TUMOUR)
    away = ndimage.distance_transform_edt(~core) * spacing_mm if core.any() else np.full(shape, 8.0)
    near = np.exp(-away / rng.uniform(8, 25)).astype(np.float32)
    water = rng.uniform(0.55, 0.80) + rng.uniform(0.1, 0.3) * near
    water += 0.20 * fractal_field(rng, shape, 10 / spacing_mm, 3)
    # Infiltration fades out beyond what an expert would draw.
    mask = (labels == OEDEMA) | core
    edge = 0.85 * _soft(mask, rng.uniform(0.7, 1.3), spacing_mm)
    edge += 0.15 * _soft(mask, rng.uniform(2.5, 4.0), spacing_mm)
    share = np.clip(water, 0.15, 1.0) * edge
    oedema, tumour = Tissue.OEDEMA, Tissue.NON_ENHANCING_TUMOUR
    mixed = (1 - cells) * contrasts.signals[:, oedema] + cells * contrasts.signals[:, tumour]
    target = mixed.reshape(-1, 1, 1, 1).astype(np.float32)
    # Fluid in sulci next to oedema stays fluid.
    tissue = images[2] < 0.7 * contrasts.signals[2, Tissue.CSF]
    images += (target - images) * (share * _soft(tissue | mask, 0.5, spacing_mm))


def _add_core(
    rng: np.random.Generator,
    images: Array,
    labels: NDArray[np.uint8],
    contrasts: Contrasts,
    spacing_mm: float,
    kind: str,
) -> None:
    shape = labels.shape
    sigma = rng.uniform(0.5, 0.9)
    inner = _soft(labels == NECROTIC_CORE, sigma, spacing_mm)
    rim = _soft(labels == ENHANCING_TUMOUR, sigma, spacing_mm)
    patches = fractal_field(rng, shape, rng.uniform(6, 14) / spacing_mm, 3)
    grain = fractal_field(rng, shape, rng.uniform(4, 9) / spacing_mm, 2)
    uptake = np.clip(rng.uniform(0.6, 1.0) + 0.30 * patches + 0.15 * grain, 0.2, 1.6)
    leak = rng.uniform(0.0, 0.15) + 0.05 * np.abs(grain)
    fluid = np.clip(rng.uniform(0.45, 0.95) + 0.25 * grain - 0.1 * patches, 0.05, 1.1)
    if kind == MISMATCH:
        # Only the inside is full of fluid: the rim stays bright on FLAIR.
        depth = ndimage.distance_transform_edt(labels == NECROTIC_CORE) * spacing_mm
        fluid = np.clip(0.8 + 0.25 * fluid, 0, 1.05) * np.clip(depth / rng.uniform(3, 7), 0, 1)
    signals = contrasts.signals
    solid = _CORE_TISSUE.get(kind, Tissue.NON_ENHANCING_TUMOUR)
    enhancing, base = signals[:, Tissue.ENHANCING_TUMOUR], contrasts.plain
    cells = signals[:, Tissue.NON_ENHANCING_TUMOUR]
    for channel in range(len(images)):
        in_rim = enhancing[channel] * (1 + 0.12 * grain)
        # Between cellular tissue and liquid necrosis.
        in_core = cells[channel] + fluid * (signals[channel, solid] - cells[channel])
        if channel == _T1C:
            plain = base[Tissue.ENHANCING_TUMOUR]
            in_rim = plain + uptake * (enhancing[channel] - plain)
            in_core = in_core + leak * (enhancing[channel] - plain)
        in_core = in_core * (1 + 0.10 * patches)
        images[channel] += inner * (in_core - images[channel]) + rim * (in_rim - images[channel])
