"""Kinds of diffuse glioma, as far as they look different: from ring-enhancing to infiltrating.

Sources. Adult-type diffuse gliomas: Louis et al. 2021 (doi:10.1093/neuonc/noab106). T2-FLAIR
mismatch, a core that is bright on T2 and dark on FLAIR but for its rim, in IDH-mutant astrocytoma
without 1p/19q codeletion: Patel et al. 2017 (doi:10.1158/1078-0432.CCR-17-0560). How experts label
tumours that do not enhance: Bakas et al. 2017 (doi:10.1038/sdata.2017.117).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ELMEDSegmentLib.simulate.anatomy import box_of
from ELMEDSegmentLib.simulate.fields import fractal_field
from ELMEDSegmentLib.simulate.tumour import DIFFUSE, GLIOBLASTOMA, MISMATCH, SOLID, TumourShape

if TYPE_CHECKING:
    from numpy.typing import NDArray

KINDS = (GLIOBLASTOMA, SOLID, MISMATCH, DIFFUSE)
_LOWER_GRADE = {SOLID: 0.40, MISMATCH: 0.25, DIFFUSE: 0.35}


def draw_kind(rng: np.random.Generator, lower_grade: float) -> str:
    """Draw a kind; `lower_grade` is the share of those that hardly enhance."""
    if rng.random() >= lower_grade:
        return GLIOBLASTOMA
    return str(rng.choice(list(_LOWER_GRADE), p=list(_LOWER_GRADE.values())))


def as_kind(
    rng: np.random.Generator, shape: TumourShape, kind: str, spacing_mm: float
) -> TumourShape:
    """Turn a tumour of any shape into one of `kind`: where it enhances, and what is core.

    Lower-grade tumours do not enhance, or in a few spots. Diffuse ones have no core but a spot or
    two: experts label infiltration as they label oedema.
    """
    if kind == GLIOBLASTOMA:
        return shape
    core = shape.core
    nothing = np.zeros_like(core)
    if not core.any():
        return replace(shape, kind=DIFFUSE)
    if kind == MISMATCH:
        reach = shape.reach * np.float32(rng.uniform(0.6, 1.0))
        return TumourShape(core, nothing, reach, kind)
    box = box_of(core)
    uneven = np.full(core.shape, -9.0, np.float32)
    uneven[box] = fractal_field(rng, core[box].shape, 11 / spacing_mm, 3)
    if kind == SOLID:
        spots = core & (uneven > rng.uniform(1.6, 4.0))
        return TumourShape(core & ~spots, spots, shape.reach, kind)
    focus = core & (uneven > rng.uniform(1.4, 4.0))
    spots = focus & (uneven > rng.uniform(1.8, 3.0))
    reach = np.maximum(shape.reach, core.astype(np.float32))
    return TumourShape(focus & ~spots, spots, reach, kind)


def together(first: TumourShape, second: TumourShape) -> TumourShape:
    """Return both tumours in one brain; where they meet, `first` is seen."""
    necrosis = first.necrosis | (second.necrosis & ~first.enhancing)
    return TumourShape(
        necrosis,
        first.enhancing | (second.enhancing & ~necrosis),
        np.maximum(first.reach, second.reach),
        first.kind,
    )


def no_tumour(shape: tuple[int, ...]) -> TumourShape:
    """Return what a healthy brain of `shape` `(z, y, x)` has."""
    nothing: NDArray[np.bool_] = np.zeros(shape, bool)
    return TumourShape(nothing, nothing, np.zeros(shape, np.float32), "none")
