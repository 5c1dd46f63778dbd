"""The training bench at work: studies on disk, a real worker, real nodes, from choice to use."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

pytest.importorskip("torch", reason="PyTorch is not installed")

from ELMEDSegmentLib.catalogue import find_model
from ELMEDSegmentLib.model import read_manifest
from ELMEDSegmentLib.training.metrics import read_metrics
from ELMEDSegmentLib.training.seven_steps import SEVEN_STEPS
from host.panel_checks import is_alive, wait_for, without_help

NAME = "ELMEDSegment"

NETWORK = {
    "name": "UNet",
    "spatial_dims": 3,
    "in_channels": 4,
    "out_channels": 3,
    "channels": [8, 16],
    "strides": [2],
}

PATIENCE_S = 180


@pytest.fixture
def studies(phantom, tmp_path):
    """Four small phantom patients, one of them examined twice."""
    folder = tmp_path / "studies"
    names = ["BraTS-GLI-00001-000", "BraTS-GLI-00001-001", "patient-2", "patient-3", "patient-4"]
    for number, name in enumerate(names):
        angle = 0.3 * number
        direction = (np.cos(angle), -np.sin(angle), 0, np.sin(angle), np.cos(angle), 0, 0, 0, 1)
        patient = phantom(size=(20, 20, 20), spacing=(4.0, 4.0, 4.0), direction=direction)
        patient.write(folder / name)
    return folder


@pytest.fixture
def tiny_model(models_folder):
    """A small network of the user's own to start from: it takes milliseconds a step."""
    import torch

    from ELMEDSegmentLib import store
    from ELMEDSegmentLib.network import build_network
    from ELMEDSegmentLib.training.publish import write_model

    torch.manual_seed(2)
    network = build_network(NETWORK)
    store.install("tiny", lambda folder: write_model(network, "tiny", NETWORK, 4.0, {}, folder))
    return "tiny"


@pytest.fixture
def bench(host, panel, tiny_model, studies, tmp_path):
    """The open section, with data and output chosen, and 12 steps from the small network."""
    import qt

    for key in ("ELMED/TrainingData", "ELMED/TrainingOutput"):
        qt.QSettings().remove(key)
    panel.ui.trainingCollapsibleButton.collapsed = True
    host.reload(NAME)
    opened = host.select_module(NAME).panel
    opened.ui.trainingCollapsibleButton.collapsed = False
    section = opened.training
    ui = section.ui
    ui.trainingDataPathLineEdit.currentPath = str(studies)
    ui.trainingOutputPathLineEdit.currentPath = str(tmp_path / "run")
    ui.startFromComboBox.setCurrentIndex(ui.startFromComboBox.findData(tiny_model))
    ui.lengthUnitComboBox.setCurrentIndex(1)
    ui.lengthSpinBox.setValue(12)
    ui.patienceSpinBox.setValue(0)
    yield section
    host.reload(NAME)
    for key in ("ELMED/TrainingData", "ELMED/TrainingOutput"):
        qt.QSettings().remove(key)


def chosen(section):
    ui = section.ui
    return ui.studiesListWidget, section.choices.studies


def run(host, section):
    section.ui.startTrainingButton.click()
    host.wait_until(lambda: not section.running, PATIENCE_S)


def curve(folder):
    return [{k: v for k, v in row.items() if k != "seconds"} for row in read_metrics(folder)]


def test_every_control_of_the_bench_has_a_help_text(bench):
    assert without_help(bench.ui, "ELMEDSegmentTraining") == []


def test_the_split_is_proposed_shown_and_changed_by_ticking(host, bench, slicer):
    import qt

    widget, studies = chosen(bench)
    assert studies.studies == [
        "BraTS-GLI-00001-000",
        "BraTS-GLI-00001-001",
        "patient-2",
        "patient-3",
        "patient-4",
    ]
    assert len(studies.heldOut) == 1
    assert "3 patients train, 1 patient validates." in bench.ui.splitLabel.text
    assert "One patient only to validate on" in bench.ui.splitLabel.text

    widget.item(0).setCheckState(qt.Qt.Checked)

    # Both examinations of one patient go together.
    assert {"BraTS-GLI-00001-000", "BraTS-GLI-00001-001"} <= set(studies.heldOut)
    assert "validates" in widget.item(1).text()
    assert "2 patients train, 2 patients validate" in bench.ui.splitLabel.text

    for row in range(5):
        widget.item(row).setCheckState(qt.Qt.Checked)
    assert "none is left to train on" in bench.ui.trainingReadinessLabel.text
    assert not bench.ui.startTrainingButton.enabled


