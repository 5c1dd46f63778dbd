"""The geometry of images in Slicer's matrices and in SimpleITK's terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import slicer
import vtk

from ELMEDLib.errors import InputError

if TYPE_CHECKING:
    import SimpleITK as sitk

RAS_TO_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])

# Cosine of the angle between two axes of a grid; rounding in headers stays far below.
LARGEST_SKEW = 1e-3


def ijkToWorld(volumeNode: slicer.vtkMRMLVolumeNode) -> np.ndarray:
    """Return the 4x4 matrix from voxel indices (i, j, k) to the world (RAS, mm).

    A transform that the volume lies under counts as if it were hardened.

    Raises:
        InputError: the transform is not linear, so no matrix can tell where the voxels are.
    """
    matrix = vtk.vtkMatrix4x4()
    volumeNode.GetIJKToRASMatrix(matrix)
    ijkToRAS = slicer.util.arrayFromVTKMatrix(matrix)
    transformNode = volumeNode.GetParentTransformNode()
    if transformNode is None:
        return ijkToRAS
    if not transformNode.IsTransformToWorldLinear():
        raise InputError(
            f"The volume '{volumeNode.GetName()}' lies under a transform that bends it.",
            "Harden the transform in the Transforms module first.",
        )
    transformNode.GetMatrixTransformToWorld(matrix)
    return slicer.util.arrayFromVTKMatrix(matrix) @ ijkToRAS


def setGeometry(image: sitk.Image, ijkToRAS: np.ndarray, name: str) -> None:
    """Place `image` where the 4x4 matrix `ijkToRAS` says.

    Args:
        image: changed in place.
        ijkToRAS: from voxel indices to RAS mm; may be rotated and left-handed.
        name: of the volume, for the error.

    Raises:
        InputError: the axes are not at right angles, which no image file can tell.
    """
    ijkToLPS = RAS_TO_LPS @ ijkToRAS
    axes = ijkToLPS[:3, :3]
    spacing = np.linalg.norm(axes, axis=0)
    if not (spacing > 0).all():
        raise InputError(
            f"The volume '{name}' has a side without length.", "Check its spacing in Volumes."
        )
    direction = axes / spacing
    if np.abs(direction.T @ direction - np.eye(3)).max() > LARGEST_SKEW:
        raise InputError(
            f"The axes of the volume '{name}' are not at right angles (a sheared grid).",
            "Resample the volume, for example with 'Resample Scalar/Vector/DWI Volume'.",
        )
    image.SetSpacing(spacing.tolist())
    image.SetDirection(direction.ravel().tolist())
    image.SetOrigin(ijkToLPS[:3, 3].tolist())


def ijkToRASOf(image: sitk.Image) -> np.ndarray:
    """Return the 4x4 matrix from the voxel indices of `image` to RAS mm."""
    ijkToLPS = np.eye(4)
    direction = np.reshape(image.GetDirection(), (3, 3))
    ijkToLPS[:3, :3] = direction * np.asarray(image.GetSpacing())
    ijkToLPS[:3, 3] = image.GetOrigin()
    return RAS_TO_LPS @ ijkToLPS


def vtkMatrix(array: np.ndarray) -> vtk.vtkMatrix4x4:
    """Return a 4x4 array as VTK's matrix."""
    matrix = vtk.vtkMatrix4x4()
    matrix.DeepCopy(np.asarray(array, float).ravel().tolist())
    return matrix
