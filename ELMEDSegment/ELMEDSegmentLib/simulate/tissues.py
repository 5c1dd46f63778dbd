"""The tissues of a simulated head, and how FreeSurfer-like label maps name them."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Tissue(IntEnum):
    """One value per kind of tissue that looks different in some contrast."""

    AIR = 0
    CSF = 1
    VENTRICLE = 2
    CORTEX = 3
    WHITE_MATTER = 4
    STRIATUM = 5
    THALAMUS = 6
    PALLIDUM = 7
    HIPPOCAMPUS = 8
    CEREBELLAR_CORTEX = 9
    CEREBELLAR_WHITE_MATTER = 10
    BRAINSTEM = 11
    CHOROID_PLEXUS = 12
    WHITE_MATTER_LESION = 13
    ARTERY = 14
    VEIN = 15
    BONE = 16
    MARROW = 17
    SKIN = 18
    SOFT_TISSUE = 19
    MUSCLE = 20
    EYE = 21
    MUCOSA = 22
    NECROSIS = 23
    OEDEMA = 24
    ENHANCING_TUMOUR = 25
    NON_ENHANCING_TUMOUR = 26
    MICROCYSTIC_TUMOUR = 27


FLUID = (Tissue.CSF, Tissue.VENTRICLE)
VESSELS = (Tissue.ARTERY, Tissue.VEIN)
WHITE = (Tissue.WHITE_MATTER, Tissue.WHITE_MATTER_LESION)
GREY = (Tissue.CORTEX, Tissue.HIPPOCAMPUS)
DEEP = (Tissue.STRIATUM, Tissue.THALAMUS, Tissue.PALLIDUM)
HINDBRAIN = (Tissue.CEREBELLAR_CORTEX, Tissue.CEREBELLAR_WHITE_MATTER, Tissue.BRAINSTEM)
PARENCHYMA = (*WHITE, *GREY, *DEEP, *HINDBRAIN)
BRAIN = (*PARENCHYMA, *FLUID, *VESSELS, Tissue.CHOROID_PLEXUS)

_LABELS: dict[Tissue, tuple[int, ...]] = {
    Tissue.CSF: (24,),
    Tissue.VENTRICLE: (4, 5, 14, 15, 43, 44, 72),
    Tissue.CORTEX: (3, 42),
    Tissue.WHITE_MATTER: (2, 41, 85, 192, 251, 252, 253, 254, 255),
    Tissue.STRIATUM: (11, 12, 26, 50, 51, 58),
    Tissue.THALAMUS: (10, 49),
    Tissue.PALLIDUM: (13, 52),
    Tissue.HIPPOCAMPUS: (17, 18, 53, 54),
    Tissue.CEREBELLAR_CORTEX: (8, 47),
    Tissue.CEREBELLAR_WHITE_MATTER: (7, 46),
    Tissue.BRAINSTEM: (16, 28, 60, 512),
    Tissue.CHOROID_PLEXUS: (31, 63, 136, 137, 163, 164),
    Tissue.WHITE_MATTER_LESION: (25, 57, 77),
    Tissue.ARTERY: (30, 62, 502),
    Tissue.VEIN: (514,),
    Tissue.BONE: (515,),
    Tissue.MARROW: (516,),
    Tissue.SKIN: (511,),
    Tissue.SOFT_TISSUE: (507, 530),
    Tissue.MUSCLE: (508,),
    Tissue.EYE: (506,),
    Tissue.MUCOSA: (509,),
}
"""FreeSurfer's label numbers per tissue, extended outside the brain as in SynthSeg's training maps
(Billot et al. 2023, doi:10.1016/j.media.2023.102789) with the numbers of SimNIBS' charm atlas
(Puonti et al. 2020, doi:10.1016/j.neuroimage.2020.117044)."""


def tissues_from_labels(labels: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Turn FreeSurfer-like label numbers into tissues; numbers that are not known become air."""
    table = np.zeros(1024, np.uint8)
    for tissue, numbers in _LABELS.items():
        table[list(numbers)] = int(tissue)
    known = np.clip(labels, 0, table.size - 1).astype(np.intp)
    return table[known]


def is_any(tissues: NDArray[np.uint8], members: tuple[Tissue, ...]) -> NDArray[np.bool_]:
    """Tell where `tissues` is one of `members`; same shape."""
    table = np.zeros(256, bool)
    table[[int(member) for member in members]] = True
    return table[tissues]
