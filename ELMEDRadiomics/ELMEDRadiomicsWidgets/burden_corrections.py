"""Diameters corrected by hand, kept with the segmentation that was measured."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

from ELMEDRadiomicsLib.burden.corrections import Corrections

if TYPE_CHECKING:
    from collections.abc import Collection

    import slicer

    from ELMEDRadiomicsLib.burden.results import Burden

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