@pytest.mark.parametrize(
    ("kept", "sentence"),
    [([], "holds no study with four contrasts and labels"), (["patient-2"], "one patient only")],
)
def test_data_that_cannot_be_trained_on_are_explained(bench, studies, kept, sentence):
    for path in [p for p in studies.iterdir() if p.name not in kept]:
        (path / "seg.nii.gz").unlink()
    bench.ui.trainingDataPathLineEdit.currentPath = ""
    bench.ui.trainingDataPathLineEdit.currentPath = str(studies)
    assert sentence in bench.ui.trainingReadinessLabel.text
    assert not bench.ui.startTrainingButton.enabled


def test_an_output_that_cannot_be_written_is_explained(host, bench, tmp_path):
    (tmp_path / "file").write_text("in the way")
    bench.ui.trainingOutputPathLineEdit.currentPath = str(tmp_path / "file" / "run")
    bench.ui.startTrainingButton.click()
    assert "cannot be written" in host.dialogs.texts()[-1]
    assert bench.ui.startTrainingButton.enabled
    assert not bench.running


def test_from_choice_to_a_model_that_segments(  # noqa: PLR0915 - one way, many sides
    host, bench, slicer, tmp_path, studies
):
    ui, folder = bench.ui, tmp_path / "run"
    ui.lengthSpinBox.setValue(300)
    ui.startTrainingButton.click()
    assert ui.pauseTrainingButton.enabled
    assert not ui.startTrainingButton.enabled
    assert not ui.trainingChoices.enabled

    # The chart grows, the seven steps are walked through, the slice changes.
    stages, lengths = set(), []

    def seen():
        stages.add(bench.steps.present)
        chart = bench.chart.chartNode
        if chart is not None and chart.GetNumberOfPlotSeriesNodes() == 4:
            table = chart.GetNthPlotSeriesNode(0).GetTableNode().GetTable()
            lengths.append(table.GetNumberOfRows())
        return len(bench.picture.steps) >= 3 and len(set(lengths)) >= 2

    host.wait_until(seen, PATIENCE_S)
    assert len(stages & set(SEVEN_STEPS)) >= 3
    assert "patches of 64 x 64 x 64 voxels" in bench.steps.numbers["batch"]
    assert lengths == sorted(lengths)
    chart = slicer.util.getNode("Training")
    names = [chart.GetNthPlotSeriesNode(i).GetName() for i in range(4)]
    assert names[0] == "Loss"
    assert names[1].startswith("Dice, whole tumour")
    first, last = (sitk.GetArrayFromImage(sitk.ReadImage(str(path))) for path in pictures(bench))
    assert not np.array_equal(first, last)

    # Pause saves and waits; nothing but waiting is done.
    ui.pauseTrainingButton.click()
    assert ui.pauseTrainingButton.text == "Resume"
    host.wait_until(lambda: "Paused after step" in ui.trainingStatusLabel.text, PATIENCE_S)
    paused = len(read_metrics(folder))
    assert (folder / "checkpoint.pt").is_file()
    host.wait_until(lambda: bench.trainer.run.elapsed > 0)
    assert len(read_metrics(folder)) == paused
    ui.pauseTrainingButton.click()
    host.wait_until(lambda: len(read_metrics(folder)) > paused, PATIENCE_S)

    # Stop keeps the checkpoint.
    ui.stopTrainingButton.click()
    host.wait_until(lambda: not bench.running, PATIENCE_S)
    assert "Stopped by you after step" in ui.trainingStatusLabel.text
    assert ui.startTrainingButton.text == "Continue"
    assert ui.startTrainingButton.enabled

    # Install, and segment with it.
    ui.modelNameLineEdit.text = "elmed-glioma"
    assert not ui.installModelButton.enabled
    assert "comes with ELMED" in ui.installModelButton.toolTip
    ui.modelNameLineEdit.text = "mine"
    ui.installModelButton.click()
    host.wait_until(lambda: not bench.running, PATIENCE_S)
    assert "Installed as 'mine'" in ui.trainingStatusLabel.text
    panel = host.widget(NAME).panel
    models = panel.ui.modelComboBox
    index = models.findData("mine")
    assert index >= 0
    models.setCurrentIndex(index)
    assert "Fine-tuned from tiny on 4 studies" in panel.ui.modelDescriptionLabel.text
    for name in ("t1", "t1c", "t2", "flair"):
        slicer.util.loadVolume(str(studies / "patient-3" / f"{name}.nii.gz"))
    host.wait_until(lambda: panel.ui.applyButton.enabled)
    panel.ui.applyButton.click()
    host.wait_until(lambda: not panel.logic.segmenter.running, PATIENCE_S)
    assert "with mine" in panel.ui.statusLabel.text
    assert panel.ui.segmentationSelector.currentNode() is not None
    assert read_manifest(find_model("mine")).training["chosen"]["by"] == "best validation"


