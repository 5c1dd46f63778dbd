"""The labels of a glioma, from segmentation and label-map nodes, however they were made."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk
import slicer
import vtk

from ELMEDLib.bridge import geometry
from ELMEDLib.bridge.glioma import GLIOMA_SEGMENTS
from ELMEDLib.bridge.segment_images import segmentImage
from ELMEDLib.bridge.volumes import imageFromVolume
from ELMEDLib.errors import InputError
from ELMEDLib.masks import layers_on_grid

if TYPE_CHECKING:
    from ELMEDLib.segment_kinds import SegmentKind

INNERMOST_LAST = ("oedema", "necrotic_core", "enhancing_tumour")
"""Where a reader's segments overlap, the inner one counts, as a network's nested regions do."""

LABEL_IN_NAME = re.compile(r"(?:^|[\s_-])([1-4])$")
"""A segment that was made from a label map without names: "1", "Label 2", "Segment_4"."""

OLD_ENHANCING_TUMOUR = 4


def labelsOf(
    node: slicer.vtkMRMLNode, referenceVolume: slicer.vtkMRMLScalarVolumeNode | None
) -> sitk.Image:
    """Return the labels (1, 2, 3) that a segmentation or label map holds, as an image in LPS.

    Args:
        node: a segmentation or a label map.
        referenceVolume: whose grid a segmentation's labels are on.

    Raises:
        InputError: no segment can be recognised, or there is no grid to put them on.
    """
    if node.IsA("vtkMRMLSegmentationNode"):
        return _ofSegmentation(node, referenceVolume)
    return imageFromVolume(node)


def referenceVolumeOf(
    segmentationNode: slicer.vtkMRMLSegmentationNode | None,
) -> slicer.vtkMRMLScalarVolumeNode | None:
    """Return the volume whose grid a segmentation lies on, None where it is not known."""
    if segmentationNode is None:
        return None
    role = slicer.vtkMRMLSegmentationNode.GetReferenceImageGeometryReferenceRole()
    return segmentationNode.GetNodeReference(role)


def _ofSegmentation(
    node: slicer.vtkMRMLSegmentationNode, volume: slicer.vtkMRMLScalarVolumeNode | None
) -> sitk.Image:
    if volume is None:
        raise InputError(
            f"It is not known which volume the segmentation '{node.GetName()}' belongs to.",
            "Choose the volume as its source geometry in the Segment Editor.",
        )
    grid = _gridOf(volume)
    segments = {
        kind.identifier: segmentImage(node, segmentID)
        for segmentID, kind in recognised(node).items()
    }
    if not segments:
        raise InputError(
            f"No segment of '{node.GetName()}' can be recognised as part of a glioma.",
            "Name the segments 'Necrotic core', 'Oedema' and 'Enhancing tumour'.",
        )
    array = np.zeros(grid.GetSize()[::-1], np.uint8)
    values = {kind.identifier: kind.label for kind in GLIOMA_SEGMENTS}
    for name in filter(segments.__contains__, INNERMOST_LAST):
        for layer in layers_on_grid({name: segments[name]}, grid, volume.GetName()).layers:
            array[sitk.GetArrayViewFromImage(layer.mask) > 0] = values[name]
    image = sitk.GetImageFromArray(array)
    image.CopyInformation(grid)
    return image


def recognised(node: slicer.vtkMRMLSegmentationNode) -> dict[str, SegmentKind]:
    """Return what each segment stands for, by its ID; segments that nothing tells are left out."""
    segmentation = node.GetSegmentation()
    found: dict[str, SegmentKind] = {}
    for segmentID in segmentation.GetSegmentIDs():
        kind = _kindOf(segmentID, segmentation.GetSegment(segmentID))
        if kind is not None and kind not in found.values():
            found[segmentID] = kind
    return found


def _kindOf(segmentID: str, segment: slicer.vtkSegment) -> SegmentKind | None:
    """Recognise a segment by its ID, its name, the label in its name, or its code."""
    name = segment.GetName().casefold()
    number = LABEL_IN_NAME.search(segment.GetName())
    label = int(number[1]) if number else 0
    code = vtk.reference("")
    segment.GetTag(segment.GetTerminologyEntryTagName(), code)
    for kind in GLIOMA_SEGMENTS:
        ownLabel = label == kind.label
        oldLabel = label == OLD_ENHANCING_TUMOUR and kind.identifier == "enhancing_tumour"
        if segmentID == kind.identifier or name == kind.name.casefold() or ownLabel or oldLabel:
            return kind
    matches = [kind for kind in GLIOMA_SEGMENTS if f"~{kind.type}~" in str(code)]
    return matches[0] if matches else None


def _gridOf(volume: slicer.vtkMRMLScalarVolumeNode) -> sitk.Image:
    """Return an empty image on the volume's grid."""
    grid = sitk.Image(volume.GetImageData().GetDimensions(), sitk.sitkUInt8)
    geometry.setGeometry(grid, geometry.ijkToWorld(volume), volume.GetName())
    return grid
