"""Label images as segmentation nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk
import slicer
from vtk.util import numpy_support

from ELMEDLib.bridge import geometry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ELMEDLib.segment_kinds import SegmentKind


def setSegments(
    segmentationNode: slicer.vtkMRMLSegmentationNode,
    labels: sitk.Image,
    kinds: Sequence[SegmentKind],
    referenceVolume: slicer.vtkMRMLVolumeNode | None = None,
) -> None:
    """Give a segmentation the segments of a label image, in one go.

    Segments with the same IDs are replaced, also by empty ones; others, which the user drew, stay.
    The 3D surfaces of the old segments are dropped: making new ones takes seconds, and waits for
    `showSurfaces`.

    Args:
        segmentationNode: changed; it is taken out from under any transform, as the labels are in
            the world.
        labels: integers, in the world's LPS.
        kinds: what the label values stand for.
        referenceVolume: the volume whose grid segments are edited and exported on.
    """
    layer = _orientedImage(labels)
    segmentation = segmentationNode.GetSegmentation()
    with slicer.util.NodeModify(segmentationNode):
        segmentationNode.SetAndObserveTransformNodeID(None)
        segmentationNode.SetSourceRepresentationToBinaryLabelmap()
        segmentationNode.RemoveClosedSurfaceRepresentation()
        segmentationNode.CreateDefaultDisplayNodes()
        if referenceVolume is not None:
            segmentationNode.SetReferenceImageGeometryParameterFromVolumeNode(referenceVolume)
        for kind in kinds:
            if segmentation.GetSegment(kind.identifier):
                segmentation.RemoveSegment(kind.identifier)
        for kind in kinds:
            segmentation.AddSegment(_segment(kind, layer), kind.identifier)
            display = segmentationNode.GetDisplayNode()
            display.SetSegmentOpacity3D(kind.identifier, kind.opacity3D)
    if referenceVolume is not None:
        _putBeside(segmentationNode, referenceVolume)


def showSurfaces(segmentationNode: slicer.vtkMRMLSegmentationNode, visible: bool = True) -> None:
    """Show or hide the segments' surfaces in 3D; making them takes seconds the first time."""
    if visible:
        segmentationNode.CreateClosedSurfaceRepresentation()
    segmentationNode.CreateDefaultDisplayNodes()
    segmentationNode.GetDisplayNode().SetVisibility3D(visible)


def surfacesShown(segmentationNode: slicer.vtkMRMLSegmentationNode | None) -> bool:
    """Return whether the segments' surfaces are there and visible in 3D."""
    if segmentationNode is None or segmentationNode.GetDisplayNode() is None:
        return False
    name = slicer.vtkSegmentationConverter.GetSegmentationClosedSurfaceRepresentationName()
    made = segmentationNode.GetSegmentation().ContainsRepresentation(name)
    return bool(made and segmentationNode.GetDisplayNode().GetVisibility3D())


def _orientedImage(labels: sitk.Image) -> slicer.vtkOrientedImageData:
    array = sitk.GetArrayViewFromImage(labels).astype(np.uint8)
    scalars = numpy_support.numpy_to_vtk(array.ravel(), deep=True)
    image = slicer.vtkOrientedImageData()
    image.SetDimensions(labels.GetSize())
    image.GetPointData().SetScalars(scalars)
    image.SetGeometryFromImageToWorldMatrix(geometry.vtkMatrix(geometry.ijkToRASOf(labels)))
    return image


def _segment(kind: SegmentKind, layer: slicer.vtkOrientedImageData) -> slicer.vtkSegment:
    """Return the segment of one kind; all share the label image, as one layer of the file."""
    segment = slicer.vtkSegment()
    segment.SetName(kind.name)
    segment.SetColor(kind.colour)
    segment.SetTag(segment.GetTerminologyEntryTagName(), kind.terminology)
    representation = (
        slicer.vtkSegmentationConverter.GetSegmentationBinaryLabelmapRepresentationName()
    )
    segment.AddRepresentation(representation, layer)
    segment.SetLabelValue(kind.label)
    return segment


def _putBeside(node: slicer.vtkMRMLNode, neighbour: slicer.vtkMRMLNode) -> None:
    """Put a node that lies at the top of the subject hierarchy into its neighbour's folder.

    For DICOM that folder is the study, which an exported segmentation has to belong to.
    """
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    if hierarchy is None:
        return
    item, neighbourItem = hierarchy.GetItemByDataNode(node), hierarchy.GetItemByDataNode(neighbour)
    if item and neighbourItem and hierarchy.GetItemParent(item) == hierarchy.GetSceneItemID():
        hierarchy.SetItemParent(item, hierarchy.GetItemParent(neighbourItem))
