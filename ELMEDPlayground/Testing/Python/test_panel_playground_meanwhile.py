"""What a panel keeps and takes up while scenes come and go, and while answers are on their way."""

from __future__ import annotations

import json
import os
import signal

import pytest

from host.playground_bench import page, quiet, step, type_into

pytest.importorskip("torch", reason="PyTorch is not installed")

NAME = "ELMEDPlayground"

EMPTY_SCENE = '<MRML version="Slicer4.4.0"></MRML>\n'


def add_scene(slicer, path):
    """Add a scene to the one that is open, as "Add data" does."""
    slicer.mrmlScene.SetURL(str(path))
    slicer.mrmlScene.Import()


def test_what_is_changed_on_the_run_begins_nothing_anew(host, panel, bench):
    """From the first change on: a preset does not say everything that the page shows."""
    steps = page(panel, "Seven steps")
    bench.refresh()  # its answer comes before that of what is repeated
    steps.buttons["repeat"].click()
    quiet(host, bench)
    from ELMEDPlaygroundWidgets.steps_section import sentence

    assert step(bench) == 10
    assert steps.numbers["repeat"].text == sentence({"steps": 10, **bench.latest["numbers"]})

    training, network = page(panel, "Training"), page(panel, "Network")
    before, generation = network.totalLabel.text, bench._generation
    assert "658" in before
    type_into(training.form.inputs["learning_rate"], "0.004")
    type_into(training.criterion.inputs["steps"], "5000")
    quiet(host, bench)
    assert (step(bench), bench._generation) == (10, generation)
    assert bench.spec["settings"]["learning_rate"] == 0.004
    assert network.totalLabel.text == before
    assert [column.shape for column in network.drawing.columns] == [(2,), (32,), (16,), (2,)]
    assert not network.addButtons["conv"].enabled


def test_a_scene_that_is_added_leaves_the_training_alone_unless_it_brings_another(
    host, panel, bench, slicer, tmp_path
):
    added = tmp_path / "added.mrml"
    added.write_text(EMPTY_SCENE, "utf-8")
    panel.ui.runButton.click()
    host.wait_until(lambda: step(bench) > 20, 60)
    reached = step(bench)
    add_scene(slicer, added)
    host.process_events()
    assert bench.running
    panel.ui.pauseButton.click()
    quiet(host, bench)
    assert step(bench) >= reached

    kept, rested = tmp_path / "kept.mrml", step(bench)
    slicer.mrmlScene.SetURL(str(kept))
    slicer.mrmlScene.Commit()
    panel.ui.resetButton.click()
    quiet(host, bench)
    assert step(bench) == 0
    add_scene(slicer, kept)
    host.wait_until(lambda: bench.summary is not None, 60)
    quiet(host, bench)
    assert step(bench) == rested


def test_where_to_stop_comes_back_with_the_scene(host, panel, slicer, tmp_path):
    type_into(panel.ui.stopAtLineEdit, "500")
    panel.ui.stopAtCheckBox.setChecked(True)
    path = tmp_path / "scene.mrb"
    assert slicer.util.saveScene(str(path))
    host.close_scene()
    assert panel.panel.bench.stopAt == 0
    panel.ui.stopAtLineEdit.setText("1000")

    slicer.util.loadScene(str(path))
    host.process_events()
    host.select_module(NAME)
    assert panel.ui.stopAtLineEdit.text == "500"
    assert panel.ui.stopAtCheckBox.checked
    assert panel.panel.bench.stopAt == 500
    panel.ui.stopAtCheckBox.setChecked(False)


def test_a_scene_that_is_saved_without_its_weights_begins_anew(panel):
    """Whoever stores the scene's nodes by other means than the File menu tells nobody."""
    bench, parameters = panel.panel.bench, panel.panel.parameters
    bench.state = {"step": 7}
    bench._tell("saved")
    assert json.loads(parameters.state) == {"step": 7}
    bench.change(data={"kind": "moons"})
    assert parameters.state == ""


BROKEN = [
    "[" * 100_000,
    "[1, 2]",
    '{"data": 5}',
    '{"data": {"kind": "drawn", "points": [[0, 1]]}}',
    '{"network": {"layers": [5]}}',
    '{"network": {"layers": [{"neurons": 5}]}}',
    '{"settings": [1]}',
    '{"settings": {"learning_rate": 1e400}}',
    '{"data": {"kind": "spiral"}, "generate": "vae"}',
]


