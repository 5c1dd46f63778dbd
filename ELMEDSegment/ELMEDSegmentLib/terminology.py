"""The segments of a glioma: names, colours and codes.

Codes: DICOM PS3.16, CID 7159 "Lesion Segmentation Type", all of the category "Morphologically
Altered Structure" of CID 7150. DICOM codes the enhancing lesion by the NCI Thesaurus, as SNOMED CT
has no such concept. The non-enhancing core, which BraTS joins with the necrosis, has no code of its
own in one with it. The two combined regions have the most general codes that are true of them: the
core is a neoplasm, and the whole tumour with its oedema is a lesion.
"""

from __future__ import annotations

from ELMEDLib.segment_kinds import Code, SegmentKind
from ELMEDSegmentLib.labels import LABEL_TITLES, LABELS, REGION_TITLES

ALTERED_STRUCTURE = Code("SCT", "49755003", "Morphologically Altered Structure")
BRAIN = Code("SCT", "12738006", "Brain")

TYPES = {
    "necrotic_core": Code("SCT", "6574001", "Necrosis"),
    "oedema": Code("SCT", "79654002", "Edema"),
    "enhancing_tumour": Code("NCIt", "C113842", "Enhancing Lesion"),
}

# Apart from each other in lightness too, for the one in twelve men who confuses red and green.
COLOURS = {
    "necrotic_core": (0.80, 0.22, 0.27),
    "oedema": (0.30, 0.68, 0.86),
    "enhancing_tumour": (0.98, 0.80, 0.25),
}

# Oedema surrounds the core, which would be hidden in 3D.
OPACITIES_3D = {"necrotic_core": 1.0, "oedema": 0.4, "enhancing_tumour": 1.0}

GLIOMA_SEGMENTS = tuple(
    SegmentKind(
        name,
        LABELS[name],
        LABEL_TITLES[name],
        COLOURS[name],
        ALTERED_STRUCTURE,
        TYPES[name],
        BRAIN,
        OPACITIES_3D[name],
    )
    for name in LABELS
)
"""Necrotic core, oedema and enhancing tumour, in the order of their label values."""

REGION_SEGMENTS = {
    "WT": SegmentKind(
        "whole_tumour",
        1,
        REGION_TITLES["WT"],
        (0.62, 0.55, 0.85),
        ALTERED_STRUCTURE,
        Code("SCT", "52988006", "Lesion"),
        BRAIN,
        0.15,
    ),
    "TC": SegmentKind(
        "tumour_core",
        1,
        REGION_TITLES["TC"],
        (0.90, 0.47, 0.20),
        ALTERED_STRUCTURE,
        Code("SCT", "108369006", "Neoplasm"),
        BRAIN,
        0.3,
    ),
}
"""The combined regions, which overlap the others; the third, ET, is the enhancing tumour itself."""
