"""The part Text of the page Generate: a user lets a language model learn, read, and write."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed")

NAME = "ELMEDPlayground"
TINY = {"layers": 1, "heads": 2, "width": 16, "context": 16, "batch": 4}


@pytest.fixture
def part(panel):
    sections = panel.panel.sections
    generate = next(section for section in sections if section.title == "Generate")
    panel.panel.tabs.open("Generate")
    generate.open("Text")
    return generate.part("Text")


def view(panel, name):
    return next(view for view in panel.panel.views.views if view.name == name)


def quiet(host, bench):
    host.wait_until(lambda: bench.summary is not None, 60)
    host.wait_until(lambda: not bench.laboratory.busy, 60)
    host.wait_until(lambda: bench.views.drawn, 60)


def typed(field, text):
    """Type a text into a field as a user does: the field tells that it was edited."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    from host.pythonqt import unwrap

    field.clear()
    for one in text:
        QTest.sendKeyEvent(
            QTest.KeyAction.Click, unwrap(field), Qt.Key.Key_unknown, one, Qt.NoModifier
        )


def begin(host, bench, part, **choices):
    for name, value in {**TINY, **choices}.items():
        typed(part.form.inputs[name], str(value))
    part.beginButton.click()
    quiet(host, bench)
    host.wait_until(lambda: "text-written" in bench.views.shown, 30)
    quiet(host, bench)


def test_a_model_is_begun_run_paused_prompted_and_reset(host, panel, bench, part):
    assert "No language model" in part.stateLabel.text
    begin(host, bench, part)
    assert panel.panel.views.shown == ["text-written", "text-next"]
    assert f"{bench.summary['train']:,} characters" in part.stateLabel.text
    panel.ui.runButton.click()
    host.wait_until(lambda: bench.latest["step"] > 60, 60)
    panel.ui.pauseButton.click()
    quiet(host, bench)
    assert "validation loss" in panel.ui.statusLabel.text

    written, following = view(panel, "text-written"), view(panel, "text-next")
    assert written.promptEdit.text == "Catherine was "
    typed(written.promptEdit, "The é general")
    host.wait_until(lambda: written.data["prompt"] == "The é general", 30)
    quiet(host, bench)
    assert following.data["prompt"] == following.promptEdit.text == "The é general"
    assert following.data["strange"] == "é"

    before = written.data["text"]
    written.againButton.click()
    quiet(host, bench)
    assert written.data["text"] != before
    written.temperatureCombo.setCurrentIndex(0)
    quiet(host, bench)
    assert written.data["temperature"] is None
    assert sorted(following.data["shares"])[-2:] == [0.0, 1.0]

    panel.ui.resetButton.click()
    quiet(host, bench)
    assert bench.latest["step"] == 0
    assert written.data["prompt"] == "The é general", "the prompt may be tried anew"
    assert host.slot_errors == []
    assert panel.ui.readinessLabel.text == ""


def test_a_small_map_of_attention_is_clicked_and_a_row_is_chosen(host, panel, bench, part):
    begin(host, bench, part)
    panel.panel.views.show(["text-attention", "text-tokens"])
    quiet(host, bench)
    looks = view(panel, "text-attention")
    looks.widget.resize(560, 420)
    looks.widget.grab()
    assert looks.data["weights"].shape[:2] == (1, 2)
    looks.clicked(next(what for _, what in looks.canvas.spots if what == ("map", 0, 1)))
    quiet(host, bench)

    assert (looks.data["layer"], looks.data["head"]) == (0, 1)
    looks.widget.grab()
    rows = [what for _, what in looks.canvas.spots if what[0] == "row"]
    assert len(rows) == len(looks.data["text"])
    looks.clicked(rows[3])
    assert looks.row == 3

    # Of one layer, all layers are as many: the one map is shown large, too.
    looks.layerCombo.setCurrentIndex(0)
    quiet(host, bench)
    assert (looks.data["layer"], looks.data["head"]) == (None, 1)
    looks.picture()
    assert any(what[0] == "row" for _, what in looks.canvas.spots)


def test_no_word_is_cut_in_a_map_with_letters_and_for_a_greedy_choice(
    host, panel, bench, part, monkeypatch
):
    from ELMEDPlaygroundWidgets.views import images_painting

    begin(host, bench, part)
    panel.panel.views.show(["text-attention", "text-next"])
    looks, following = view(panel, "text-attention"), view(panel, "text-next")
    following.wishFor(prompt="A long prompt of more than thirty-two signs, é", temperature=None)
    looks.clicked(("map", 0, 0))
    quiet(host, bench)
    cut = []
    shorten = images_painting.shortened

    def watched(painter, line, width):
        found = shorten(painter, line, width)
        cut.extend([line] if found != line else [])
        return found

    monkeypatch.setattr(images_painting, "shortened", watched)
    looks.picture()
    following.picture()
    assert cut == []


