"""The playground at work: the real worker, real training, real views."""

from __future__ import annotations

import csv
import json
import os
import struct
import subprocess
import sys
import time

import pytest

from host.lateness import TimerWatch, waited_by, waited_for_processor
from host.panel_checks import is_alive, wait_for
from host.playground_bench import page, quiet, run_until, step

pytest.importorskip("torch", reason="PyTorch is not installed")

NAME = "ELMEDPlayground"

LONGEST_STALL_S = 0.05
FEWEST_FRAMES = 15
SLOWEST_FIRST_FRAME_S = 1.0
FRAME_S = 0.03
"""That the worker trains for each frame."""

COMPUTED_S = 0.01
"""That a frame may take to be computed; see `test_representation_views.py`."""


def button(section, name):
    """Return a page's button by its object name."""
    import qt

    return section.widget.findChild(qt.QPushButton, name)


def test_the_worker_is_warm_before_anybody_presses_run(host, panel, bench):
    assert panel.logic.laboratory.workerProcessID is not None
    assert step(bench) == 0
    assert panel.ui.runButton.enabled
    network = page(panel, "Network")
    assert [column.shape for column in network.drawing.columns] == [(2,), (32,), (16,), (2,)]
    assert "658" in network.totalLabel.text


@pytest.mark.alone
def test_run_shows_learning_at_once_often_and_without_a_stall(host, panel, bench):
    frames = []

    class Watcher:
        def __getattr__(self, name):
            return lambda *about: frames.append(time.monotonic()) if name == "answered" else None

    bench.follow(Watcher())
    quiet(host, bench)
    watch = TimerWatch()
    watch.start()
    frames.clear()
    worker = bench.laboratory.workerProcessID
    waited = waited_for_processor() + waited_by(worker)
    began, spent = time.monotonic(), time.process_time()
    panel.ui.runButton.click()
    host.wait_until(lambda: step(bench) > 0)
    first = time.monotonic() - began
    waited = waited_for_processor() + waited_by(worker) - waited
    host.wait_until(lambda: time.monotonic() - began > 3.0 or not bench.running)
    seconds = time.monotonic() - began
    cost = (time.process_time() - spent) / len(frames)
    watch.stop()
    panel.ui.pauseButton.click()
    quiet(host, bench)

    busy_elsewhere = hasattr(os, "getloadavg") and os.getloadavg()[0] > os.cpu_count()
    assert bench.history[-1]["train_loss"] < bench.history[0]["train_loss"]
    assert watch.latest < LONGEST_STALL_S
    # What the two processes waited for a processor that others had is not theirs.
    assert first - waited < SLOWEST_FIRST_FRAME_S
    rate = len(frames) / seconds
    if not busy_elsewhere or rate >= FEWEST_FRAMES:
        assert rate >= FEWEST_FRAMES, f"observed: {rate:.1f} redraws a second"
        return
    # Where other programs take the processor, nobody draws in time; then it is what a frame costs
    # that must leave room for so many: training, computing and drawing, one after the other.
    bound = FRAME_S + COMPUTED_S + cost
    assert bound <= 1 / FEWEST_FRAMES, (
        f"computed, as the machine was busy and {rate:.1f} redraws a second were observed: "
        f"{1000 * cost:.1f} ms of the panel for each, {1 / bound:.1f} a second if alone"
    )


def test_pause_step_and_reset(host, panel, bench):
    run_until(host, panel, bench, 20)
    rested = step(bench)
    assert not bench.running
    assert panel.ui.runButton.enabled

    panel.ui.stepButton.click()
    quiet(host, bench)
    assert step(bench) == rested + 1
    assert f"{rested + 1:,}" in panel.ui.statusLabel.text

    panel.ui.resetButton.click()
    quiet(host, bench)
    assert step(bench) == 0

    steps = page(panel, "Seven steps")
    panel.ui.runButton.click()
    assert not steps.buttons["loss"].enabled
    host.close_scene()
    assert not bench.running
    assert steps.buttons["loss"].enabled


def test_the_training_stops_at_the_step_that_was_asked_for(host, panel, bench):
    panel.ui.stopAtLineEdit.setText("37")
    panel.ui.stopAtCheckBox.setChecked(True)
    panel.ui.runButton.click()
    host.wait_until(lambda: not bench.running)
    quiet(host, bench)

    assert step(bench) == 37
    panel.ui.runButton.click()
    host.wait_until(lambda: step(bench) > 37)
    panel.ui.pauseButton.click()
    panel.ui.stopAtCheckBox.setChecked(False)


def test_the_seven_steps_show_their_numbers(host, panel, bench):
    steps = page(panel, "Seven steps")
    for name, button in steps.buttons.items():
        button.click()
        quiet(host, bench)
        assert panel.ui.readinessLabel.text == "", name
        assert any(character.isdigit() for character in steps.numbers[name].text), name
    assert step(bench) == 11


