"""What the module's self-test holds the features of the sample study against."""

from __future__ import annotations

import json

import SimpleITK as sitk
import slicer

from ELMEDLib.bridge.glioma import GLIOMA_SEGMENTS
from ELMEDLib.bridge.segmentations import setSegments
from ELMEDLib.bridge.workplace import chosenPython
from ELMEDLib.errors import ELMEDError
from ELMEDSegmentWidgets.sample_data import loadSampleStudy, sampleStudyFolder

TUMOUR = "Enhancing tumour"


def reasonToSkip() -> str:
    """Return why features cannot be computed here, "" when they can."""
    if not sampleStudyFolder().is_dir():
        return "the sample study is not installed"
    try:
        chosenPython()
    except ELMEDError as error:
        return str(error)
    return ""


def loadLabelledStudy() -> tuple[
    slicer.vtkMRMLSegmentationNode, dict[str, slicer.vtkMRMLScalarVolumeNode]
]:
    """Load the sample study, and return its true segments and its volume of each channel."""
    volumes = loadSampleStudy()
    labels = sitk.ReadImage(str(sampleStudyFolder() / "seg.nii.gz"))
    segmentationNode = slicer.mrmlScene.AddNewNodeByClass(
        "vtkMRMLSegmentationNode", "SimulatedGlioma segmentation"
    )
    setSegments(segmentationNode, labels, GLIOMA_SEGMENTS, volumes["t1c"])
    return segmentationNode, volumes


def assertTumourVolume(tableNode: slicer.vtkMRMLTableNode) -> None:
    """Hold the enhancing tumour's volume against the one that was simulated."""
    study = json.loads((sampleStudyFolder() / "study.json").read_text(encoding="utf-8"))
    expected = study["volumes_ml"]["enhancing_tumour"]
    found = valueOf(tableNode, "t1c", TUMOUR, "original_shape_VoxelVolume") / 1000
    if abs(found - expected) > 0.01:  # noqa: PLR2004 - ml, as study.json is rounded
        raise AssertionError(f"the enhancing tumour has {found} ml instead of {expected} ml")


def valueOf(tableNode: slicer.vtkMRMLTableNode, image: str, segment: str, feature: str) -> float:
    """Return one value of a table of features."""
    table = tableNode.GetTable()
    for row in range(table.GetNumberOfRows()):
        cells = [table.GetColumnByName(title).GetValue(row) for title in _KEYS]
        if cells == [image, segment, feature]:
            return table.GetColumnByName("Value").GetValue(row)
    raise AssertionError(f"the table has no {feature} of {segment} in {image}")


_KEYS = ("Image", "Segment", "Feature")
