"""Volume nodes from and to SimpleITK images."""

from __future__ import annotations

import SimpleITK as sitk
import slicer

from ELMEDLib.bridge import geometry
from ELMEDLib.errors import InputError


def imageFromVolume(volumeNode: slicer.vtkMRMLVolumeNode) -> sitk.Image:
    """Return a copy of a volume as an image in the world's coordinates.

    A linear transform that the volume lies under counts as if it were hardened; the node stays as
    it is. It costs one copy of the voxels.

    Raises:
        InputError: the volume has no voxels, or lies where no image can (see `geometry`).
    """
    imageData = volumeNode.GetImageData()
    if imageData is None or imageData.GetNumberOfPoints() == 0:
        raise InputError(f"The volume '{volumeNode.GetName()}' holds no voxels.", "Load it again.")
    array = slicer.util.arrayFromVolume(volumeNode)
    image = sitk.GetImageFromArray(array, isVector=imageData.GetNumberOfScalarComponents() > 1)
    geometry.setGeometry(image, geometry.ijkToWorld(volumeNode), volumeNode.GetName())
    return image


def addVolumeFromImage(image: sitk.Image, name: str) -> slicer.vtkMRMLScalarVolumeNode:
    """Add a scalar volume node with the voxels and the place of `image`, and return it."""
    volumeNode = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", name)
    updateVolumeFromImage(volumeNode, image)
    volumeNode.CreateDefaultDisplayNodes()
    return volumeNode


def updateVolumeFromImage(volumeNode: slicer.vtkMRMLScalarVolumeNode, image: sitk.Image) -> None:
    """Give a volume node the voxels and the place of `image`, which is in the world's LPS."""
    with slicer.util.NodeModify(volumeNode):
        slicer.util.updateVolumeFromArray(volumeNode, sitk.GetArrayViewFromImage(image))
        volumeNode.SetAndObserveTransformNodeID(None)
        volumeNode.SetIJKToRASMatrix(geometry.vtkMatrix(geometry.ijkToRASOf(image)))