def pictures(section):
    paths = section.picture.paths
    return paths[0], paths[-1]


def test_training_killed_and_continued_in_a_new_panel_gives_the_same_curve(
    host, bench, tmp_path, slicer
):
    """Slicer is closed in the middle, without a word to the training, and started again."""
    run(host, bench)
    whole = curve(tmp_path / "run")
    assert [row["step"] for row in whole] == list(range(13))
    assert "All 12 steps are done." in bench.ui.trainingReadinessLabel.text
    assert not bench.ui.startTrainingButton.enabled

    ui = bench.ui
    killed = tmp_path / "killed"
    ui.trainingOutputPathLineEdit.currentPath = str(killed)
    assert ui.startTrainingButton.text == "Start"
    ui.startFromComboBox.setCurrentIndex(ui.startFromComboBox.findData("tiny"))
    ui.lengthUnitComboBox.setCurrentIndex(1)
    ui.lengthSpinBox.setValue(12)
    ui.patienceSpinBox.setValue(0)
    ui.startTrainingButton.click()
    host.wait_until(lambda: len(read_metrics(killed)) > 4, PATIENCE_S)
    process_id = bench.trainer.workerProcessID
    host.reload(NAME)
    wait_for(lambda: not is_alive(process_id), 15.0)

    panel = host.select_module(NAME).panel
    panel.ui.trainingCollapsibleButton.collapsed = False
    again = panel.training
    assert again.ui.trainingOutputPathLineEdit.currentPath == str(killed)
    assert again.ui.startTrainingButton.text == "Continue"
    assert "of 12: continue it" in again.ui.trainingStatusLabel.text
    assert not again.ui.trainingChoices.enabled
    run(host, again)

    assert curve(killed) == whole
    hashes = [json.loads(p.read_text())["sha256"] for p in tmp_path.glob("*/my-model.json")]
    assert len(hashes) == 2
    assert hashes[0] == hashes[1]


def test_a_worker_that_dies_is_explained_and_can_be_continued(host, bench, tmp_path):
    bench.ui.lengthSpinBox.setValue(5000)
    bench.ui.startTrainingButton.click()
    host.wait_until(lambda: len(read_metrics(tmp_path / "run")) > 2, PATIENCE_S)
    os.kill(bench.trainer.workerProcessID, 9)
    host.wait_until(lambda: not bench.running, PATIENCE_S)
    assert "ended without an answer" in host.dialogs.texts()[-1]
    assert "its checkpoint is kept" in bench.ui.trainingStatusLabel.text
    assert bench.ui.startTrainingButton.text == "Continue"
    assert bench.ui.startTrainingButton.enabled


def test_closing_the_scene_does_not_stop_training(host, bench, tmp_path, slicer):
    bench.ui.lengthSpinBox.setValue(5000)
    bench.ui.startTrainingButton.click()
    host.wait_until(lambda: slicer.util.getNodesByClass("vtkMRMLPlotChartNode"), PATIENCE_S)

    host.close_scene()
    assert bench.running
    rows = len(read_metrics(tmp_path / "run"))
    host.wait_until(lambda: len(read_metrics(tmp_path / "run")) > rows, PATIENCE_S)
    host.wait_until(lambda: slicer.util.getNodesByClass("vtkMRMLPlotChartNode"), PATIENCE_S)
    assert len(slicer.util.getNodesByClass("vtkMRMLPlotChartNode")) == 1
    bench.ui.stopTrainingButton.click()
    host.wait_until(lambda: not bench.running, PATIENCE_S)


def test_looking_back_at_an_earlier_validation_stays_there(host, bench, tmp_path):
    run(host, bench)
    slider = bench.ui.sliceSlider
    steps = bench.picture.steps
    assert slider.value == len(steps) - 1
    assert f"after step {steps[-1]}" in bench.ui.sliceCaptionLabel.text
    slider.setValue(0)
    assert "before the first step" in bench.ui.sliceCaptionLabel.text
    bench.picture.follow(tmp_path / "run")
    assert bench.picture.step == 0
    assert Path(bench.picture.paths[0]).is_file()
