"""A result as nodes in the scene."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import slicer

from ELMEDLib.bridge.glioma import GLIOMA_SEGMENTS
from ELMEDLib.bridge.segmentations import setSegments
from ELMEDLib.bridge.tables import setTable

if TYPE_CHECKING:
    from collections.abc import Mapping

    import SimpleITK as sitk

    from ELMEDSegmentWidgets.segmenter import Request

SEGMENTATION_NAME = "Glioma segmentation"
TABLE_NAME = "Glioma volumes"

ROWS = {
    "necrotic_core": "Necrotic core",
    "oedema": "Oedema",
    "enhancing_tumour": "Enhancing tumour",
    "TC": "Tumour core (necrotic and enhancing)",
    "WT": "Whole tumour",
}
"""The rows of the table of volumes: three segments, which do not overlap, and two sums."""


def importResult(
    request: Request, labels: sitk.Image, answer: Mapping[str, Any]
) -> tuple[slicer.vtkMRMLSegmentationNode, slicer.vtkMRMLTableNode]:
    """Put labels and volumes into the request's nodes, or into new ones, and return them."""
    scene = slicer.mrmlScene
    segmentationNode = request.segmentationNode
    if segmentationNode is None or not scene.IsNodePresent(segmentationNode):
        segmentationNode = _newNode("vtkMRMLSegmentationNode", SEGMENTATION_NAME)
    reference = request.volumes[request.reference]
    # The user may have deleted the volume meanwhile.
    present = reference if scene.IsNodePresent(reference) else None
    setSegments(segmentationNode, labels, GLIOMA_SEGMENTS, present)
    tableNode = request.tableNode
    if tableNode is None or not scene.IsNodePresent(tableNode):
        tableNode = _newNode("vtkMRMLTableNode", TABLE_NAME)
    volumes = answer["volumes_ml"]
    setTable(
        tableNode,
        {
            "Region": list(ROWS.values()),
            "Volume (mL)": [round(float(volumes[name]), 2) for name in ROWS],
        },
    )
    tableNode.SetLocked(True)
    return segmentationNode, tableNode


def _newNode(className: str, name: str) -> slicer.vtkMRMLNode:
    return slicer.mrmlScene.AddNewNodeByClass(className, slicer.mrmlScene.GenerateUniqueName(name))
