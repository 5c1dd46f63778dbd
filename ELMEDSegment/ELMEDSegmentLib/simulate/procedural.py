"""A head from nothing but a seed: for machines that have no label map of one.

Lengths are millimetres from the middle of the brain, `(z, y, x)` to superior, posterior and left.
Positions and sizes follow the ICBM 152 average brain (Fonov et al. 2011,
doi:10.1016/j.neuroimage.2010.07.033), rounded; cortical ribbon 2.5 to 3 mm (Fischl & Dale 2000,
doi:10.1073/pnas.200033797).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ELMEDSegmentLib.simulate.anatomy import Anatomy, anatomy_from_tissues, box_of
from ELMEDSegmentLib.simulate.fields import enlarge, fractal_field, smooth_field
from ELMEDSegmentLib.simulate.solids import Point, Space, ball, tube
from ELMEDSegmentLib.simulate.tissues import Tissue

if TYPE_CHECKING:
    from collections.abc import Sequence

Array = NDArray[np.float32]
Mask = NDArray[np.bool_]

_SHAPE = (176, 208, 168)
_MIDDLE = (96.0, 103.5, 83.5)


@dataclass(frozen=True)
class _Surfaces:
    """Parts of the brain by their outlines, before any tissue is told apart."""

    cerebrum: Mask
    cerebellum: Mask
    brainstem: Mask
    depth: Array


@lru_cache(maxsize=24)
def procedural_anatomy(seed: int) -> Anatomy:
    """Make a head: folded cortex, ventricles, deep nuclei, hindbrain, vessels, skull and scalp."""
    rng = np.random.default_rng(seed)
    space = Space(_SHAPE, _MIDDLE)
    wobble = [smooth_field(rng, _SHAPE, 24.0) * np.float32(1.2) for _ in range(3)]
    bent = space.shifted(wobble)
    parts = _outlines(rng, bent)
    tissues = np.zeros(_SHAPE, np.uint8)
    _add_hull(tissues, parts)
    _add_cerebrum(rng, tissues, bent, parts)
    _add_hindbrain(rng, tissues, bent, parts)
    _add_deep_structures(rng, tissues, bent)
    _add_vessels(tissues, bent)
    return anatomy_from_tissues(tissues, f"procedural head {seed}")


def _outlines(rng: np.random.Generator, space: Space) -> _Surfaces:
    lumps = fractal_field(rng, space.shape, 22.0, 2) * np.float32(0.02)
    side = np.abs(space.x)
    dome = ball(space, (6, 0, 0), (57, 83, 66)) + lumps
    # The base: frontal lobes rest on the orbits, occipital lobes on the tentorium.
    floor = -17.0 + 0.012 * side**1.5 - 0.06 * space.y
    dome = np.maximum(dome, 1 + (floor - space.z) / 30)
    temporal = ball(space, (-20, -4, 43), (20, 44, 22), mirrored=True) + lumps
    level = np.minimum(dome, temporal)
    cerebellum = ball(space, (-43, 47, 25), (23, 29, 30), mirrored=True)
    cerebellum = np.minimum(cerebellum, ball(space, (-40, 48, 0), (23, 27, 16))) + 0.6 * lumps
    stem = tube(space, [(0, 10, 0), (-30, 15, 0), (-72, 27, 0)], [15, 12, 7.5])
    pons = ball(space, (-30, 10, 0), (14, 13, 17))
    brainstem = (stem < 0) | (pons < 1)
    cerebellar = (cerebellum < 1) & ~brainstem
    # The tentorium keeps a layer of fluid between cerebrum and cerebellum.
    gap = cerebellum < 1.09  # noqa: PLR2004
    cerebrum = (level < 1) & ~gap
    # Sulci deepen from the medial surface too.
    halves = cerebrum & ~((side < 2) & ~(ball(space, (-2, 4, 0), (33, 41, 60)) < 1))  # noqa: PLR2004
    depth = _coarse_distance(halves)
    return _Surfaces(cerebrum, cerebellar, brainstem, depth)


def _coarse_distance(mask: Mask) -> Array:
    """Return the distance in mm to where `mask` is False, worked out at 2 mm."""
    coarse = mask[::2, ::2, ::2]
    return enlarge(ndimage.distance_transform_edt(coarse) * 2, 2, mask.shape)


def _add_hull(tissues: NDArray[np.uint8], parts: _Surfaces) -> None:
    """Wrap the brain in fluid, skull and scalp."""
    brain = parts.cerebrum | parts.cerebellum | parts.brainstem
    coarse = brain[::2, ::2, ::2]
    padded = np.pad(coarse, 8)
    closed = ndimage.distance_transform_edt(ndimage.distance_transform_edt(~padded) <= 7) > 7  # noqa: PLR2004
    outside = ndimage.distance_transform_edt(~closed)[8:-8, 8:-8, 8:-8] * 2
    distance = enlarge(outside, 2, brain.shape)
    shells = (
        (16.0, Tissue.SKIN),
        (10.0, Tissue.BONE),
        (8.2, Tissue.MARROW),
        (5.5, Tissue.BONE),
        (3.5, Tissue.CSF),
    )
    for limit, tissue in shells:
        tissues[distance < limit] = tissue


def _add_cerebrum(
    rng: np.random.Generator, tissues: NDArray[np.uint8], space: Space, parts: _Surfaces
) -> None:
    """Fold the cortex: sulci cut inwards, and grey matter lines whatever fluid touches."""
    sulci, pial = _sulci(rng, space, parts.depth)
    fissures = _fissures(space)
    open_fluid = (sulci | fissures) & parts.cerebrum
    lining = pial | fissures | ~parts.cerebrum
    box = box_of(parts.cerebrum, margin=1)
    near = np.full(space.shape, 99.0, np.float32)
    near[box] = ndimage.distance_transform_edt(~lining[box])
    ribbon = 2.7 + 0.35 * smooth_field(rng, space.shape, 14.0)
    # No cortex where the hemispheres join the brainstem, nor on the callosum.
    inner = ball(space, (0, 8, 0), (26, 32, 30)) < 1
    tissues[parts.cerebrum] = Tissue.WHITE_MATTER
    tissues[parts.cerebrum & (near < ribbon) & ~inner] = Tissue.CORTEX
    tissues[open_fluid] = Tissue.CSF


def _sulci(rng: np.random.Generator, space: Space, depth: Array) -> tuple[Mask, Mask]:
    """Return sulci wide enough to hold fluid, and all infoldings of the pial surface.

    Zero levels of a random field make meandering lines; looking the field up near the surface,
    at each depth, makes the lines walls that run inwards.
    """
    folding = smooth_field(rng, space.shape, 6.6) + 0.35 * smooth_field(rng, space.shape, 4.5)
    radius = np.sqrt(space.z**2 + (0.72 * space.y) ** 2 + (0.9 * space.x) ** 2) + np.float32(1)
    outwards = 1 + np.minimum(0.9 * depth, 17) / radius
    indices = np.stack(
        [a * outwards + m for a, m in zip((space.z, space.y, space.x), _MIDDLE, strict=True)]
    ).astype(np.float32)
    walls = np.abs(ndimage.map_coordinates(folding, indices, order=1, mode="reflect"))
    reach = 20 + 5 * smooth_field(rng, space.shape, 30.0)
    widths = 0.5 + 0.22 * smooth_field(rng, space.shape, 35.0)
    shallow = np.clip(1 - depth / reach, 0, 1)
    pial = (walls < 0.14) & (shallow > 0)  # noqa: PLR2004
    return (walls < 0.42 * widths * (0.25 + shallow)) & (shallow > 0.15), pial  # noqa: PLR2004


def _fissures(space: Space) -> Mask:
    """Return the interhemispheric and the Sylvian fissures."""
    arch = ball(space, (-2, 4, 0), (33, 41, 60)) < 1
    wavy = np.abs(space.x) < 1.1 + 0.9 * (space.y < -60) + 0.02 * np.abs(space.z)  # noqa: PLR2004
    between = wavy & ~arch
    side = np.abs(space.x)
    line = space.z + 14 - 0.32 * (space.y + 30)
    lips = (np.abs(line) < 0.4 + 0.03 * (side - 37)) & (side > 37)  # noqa: PLR2004
    lips &= np.abs(space.y + 6) < 38  # noqa: PLR2004
    # Under the lips lies the insula, behind a sheet of fluid.
    curved = side - 38.5 + 0.012 * (space.y + 4) ** 2 + 1.5 * np.sin(0.35 * space.y)
    insula = (np.abs(curved) < 0.9) & (np.abs(space.y + 4) < 22)  # noqa: PLR2004
    insula &= (line > -8) & (line < 20)  # noqa: PLR2004
    return between | lips | insula


def _add_hindbrain(
    rng: np.random.Generator, tissues: NDArray[np.uint8], space: Space, parts: _Surfaces
) -> None:
    depth = _coarse_distance(parts.cerebellum)
    # Folia run across; they are finer than gyri.
    folia = np.sin(1.25 * (space.z + 0.5 * space.y) + 1.8 * smooth_field(rng, space.shape, 12.0))
    core = depth > 7.5 + 3 * folia + 1.5 * smooth_field(rng, space.shape, 8.0)
    tissues[parts.cerebellum] = Tissue.CEREBELLAR_CORTEX
    tissues[parts.cerebellum & core] = Tissue.CEREBELLAR_WHITE_MATTER
    tissues[parts.cerebellum & (folia < -0.93) & (depth < 5)] = Tissue.CSF  # noqa: PLR2004
    tissues[parts.brainstem & (space.z < -4)] = Tissue.BRAINSTEM  # noqa: PLR2004


def _add_deep_structures(
    rng: np.random.Generator, tissues: NDArray[np.uint8], space: Space
) -> None:
    size = float(np.exp(rng.normal(0, 0.22)))

    def put(mask: Mask, tissue: Tissue) -> None:
        tissues[mask] = tissue

    def sides(centre: tuple[float, float, float], radii: tuple[float, float, float]) -> Mask:
        return ball(space, centre, radii, mirrored=True) < 1

    def tubes(points: Sequence[Point], radii: Sequence[float]) -> Mask:
        return tube(space, points, radii, mirrored=True) < 0

    put(tubes([(-19, -10, 25), (-15, 8, 28), (-5, 24, 25)], [6.5, 5, 3.5]), Tissue.HIPPOCAMPUS)
    put(sides((1, -3, 27.5), (12, 19, 5)), Tissue.STRIATUM)
    put(sides((-1, 0, 21.5), (8, 11, 4)), Tissue.PALLIDUM)
    put(sides((11, -22, 13), (9, 10, 6)), Tissue.STRIATUM)
    put(tubes([(16, -14, 16), (23, 6, 19), (15, 28, 25)], [5, 3.2, 2]), Tissue.STRIATUM)
    put(sides((6, 13, 10), (9, 15, 8)), Tissue.THALAMUS)
    body = [(6, -34, 6), (13, -25, 9), (20, 2, 10), (14, 30, 21), (2, 58, 21)]
    widths = [3.0, 6.0, 5.6, 7.2, 2.0]
    put(tubes(body, [w * size for w in widths]), Tissue.VENTRICLE)
    horn = [(14, 30, 22), (-6, 22, 33), (-16, -6, 32)]
    put(tubes(horn, [5.5 * size, 2.4 * size, 1.6 * size]), Tissue.VENTRICLE)
    put(tubes([(12, 16, 11), (13, 30, 22), (4, 30, 27)], [1.2, 2.8, 1.2]), Tissue.CHOROID_PLEXUS)
    third = ball(space, (1, 6, 0), (11, 16, 1.6 * size + 0.6)) < 1
    put(third, Tissue.VENTRICLE)
    put(tube(space, [(-4, 20, 0), (-26, 25, 0)], [1.2, 1.4]) < 0, Tissue.VENTRICLE)
    put(ball(space, (-36, 29, 0), (9, 4.5 * size, 8)) < 1, Tissue.VENTRICLE)


def _add_vessels(tissues: NDArray[np.uint8], space: Space) -> None:
    """Put arteries into the cisterns and the Sylvian fissure, and the great veins into fluid."""
    fluid = tissues == Tissue.CSF
    artery = tube(space, [(-30, -8, 9), (-20, -14, 12), (-17, -20, 36)], [2.2, 1.8, 1.2], True)
    artery = np.minimum(artery, tube(space, [(-48, 2, 0), (-20, 2, 0)], [1.8, 1.8]))
    tissues[fluid & (artery < 0.4)] = Tissue.ARTERY  # noqa: PLR2004
    ring = np.sqrt((space.z - 4) ** 2 + (0.68 * space.y) ** 2)
    sagittal = (np.abs(space.x) < 3.5) & (ring > 57) & (space.z > -10)  # noqa: PLR2004
    tissues[fluid & sagittal] = Tissue.VEIN
    straight = tube(space, [(6, 38, 0), (-14, 70, 0)], [1.6, 2.2])
    tissues[fluid & (straight < 0)] = Tissue.VEIN
