"""The way of a radiologist through the whole panel: from a folder to a judged, exported result.

Each part has tests of its own elsewhere; this one holds what shows when they follow each other.
"""

from __future__ import annotations

import json

import numpy as np
import pytest
import SimpleITK as sitk

pytest.importorskip("torch", reason="PyTorch is not installed")
pytest.importorskip("highdicom", reason="highdicom is not installed")

from dicom_studies import HEADERS, PATIENT, Examination
from ELMEDSegmentLib.labels import CHANNELS

NAME = "ELMEDSegment"
PATIENCE_S = 180

OWN_SLICES = (2, 2, 4)
"""Every so many voxels of the sample study are kept: it segments quickly, on thick slices."""


@pytest.fixture(scope="module")
def folder(sample_study, tmp_path_factory):
    """The sample study as a scanner sends it, in a folder that the patient's name is given to."""
    folder = tmp_path_factory.mktemp("archive") / PATIENT["PatientName"]
    examination = Examination()
    for channel in CHANNELS:
        image = sitk.Shrink(sitk.ReadImage(str(sample_study[channel])), OWN_SLICES)
        examination.write(image, folder / f"series-{channel}", HEADERS[channel], shuffled=True)
    return folder


@pytest.fixture(scope="module")
def truth(sample_study, tmp_path_factory):
    path = tmp_path_factory.mktemp("truth") / "reader.nii.gz"
    image = sitk.Shrink(sitk.ReadImage(str(sample_study["seg"])), OWN_SLICES)
    sitk.WriteImage(image, str(path))
    return path


@pytest.fixture
def walked(host, panel):
    """The panel, which is made anew when the walk has ended: choices stay with nobody else."""
    yield panel
    host.reload(NAME)


def at_rest(host, panel):
    host.wait_until(lambda: not panel.panel.place.running, PATIENCE_S)
    host.wait_until(lambda: not panel.panel.inputs.findings.busy, PATIENCE_S)
    host.process_events()


def load_folder(host, panel, folder):
    panel.ui.inputFolderPathLineEdit.currentPath = str(folder)
    panel.ui.loadFolderButton.click()
    assert panel.ui.applyButton.text == "Cancel"
    at_rest(host, panel)


def a_wrong_folder_is_said_and_not_logged(host, panel, empty):
    load_folder(host, panel, empty)
    assert "holds no volumes" in host.dialogs[-1].text
    assert panel.ui.statusLabel.text == "Nothing was loaded."
    assert not panel.ui.applyButton.enabled
    host.dialogs.clear()


def the_study_comes_with_reasons_and_findings(host, panel, folder):
    ui = panel.ui
    load_folder(host, panel, folder)
    assert host.dialogs == []
    assert ui.statusLabel.text == "Loaded 4 volumes. Please check them."
    assert ui.t1cReasonLabel.text.endswith("sure, DICOM: contrast agent given")
    assert ui.flairReasonLabel.text.startswith("✓")
    assert "small parts of the tumour may be missed" in ui.findingsLabel.text
    assert ui.applyButton.enabled
    assert ui.readinessLabel.text == ""


def a_run_is_watched_and_cancelled(host, panel):
    ui = panel.ui
    ui.prepareComboBox.setCurrentIndex(1)
    assert ui.prepareComboBox.currentText.startswith("Never")
    at_rest(host, panel)
    ui.probabilitiesCheckBox.click()
    ui.applyButton.click()
    assert not ui.inputsCollapsibleButton.enabled
    host.wait_until(lambda: ui.progressBar.value > 50, PATIENCE_S)
    ui.applyButton.click()
    at_rest(host, panel)
    assert ui.statusLabel.text == "Cancelled. Nothing was changed."
    assert not ui.resultsCollapsibleButton.isVisibleTo(ui.ELMEDSegment)
    assert ui.inputsCollapsibleButton.enabled


