"""One feature map, from a row of the table to a volume over the slices."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK as sitk
import slicer

from ELMEDLib.bridge.runs import Run
from ELMEDLib.bridge.volumes import addVolumeFromImage
from ELMEDLib.errors import InputError
from ELMEDLib.masks import layers_on_grid
from ELMEDRadiomicsLib.map_settings import map_settings
from ELMEDRadiomicsWidgets.regions import targetImage

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

TASK = "ELMEDRadiomicsLib.maps"
COPIED, COMPUTED = 0.1, 0.95
COLOURS = "vtkMRMLColorTableNodeIron"
DARKEST = 0.3
"""Share of the colours that is left out: below, they are black, as anatomy is."""

OPACITY = 0.7


@dataclass(frozen=True)
class MapRequest:
    """The map of one feature.

    Attributes:
        volumeNode: in which it is computed.
        segmentationNode: holds the segment.
        segmentID: of the segment or region around whose voxels it is computed.
        feature: the full name.
        settings: content of the parameter file that the table was made with.
        profile: whose definitions.
    """

    volumeNode: slicer.vtkMRMLScalarVolumeNode
    segmentationNode: slicer.vtkMRMLSegmentationNode
    segmentID: str
    feature: str
    settings: Mapping[str, Any]
    profile: str


class MapRun(Run):
    """Copies a volume and a segment, lets the worker compute, and adds the map as a volume."""

    def __init__(self, worker: Any, request: MapRequest, onProgress=None, onEnd=None):
        """Prepare a run; see `Run` for the arguments."""
        super().__init__(worker, onProgress, onEnd)
        self.request = request

    def steps(self) -> Generator[None, None, slicer.vtkMRMLScalarVolumeNode]:
        """Do the work."""
        request = self.request
        settings = map_settings(request.settings, request.feature)
        files = yield from self.copyVolumes({"image": request.volumeNode}, COPIED)
        segment = targetImage(request.segmentationNode, request.segmentID)
        mask = self.folder / "mask.nrrd"
        yield from self.inBackground(_writeMask, segment, files["image"], mask)
        arguments = {
            "image": str(files["image"]),
            "mask": str(mask),
            "label": 1,
            "settings": settings,
            "options": {"profile": request.profile},
            "output": str(self.folder / "maps"),
        }
        answer = yield from self.ask(TASK, arguments, COPIED, COMPUTED)
        path = answer["outputs"].get(request.feature)
        if path is None:
            raise InputError(
                f"There is no map of '{request.feature}'.", "Choose another feature of the table."
            )
        image, lowest, highest = yield from self.inBackground(_readMap, Path(path), mask)
        self.report("showing", COMPUTED, "Showing the map")
        yield
        # The map would lie under the segments' colours: their outlines stay.
        display = request.segmentationNode.GetDisplayNode()
        if display is not None:
            display.SetVisibility2DFill(False)
        return _show(image, request.feature, lowest, highest)


def _writeMask(segment: sitk.Image, volume: Path, path: Path) -> None:
    layers = layers_on_grid({"segment": segment}, sitk.ReadImage(str(volume)), "the volume").layers
    if not layers:
        raise InputError("The segment holds no voxel of the volume.", "Choose another segment.")
    mask = sitk.Cast(layers[0].mask != 0, sitk.sitkUInt8)
    sitk.WriteImage(mask, str(path))


def _readMap(path: Path, mask: Path) -> tuple[sitk.Image, float, float]:
    """Return the map with its range inside; outside it is just below that, so as not to show."""
    image = sitk.ReadImage(str(path), sitk.sitkFloat32)
    values = sitk.GetArrayFromImage(image)
    inside = (sitk.GetArrayFromImage(sitk.ReadImage(str(mask))) != 0) & np.isfinite(values)
    if not inside.any():
        raise InputError("The feature is undefined everywhere.", "Choose another feature.")
    lowest, highest = float(values[inside].min()), float(values[inside].max())
    values[~inside] = lowest - max((highest - lowest) * 0.01, abs(lowest) * 1e-3, 1e-6)
    made = sitk.GetImageFromArray(values)
    made.CopyInformation(image)
    return made, lowest, highest


def _show(
    image: sitk.Image, feature: str, lowest: float, highest: float
) -> slicer.vtkMRMLScalarVolumeNode:
    node = addVolumeFromImage(image, slicer.mrmlScene.GenerateUniqueName(f"Map of {feature}"))
    display = node.GetDisplayNode()
    display.SetAutoWindowLevel(False)
    below = (highest - lowest) * DARKEST / (1 - DARKEST)
    display.SetWindowLevelMinMax(lowest - below, highest)
    display.SetThreshold(lowest, highest)
    display.SetApplyThreshold(True)
    display.SetAndObserveColorNodeID(COLOURS)
    slicer.util.setSliceViewerLayers(foreground=node, foregroundOpacity=OPACITY)
    return node
