"""Probabilities and uncertainty as volumes in the scene, laid over the slices on request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import slicer

from ELMEDLib.bridge.volumes import addVolumeFromImage, updateVolumeFromImage
from ELMEDSegmentLib.labels import REGION_TITLES
from ELMEDSegmentLib.uncertainty import MOST_BITS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import SimpleITK as sitk

UNCERTAINTY = "uncertainty"

TITLES = {
    UNCERTAINTY: "Uncertainty (bits)",
    **{region: f"Probability of {title.lower()}" for region, title in REGION_TITLES.items()},
}
"""The names of the volumes."""

SHOWN_FROM = 0.05
"""Of the largest value; what is below is left transparent, so that the anatomy is seen."""

OPACITY = 0.6
COLOURS = "vtkMRMLColorTableNodeIron"


def mapsOf(
    segmentationNode: slicer.vtkMRMLSegmentationNode | None,
) -> dict[str, slicer.vtkMRMLScalarVolumeNode]:
    """Return the volumes that belong to a segmentation, by region or `UNCERTAINTY`."""
    if segmentationNode is None:
        return {}
    found = {name: segmentationNode.GetNodeReference(_role(name)) for name in TITLES}
    return {name: node for name, node in found.items() if node is not None}


def setMaps(
    segmentationNode: slicer.vtkMRMLSegmentationNode, images: Mapping[str, sitk.Image]
) -> None:
    """Give a segmentation these volumes, and take away those of an earlier result."""
    existing = mapsOf(segmentationNode)
    for name in set(existing) - set(images):
        slicer.mrmlScene.RemoveNode(existing[name])
        segmentationNode.RemoveNodeReferenceIDs(_role(name))
    for name, image in images.items():
        if name in existing:
            updateVolumeFromImage(existing[name], image)
            continue
        title = slicer.mrmlScene.GenerateUniqueName(TITLES[name])
        node = addVolumeFromImage(image, title)
        segmentationNode.SetNodeReferenceID(_role(name), node.GetID())
        _colour(node, MOST_BITS if name == UNCERTAINTY else 1.0)


def overlay(node: slicer.vtkMRMLScalarVolumeNode | None) -> None:
    """Lay a map over the slices, or none."""
    slicer.util.setSliceViewerLayers(foreground=node, foregroundOpacity=OPACITY if node else 0.0)


def _colour(node: slicer.vtkMRMLScalarVolumeNode, largest: float) -> None:
    display = node.GetDisplayNode()
    display.SetAutoWindowLevel(False)
    display.SetWindowLevelMinMax(0.0, largest)
    display.SetThreshold(SHOWN_FROM * largest, largest)
    display.SetApplyThreshold(True)
    if slicer.mrmlScene.GetNodeByID(COLOURS):
        display.SetAndObserveColorNodeID(COLOURS)


def _role(name: str) -> str:
    return f"ELMED.Map.{name}"
