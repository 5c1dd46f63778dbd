"""Handing a result over to where it is corrected or measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

import slicer

if TYPE_CHECKING:
    from collections.abc import Sequence

EDITOR = "SegmentEditor"
RADIOMICS = "ELMEDRadiomics"


def editSegments(
    segmentationNode: slicer.vtkMRMLSegmentationNode,
    volume: slicer.vtkMRMLScalarVolumeNode | None,
) -> None:
    """Open the Segment Editor on a segmentation, over the volume whose grid it lies on."""
    scene = slicer.mrmlScene
    # The module's own node, which it makes when it is first opened.
    editorNode = scene.GetSingletonNode(EDITOR, "vtkMRMLSegmentEditorNode")
    if editorNode is None:
        editorNode = scene.CreateNodeByClass("vtkMRMLSegmentEditorNode")
        editorNode.UnRegister(None)
        editorNode.SetSingletonTag(EDITOR)
        editorNode = scene.AddNode(editorNode)
    editorNode.SetAndObserveSegmentationNode(segmentationNode)
    if volume is not None:
        editorNode.SetAndObserveSourceVolumeNode(volume)
    slicer.util.selectModule(EDITOR)


def canMeasure() -> bool:
    """Tell whether ELMEDRadiomics is there."""
    return hasattr(slicer.modules, RADIOMICS.lower())


def measure(
    segmentationNode: slicer.vtkMRMLSegmentationNode,
    volumes: Sequence[slicer.vtkMRMLScalarVolumeNode],
) -> None:
    """Open ELMEDRadiomics with a segmentation and the volumes of its study chosen."""
    slicer.util.selectModule(RADIOMICS)
    parameters = slicer.util.getModuleWidget(RADIOMICS).logic.getParameterNode()
    parameters.segmentation = segmentationNode
    if volumes:
        parameters.volumes = list(volumes)
        parameters.volumesChosen = True