def test_a_text_of_the_user_is_learnt_and_a_bad_one_is_refused(host, panel, bench, part, tmp_path):
    begin(host, bench, part)
    combo = part.form.inputs["source"]
    combo.setCurrentIndex(combo.findData("file"))
    assert "Choose a text file" in panel.ui.readinessLabel.text
    assert not part.fileRow.isHidden()
    own = tmp_path / "own.txt"
    own.write_text("Too short.", "utf-8")
    part.learn(own)
    host.wait_until(lambda: "too short" in panel.ui.readinessLabel.text, 60)
    own.write_text("No mass was seen in the left lobe. " * 200, "utf-8")
    part.learn(own)
    quiet(host, bench)

    assert bench.summary["data"] == "own.txt"
    assert part.fileLabel.text == "own.txt"
    assert panel.ui.readinessLabel.text == ""
    assert view(panel, "text-written").data["prompt"] == "No mass was se"


def test_a_width_that_the_heads_cannot_share_is_explained(host, panel, bench, part):
    begin(host, bench, part)
    typed(part.form.inputs["heads"], "3")

    assert "multiple of the heads" in panel.ui.readinessLabel.text


def test_a_model_is_kept_with_the_scene_without_its_text(
    host, panel, bench, part, slicer, tmp_path
):
    begin(host, bench, part)
    bench.step(50)
    host.wait_until(lambda: bench.latest["step"] == 50, 60)
    quiet(host, bench)
    path = tmp_path / "scene.mrb"
    assert slicer.util.saveScene(str(path))
    host.close_scene()
    slicer.util.loadScene(str(path))
    host.process_events()
    host.select_module(NAME)
    quiet(host, bench)

    assert bench.summary["generates"] == "text"
    assert bench.latest["step"] == 50
    assert "text-written" in panel.panel.views.shown
    assert part.form.values["width"] == TINY["width"]


def test_every_control_of_the_part_has_a_help_text(host, panel, bench, part):
    from host import panel_checks

    begin(host, bench, part)
    panel.panel.views.showCount(4)
    panel.panel.views.show(["text-written", "text-next", "text-attention", "text-tokens"])
    quiet(host, bench)
    assert panel_checks.controls_without_help(panel.ui.ELMEDPlayground) == []


def test_lesson_ten_ticks_what_a_user_does_in_the_views(host, panel, bench):
    lessons = next(section for section in panel.panel.sections if section.title == "Lessons")
    panel.panel.tabs.open("Lessons")
    panel.panel.views.showCount(2)
    lessons.open(10)
    lessons.page.setUpButton.click()
    quiet(host, bench)
    host.wait_until(lambda: "text-curves" in panel.panel.views.shown, 30)
    done = lessons.progress.has_done
    assert not done(10, 0)
    panel.panel.views.show(["text-tokens", "text-attention"])
    attention = view(panel, "text-attention")
    attention.layerCombo.setCurrentIndex(0)
    attention.headCombo.setCurrentIndex(0)
    quiet(host, bench)
    assert done(10, 0)

    lessons.go(2)
    assert not done(10, 2)
    attention.clicked(("map", 0, 1))
    quiet(host, bench)
    assert done(10, 2)

    lessons.go(3)
    panel.panel.views.show(["text-written", "text-next"])
    quiet(host, bench)
    assert not done(10, 3)
    written = view(panel, "text-written")
    written.temperatureCombo.setCurrentIndex(written.temperatureCombo.findData(1.5))
    quiet(host, bench)
    assert done(10, 3)


def test_losses_are_taken_away_as_a_table_a_chart_and_csv(
    host, panel, bench, part, slicer, tmp_path
):
    begin(host, bench, part)
    bench.step(50)
    host.wait_until(lambda: bench.latest["step"] == 50, 60)
    quiet(host, bench)
    export = next(section for section in panel.panel.sections if section.title == "Export")
    export._makeChart()
    export.writeTables(tmp_path)

    table = slicer.util.getNodesByClass("vtkMRMLTableNode")[0].GetTable()
    titles = [table.GetColumnName(place) for place in range(table.GetNumberOfColumns())]
    assert titles == ["Step", "Training loss", "Validation loss"]
    charts = slicer.util.getNodesByClass("vtkMRMLPlotChartNode")
    assert [chart.GetTitle() for chart in charts] == ["Loss"]
    rows = (tmp_path / "training.csv").read_text("utf-8").splitlines()
    assert rows[0] == "Step,Training loss,Validation loss"
    assert float(rows[-1].split(",")[2]) == pytest.approx(bench.history[-1]["validation"])
    assert not (tmp_path / "confusion-matrix.csv").exists()
    assert panel.ui.readinessLabel.text == ""
