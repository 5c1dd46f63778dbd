"""A burden with the diameters that the user has corrected."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ELMEDRadiomicsLib.burden.corrections import with_lesions
from ELMEDRadiomicsLib.burden.options import BurdenOptions
from ELMEDRadiomicsLib.burden.rano import is_measurable
from ELMEDRadiomicsLib.burden.results import Diameters, Line
from ELMEDRadiomicsWidgets.burden_lines import endsOf, wasMoved

if TYPE_CHECKING:
    from ELMEDRadiomicsLib.burden.results import Burden, Lesion


def editedBurden(burden: Burden) -> tuple[Burden, set[str]]:
    """Return the burden as the lines in the scene have it, and the names of lesions edited.

    Products, what is measurable, targets and sums follow the lines.

    Args:
        burden: as it was computed.
    """
    options = BurdenOptions(plane=burden.plane, rule=burden.rule)
    edited: set[str] = set()
    lesions = []
    for lesion in burden.lesions:
        changed = _edited(lesion, burden.rule, burden.thickness_mm, options)
        if changed is not None:
            edited.add(lesion.name)
        lesions.append(changed or lesion)
    if not edited:
        return burden, edited
    return with_lesions(burden, lesions, options), edited


def _edited(lesion: Lesion, rule: str, thickness: float, options: BurdenOptions) -> Lesion | None:
    """Return a lesion with its moved lines, None when none was moved."""
    computed = lesion.diameters(rule)
    ends = endsOf(lesion.name)
    lines = {}
    moved = False
    for which in ("longest", "perpendicular"):
        line = getattr(computed, which)
        lines[which] = line
        if which in ends and wasMoved(line, ends[which]):
            moved = True
            start, end = ends[which]
            length = float(np.linalg.norm(end - start))
            lines[which] = Line(tuple(start.tolist()), tuple(end.tolist()), length)
    if not moved:
        return None
    longest, perpendicular = lines["longest"], lines["perpendicular"]
    product = longest.length_mm * perpendicular.length_mm
    if longest.length_mm < perpendicular.length_mm:
        longest, perpendicular = perpendicular, longest
    diameters = Diameters(computed.slice, longest, perpendicular, product)
    measurable, why = is_measurable(diameters, lesion.slices, thickness, options)
    return replace(
        lesion, **{rule: diameters}, measurable=measurable, why=f"{why} Corrected by hand."
    )
