"""Probabilities and uncertainty as volumes in the scene, laid over the slices on request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import slicer

from ELMEDSegmentLib.labels import REGION_TITLES
from ELMEDSegmentLib.uncertainty import MOST_BITS
from ELMEDSegmentWidgets.own_volumes import OwnVolumes

if TYPE_CHECKING:
    from collections.abc import Mapping

    import SimpleITK as sitk

UNCERTAINTY = "uncertainty"

MAPS = OwnVolumes(
    "ELMED.Map",
    {
        UNCERTAINTY: "Uncertainty (bits)",
        **{region: f"Probability of {title.lower()}" for region, title in REGION_TITLES.items()},
    },
)
"""The maps of a result, by region or `UNCERTAINTY`."""

SHOWN_FROM = 0.05
"""Of the largest value; what is below is left transparent, so that the anatomy is seen."""

OPACITY = 0.6
COLOURS = "vtkMRMLColorTableNodeIron"


def setMaps(
    segmentationNode: slicer.vtkMRMLSegmentationNode, images: Mapping[str, sitk.Image]
) -> None:
    """Give a segmentation these volumes, and take away those of an earlier result."""
    for name, node in MAPS.give(segmentationNode, images).items():
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
