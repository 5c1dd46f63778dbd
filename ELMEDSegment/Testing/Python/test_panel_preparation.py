"""The panel takes a study as it was scanned, says what it did, and keeps what the user wants."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from scanned_study import GRIDS, scan_study

pytest.importorskip("torch", reason="PyTorch is not installed")

NAME = "ELMEDSegment"


@pytest.fixture(scope="module")
def scans(tmp_path_factory):
    return scan_study().write(tmp_path_factory.mktemp("scans"))


@pytest.fixture
def volumes(host, slicer, panel, scans):
    nodes = {name: slicer.util.loadVolume(path, {"name": name}) for name, path in scans.items()}
    host.wait_until(lambda: not panel.panel.inputs.findings.busy, 60)
    return nodes


def segment(host, panel):
    panel.ui.applyButton.click()
    host.wait_until(lambda: panel.ui.applyButton.text == "Apply", 300)
    assert host.dialogs == []


def test_a_study_as_scanned_is_prepared_and_told(host, slicer, panel, volumes, tmp_path):
    host.wait_until(lambda: panel.ui.applyButton.enabled, 60)
    panel.ui.keepPreparedCheckBox.click()
    segment(host, panel)
    said = panel.ui.preparationLabel.text
    section = panel.ui.preparationCollapsibleButton
    assert section.isVisibleTo(panel.ui.resultsCollapsibleButton)
    assert "FLAIR was registered to contrast-enhanced T1" in said
    assert "extracted by ELMED brain extraction" in said
    names = {node.GetName() for node in slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")}
    assert {"Brain mask", "Prepared T1", "Prepared FLAIR"} <= names
    brain = slicer.util.arrayFromVolume(slicer.util.getNode("Brain mask"))
    flair = slicer.util.arrayFromVolume(slicer.util.getNode("Prepared FLAIR"))
    assert set(np.unique(brain)) == {0, 1}
    assert not flair[brain == 0].any()
    segmentation = panel.ui.segmentationSelector.currentNode()
    segment_id = segmentation.GetSegmentation().GetNthSegmentID(0)
    labels = slicer.util.arrayFromSegmentBinaryLabelmap(segmentation, segment_id, volumes["t1c"])
    assert labels.shape == GRIDS["t1c"].size[::-1]
    folder = Path(os.environ.get("ELMED_REPORTS") or tmp_path)
    host.screenshot(str(folder / "panel-preparation.png"))


def test_never_leaves_volumes_on_different_grids_to_the_user(host, panel, volumes):
    combo = panel.ui.prepareComboBox
    combo.setCurrentIndex(1)
    assert combo.currentText == "Never: volumes are used as they are"
    host.wait_until(lambda: not panel.panel.inputs.findings.busy, 60)
    host.wait_until(lambda: not panel.ui.applyButton.enabled, 30)
    combo.setCurrentIndex(0)
    host.wait_until(lambda: panel.ui.applyButton.enabled, 60)


def test_every_way_to_extract_the_brain_can_be_chosen(panel):
    from ELMEDSegmentLib.raw.brain import METHODS
    from ELMEDSegmentWidgets.parameters import BrainExtraction

    assert set(METHODS) == {choice.value for choice in BrainExtraction}
    assert panel.ui.brainExtractionComboBox.count == len(METHODS)
