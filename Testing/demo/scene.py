"""The result as a Slicer scene: volumes, segmentation, surfaces and a table."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from demo.views import Extent
from ELMEDLib.errors import InputError, OutputError
from ELMEDSegmentLib.labels import CHANNEL_TITLES, ENHANCING_TUMOUR, NECROTIC_CORE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import SimpleITK as sitk

    from demo.volumes import VolumeRow

FILL_OPACITY = 0.25
OUTLINE_WIDTH = 2
OPACITY_IN_3D = {"necrotic_core": 1.0, "oedema": 0.25, "enhancing_tumour": 0.8}
"""How solid each tissue is in 3D, so that what lies inside the oedema is seen."""

BRAIN_COLOUR = (0.85, 0.80, 0.75)
BRAIN_OPACITY = 0.18
BRAIN_REDUCTION = 0.8


def start_slicer() -> Any:
    """Return Slicer's core: a scene, its logics and the displayable managers, with no window."""
    from vtkmodules.vtkCommonCore import vtkLogger, vtkOutputWindow

    vtkLogger.SetStderrVerbosity(vtkLogger.VERBOSITY_ERROR)
    import slicer
    from trame_slicer.core import SlicerApp

    app = SlicerApp()
    # Where the application has its scene, for the bridge.
    slicer.mrmlScene = app.scene
    # Every node that is read or archived is announced there; errors go through the logger.
    vtkOutputWindow.GetInstance().SetDisplayModeToNever()
    return app


def add_volumes(app: Any, files: Mapping[str, Path]) -> dict[str, Any]:
    """Read the volumes into the scene and return their nodes by channel.

    Raises:
        InputError: a file cannot be read.
    """
    nodes = {}
    for channel, path in files.items():
        read = app.io_manager.load_volumes(str(path))
        if not read:
            raise InputError(f"The {CHANNEL_TITLES[channel]} file cannot be read.", "Check it.")
        nodes[channel] = read[0]
        nodes[channel].SetName(title_of(channel))
        show_tissue_contrast(nodes[channel])
    return nodes


def title_of(channel: str) -> str:
    """Return what a channel is called, as the name of a node."""
    title = CHANNEL_TITLES[channel]
    return title[0].upper() + title[1:]