def test_the_learning_rate_changes_without_beginning_anew(host, panel, bench):
    run_until(host, panel, bench, 20)
    rested = step(bench)
    training = page(panel, "Training")
    training.form.inputs["learning_rate"].setText("0.002")
    training._changed({**training.form.values, "learning_rate": 0.002})
    assert bench.summary is not None, "the experiment stays"
    quiet(host, bench)

    assert step(bench) == rested
    assert bench.spec["settings"]["learning_rate"] == 0.002


def test_a_learning_rate_is_not_lost_while_the_experiment_is_made_or_when_the_worker_dies(
    host, panel, bench
):
    run_until(host, panel, bench, 20)
    for makes in (bench.create, bench.reset):  # from its state, and anew
        makes()
        assert bench.summary is None
        rate = bench.spec["settings"]["learning_rate"] / 2
        bench.changeLive(learning_rate=rate)
        host.wait_until(lambda: bench.summary is not None, 60)
        quiet(host, bench)
        assert bench.latest["numbers"]["learning_rate"] == rate
        assert bench.state["settings"]["learning_rate"] == rate

    worker = panel.logic.laboratory.workerProcessID
    os.kill(worker, 19)  # SIGSTOP: nothing is answered any more
    bench.changeLive(learning_rate=0.004)
    os.kill(worker, 9)
    host.wait_until(lambda: "new one was started" in panel.ui.readinessLabel.text, 60)
    quiet(host, bench)
    assert bench.latest["numbers"]["learning_rate"] == 0.004


def test_run_tries_again_what_could_not_be_made(host, panel, bench, tmp_path):
    path = tmp_path / "own.txt"
    bench.change(generate={"model": "text", "file": str(path), "layers": 1, "width": 16})
    host.wait_until(lambda: "own.txt" in panel.ui.readinessLabel.text, 60)
    quiet(host, bench)
    panel.ui.stepButton.click()
    quiet(host, bench)
    assert "own.txt" in panel.ui.readinessLabel.text, "still why it cannot be made"
    # Nor is the experiment before it, which the worker has, taken away in its place.
    page(panel, "Export").writeScript(tmp_path / "experiment.py")
    quiet(host, bench)
    assert not (tmp_path / "experiment.py").exists()
    assert "own.txt" in panel.ui.readinessLabel.text
    panel.ui.runButton.click()
    quiet(host, bench)
    assert not bench.running
    assert panel.ui.runButton.enabled

    path.write_text("No mass was seen in the left lobe. " * 200, "utf-8")
    panel.ui.runButton.click()
    host.wait_until(lambda: step(bench) > 0, 60)
    panel.ui.pauseButton.click()
    quiet(host, bench)
    assert panel.ui.readinessLabel.text == ""
    assert host.slot_errors == []


def test_divergence_is_explained(host, panel, bench):
    settings = {**bench.spec["settings"], "optimiser": "sgd", "learning_rate": 100.0}
    network = {"layers": [{"kind": "dense", "neurons": 8, "activation": "relu"}] * 3}
    bench.change(settings=settings, network=network)
    host.wait_until(lambda: bench.summary is not None)
    panel.ui.runButton.click()
    host.wait_until(lambda: not bench.running, 60)
    quiet(host, bench)

    assert "learning rate" in panel.ui.readinessLabel.text
    assert host.dialogs == []


def test_a_worker_that_dies_is_told_and_the_experiment_comes_back(host, panel, bench):
    run_until(host, panel, bench, 30)
    rested = step(bench)
    worker = panel.logic.laboratory.workerProcessID
    os.kill(worker, 9)
    wait_for(lambda: not is_alive(worker) or panel.logic.laboratory.workerProcessID is None, 5.0)
    panel.ui.stepButton.click()
    host.wait_until(lambda: "new one was started" in panel.ui.readinessLabel.text, 60)
    quiet(host, bench)

    assert step(bench) == rested
    panel.ui.stepButton.click()
    quiet(host, bench)
    assert step(bench) == rested + 1


def test_the_experiment_is_saved_with_the_scene_and_comes_back(
    host, panel, bench, slicer, tmp_path
):
    run_until(host, panel, bench, 30)
    rested, row = step(bench), dict(bench.history[-1])
    path = tmp_path / "scene.mrb"
    assert slicer.util.saveScene(str(path))

    host.close_scene()
    slicer.util.loadScene(str(path))
    host.process_events()
    host.select_module(NAME)
    host.wait_until(lambda: bench.summary is not None, 60)
    quiet(host, bench)

    assert step(bench) == rested
    assert bench.history[-1] == pytest.approx(row)


def test_an_experiment_travels_as_a_file(host, panel, bench, tmp_path):
    run_until(host, panel, bench, 30)
    rested = step(bench)
    export = page(panel, "Export")
    done = []
    export.writeExperiment(tmp_path / "experiment.json", lambda: done.append(True))
    host.wait_until(lambda: done)
    panel.ui.resetButton.click()
    quiet(host, bench)
    assert step(bench) == 0

    export.readExperiment(tmp_path / "experiment.json")
    host.wait_until(lambda: bench.summary is not None)
    quiet(host, bench)
    assert step(bench) == rested
    assert json.loads((tmp_path / "experiment.json").read_text())["spec"] == bench.spec