@pytest.mark.parametrize("spec", BROKEN)
def test_broken_choices_in_a_scene_or_a_file_are_not_taken_up(panel, spec, tmp_path):
    from ELMEDLib.errors import InputError
    from ELMEDPlaygroundWidgets.starting_point import startingSpec

    before = panel.panel.bench.spec
    path = tmp_path / "experiment.json"
    path.write_text(f'{{"format": "elmed-playground-experiment", "spec": {spec}, "state": null}}')
    with pytest.raises(InputError, match=r"experiment\.json"):
        page(panel, "Export").readExperiment(path)
    assert panel.panel.bench.spec == before

    panel.panel.parameters.spec = spec
    panel.panel.refresh()
    assert panel.panel.bench.spec == startingSpec()


def test_numbers_that_are_none_are_shown_as_usual_ones_and_left_to_the_engine(host, panel):
    bench = panel.panel.bench
    spec = {**bench.spec, "data": {"kind": "spiral", "count": "many", "shuffle_labels": [1]}}
    spec["settings"] = {"learning_rate": "fast", "optimiser": ["adam"], "stop": {"steps": {}}}
    panel.panel.parameters.spec = json.dumps(spec)
    panel.panel.refresh()
    assert page(panel, "Data").forms["spiral"].inputs["count"].text == "400"
    assert page(panel, "Training").form.inputs["learning_rate"].text == "0.01"
    host.wait_until(lambda: "Give a" in panel.ui.readinessLabel.text, 60)


def test_who_asks_is_answered_also_where_others_fail_or_another_python_is_chosen(host):
    from PySide6.QtCore import QSettings

    from ELMEDLib.bridge.workplace import PYTHON_SETTING
    from ELMEDLib.errors import CancelledError
    from ELMEDPlaygroundWidgets.laboratory import Laboratory

    def fails(_error):
        raise ValueError("what an answer's taker does wrong")

    laboratory, told = Laboratory(), []
    laboratory.ask("view", {}, told.append, fails)
    laboratory.ask("view", {}, told.append, told.append)
    try:
        QSettings().setValue(PYTHON_SETTING, "/nowhere/python")
        host.wait_until(lambda: told, 60)
        assert "/nowhere/python" in str(told[0]), "the second one is asked of the new choice"
        assert not laboratory.busy
        QSettings().remove(PYTHON_SETTING)
        assert len(host.slot_errors) == 1
        assert "what an answer's taker does wrong" in str(host.slot_errors[0])

        laboratory.ask("view", {}, told.append, lambda _error: laboratory.close())
        with pytest.raises(CancelledError):
            laboratory.askAndWait("view", {})
    finally:
        QSettings().remove(PYTHON_SETTING)
        laboratory.close()
        host.slot_errors.clear()


def test_a_slow_view_shows_the_step_at_which_the_training_rests(host, panel, bench):
    """While it goes on, a probe of many neurons is fitted at few of its steps."""

    def probed():
        return bench.latest.get("views", {}).get("probe", {}).get("step")

    bench.views.show(["probe"])
    wide = [{"kind": "dense", "neurons": 400}] * 2
    bench.change(data={"kind": "spiral", "count": 1000}, network={"layers": wide})
    panel.ui.runButton.click()
    host.wait_until(lambda: probed() not in (None, step(bench)), 60)  # it lags behind
    panel.ui.pauseButton.click()
    quiet(host, bench)
    assert probed() == step(bench)
    panel.ui.stepButton.click()
    quiet(host, bench)
    assert probed() == step(bench)


def test_an_experiment_is_saved_as_it_was_asked_for_whatever_begins_meanwhile(
    host, panel, bench, tmp_path
):
    export, path = page(panel, "Export"), tmp_path / "asked.json"
    quiet(host, bench)
    asked, rested = bench.spec, step(bench)
    bench.step(50)  # which the save waits for
    export.writeExperiment(path)
    assert "Saving: asked.json" in export.saidLabel.text
    bench.change(data={"kind": "moons"})
    host.wait_until(lambda: bench.summary is not None, 60)
    quiet(host, bench)
    assert "Saved: asked.json" in export.saidLabel.text
    saved = json.loads(path.read_text("utf-8"))
    assert saved["spec"] == asked
    assert saved["state"]["step"] == rested + 50
    assert bench.spec["data"] == {"kind": "moons"}


