"""Segments of a segmentation node as images in the world."""

from __future__ import annotations

import numpy as np
import SimpleITK as sitk
import slicer
import vtk
from vtk.util import numpy_support

from ELMEDLib.bridge import geometry
from ELMEDLib.errors import InputError


def segmentNames(segmentationNode: slicer.vtkMRMLSegmentationNode) -> dict[str, str]:
    """Return the segments' names by their IDs, in their order; equal names get a number."""
    segmentation = segmentationNode.GetSegmentation()
    names: dict[str, str] = {}
    for segmentID in segmentation.GetSegmentIDs():
        names[segmentID] = unique(segmentation.GetSegment(segmentID).GetName(), names.values())
    return names


def unique(name: str, taken) -> str:
    """Return `name`, or with a number behind it where it is taken."""
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name} ({number})"
    return found


def segmentImage(segmentationNode: slicer.vtkMRMLSegmentationNode, segmentID: str) -> sitk.Image:
    """Return a segment as a binary image in the world's LPS, on the grid it was drawn on.

    The grid reaches no further than the segment's voxels do, roughly. A linear transform that the
    segmentation lies under counts as if it were hardened. A segment that was drawn as a surface
    gets its voxels first.

    Raises:
        InputError: the segment has no voxels at all, or lies where no image can (see `geometry`).
    """
    name = segmentationNode.GetSegmentation().GetSegment(segmentID).GetName()
    labels = slicer.vtkOrientedImageData()
    found = segmentationNode.GetBinaryLabelmapRepresentation(segmentID, labels)
    if not found:
        segmentationNode.CreateBinaryLabelmapRepresentation()
        found = segmentationNode.GetBinaryLabelmapRepresentation(segmentID, labels)
    if not found:
        raise InputError(
            f"The segment '{name}' cannot be turned into voxels.",
            "Open it in the Segment Editor, or leave it out.",
        )
    scalars = labels.GetPointData().GetScalars()
    if scalars is None or labels.GetNumberOfPoints() == 0:
        return _empty()
    x, y, z = labels.GetDimensions()
    array = numpy_support.vtk_to_numpy(scalars).reshape(z, y, x) != 0
    image = sitk.GetImageFromArray(array.astype(np.uint8))
    geometry.setGeometry(image, _placed(segmentationNode, labels), name)
    return image


def _placed(
    segmentationNode: slicer.vtkMRMLSegmentationNode, labels: slicer.vtkOrientedImageData
) -> np.ndarray:
    """Return the 4x4 matrix from the array's indices to the world (RAS, mm)."""
    matrix = vtk.vtkMatrix4x4()
    labels.GetImageToWorldMatrix(matrix)
    toParent = slicer.util.arrayFromVTKMatrix(matrix)
    # The array starts where the extent does, which need not be at zero.
    first = np.eye(4)
    first[:3, 3] = labels.GetExtent()[::2]
    toParent = toParent @ first
    transformNode = segmentationNode.GetParentTransformNode()
    if transformNode is None:
        return toParent
    if not transformNode.IsTransformToWorldLinear():
        raise InputError(
            f"The segmentation '{segmentationNode.GetName()}' lies under a transform that bends "
            "it.",
            "Harden the transform in the Transforms module first.",
        )
    transformNode.GetMatrixTransformToWorld(matrix)
    return slicer.util.arrayFromVTKMatrix(matrix) @ toParent


def _empty() -> sitk.Image:
    return sitk.Image(1, 1, 1, sitk.sitkUInt8)
