"""One simulated patient, from a seed to four co-registered contrasts with ground truth."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray
from scipy import ndimage

from ELMEDSegmentLib.labels import CHANNELS, ENHANCING_TUMOUR, OEDEMA
from ELMEDSegmentLib.simulate.anatomy import (
    DISTANCE_STEP,
    Anatomy,
    AnatomySource,
    brain_mask,
    with_fuller_cortex,
)
from ELMEDSegmentLib.simulate.appearance import AppearanceSource, give_appearance
from ELMEDSegmentLib.simulate.artefacts import (
    add_bias,
    add_noise,
    add_scanner_flaws,
    draw_gains,
)
from ELMEDSegmentLib.simulate.contrasts import draw_contrasts
from ELMEDSegmentLib.simulate.deformation import (
    Deformation,
    random_affine,
    random_deformation,
    resample,
)
from ELMEDSegmentLib.simulate.fields import fractal_field
from ELMEDSegmentLib.simulate.options import SimulationOptions
from ELMEDSegmentLib.simulate.placing import draw_tumours
from ELMEDSegmentLib.simulate.rendering import add_tissue_texture, add_tumour, render_anatomy
from ELMEDSegmentLib.simulate.tumour import TumourShape, TumourSource, fit_labels

Array = NDArray[np.float32]

BRATS_SHAPE = (155, 240, 240)

# How much brain around a voxel of a sulcus makes it cortex: from narrow sulci to wide ones.
_SULCI = (0.30, 0.60)


@dataclass(frozen=True)
class SimulatedArrays:
    """A study as arrays: images float32 `(4, z, y, x)`, labels and brain `(z, y, x)`.

    `kind` is the kind of tumour, one of `kinds.KINDS`, or "none".
    """

    images: Array
    labels: NDArray[np.uint8]
    brain: NDArray[np.bool_]
    anatomy: str
    kind: str


@dataclass(frozen=True)
class SimulatedStudy:
    """A simulated patient: int16 images by channel name, uint8 labels, all on one LPS grid."""

    images: dict[str, sitk.Image]
    labels: sitk.Image
    seed: int
    anatomy: str
    kind: str


def simulate_arrays(
    rng: np.random.Generator,
    spacing_mm: float = 2.0,
    anatomy: AnatomySource | None = None,
    tumours: TumourSource | None = None,
    options: SimulationOptions | None = None,
    lesions: AppearanceSource | None = None,
) -> tuple[Array, NDArray[np.uint8]]:
    """Draw one study as arrays, the fast way for training.

    Args:
        rng: the source of chance; the same state gives the same study.
        spacing_mm: isotropic voxel size (takes precedence over the one in `options`).
        anatomy: where heads come from; procedural when None.
        tumours: where tumour shapes come from; grown when None.
        options: everything else.
        lesions: where lesions take their intensities from; relaxation times when None.

    Returns:
        images, float32 `(4, z, y, x)` in `CHANNELS` order, raw intensities, 0 outside the brain
        (unless with skull), axes to superior, posterior and left; and labels, uint8 `(z, y, x)`.
    """
    settings = _with_spacing(options or SimulationOptions(), spacing_mm)
    arrays = simulate(rng, anatomy or AnatomySource(), tumours or TumourSource(), settings, lesions)
    return arrays.images, arrays.labels


def _with_spacing(options: SimulationOptions, spacing_mm: float) -> SimulationOptions:
    return replace(options, spacing_mm=spacing_mm)


def simulate(
    rng: np.random.Generator,
    anatomy_source: AnatomySource,
    tumour_source: TumourSource,
    options: SimulationOptions,
    lesions: AppearanceSource | None = None,
) -> SimulatedArrays:
    """Draw one study: anatomy, deformation, tumour with mass effect, contrasts, artefacts."""
    anatomy = with_fuller_cortex(anatomy_source.draw(rng), float(rng.uniform(*_SULCI)))
    with_skull = options.with_skull and anatomy.has_skull
    deformation = _draw_deformation(rng, anatomy, options, with_skull)
    shape, deformation = draw_tumours(rng, anatomy, deformation, tumour_source, options)
    tissues = resample(anatomy.tissues, deformation, order=0)
    brain = _strip(rng, anatomy, deformation, tissues, shape)
    labels = fit_labels(shape, tissues, brain, options.spacing_mm)

    contrasts = draw_contrasts(rng, options.variety)
    box = _box_in_anatomy(anatomy, with_skull)
    images = render_anatomy(rng, anatomy, deformation, contrasts, box)
    add_tissue_texture(rng, images, options.spacing_mm)
    add_tumour(rng, images, labels, contrasts, options.spacing_mm, shape.kind)
    look = lesions.draw(rng, shape.kind) if lesions else None
    if look:
        give_appearance(rng, images, labels, brain, look, options.spacing_mm)
    add_bias(rng, images, options.spacing_mm, options.bias)
    if options.scanner_flaws or options.slices_mm:
        add_scanner_flaws(rng, images, options.spacing_mm, options.slices_mm)
    # Larger voxels average more noise away.
    noise = options.noise / max(options.spacing_mm, 1.0)
    add_noise(rng, images, noise * rng.uniform(0.3, 1.0, len(CHANNELS)))
    images *= draw_gains(rng, options.intensity).reshape(-1, 1, 1, 1)
    if not with_skull:
        # Only what is outside the brain is 0, as networks and viewers expect.
        images = np.maximum(images, 1) * brain
    return SimulatedArrays(images, labels, brain, anatomy.name, shape.kind)


def _draw_deformation(
    rng: np.random.Generator, anatomy: Anatomy, options: SimulationOptions, with_skull: bool
) -> Deformation:
    matrix = random_affine(rng, options.deformation)
    centre, extent = anatomy.brain_centre, anatomy.brain_size
    if with_skull and options.shape is None:
        extent = np.array(anatomy.tissues.shape, float)
        centre = (extent - 1) / 2
    shape = options.shape
    if shape is None:
        reach = np.abs(np.linalg.inv(matrix)) @ extent * 1.02 + 6
        depth, height, width = (int(n) for n in np.ceil(reach / options.spacing_mm))
        shape = (depth, height, width)
    return random_deformation(rng, shape, options.spacing_mm, centre, matrix, options.deformation)


def _box_in_anatomy(anatomy: Anatomy, with_skull: bool) -> tuple[slice, slice, slice]:
    if with_skull:
        z, y, x = anatomy.tissues.shape
        return slice(0, z), slice(0, y), slice(0, x)
    grown = [
        slice(max(s.start - 6, 0), min(s.stop + 6, n))
        for s, n in zip(anatomy.brain_box, anatomy.tissues.shape, strict=True)
    ]
    return grown[0], grown[1], grown[2]


def _strip(
    rng: np.random.Generator,
    anatomy: Anatomy,
    deformation: Deformation,
    tissues: NDArray[np.uint8],
    shape: TumourShape,
) -> NDArray[np.bool_]:
    """Extract the brain as tightly and as unevenly as extraction tools do."""
    coarse = Deformation(
        deformation.coordinates / np.float32(DISTANCE_STEP),
        deformation.matrix,
        deformation.spacing_mm,
    )
    distance = resample(anatomy.brain_distance, coarse)
    uneven = fractal_field(rng, tissues.shape, 25 / deformation.spacing_mm, 2)
    margin = np.clip(rng.uniform(0.0, 2.0) + 0.6 * uneven, 0.0, 5.0).astype(np.float32)
    mask = brain_mask(tissues, distance, margin)
    # The tumour's edge is brain.
    mask |= shape.core & (distance <= 1.5) & (tissues > 0)  # noqa: PLR2004
    # Opening cuts off nerves and vessels that leave the brain.
    width = max(round(2.0 / deformation.spacing_mm), 1)
    pieces, count = ndimage.label(ndimage.binary_opening(mask, iterations=width))
    if count > 0:
        sizes = np.bincount(pieces.ravel())
        sizes[0] = 0
        largest = pieces == sizes.argmax()
        mask &= ndimage.binary_dilation(largest, iterations=width)
    return ndimage.binary_fill_holes(mask)


def simulate_study(
    seed: int,
    anatomy: AnatomySource | None = None,
    tumours: TumourSource | None = None,
    options: SimulationOptions | None = None,
    spacing_mm: float | None = None,
    lesions: AppearanceSource | None = None,
) -> SimulatedStudy:
    """Simulate one patient as images with geometry; the same seed gives the same bytes.

    Stripped studies at 1 mm lie on BraTS' grid of 240x240x155 voxels unless `options.shape` says
    otherwise. Images are int16, as scanners deliver them.
    """
    settings = options or SimulationOptions()
    if spacing_mm is not None:
        settings = _with_spacing(settings, spacing_mm)
    if settings.shape is None and not settings.with_skull and not settings.fit_to_brain:
        z, y, x = (round(n / settings.spacing_mm) for n in BRATS_SHAPE)
        settings = replace(settings, shape=(z, y, x))
    rng = np.random.default_rng(seed)
    sources = (anatomy or AnatomySource(), tumours or TumourSource())
    arrays = simulate(rng, *sources, settings, lesions)
    images = {
        name: _as_image(np.clip(np.rint(arrays.images[i]), 0, 32767).astype(np.int16), settings)
        for i, name in enumerate(CHANNELS)
    }
    truth = _as_image(arrays.labels, settings)
    return SimulatedStudy(images, truth, seed, arrays.anatomy, arrays.kind)


def _as_image(array: NDArray[np.generic], options: SimulationOptions) -> sitk.Image:
    """Give an array the axial LPS grid whose middle is the scanner's isocentre."""
    image = sitk.GetImageFromArray(array)
    image.SetSpacing((options.spacing_mm,) * 3)
    image.SetOrigin([-0.5 * (n - 1) * options.spacing_mm for n in image.GetSize()])
    return image


def tumour_volumes_ml(labels: NDArray[np.uint8], spacing_mm: float) -> dict[str, float]:
    """Return the volumes of oedema and enhancing tumour, for reports and tests."""
    voxel = spacing_mm**3 / 1000
    return {
        "oedema": float(np.count_nonzero(labels == OEDEMA) * voxel),
        "enhancing_tumour": float(np.count_nonzero(labels == ENHANCING_TUMOUR) * voxel),
    }
