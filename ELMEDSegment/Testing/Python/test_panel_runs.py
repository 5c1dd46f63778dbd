"""The panel at work: real volumes, the real worker, the bundled model."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from host.lateness import TimerWatch
from host.panel_checks import is_alive, wait_for

pytest.importorskip("torch", reason="PyTorch is not installed")

NAME = "ELMEDSegment"
LATEST_TICK_S = 0.15


@pytest.fixture
def study(host, panel):
    """The sample study, loaded and guessed."""
    from ELMEDSegmentWidgets.sample_data import loadSampleStudy, sampleStudyFolder

    if not sampleStudyFolder().is_dir() or not panel.ui.modelComboBox.count:
        pytest.skip("the sample study or the bundled model is not there")
    volumes = loadSampleStudy()
    host.wait_until(lambda: panel.ui.applyButton.enabled)
    return volumes


def finish(host, panel, timeout=180):
    host.wait_until(lambda: not panel.logic.segmenter.running, timeout)


@pytest.mark.alone
def test_apply_segments_and_keeps_the_window_alive(  # noqa: PLR0915 - one run, many sides
    host, panel, study, slicer, no_leftovers, sample_study
):
    import qt

    seen, watch = [], TimerWatch()

    def tick():
        seen.append((panel.ui.progressBar.value, panel.ui.statusLabel.text))

    timer = qt.QTimer()
    timer.setInterval(20)
    timer.connect("timeout()", tick)
    timer.start()
    watch.start()
    panel.ui.applyButton.click()
    assert panel.ui.applyButton.text == "Cancel"
    assert not panel.ui.inputsCollapsibleButton.enabled
    finish(host, panel)
    timer.stop()
    watch.stop()

    # The window
    assert watch.latest < LATEST_TICK_S
    values = [value for value, _ in seen]
    assert values == sorted(values)
    assert len(set(values)) > 5
    sentences = {text.rpartition(" (")[0] for _, text in seen}
    assert {"Copying the volumes", "Running the network"} <= sentences
    assert any(re.search(r"\(\d:\d[1-9]\)$", text) for _, text in seen), "time is shown"

    # The result
    node = panel.ui.segmentationSelector.currentNode()
    assert node.GetName() == "Glioma segmentation"
    segmentation = node.GetSegmentation()
    assert list(segmentation.GetSegmentIDs()) == ["necrotic_core", "oedema", "enhancing_tumour"]
    from ELMEDSegmentWidgets.self_test import assertTumourFound

    assertTumourFound(node, study["t1c"])
    table = panel.ui.volumesTableView.mrmlTableNode()
    voxel_ml = np.prod(sitk.ReadImage(str(sample_study["t1c"])).GetSpacing()) / 1000
    for row, segment_id in enumerate(segmentation.GetSegmentIDs()):
        array = slicer.util.arrayFromSegmentBinaryLabelmap(node, segment_id, study["t1c"])
        volume = table.GetTable().GetColumn(1).GetValue(row)
        assert volume == pytest.approx(array.astype(bool).sum() * voxel_ml, abs=0.01)

    # The panel
    assert panel.ui.applyButton.text == "Apply"
    assert panel.ui.applyButton.enabled
    assert panel.ui.inputsCollapsibleButton.enabled
    assert "Segmented in" in panel.ui.statusLabel.text
    assert not panel.ui.show3DButton.checked
    panel.ui.show3DButton.click()
    assert node.GetDisplayNode().GetVisibility3D()

    # A second run is warm, writes into the same nodes, and can be cancelled half-way
    process_id = panel.logic.segmenter.workerProcessID
    assert is_alive(process_id)
    modified = segmentation.GetMTime()
    panel.ui.applyButton.click()
    host.wait_until(lambda: "Running the network" in panel.ui.statusLabel.text, 60)
    assert panel.logic.segmenter.workerProcessID == process_id
    panel.ui.applyButton.click()
    wait_for(lambda: not is_alive(process_id), 15.0)
    assert panel.ui.applyButton.text == "Apply"
    assert "Cancelled" in panel.ui.statusLabel.text
    assert segmentation.GetMTime() == modified
    assert len(slicer.util.getNodesByClass("vtkMRMLSegmentationNode")) == 1


def test_a_cancelled_run_leaves_the_scene_as_it_was(host, panel, study, slicer, no_leftovers):
    nodes = slicer.mrmlScene.GetNumberOfNodes()
    panel.ui.applyButton.click()
    host.wait_until(lambda: panel.logic.segmenter.workerProcessID is not None)
    process_id = panel.logic.segmenter.workerProcessID

    panel.ui.applyButton.click()

    wait_for(lambda: not is_alive(process_id), 15.0)
    assert slicer.mrmlScene.GetNumberOfNodes() == nodes
    assert panel.ui.applyButton.enabled
    assert host.dialogs == []


def test_volumes_that_do_not_belong_together_are_explained(
    host, panel, study, slicer, no_leftovers
):
    matrix = slicer.vtkMRMLLinearTransformNode()
    transform = slicer.mrmlScene.AddNode(matrix)
    import vtk

    moved = vtk.vtkMatrix4x4()
    moved.SetElement(0, 3, 25.0)
    transform.SetMatrixTransformToParent(moved)
    study["t2"].SetAndObserveTransformNodeID(transform.GetID())

    panel.panel.parameters.prepare = type(panel.panel.parameters.prepare).NEVER
    host.wait_until(lambda: not panel.ui.applyButton.enabled)

    assert "another grid" in panel.ui.readinessLabel.text
    assert "Register" in panel.ui.readinessLabel.text
    assert "another grid" in panel.ui.findingsLabel.text


def test_a_worker_that_dies_is_explained(host, panel, study, no_leftovers):
    panel.ui.applyButton.click()
    host.wait_until(lambda: panel.logic.segmenter.workerProcessID is not None)
    os.kill(panel.logic.segmenter.workerProcessID, 9)
    finish(host, panel)

    assert "ended without an answer" in host.dialogs.texts()[-1]
    assert panel.ui.applyButton.enabled


def test_closing_the_scene_ends_the_run(host, panel, study, slicer, no_leftovers):
    panel.ui.applyButton.click()
    host.wait_until(lambda: panel.logic.segmenter.workerProcessID is not None)
    process_id = panel.logic.segmenter.workerProcessID

    host.close_scene()

    wait_for(lambda: not is_alive(process_id), 15.0)
    assert panel.ui.applyButton.text == "Apply"
    assert not panel.ui.applyButton.enabled
    assert slicer.util.getNodesByClass("vtkMRMLSegmentationNode") == []


def test_reloading_the_module_ends_the_worker(host, panel, study, no_leftovers):
    panel.ui.applyButton.click()
    host.wait_until(lambda: panel.logic.segmenter.workerProcessID is not None)
    process_id = panel.logic.segmenter.workerProcessID

    host.reload("ELMEDSegment")

    wait_for(lambda: not is_alive(process_id), 15.0)


def test_another_python_without_torch_is_explained(
    host, panel, study, monkeypatch, tmp_path, no_leftovers
):
    """A foreign interpreter is not examined beforehand; the worker tells what it lacks."""
    import venv

    folder = tmp_path / "other"
    venv.EnvBuilder(with_pip=False).create(folder)
    monkeypatch.setenv("ELMED_WORKER_PYTHON", str(folder / "bin" / Path(sys.executable).name))
    panel.ui.applyButton.click()
    finish(host, panel)

    assert "is missing" in host.dialogs.texts()[-1]
    assert panel.ui.applyButton.enabled
    monkeypatch.delenv("ELMED_WORKER_PYTHON")


def test_a_run_goes_on_in_another_module_and_its_worker_ends_with_it(host, panel, study):
    panel.ui.applyButton.click()
    host.wait_until(lambda: panel.logic.segmenter.workerProcessID is not None)
    process_id = panel.logic.segmenter.workerProcessID
    host.select_module("")

    finish(host, panel)

    assert panel.ui.segmentationSelector.currentNode() is not None
    wait_for(lambda: not is_alive(process_id), 15.0)