def the_result_is_read(host, panel):
    ui = panel.ui
    ui.applyButton.click()
    host.wait_until(lambda: ui.applyButton.text == "Apply", PATIENCE_S)
    assert host.dialogs == []
    assert f"with {ui.modelComboBox.currentText} on C" in ui.statusLabel.text
    table = ui.volumesTableView.mrmlTableNode().GetTable()
    assert table.GetColumn(0).GetValue(4) == "Whole tumour"
    assert table.GetColumn(1).GetValue(4) > 20
    assert "small parts of the tumour may be missed" in ui.warningsLabel.text
    ui.overlayComboBox.setCurrentIndex(1)
    assert ui.overlayComboBox.currentText == "Probability of whole tumour"
    display = ui.segmentationSelector.currentNode().GetDisplayNode()
    assert not display.GetVisibility2DFill()
    ui.overlayComboBox.setCurrentIndex(0)
    assert display.GetVisibility2DFill()
    ui.show3DButton.click()
    assert display.GetVisibility3D()


def the_result_is_judged(host, slicer, panel, truth):
    results = panel.panel.results
    reference = slicer.util.loadLabelVolume(str(truth))
    results.sections.referenceSelector.setCurrentNode(reference)
    results.sections.evaluateButton.click()
    host.wait_until(lambda: not results.place.running, PATIENCE_S)
    scores = results.sections.scoresTableView.mrmlTableNode().GetTable()
    assert scores.GetColumn(0).GetValue(0) == "Whole tumour"
    assert scores.GetColumn(1).GetName() == "Dice"
    assert scores.GetColumn(1).GetValue(0) > 0.5


def the_result_is_exported_in_three_formats(host, panel, folder, output):
    results = panel.panel.results
    ui = results.sections
    ui.exportPathLineEdit.currentPath = str(output / "tumour.nii.gz")
    for number in range(3):
        ui.formatComboBox.setCurrentIndex(number)
        if not ui.exportButton.enabled:
            # What the format still needs is said where it can be read, not what was done before.
            assert "choose the folder with its DICOM series" in ui.exportMessageLabel.text
            ui.seriesPathLineEdit.currentPath = str(folder / "series-t1c")
        assert ui.exportMessageLabel.text == ""
        ui.exportButton.click()
        host.wait_until(lambda: not results.place.running, PATIENCE_S)
        assert ui.exportMessageLabel.text.startswith("Written as ")


def the_files_hold_the_same(output):
    import highdicom as hd

    labels = sitk.GetArrayFromImage(sitk.ReadImage(str(output / "tumour.nii.gz")))
    layers = sitk.GetArrayFromImage(sitk.ReadImage(str(output / "tumour.seg.nrrd")))
    np.testing.assert_array_equal(layers, labels)
    seg = hd.seg.segread(output / "tumour.dcm")
    assert int(seg.pixel_array.sum()) == np.count_nonzero(labels)
    text = (output / "tumour.json").read_text()
    assert json.loads(text)["exported"]
    assert PATIENT["PatientName"] not in text


def the_other_sections_open(host, panel, truth):
    ui, parts = panel.ui, panel.panel
    ui.modelsCollapsibleButton.collapsed = False
    host.process_events()
    assert parts.models.ui.modelsTableWidget.item(0, 1).text() == "bundled"
    ui.cohortCollapsibleButton.collapsed = False
    parts.cohort.ui.cohortSourcePathLineEdit.currentPath = str(truth.parent / "nothing")
    host.process_events()
    assert not parts.cohort.ui.cohortStartButton.enabled
    ui.trainingCollapsibleButton.collapsed = False
    host.process_events()
    assert not parts.training.ui.startTrainingButton.enabled


def test_a_radiologist_walks_from_the_folder_to_the_exported_result(
    host, slicer, walked, folder, truth, tmp_path, caplog
):
    panel = walked
    empty = tmp_path / PATIENT["PatientName"]
    empty.mkdir()
    with caplog.at_level("DEBUG"):
        a_wrong_folder_is_said_and_not_logged(host, panel, empty)
        the_study_comes_with_reasons_and_findings(host, panel, folder)
        a_run_is_watched_and_cancelled(host, panel)
        the_result_is_read(host, panel)
        the_result_is_judged(host, slicer, panel, truth)
        the_result_is_exported_in_three_formats(host, panel, folder, tmp_path)
        the_files_hold_the_same(tmp_path)
        the_other_sections_open(host, panel, truth)
    logged = caplog.text + panel.logic.segmenter.workerLog
    assert "InputError" in logged
    for known in PATIENT.values():
        assert known not in logged
