"""Regions of a tumour that are made of several segments, and measured as segments are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import SimpleITK as sitk

from ELMEDLib.bridge.segment_images import segmentImage, segmentNames
from ELMEDRadiomicsLib.burden.label_map import label_map
from ELMEDRadiomicsWidgets.burden_choices import guessedParts

if TYPE_CHECKING:
    import slicer

PREFIX = "ELMED.Region."
"""Of a region's key, which stands beside the segments' IDs."""

REGIONS = {
    f"{PREFIX}WholeTumour": ("Whole tumour", ("core", "oedema", "enhancing")),
    f"{PREFIX}TumourCore": ("Tumour core", ("core", "enhancing")),
}
"""Name and parts of each region, as BraTS defines them."""


def regionNames(segmentationNode: slicer.vtkMRMLSegmentationNode | None) -> dict[str, str]:
    """Return the names of the regions by key that the segments' names tell.

    A region needs two parts, one of which no smaller region has; a segment of its name is the
    region already.
    """
    if segmentationNode is None:
        return {}
    found = {}
    segments = [name.lower() for name in segmentNames(segmentationNode).values()]
    for key, (name, _) in REGIONS.items():
        parts = _partsOf(segmentationNode, key)
        whole = name != "Whole tumour" or "oedema" in parts
        if len(parts) > 1 and whole and name.lower() not in segments:
            found[key] = name
    return found


def targetNames(segmentationNode: slicer.vtkMRMLSegmentationNode) -> dict[str, str]:
    """Return the names of all that can be measured by key: segments by their IDs, and regions."""
    return {**segmentNames(segmentationNode), **regionNames(segmentationNode)}


def segmentsOf(segmentationNode: slicer.vtkMRMLSegmentationNode, key: str) -> list[str]:
    """Return the IDs of the segments that a key stands for."""
    if key in REGIONS:
        return list(_partsOf(segmentationNode, key).values())
    return [key]


def targetImage(segmentationNode: slicer.vtkMRMLSegmentationNode, key: str) -> sitk.Image:
    """Return a segment, or a region as one, as a binary image in the world's LPS.

    Raises:
        InputError: a segment has no voxels; see `segmentImage`.
    """
    if key not in REGIONS:
        return segmentImage(segmentationNode, key)
    parts = {
        part: segmentImage(segmentationNode, segmentID)
        for part, segmentID in _partsOf(segmentationNode, key).items()
    }
    return sitk.Cast(label_map(parts, empty=True) != 0, sitk.sitkUInt8)


def _partsOf(segmentationNode: slicer.vtkMRMLSegmentationNode, key: str) -> dict[str, str]:
    guessed = guessedParts(segmentationNode)
    return {part: guessed[part] for part in REGIONS[key][1] if guessed[part]}