def show_tissue_contrast(volume: Any) -> None:
    """Set a volume's window so that the brain's tissues use the whole of the grey scale."""
    from vtkmodules.util.numpy_support import vtk_to_numpy

    values = vtk_to_numpy(volume.GetImageData().GetPointData().GetScalars())
    values = values[values != 0]
    if values.size == 0:
        return
    low, high = np.percentile(values[:: max(1, values.size // 200_000)], (1, 99.5))
    reach = high - low
    # Background stays black: a skull-stripped volume is 0 there and positive in the brain.
    floor = max(0.0, low - 0.1 * reach) if low > 0 else low
    display = volume.GetDisplayNode()
    display.SetAutoWindowLevel(False)
    display.SetWindowLevelMinMax(float(floor), float(high + 0.15 * reach))


def add_segmentation(labels: sitk.Image, reference: Any, name: str) -> Any:
    """Add labels as coded segments with their surfaces, and return the segmentation node."""
    import slicer

    from ELMEDLib.bridge.glioma import GLIOMA_SEGMENTS
    from ELMEDLib.bridge.segmentations import setSegments, showSurfaces

    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", name)
    setSegments(node, labels, GLIOMA_SEGMENTS, reference)
    showSurfaces(node)
    show_inside(node)
    return node


def show_inside(segmentation: Any) -> None:
    """Let anatomy be seen through a segmentation's slices, and the core through its surfaces."""
    display = segmentation.GetDisplayNode()
    display.SetOpacity2DFill(FILL_OPACITY)
    display.SetSliceIntersectionThickness(OUTLINE_WIDTH)
    for identifier, opacity in OPACITY_IN_3D.items():
        display.SetSegmentOpacity3D(identifier, opacity)


def brain_extent(volume: Any) -> Extent:
    """Return the box of what is not background (0) in a volume."""
    from vtkmodules.util.numpy_support import vtk_to_numpy
    from vtkmodules.vtkCommonMath import vtkMatrix4x4

    image = volume.GetImageData()
    values = vtk_to_numpy(image.GetPointData().GetScalars()).reshape(image.GetDimensions()[::-1])
    there = values != 0
    ends = []
    for axis in (2, 1, 0):
        other = tuple(a for a in range(3) if a != axis)
        indices = np.flatnonzero(there.any(axis=other))
        ends.append((indices[0], indices[-1]) if indices.size else (0, there.shape[axis] - 1))
    matrix = vtkMatrix4x4()
    volume.GetIJKToRASMatrix(matrix)
    corners = np.array(
        [matrix.MultiplyPoint((i, j, k, 1))[:3] for i in ends[0] for j in ends[1] for k in ends[2]]
    )
    return Extent(tuple(corners.min(axis=0)), tuple(corners.max(axis=0)))


def add_brain_surface(app: Any, volume: Any) -> Any:
    """Add the outline of what is not background as a see-through surface, and return its node."""
    node = app.scene.AddNewNodeByClass("vtkMRMLModelNode", "Brain surface")
    node.SetAndObservePolyData(outline(volume))
    node.CreateDefaultDisplayNodes()
    display = node.GetDisplayNode()
    display.SetColor(*BRAIN_COLOUR)
    display.SetOpacity(BRAIN_OPACITY)
    display.SetVisibility2D(False)
    return node


def outline(volume: Any) -> Any:
    """Return the surface around what is not background (0) in a volume, as polydata in RAS."""
    from vtkmodules.vtkCommonTransforms import vtkTransform
    from vtkmodules.vtkFiltersCore import (
        vtkDecimatePro,
        vtkFlyingEdges3D,
        vtkPolyDataConnectivityFilter,
        vtkPolyDataNormals,
        vtkWindowedSincPolyDataFilter,
    )
    from vtkmodules.vtkFiltersGeneral import vtkTransformPolyDataFilter
    from vtkmodules.vtkImagingCore import vtkImageThreshold
    from vtkmodules.vtkImagingGeneral import vtkImageGaussianSmooth

    # The image data of a volume node have no geometry of their own: points are voxel indices.
    to_ras = vtkTransform()
    volume.GetIJKToRASMatrix(to_ras.GetMatrix())
    inside = vtkImageThreshold(in_value=0, out_value=100)
    inside.ThresholdBetween(0, 0)
    inside.SetOutputScalarTypeToFloat()
    surface = vtkFlyingEdges3D(compute_normals=False, compute_scalars=False)
    surface.SetValue(0, 50)
    largest = vtkPolyDataConnectivityFilter()
    largest.SetExtractionModeToLargestRegion()
    steps = (
        inside,
        vtkImageGaussianSmooth(standard_deviations=(1.5, 1.5, 1.5)),
        surface,
        largest,
        vtkDecimatePro(target_reduction=BRAIN_REDUCTION, preserve_topology=True),
        vtkWindowedSincPolyDataFilter(number_of_iterations=20),
        vtkTransformPolyDataFilter(transform=to_ras),
        vtkPolyDataNormals(splitting=False),
    )
    steps[0].SetInputDataObject(volume.GetImageData())
    for before, after in pairwise(steps):
        after.SetInputConnection(before.GetOutputPort())
    steps[-1].Update()
    return steps[-1].GetOutput()


def add_table(rows: list[VolumeRow]) -> Any:
    """Add the sub-region volumes as a table node, and return it."""
    import slicer

    from ELMEDLib.bridge.tables import setTable

    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLTableNode", "Sub-region volumes")
    setTable(
        node,
        {
            "Region": [row.title for row in rows],
            "Code": [row.code for row in rows],
            "Volume (ml)": [row.millilitres for row in rows],
            "Voxels": [row.voxels for row in rows],
        },
    )
    return node


def tumour_position(labels: sitk.Image) -> tuple[float, float, float] | None:
    """Return the RAS point (mm) whose three slices show most of the tumour's core.

    Without a core the whole tumour counts; without a tumour the answer is None.
    """
    import SimpleITK as sitk

    array = sitk.GetArrayViewFromImage(labels)
    tumour = np.isin(array, (NECROTIC_CORE, ENHANCING_TUMOUR))
    if not tumour.any():
        tumour = array > 0
    if not tumour.any():
        return None
    index = [
        int(tumour.sum(axis=tuple(a for a in range(3) if a != axis)).argmax()) for axis in (2, 1, 0)
    ]
    left, posterior, superior = labels.TransformIndexToPhysicalPoint(index)
    return -left, -posterior, superior


def save_scene(app: Any, path: Path) -> None:
    """Save the scene with all its data in one file (`.mrb`).

    Raises:
        OutputError: the file could not be written.
    """
    if not app.io_manager.save_scene(path) or not path.is_file():
        raise OutputError("The scene could not be written; the disk may be full.", "Free space.")


def save_segmentation(segmentation: Any, path: Path) -> None:
    """Save a segmentation node as `.seg.nrrd`.

    Raises:
        OutputError: the file could not be written.
    """
    from slicer import vtkMRMLSegmentationStorageNode

    storage = vtkMRMLSegmentationStorageNode()
    storage.SetFileName(str(path))
    if not storage.WriteData(segmentation):
        raise OutputError(
            "The segmentation could not be written; the disk may be full.", "Free some space."
        )


def segment_colours(segmentation: Any) -> dict[str, tuple[float, float, float]]:
    """Return the colour of each segment by its name."""
    segments = segmentation.GetSegmentation()
    everyone = (segments.GetNthSegment(i) for i in range(segments.GetNumberOfSegments()))
    return {segment.GetName(): segment.GetColor() for segment in everyone}