def test_a_file_that_is_no_experiment_is_told(panel, tmp_path):
    from ELMEDLib.errors import InputError

    wrong = tmp_path / "other.json"
    wrong.write_text("[1, 2]")
    with pytest.raises(InputError, match="other.json"):
        page(panel, "Export").readExperiment(wrong)


def test_the_script_runs_alone(host, panel, bench, tmp_path):
    path = tmp_path / "experiment.py"
    page(panel, "Export").writeScript(path)
    host.wait_until(path.exists)
    text = path.read_text()

    assert "elmed" not in "".join(line for line in text.splitlines() if "import" in line).lower()
    compile(text, str(path), "exec")


def test_results_go_to_a_table_and_charts(host, panel, bench, slicer, tmp_path):
    run_until(host, panel, bench, 30)
    export = page(panel, "Export")
    export._makeChart()

    table = slicer.util.getNodesByClass("vtkMRMLTableNode")[0].GetTable()
    assert table.GetNumberOfRows() == len(bench.history)
    assert table.GetColumnByName("Test loss").GetValue(0) == pytest.approx(
        bench.history[0]["test_loss"]
    )
    charts = slicer.util.getNodesByClass("vtkMRMLPlotChartNode")
    assert {chart.GetTitle() for chart in charts} == {"Loss", "Accuracy"}
    export._makeChart()
    assert len(slicer.util.getNodesByClass("vtkMRMLPlotChartNode")) == len(charts) == 2
    assert len(slicer.util.getNodesByClass("vtkMRMLTableNode")) == 1
    pictures = export.writePictures(tmp_path)
    assert len(pictures) == 2
    for path in pictures:
        header = path.read_bytes()[16:24]
        assert struct.unpack(">2I", header) == (1920, 1440), path


def test_the_confusion_matrix_goes_to_a_table_and_with_the_curves_to_csv(
    host, panel, bench, slicer, tmp_path
):
    run_until(host, panel, bench, 30)
    export = page(panel, "Export")
    button(export, "makeConfusionButton").click()
    host.wait_until(lambda: "test examples" in export.saidLabel.text)

    nodes = slicer.util.getNodesByClass("vtkMRMLTableNode")
    assert [node.GetName() for node in nodes] == ["Playground confusion matrix"]
    table = nodes[0].GetTable()
    titles = [table.GetColumnName(place) for place in range(table.GetNumberOfColumns())]
    names = bench.summary["classes"]
    taken = [f"Taken for {name}" for name in names]
    assert titles == ["True class", *taken, "All", "Share right"]
    counts = [[int(table.GetColumnByName(t).GetValue(row)) for t in taken] for row in (0, 1)]
    assert sum(map(sum, counts)) == bench.summary["test"]
    right = (counts[0][0] + counts[1][1]) / bench.summary["test"]
    evaluated = []
    bench.ask("evaluate", {}, evaluated.append)
    host.wait_until(lambda: evaluated)
    assert right == pytest.approx(evaluated[0]["numbers"]["test_accuracy"], abs=1e-6)

    export.writeTables(tmp_path)
    host.wait_until(lambda: export.saidLabel.text.startswith("Saved: training.csv"))
    with (tmp_path / "confusion-matrix.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["True class"] for row in rows] == names
    assert [[int(row[title]) for title in taken] for row in rows] == counts
    with (tmp_path / "training.csv").open(encoding="utf-8", newline="") as file:
        losses = [float(row["Training loss"]) for row in csv.DictReader(file)]
    assert losses == pytest.approx([row["train_loss"] for row in bench.history])

    # Once more, and the same table is filled; where nothing can be written, it is told.
    button(export, "makeConfusionButton").click()
    quiet(host, bench)
    assert len(slicer.util.getNodesByClass("vtkMRMLTableNode")) == 1
    export.writeTables(tmp_path / "training.csv")
    host.wait_until(lambda: "cannot be written" in panel.ui.readinessLabel.text)


def test_the_self_test_passes_and_training_without_the_panel_leaves_no_worker(host):
    from host.counting import child_processes

    host.load_module(NAME)
    import ELMEDPlayground

    before = set(child_processes())
    ELMEDPlayground.ELMEDPlaygroundTest().runTest()
    wait_for(lambda: set(child_processes()) <= before, 5.0)


def test_the_reload_button_takes_up_changed_code(project):
    """In a process of its own: what other tests hold would be of the old code."""
    program = f"""
import sys
import host
started = host.start([{NAME!r}])
widget = started.select_module({NAME!r})
before = sys.modules["ELMEDPlaygroundWidgets.bench"], sys.modules["ELMEDLib.errors"]
widget.onReload()
started.process_events()
assert sys.modules["ELMEDPlaygroundWidgets.bench"] is not before[0]
assert sys.modules["ELMEDLib.errors"] is before[1]
assert started.slot_errors == [], started.slot_errors
started.shut_down()
"""
    subprocess.run([sys.executable, "-c", program], cwd=project / "Testing", check=True)