@pytest.mark.parametrize("ends", ["worker", "scene"])
def test_an_experiment_that_cannot_be_saved_any_more_is_told(host, panel, bench, tmp_path, ends):
    export, path = page(panel, "Export"), tmp_path / "asked.json"
    quiet(host, bench)
    worker = panel.logic.laboratory.workerProcessID
    os.kill(worker, signal.SIGSTOP)
    export.writeExperiment(path)
    if ends == "scene":
        host.close_scene()
    os.kill(worker, signal.SIGKILL)
    host.wait_until(lambda: "Not saved: asked.json" in export.saidLabel.text, 60)
    assert not path.exists()


# The page Scan


@pytest.fixture
def scan(panel, add_noise):
    """The page, with four volumes whose names say what they are, and one whose name does not."""
    for name in ("t1", "t1c", "t2", "flair", "thing"):
        add_noise(name)
    section = page(panel, "Scan")
    section.enter()
    return section


def test_why_a_volume_was_taken_is_said_as_long_as_it_is_chosen(scan, slicer):
    import qt

    t1c = scan.network.selectors["t1c"]
    reason = scan.network.widget.findChild(qt.QLabel, "scanT1cReasonLabel")
    assert t1c.currentNode().GetName() == "t1c"
    assert "t1c" in reason.text
    t1c.setCurrentNode(slicer.util.getNode("thing"))
    assert reason.text == ""
    assert "Guessed" not in t1c.toolTip


def test_volumes_that_cannot_be_looked_at_are_told(host, scan, slicer):
    flair = scan.network.selectors["flair"]
    flair.setCurrentNode(slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "empty"))
    scan.network.openButton.click()
    host.wait_until(lambda: not scan.work.running, 10)
    assert "'empty' holds no voxels" in scan.work.statusLabel.text

    bend = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLBSplineTransformNode", "bend")
    flair.setCurrentNode(slicer.util.getNode("flair"))
    flair.currentNode().SetAndObserveTransformNodeID(bend.GetID())
    scan.network.openButton.click()
    assert "bends it" in scan.work.statusLabel.text
    assert not scan.work.running


@pytest.mark.usefixtures("no_leftovers")
def test_copies_for_learning_are_gone_with_a_scene_that_is_closed_meanwhile(host, panel, scan):
    scan.learning.volumesCombo.check(scan.network.selectors["t1c"].currentNode())
    scan.learning.button.click()
    assert scan.work.running
    run = scan.work.place.run
    host.wait_until(lambda: run.goal is not None, 10)
    host.close_scene()
    assert not scan.work.running


def test_a_segment_that_is_gone_is_not_shown_as_chosen(scan, slicer):
    segmentation = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "found")
    identifier = segmentation.GetSegmentation().AddEmptySegment("lump", "lump")
    chooser = scan.network.segmentCombo
    chooser.choose(segmentation, identifier)
    assert chooser.widget.currentText == "found: lump"
    assert chooser.chosen() == (segmentation, identifier)
    slicer.mrmlScene.RemoveNode(segmentation)
    assert chooser.chosen() is None
    assert chooser.widget.currentText == "where the network finds it"


@pytest.mark.usefixtures("no_leftovers")
def test_a_segment_that_is_removed_while_it_is_copied_is_learnt_all_the_same(host, panel, scan):
    import numpy as np
    import SimpleITK as sitk

    from ELMEDLib.bridge.glioma import GLIOMA_SEGMENTS
    from ELMEDPlaygroundWidgets import scan_nodes

    source = scan.network.selectors["t1c"].currentNode()
    labels = sitk.GetImageFromArray(np.ones((8, 9, 10), np.uint8))
    node = scan_nodes.putSegmentation("found", labels, source)
    learning = scan.learning
    learning.volumesCombo.check(source)
    learning.segmentCombo.choose(node, GLIOMA_SEGMENTS[0].identifier)
    learning.form.values["task"] = "segment"
    learning.button.click()
    run = scan.work.place.run
    # When the segment's file is there, and nothing but moving the files is left to do.
    host.wait_until(lambda: run.goal is not None, 10)
    folders = run.folder, run.goal
    host.wait_until(lambda: any(any(folder.glob("segment-*")) for folder in folders), 10)
    node.GetSegmentation().RemoveSegment(GLIOMA_SEGMENTS[0].identifier)
    host.wait_until(lambda: not scan.work.running, 10)
    assert "begun anew" in scan.work.statusLabel.text
    assert panel.panel.bench.spec["data"]["segment_name"] == GLIOMA_SEGMENTS[0].name
    scan.learning.forget()
