"""What was found in a scan as nodes: overlays that let the scan be seen, segmentations, tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import slicer

from ELMEDLib.bridge.glioma import GLIOMA_SEGMENTS
from ELMEDLib.bridge.segmentations import setSegments
from ELMEDLib.bridge.tables import setTable
from ELMEDLib.bridge.volumes import updateVolumeFromImage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import SimpleITK as sitk

SHADES = 256
OPACITY = 0.65
QUIET = 0.12
"""Share of the greatest value below which the source is seen alone. A display node takes a shade's
opacity for all or nothing, so that shades cannot fade away by it."""

PALE = (0.80, 0.80, 0.80)
SIGNED = "ELMED below and above"
HEAT = "ELMED speaks for it"

BLUE, ORANGE = (0.10, 0.45, 0.95), (1.00, 0.50, 0.05)
HOT = ((0.35, 0.05, 0.45), (0.85, 0.20, 0.25), (1.00, 0.60, 0.05), (1.00, 0.95, 0.45))


def putVolume(name: str, image: sitk.Image) -> slicer.vtkMRMLScalarVolumeNode:
    """Return a volume of this name with the voxels of `image`: the one of before, or a new one."""
    node = _ofName("vtkMRMLScalarVolumeNode", name)
    updateVolumeFromImage(node, image)
    if node.GetDisplayNode() is None:
        node.CreateDefaultDisplayNodes()
    return node


def putSegmentation(
    name: str, labels: sitk.Image, source: slicer.vtkMRMLScalarVolumeNode
) -> slicer.vtkMRMLSegmentationNode:
    """Return a segmentation of this name with the glioma's segments."""
    node = _ofName("vtkMRMLSegmentationNode", name)
    setSegments(node, labels, GLIOMA_SEGMENTS, source)
    return node


def putTable(name: str, columns: Mapping[str, Sequence[Any]]) -> slicer.vtkMRMLTableNode:
    """Return a table of this name with these columns."""
    node = _ofName("vtkMRMLTableNode", name)
    setTable(node, columns)
    node.SetLocked(True)
    return node


def overlay(
    node: slicer.vtkMRMLScalarVolumeNode,
    source: slicer.vtkMRMLScalarVolumeNode,
    low: float,
    high: float,
) -> None:
    """Colour a volume, and show it over its source in the slice views.

    Args:
        node: signed about 0 when `low` is negative: blue below, orange above; else from 0, hot.
            Where it is 0 the source is seen through it.
        source: the background.
        low: what gets the first colour.
        high: what gets the last one.
    """
    display = node.GetDisplayNode()
    colours = _signedColours() if low < 0 else _hotColours()
    display.SetAndObserveColorNodeID(colours.GetID())
    display.SetAutoWindowLevel(False)
    display.SetWindowLevelMinMax(low, high)
    slicer.util.setSliceViewerLayers(background=source, foreground=node, foregroundOpacity=OPACITY)


def _signedColours() -> slicer.vtkMRMLColorTableNode:
    def colour(share: float) -> tuple[float, ...]:
        away = 2 * share - 1
        return (*_mixed(PALE, BLUE if away < 0 else ORANGE, abs(away)), float(abs(away) > QUIET))

    return _colours(SIGNED, colour)


def _hotColours() -> slicer.vtkMRMLColorTableNode:
    def colour(share: float) -> tuple[float, ...]:
        place = share * (len(HOT) - 1)
        lower = min(int(place), len(HOT) - 2)
        rest = place - lower
        return (*_mixed(HOT[lower], HOT[lower + 1], rest), float(share > QUIET))

    return _colours(HEAT, colour)


def _mixed(one: Sequence[float], other: Sequence[float], share: float) -> tuple[float, ...]:
    return tuple(a + share * (b - a) for a, b in zip(one, other, strict=True))


def _colours(name: str, colour: Any) -> slicer.vtkMRMLColorTableNode:
    """Return the scene's table of this name; the opacity of each shade is part of it."""
    found = slicer.mrmlScene.GetFirstNode(name, "vtkMRMLColorTableNode")
    if found is not None:
        return found
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLColorTableNode", name)
    node.SetTypeToUser()
    node.SetNumberOfColors(SHADES)
    for number in range(SHADES):
        node.SetColor(number, *colour(number / (SHADES - 1)))
    return node


def _ofName(className: str, name: str) -> Any:
    found = slicer.mrmlScene.GetFirstNode(name, className)
    return found or slicer.mrmlScene.AddNewNodeByClass(className, name)
