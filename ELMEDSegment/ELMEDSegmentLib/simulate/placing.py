"""Where a patient's tumours lie, and how they push the tissue around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ELMEDSegmentLib.simulate.anatomy import Anatomy, box_of
from ELMEDSegmentLib.simulate.deformation import Deformation, mass_effect, resample
from ELMEDSegmentLib.simulate.growth import grow_tumour
from ELMEDSegmentLib.simulate.kinds import as_kind, draw_kind, no_tumour, together
from ELMEDSegmentLib.simulate.tissues import HINDBRAIN, PARENCHYMA, is_any
from ELMEDSegmentLib.simulate.tumour import DIFFUSE, TumourShape, TumourSource, tumour_from_mask

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ELMEDSegmentLib.simulate.options import SimulationOptions

_SMALLEST_TUMOUR_MM3 = 1500.0
_TRIES = 6
_MOST_FOCI = 4


def draw_tumours(
    rng: np.random.Generator,
    anatomy: Anatomy,
    deformation: Deformation,
    source: TumourSource,
    options: SimulationOptions,
) -> tuple[TumourShape, Deformation]:
    """Draw what grows in a brain, and push the tissue around it outwards.

    Returns:
        the tumours on the output grid, and the deformation with their mass effect.
    """
    tissues = resample(anatomy.tissues, deformation, order=0)
    if rng.random() < options.without_tumour:
        return no_tumour(tissues.shape), deformation
    lateral = deformation.coordinates[2] - np.float32(anatomy.brain_centre[2])
    shape = _first(rng, tissues, lateral, source, options)
    if rng.random() < options.multifocal:
        for _ in range(int(rng.integers(1, _MOST_FOCI))):
            radius = float(rng.uniform(4.0, 12.0))
            kind = shape.kind
            more = grow_tumour(rng, tissues, lateral, options.spacing_mm, kind, None, radius)
            shape = together(shape, as_kind(rng, more, kind, options.spacing_mm))
    return shape, _pushed(rng, shape, deformation, options)


def _first(
    rng: np.random.Generator,
    tissues: NDArray[np.uint8],
    lateral: NDArray[np.float32],
    source: TumourSource,
    options: SimulationOptions,
) -> TumourShape:
    """Draw a tumour that mostly lies in the brain."""
    parenchyma = is_any(tissues, PARENCHYMA)
    spacing, choice = options.spacing_mm, options.tumour
    kind = choice.kind or draw_kind(rng, options.lower_grade)
    for _ in range(_TRIES):
        mask = source.draw_mask(rng)
        if mask is not None and mask.any():
            shape = tumour_from_mask(rng, mask, box_of(parenchyma), tissues.shape)
        else:
            centre = _chosen_centre(choice.place, parenchyma & ~is_any(tissues, HINDBRAIN))
            shape = grow_tumour(rng, tissues, lateral, spacing, kind, centre, choice.radius_mm)
        whole = (shape.reach > 0.5) | shape.core  # noqa: PLR2004
        inside = np.count_nonzero(whole & parenchyma)
        large = inside * spacing**3 > _SMALLEST_TUMOUR_MM3
        if large and inside > 0.6 * np.count_nonzero(whole):
            break
    return as_kind(rng, shape, kind, spacing)


def _chosen_centre(
    place: tuple[float, float, float] | None, supratentorial: NDArray[np.bool_]
) -> tuple[int, int, int] | None:
    if place is None:
        return None
    box = box_of(supratentorial)
    z, y, x = (round(s.start + f * (s.stop - 1 - s.start)) for s, f in zip(box, place, strict=True))
    return z, y, x


def _pushed(
    rng: np.random.Generator,
    shape: TumourShape,
    deformation: Deformation,
    options: SimulationOptions,
) -> Deformation:
    """Return the deformation of tissue that the tumours pushed; infiltration pushes less."""
    push = float(rng.uniform(0.15, 1.0)) * options.mass_effect_mm
    mass = shape.core
    if shape.kind == DIFFUSE:
        mass, push = shape.reach > 0.6, 0.6 * push  # noqa: PLR2004
    if push <= 0 or not mass.any():
        return deformation
    radius = float(np.cbrt(np.count_nonzero(mass) * options.spacing_mm**3 / 4.19))
    reach = float(rng.uniform(10, 18))
    return deformation.after(mass_effect(mass, options.spacing_mm, min(push, 0.5 * radius), reach))
