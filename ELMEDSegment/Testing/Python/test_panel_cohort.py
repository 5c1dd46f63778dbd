"""The section Cohort of the panel: real files, a real worker, the model that is chosen above."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed")

from host.panel_checks import controls_without_help

NAME = "ELMEDSegment"
PATIENCE_S = 240

NETWORK = {
    "name": "UNet",
    "spatial_dims": 3,
    "in_channels": 4,
    "out_channels": 3,
    "channels": [4, 8],
    "strides": [2],
}


@pytest.fixture
def tiny_model(models_folder):
    """A small network of the user's own: it takes milliseconds a case."""
    import torch

    from ELMEDSegmentLib import store
    from ELMEDSegmentLib.network import build_network
    from ELMEDSegmentLib.training.publish import write_model

    torch.manual_seed(2)
    network = build_network(NETWORK)
    store.install("tiny", lambda folder: write_model(network, "tiny", NETWORK, 4.0, {}, folder))
    return "tiny"


@pytest.fixture
def cohort(host, panel, tiny_model, phantom, tmp_path):
    """The open section with two patients in a folder, and one without FLAIR."""
    import qt

    for key in ("Source", "Output"):
        qt.QSettings().remove(f"ELMED/SegmentCohort{key}")
    folder = tmp_path / "patients"
    for name in ("anna", "bert", "carl"):
        phantom(size=(20, 20, 20), spacing=(4.0, 4.0, 4.0)).write(folder / name)
    (folder / "bert" / "flair.nii.gz").unlink()
    host.reload(NAME)
    opened = host.select_module(NAME).panel
    opened.parameters.model = tiny_model
    opened.ui.cohortCollapsibleButton.collapsed = False
    section = opened.cohort
    section.ui.cohortSourcePathLineEdit.currentPath = str(folder)
    section.ui.cohortOutputPathLineEdit.currentPath = str(tmp_path / "out")
    host.process_events()
    yield section
    host.reload(NAME)


def test_a_folder_of_patients_is_segmented_with_the_chosen_model(host, cohort, tmp_path):
    ui = cohort.ui
    assert controls_without_help(cohort._section) == []
    assert ui.cohortCountsLabel.text == "3 cases: 0 done, 3 waiting."
    ui.cohortStartButton.click()
    # The user looks at something else meanwhile; the worker does not outlive its work.
    host.select_module("")
    assert cohort.running
    host.wait_until(lambda: not cohort.running, PATIENCE_S)
    assert cohort.place.workerProcessID is None
    host.select_module(NAME)
    assert host.dialogs.texts() == []
    assert ui.cohortCountsLabel.text == "3 cases: 2 done, 1 failed."
    assert "FLAIR" in ui.cohortTableWidget.item(1, 3).text()
    for name in ("anna", "carl"):
        report = json.loads((tmp_path / "out" / name / "report.json").read_text())
        assert report["model"]["name"] == "tiny"
        assert (tmp_path / "out" / name / "labels.nii.gz").is_file()
    assert (tmp_path / "out" / "summary.csv").is_file()
