"""A result as nodes in the scene."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK as sitk
import slicer

from ELMEDLib.bridge.glioma import GLIOMA_SEGMENTS, REGION_SEGMENTS
from ELMEDLib.bridge.segmentations import setSegments
from ELMEDLib.bridge.tables import setTable
from ELMEDSegmentLib.labels import REGIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ELMEDSegmentWidgets.segmenter import Request

SEGMENTATION_NAME = "Glioma segmentation"
TABLE_NAME = "Glioma volumes"

REPORT_ATTRIBUTE = "ELMED.Report"
"""Of the segmentation: the run report as JSON, saved with the scene."""

EDITED_ATTRIBUTE = "ELMED.Edited"
"""Of the segmentation: its segments were changed since the run; saved with the scene."""

ROWS = {
    "necrotic_core": "Necrotic core",
    "oedema": "Oedema",
    "enhancing_tumour": "Enhancing tumour",
    "TC": "Tumour core (necrotic and enhancing)",
    "WT": "Whole tumour",
}
"""The rows of the table of volumes: three segments, which do not overlap, and two sums."""


def importResult(
    request: Request, labels: sitk.Image, answer: Mapping[str, Any], report: str
) -> tuple[slicer.vtkMRMLSegmentationNode, slicer.vtkMRMLTableNode]:
    """Put labels and volumes into the request's nodes, or into new ones, and return them.

    Args:
        request: what was asked for.
        labels: what was found.
        answer: of the worker.
        report: of the run, as JSON.
    """
    scene = slicer.mrmlScene
    segmentationNode = request.segmentationNode
    if segmentationNode is None or not scene.IsNodePresent(segmentationNode):
        segmentationNode = _newNode("vtkMRMLSegmentationNode", SEGMENTATION_NAME)
    reference = request.volumes[request.reference]
    # The user may have deleted the volume meanwhile.
    present = reference if scene.IsNodePresent(reference) else None
    setSegments(segmentationNode, labels, GLIOMA_SEGMENTS, present)
    setRegions(segmentationNode, labels if request.regions else None)
    segmentationNode.SetAttribute(REPORT_ATTRIBUTE, report)
    segmentationNode.RemoveAttribute(EDITED_ATTRIBUTE)
    tableNode = request.tableNode
    if tableNode is None or not scene.IsNodePresent(tableNode):
        tableNode = _newNode("vtkMRMLTableNode", TABLE_NAME)
    volumes = answer["volumes_ml"]
    setTable(
        tableNode,
        {
            "Region": list(ROWS.values()),
            "Volume (ml)": [round(float(volumes[name]), 2) for name in ROWS],
        },
    )
    tableNode.SetLocked(True)
    return segmentationNode, tableNode


def setRegions(segmentationNode: slicer.vtkMRMLSegmentationNode, labels: sitk.Image | None) -> None:
    """Give a segmentation the combined regions of `labels`, or take them away for None.

    In 2D they are outlines and in 3D hardly more than glass: they cover what they are made of.
    """
    segmentation = segmentationNode.GetSegmentation()
    for region, kind in REGION_SEGMENTS.items():
        if segmentation.GetSegment(kind.identifier):
            segmentation.RemoveSegment(kind.identifier)
        if labels is None:
            continue
        array = np.isin(sitk.GetArrayViewFromImage(labels), REGIONS[region])
        image = sitk.GetImageFromArray(array.astype(np.uint8))
        image.CopyInformation(labels)
        setSegments(segmentationNode, image, [kind])
        segmentationNode.GetDisplayNode().SetSegmentVisibility2DFill(kind.identifier, False)


def _newNode(className: str, name: str) -> slicer.vtkMRMLNode:
    return slicer.mrmlScene.AddNewNodeByClass(className, slicer.mrmlScene.GenerateUniqueName(name))
