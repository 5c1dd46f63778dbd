"""Which lesions are measurable, which are targets, and their sums.

Sources: Wen et al. 2010 (RANO), J Clin Oncol 28:1963, and Wen et al. 2023 (RANO 2.0), J Clin Oncol
41:5187. A lesion is measurable when two perpendicular diameters of at least 10 mm are visible in
two or more slices; when slices are thicker than 5 mm, both diameters reach twice the thickness. The
largest measurable lesions, up to three, are the targets.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ELMEDRadiomicsLib.burden.results import Diameters, Lesion, Sum

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ELMEDRadiomicsLib.burden.options import BurdenOptions


def least_diameter(thickness_mm: float, options: BurdenOptions) -> float:
    """Return what both diameters of a measurable lesion reach, in mm."""
    if thickness_mm > options.thick_mm:
        return max(options.least_mm, 2 * thickness_mm)
    return options.least_mm


def is_measurable(
    diameters: Diameters, slices: int, thickness_mm: float, options: BurdenOptions
) -> tuple[bool, str]:
    """Return whether a lesion is measurable, and a sentence that says why.

    Args:
        diameters: of the lesion.
        slices: in how many it is seen.
        thickness_mm: distance between slices.
        options: the thresholds.
    """
    least = least_diameter(thickness_mm, options)
    short = diameters.perpendicular.length_mm
    if short < least:
        long = diameters.longest.length_mm
        which = "Both diameters are" if long < least else "The shorter diameter is"
        return False, f"{which} below {least:g} mm."
    if slices < options.least_slices:
        return False, f"It is seen in {slices} slice only; {options.least_slices} are asked for."
    return True, f"Both diameters reach {least:g} mm, and it is seen in {slices} slices."


def choose_targets(lesions: Sequence[Lesion], options: BurdenOptions) -> list[Lesion]:
    """Return the lesions with the largest measurable ones of each kind marked as targets."""
    chosen: set[str] = set()
    for kind in options.labels:
        measurable = [lesion for lesion in lesions if lesion.kind == kind and lesion.measurable]
        measurable.sort(key=lambda lesion: -lesion.diameters(options.rule).product_mm2)
        chosen |= {lesion.name for lesion in measurable[: options.targets]}
    return [replace(lesion, target=lesion.name in chosen) for lesion in lesions]


def sum_up(kind: str, lesions: Sequence[Lesion], volume_ml: float, small_ml: list[float]) -> Sum:
    """Return the sum over the targets of one kind.

    Args:
        kind: of the lesions.
        lesions: of all kinds.
        volume_ml: of the kind's whole region.
        small_ml: volumes of pieces too small to be listed.
    """
    those = [lesion for lesion in lesions if lesion.kind == kind]
    targets = [lesion for lesion in those if lesion.target]
    return Sum(
        kind,
        tuple(lesion.name for lesion in targets),
        sum(lesion.measurable for lesion in those),
        sum(lesion.classic.product_mm2 for lesion in targets),
        sum(lesion.product.product_mm2 for lesion in targets),
        volume_ml,
        len(small_ml),
        sum(small_ml),
    )
