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
from ELMEDSegmentLib.simulate.vessels import with_cortical_veins

if TYPE_CHECKING:
    from ELMEDSegmentLib.simulate.contrasts import Contrasts

Array = NDArray[np.float32]
Box = tuple[slice, slice, slice]

_T1C = CHANNELS.index("t1c")


def render_anatomy(
    rng: np.random.Generator,
    anatomy: Anatomy,
    deformation: Deformation,
    contrasts: Contrasts,
    box: Box,
    scanner_flaws: bool = True,
) -> Array:
    """Return the healthy head's signal, float32 `(4, z, y, x)`, on the output grid.

    Signals are smoothed in the anatomy's own 1 mm space before they are sampled, which mixes
    tissues within a voxel as scanners do; `box` is the part of the anatomy that is needed.
    With `scanner_flaws`, some contrasts were scanned in thick slices and interpolated, so that
    they are blurred along z, and some are registered not quite exactly.
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
        if scanner_flaws and rng.random() < 0.45:  # noqa: PLR2004
            thickness = int(rng.integers(2, 6))
            signal = ndimage.uniform_filter1d(signal, thickness, axis=0)
        if scanner_flaws and rng.random() < 0.35:  # noqa: PLR2004
            slip = rng.normal(0, 0.45, (3, 1, 1, 1)).astype(np.float32)
            looked = Deformation(local.coordinates + slip, local.matrix, local.spacing_mm)
            images[channel] = resample(signal, looked)
        else:
            images[channel] = resample(signal, local)
    return images


def add_tissue_texture(
    rng: np.random.Generator, images: Array, spacing_mm: float, strength: float = 1.0
) -> None:
    """Multiply in the unevenness of real tissue, part of it the same in every contrast."""
    shape = images.shape[1:]
    shared = fractal_field(rng, shape, 14 / spacing_mm, 3) * np.float32(0.022 * strength)
    for channel in range(len(images)):
        own = smooth_field(rng, shape, max(3.0 / spacing_mm, 1.3)) * np.float32(0.018 * strength)
        sign = 1 if channel in (2, 3) else -1
        images[channel] *= 1 + sign * shared + own


def add_tumour(
    rng: np.random.Generator,
    images: Array,
    labels: NDArray[np.uint8],
    contrasts: Contrasts,
    spacing_mm: float,
    necrotic: bool,
) -> None:
    """Paint the tumour into `images` `(4, z, y, x)` where `labels` says, in place.

    Oedema is water mixed into the tissue that is there, more of it near the core; the core is
    tissue of its own, with uneven enhancement and uneven fluid.
    """
    if not labels.any():
        return
    box = box_of(labels > 0, margin=int(np.ceil(6 / spacing_mm)))
    inside, part = labels[box], images[:, box[0], box[1], box[2]]
    _add_oedema(rng, part, inside, contrasts, spacing_mm)
    solid = Tissue.NECROSIS if necrotic else Tissue.NON_ENHANCING_TUMOUR
    _add_core(rng, part, inside, contrasts, spacing_mm, solid)


def _soft(mask: NDArray[np.bool_], sigma_mm: float, spacing_mm: float) -> Array:
    sigma = max(sigma_mm / spacing_mm, 0.35)
    return ndimage.gaussian_filter(mask.astype(np.float32), sigma, truncate=3)


def _add_oedema(
    rng: np.random.Generator,
    images: Array,
    labels: NDArray[np.uint8],
    contrasts: Contrasts,
    spacing_mm: float,
) -> None:
    shape = labels.shape
    core = (labels == NECROTIC_CORE) | (labels == ENHANCING_TUMOUR)
    away = ndimage.distance_transform_edt(~core) * spacing_mm if core.any() else np.full(shape, 8.0)
    near = np.exp(-away / rng.uniform(8, 25)).astype(np.float32)
    water = rng.uniform(0.55, 0.80) + rng.uniform(0.1, 0.3) * near
    water += 0.16 * fractal_field(rng, shape, 10 / spacing_mm, 3)
    # Infiltration fades out beyond what an expert would draw.
    mask = (labels == OEDEMA) | core
    edge = 0.85 * _soft(mask, rng.uniform(0.7, 1.3), spacing_mm)
    edge += 0.15 * _soft(mask, rng.uniform(2.5, 4.0), spacing_mm)
    share = np.clip(water, 0.15, 1.0) * edge
    target = contrasts.signals[:, Tissue.OEDEMA].reshape(-1, 1, 1, 1)
    # Fluid in sulci next to oedema stays fluid.
    tissue = images[2] < 0.7 * contrasts.signals[2, Tissue.CSF]
    images += (target - images) * (share * _soft(tissue | mask, 0.5, spacing_mm))


def _add_core(
    rng: np.random.Generator,
    images: Array,
    labels: NDArray[np.uint8],
    contrasts: Contrasts,
    spacing_mm: float,
    solid: Tissue,
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
    signals = contrasts.signals
    enhancing, base = signals[:, Tissue.ENHANCING_TUMOUR], contrasts.plain
    cells = signals[:, Tissue.NON_ENHANCING_TUMOUR]
    for channel in range(len(images)):
        in_rim = enhancing[channel] * (1 + 0.07 * grain)
        # Between cellular tissue and liquid necrosis.
        in_core = cells[channel] + fluid * (signals[channel, solid] - cells[channel])
        if channel == _T1C:
            plain = base[Tissue.ENHANCING_TUMOUR]
            in_rim = plain + uptake * (enhancing[channel] - plain)
            in_core = in_core + leak * (enhancing[channel] - plain)
        in_core = in_core * (1 + 0.05 * patches)
        images[channel] += inner * (in_core - images[channel]) + rim * (in_rim - images[channel])
