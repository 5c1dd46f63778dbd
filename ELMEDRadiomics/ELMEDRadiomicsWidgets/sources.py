"""Which nodes a table of features was measured in, and showing where a value comes from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import slicer

from ELMEDLib.bridge.views import jumpTo
from ELMEDRadiomicsWidgets.regions import segmentsOf, targetNames

if TYPE_CHECKING:
    from collections.abc import Mapping

SEGMENTATION = "ELMED.Segmentation"
VOLUME = "ELMED.Volume."
NAMES = "ELMED.RadiomicsVolumes"
"""The table's attribute with the names of the volumes in the order of their references, JSON."""


def rememberSources(
    tableNode: slicer.vtkMRMLTableNode,
    segmentationNode: slicer.vtkMRMLSegmentationNode,
    volumes: Mapping[str, slicer.vtkMRMLScalarVolumeNode],
) -> None:
    """Let a table refer to the segmentation and to the volumes, which are given by name."""
    tableNode.SetNodeReferenceID(SEGMENTATION, segmentationNode.GetID())
    tableNode.SetAttribute(NAMES, json.dumps(list(volumes)))
    for number, node in enumerate(volumes.values()):
        tableNode.SetNodeReferenceID(f"{VOLUME}{number}", node.GetID())


def segmentationOf(
    tableNode: slicer.vtkMRMLTableNode,
) -> slicer.vtkMRMLSegmentationNode | None:
    """Return the segmentation that was measured, None when it is gone."""
    return tableNode.GetNodeReference(SEGMENTATION)


def volumesOf(
    tableNode: slicer.vtkMRMLTableNode,
) -> dict[str, slicer.vtkMRMLScalarVolumeNode]:
    """Return the volumes that were measured, by name; those that are gone are left out."""
    names = json.loads(tableNode.GetAttribute(NAMES) or "[]")
    nodes = {
        name: tableNode.GetNodeReference(f"{VOLUME}{number}") for number, name in enumerate(names)
    }
    return {name: node for name, node in nodes.items() if node is not None}


def segmentID(segmentationNode: slicer.vtkMRMLSegmentationNode, name: str) -> str | None:
    """Return the ID of the segment, or the key of the region, that a result calls by this name."""
    for key, title in targetNames(segmentationNode).items():
        if title == name:
            return key
    return None


def showSource(tableNode: slicer.vtkMRMLTableNode, image: str, segment: str) -> None:
    """Show a volume in the slices, and move them to a segment's centre."""
    volumeNode = volumesOf(tableNode).get(image)
    if volumeNode is not None:
        slicer.util.setSliceViewerLayers(background=volumeNode)
    segmentationNode = segmentationOf(tableNode)
    key = segmentID(segmentationNode, segment) if segmentationNode else None
    if key is not None:
        jumpTo(segmentationNode, segmentsOf(segmentationNode, key))
