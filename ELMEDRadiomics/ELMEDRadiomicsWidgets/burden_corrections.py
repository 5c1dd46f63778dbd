"""Diameters corrected by hand, kept with the segmentation that was measured."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

import slicer

from ELMEDRadiomicsLib.burden.corrections import Corrections

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from ELMEDRadiomicsLib.burden.results import Burden, Lesion

CORRECTIONS = "ELMED.CorrectedDiameters"
"""Attribute of a segmentation: `Corrections.as_json`, as JSON."""


def keepCorrections(
    segmentationNode: slicer.vtkMRMLSegmentationNode | None,
    burden: Burden,
    edited: Collection[str],
) -> bool:
    """Write down which lesions were corrected; return whether that has changed.

    Args:
        segmentationNode: that was measured; None when it is gone.
        burden: with the lines as they are now.
        edited: names of the lesions with lines that were moved.
    """
    if segmentationNode is None:
        return False
    lesions = tuple(lesion for lesion in burden.lesions if lesion.name in edited)
    found = Corrections(burden.plane, burden.rule, lesions).as_json() if lesions else None
    text = json.dumps(found) if found else None
    if text == segmentationNode.GetAttribute(CORRECTIONS):
        return False
    segmentationNode.SetAttribute(CORRECTIONS, text)
    return True


def correctionsOf(segmentationNode: slicer.vtkMRMLSegmentationNode) -> dict[str, Any] | None:
    """Return what `Corrections.from_json` reads, None for none."""
    with contextlib.suppress(TypeError, ValueError):
        return json.loads(segmentationNode.GetAttribute(CORRECTIONS))
    return None


def mayReplace(corrected: Sequence[Lesion], title: str) -> bool:
    """Ask whether a new measurement may take the place of diameters corrected by hand.

    Args:
        corrected: lesions with lines that were moved; nothing is asked where there are none.
        title: of the window.
    """
    if not corrected:
        return True
    names = ", ".join(lesion.name for lesion in corrected)
    question = (
        f"Diameters were corrected by hand: {names}. "
        "A new measurement puts computed lines in their place. Replace them?"
    )
    return bool(slicer.util.confirmOkCancelDisplay(question, windowTitle=title))
