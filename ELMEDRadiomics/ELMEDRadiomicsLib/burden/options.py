"""What is measured as tumour, and how."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

CORE = 1
OEDEMA = 2
ENHANCING = 3

REGIONS: dict[str, tuple[int, ...]] = {
    "Whole tumour": (CORE, OEDEMA, ENHANCING),
    "Tumour core": (CORE, ENHANCING),
    "Enhancing tumour": (ENHANCING,),
    "Necrotic or non-enhancing core": (CORE,),
    "Oedema": (OEDEMA,),
}
"""Regions whose volumes are reported, and the label values that each is made of."""

KINDS: dict[str, str] = {
    "enhancing": "Enhancing",
    "non-enhancing": "T2/FLAIR",
}
"""What RANO measures apart: enhancing tumour, and the non-enhancing abnormality on T2/FLAIR."""


@dataclass(frozen=True)
class BurdenOptions:
    """How lesions are found and measured.

    Attributes:
        labels: label values of each kind of lesion (`KINDS`). On T2/FLAIR all that is abnormal
            counts, whether it enhances or not, because the lines would else cross the enhancing
            part as if it were a cavity.
        plane: in which diameters are drawn, one of `planes.PLANES`.
        targets: at most so many lesions of each kind are summed up (RANO 2.0: three).
        least_mm: both diameters of a measurable lesion reach it.
        thick_mm: slices thicker than this ask for diameters of twice their thickness (RANO).
        least_slices: in how many slices a measurable lesion is seen.
        least_ml: smaller pieces are counted, not listed.
        rule: whose product is summed up, "classic" or "product".
    """

    labels: Mapping[str, tuple[int, ...]] = field(
        default_factory=lambda: {
            "enhancing": (ENHANCING,),
            "non-enhancing": (CORE, OEDEMA, ENHANCING),
        }
    )
    plane: str = "axial"
    targets: int = 3
    least_mm: float = 10.0
    thick_mm: float = 5.0
    least_slices: int = 2
    least_ml: float = 0.05
    rule: str = "classic"
