"""What the module's self-test holds a segmentation of the sample study against."""

from __future__ import annotations

import SimpleITK as sitk
import slicer

from ELMEDLib import environment
from ELMEDLib.bridge.workplace import chosenPython
from ELMEDLib.errors import ELMEDError
from ELMEDLib.interpreter import own_python
from ELMEDSegmentLib.catalogue import available_models
from ELMEDSegmentLib.evaluation import dice
from ELMEDSegmentWidgets.sample_data import sampleStudyFolder

SMALLEST_DICE = 0.6
"""Whole tumour, against the simulated truth: clearly found, not just touched."""


def reasonToSkip() -> str:
    """Return why a segmentation cannot be tried here, "" when it can."""
    if not sampleStudyFolder().is_dir():
        return "the sample study is not installed"
    try:
        if not available_models():
            return "no model is installed"
        if chosenPython() != own_python():
            return ""
    except ELMEDError as error:
        return str(error)
    return " ".join(problem.message for problem in environment.problems())


def assertTumourFound(
    segmentationNode: slicer.vtkMRMLSegmentationNode,
    referenceVolume: slicer.vtkMRMLScalarVolumeNode,
) -> None:
    """Hold the whole tumour against the simulated truth, voxel by voxel."""
    segmentation = segmentationNode.GetSegmentation()
    names = [
        segmentation.GetNthSegment(number).GetName()
        for number in range(segmentation.GetNumberOfSegments())
    ]
    _check(names == ["Necrotic core", "Oedema", "Enhancing tumour"], f"the segments are {names}")
    found = None
    for segmentID in segmentation.GetSegmentIDs():
        array = slicer.util.arrayFromSegmentBinaryLabelmap(
            segmentationNode, segmentID, referenceVolume
        )
        found = array > 0 if found is None else found | (array > 0)
    truth = sitk.GetArrayFromImage(sitk.ReadImage(str(sampleStudyFolder() / "seg.nii.gz"))) > 0
    _check(found.shape == truth.shape, "the segmentation lies on another grid")
    agreement = dice(found, truth)
    _check(agreement > SMALLEST_DICE, f"whole-tumour Dice is only {agreement:.2f}")


def _check(condition: bool, otherwise: str) -> None:
    if not condition:
        raise AssertionError(otherwise)
