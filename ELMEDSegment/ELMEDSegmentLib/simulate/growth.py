"""A tumour grown without any mask: noisy core, irregular rim, oedema along white matter."""

from __future__ import annotations

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray
from scipy import ndimage

from ELMEDSegmentLib.simulate.fields import fractal_field, smooth_field
from ELMEDSegmentLib.simulate.tissues import DEEP, GREY, HINDBRAIN, WHITE, Tissue, is_any
from ELMEDSegmentLib.simulate.tumour import GLIOBLASTOMA, TumourShape

Array = NDArray[np.float32]
Mask = NDArray[np.bool_]

_CALLOSUM_REACH_MM = 10.0


def grow_tumour(
    rng: np.random.Generator,
    tissues: NDArray[np.uint8],
    lateral_mm: Array,
    spacing_mm: float,
    kind: str,
    centre: tuple[int, int, int] | None = None,
    radius_mm: float | None = None,
) -> TumourShape:
    """Grow a tumour around `centre` (a voxel `(z, y, x)`; drawn when None).

    Args:
        rng: the source of chance.
        tissues: `Tissue` values `(z, y, x)` on the output grid.
        lateral_mm: signed distance from the midline, same shape; the falx is where it is 0.
        spacing_mm: isotropic voxel size.
        kind: glioblastomas get an enhancing rim around necrosis; all others are solid here, and
            `kinds.as_kind` makes of them what they are.
        centre: where the tumour starts.
        radius_mm: mean radius of the core (drawn when None).
    """
    enhancing = kind == GLIOBLASTOMA
    if radius_mm is None:
        radius_mm = float(np.clip(np.exp(rng.normal(np.log(17), 0.35)), 7, 30))
    if centre is None:
        centre = _draw_centre(rng, tissues, lateral_mm)
    level = _level(rng, tissues.shape, centre, radius_mm, spacing_mm)
    side = np.sign(lateral_mm[centre]) or 1.0
    crossing = lateral_mm * side < 0
    blocked = crossing & ~_around_callosum(tissues, lateral_mm, spacing_mm)
    core = (level < 1) & ~blocked
    rim = _rim(rng, core, radius_mm, spacing_mm, enhancing)
    reach = _oedema_reach(rng, tissues, core, blocked, spacing_mm, enhancing)
    return TumourShape(core & ~rim, core & rim, reach, kind)


def _around_callosum(tissues: NDArray[np.uint8], lateral_mm: Array, spacing_mm: float) -> Mask:
    """Return where white matter crosses the midline: elsewhere the falx is in the way."""
    near = is_any(tissues, WHITE) & (np.abs(lateral_mm) < 1.5)  # noqa: PLR2004
    near = ndimage.binary_opening(near)
    size = 2 * round(_CALLOSUM_REACH_MM / spacing_mm) + 1
    for axis in range(3):
        near = ndimage.maximum_filter1d(near.view(np.uint8), size, axis=axis).view(bool)
    return near & is_any(tissues, WHITE)


def _draw_centre(
    rng: np.random.Generator, tissues: NDArray[np.uint8], lateral_mm: Array
) -> tuple[int, int, int]:
    """Draw a voxel of the cerebral white matter, off the midline."""
    candidates = np.flatnonzero(is_any(tissues, WHITE) & (np.abs(lateral_mm) > 12))  # noqa: PLR2004
    if not candidates.size:
        candidates = np.flatnonzero(tissues)
    z, y, x = np.unravel_index(int(rng.choice(candidates)), tissues.shape)
    return int(z), int(y), int(x)


def _level(
    rng: np.random.Generator,
    shape: tuple[int, ...],
    centre: tuple[int, int, int],
    radius_mm: float,
    spacing_mm: float,
) -> Array:
    """Return a field below 1 inside an irregular, stretched ball."""
    axes = [
        ((np.arange(n) - c) * spacing_mm).astype(np.float32)
        for n, c in zip(shape, centre, strict=True)
    ]
    stretch = np.exp(rng.normal(0, 0.16, 3)).astype(np.float32)
    squares = [(a / (radius_mm * s)) ** 2 for a, s in zip(axes, stretch, strict=True)]
    distance = np.sqrt(squares[0][:, None, None] + squares[1][:, None] + squares[2])
    lobes = fractal_field(rng, shape, 1.1 * radius_mm / spacing_mm, 4)
    return distance * np.exp(0.24 * lobes)


def _rim(
    rng: np.random.Generator,
    core: Mask,
    radius_mm: float,
    spacing_mm: float,
    enhancing: bool,
) -> Mask:
    """Return the enhancing part: a rim of uneven thickness with gaps and nodules."""
    shape = core.shape
    if not enhancing:
        return np.zeros_like(core)
    uneven = fractal_field(rng, shape, 11 / spacing_mm, 4)
    depth = ndimage.distance_transform_edt(core).astype(np.float32) * spacing_mm
    thickness = np.clip(rng.normal(4.0, 1.2), 2.0, 0.5 * radius_mm) * np.exp(0.55 * uneven)
    # Septa run inwards from the rim and thin out on the way.
    width = rng.uniform(-0.1, 0.35) * np.exp(-depth / rng.uniform(6, 14))
    septa = np.abs(smooth_field(rng, shape, 15 / spacing_mm)) < width
    nodules = fractal_field(rng, shape, 8 / spacing_mm, 2) > rng.uniform(1.3, 3.0)
    gaps = uneven < -2.0  # noqa: PLR2004
    return core & ((depth < thickness) | septa | nodules) & ~gaps


def _oedema_reach(
    rng: np.random.Generator,
    tissues: NDArray[np.uint8],
    core: Mask,
    blocked: Mask,
    spacing_mm: float,
    enhancing: bool,
) -> Array:
    """March outwards from the core at each tissue's pace; return 1 at the core, 0 out of reach.

    Eikonal fast marching (Sethian 1996, doi:10.1073/pnas.93.4.1591), as used for glioma
    invasion along white matter (Konukoglu et al. 2010, doi:10.1109/TMI.2009.2026413).
    """
    reach = np.zeros(tissues.shape, np.float32)
    if not core.any():
        return reach
    farthest = float(rng.gamma(4.0, 5.0) if enhancing else rng.gamma(3.0, 2.5))
    farthest = float(np.clip(farthest, 3.0, 45.0))
    pace = np.full(32, 0.001, np.float32)
    for members, value in ((WHITE, 1.0), (GREY, 0.22), (DEEP, 0.45), (HINDBRAIN, 0.6)):
        pace[list(members)] = value
    pace[[Tissue.CSF, Tissue.ARTERY, Tissue.VEIN]] = 0.03
    speed = pace[tissues] * np.exp(0.45 * fractal_field(rng, tissues.shape, 16 / spacing_mm, 2))
    speed[blocked] = 0.001
    speed[core] = 100.0
    marching = sitk.FastMarchingImageFilter()
    seeds = np.argwhere(core & ~ndimage.binary_erosion(core))
    marching.SetTrialPoints([(int(x), int(y), int(z)) for z, y, x in seeds])
    marching.SetStoppingValue(1.6 * farthest / spacing_mm)
    arrival = sitk.GetArrayFromImage(marching.Execute(sitk.GetImageFromArray(speed)))
    arrival = np.minimum(arrival, 1e4).astype(np.float32) * np.float32(spacing_mm)
    # Halfway (0.5) is reached at `farthest`; `fit_oedema` asks for a little less in white matter.
    return np.clip(1 - 0.5 * arrival / farthest, 0, 1).astype(np.float32)
