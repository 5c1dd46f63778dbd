"""The page Generate: a user lets a network learn to make points, looks, asks, and goes back."""

from __future__ import annotations

import pytest

from host.playground_bench import page

pytest.importorskip("torch", reason="PyTorch is not installed")

NAME = "ELMEDPlayground"


def points(panel):
    return page(panel, "Generate").part("Points in the plane")


def view(panel, name):
    return next(view for view in panel.panel.views.views if view.name == name)


def quiet(host, bench):
    host.wait_until(lambda: bench.summary is not None, 60)
    host.wait_until(lambda: not bench.laboratory.busy, 60)
    host.wait_until(lambda: bench.views.drawn, 60)


def choose(combo, value):
    combo.setCurrentIndex(combo.findData(value))


def begin(host, panel, bench):
    panel.panel.tabs.open("Generate")
    choose(points(panel).modelCombo, "diffusion")
    choose(points(panel).form.inputs["kind"], "eight-gaussians")
    points(panel).beginButton.click()
    quiet(host, bench)
    host.wait_until(lambda: "generated" in panel.panel.views.shown, 30)
    quiet(host, bench)


def test_a_generator_is_begun_run_paused_stepped_asked_and_reset(host, panel, bench):
    assert "classifies" in points(panel).stateLabel.text
    begin(host, panel, bench)
    assert panel.panel.views.shown == ["generated", "score-field"]
    assert "diffusion model" in points(panel).stateLabel.text
    panel.ui.runButton.click()
    host.wait_until(lambda: bench.latest["step"] > 20, 60)
    shown = view(panel, "generated")
    shown.modeCombo.setCurrentIndex(2)  # the frame on its way knows nothing of it
    panel.ui.pauseButton.click()
    quiet(host, bench)
    assert shown.data["mode"] == 1
    assert "noise's" in panel.ui.statusLabel.text
    step = bench.latest["step"]
    panel.ui.stepButton.click()
    host.wait_until(lambda: bench.latest["step"] == step + 1, 60)
    quiet(host, bench)

    shown.modeCombo.setCurrentIndex(3)
    shown.guidanceCombo.setCurrentIndex(2)
    quiet(host, bench)
    assert (shown.data["mode"], shown.data["guidance"]) == (2, 1.0)
    field = view(panel, "score-field")
    assert (field.data["mode"], field.data["guidance"]) == (2, 1.0)
    field.noiseButton.click()
    quiet(host, bench)
    field.onButton.click()
    quiet(host, bench)
    assert field.data["level"] == field.data["last"] - 1

    panel.ui.resetButton.click()
    quiet(host, bench)
    assert bench.latest["step"] == 0
    assert host.slot_errors == []
    assert panel.ui.readinessLabel.text == ""


def typed(form, name, text):
    """Type into a field as a user does: the field tells that it was edited."""
    form.inputs[name].setText(text)
    form._typed(form.fields[name], text)


def test_what_can_change_on_the_run_does_and_the_rest_begins_anew(host, panel, bench):
    section = points(panel)
    panel.panel.tabs.open("Generate")
    choose(section.modelCombo, "vae")
    quiet(host, bench)
    bench.step(30)
    quiet(host, bench)
    typed(section.form, "beta", "0.2")
    typed(section.form, "learning_rate", "0.001")
    typed(section.form, "batch", "64")
    quiet(host, bench)
    live = {"beta": 0.2, "learning_rate": 0.001, "batch": 64}

    assert bench.latest["step"] == 30
    assert bench.latest["numbers"]["learning_rate"] == 0.001
    assert bench.spec["generate"].items() >= live.items()
    assert bench.state["settings"].items() >= live.items(), "a scene that is saved now has them"
    assert [row["step"] for row in bench.history] == [0, 30]

    typed(section.form, "neurons", "32")
    quiet(host, bench)
    assert bench.latest["step"] == 0
    assert bench.summary["settings"].items() >= {**live, "neurons": 32}.items()

    # A preset of what could change on the run begins anew: it is shown from the beginning.
    bench.step(10)
    quiet(host, bench)
    section.presetCombo.setCurrentIndex(section.presetCombo.findText("Nothing written down"))
    quiet(host, bench)
    assert (bench.latest["step"], bench.summary["settings"]["beta"]) == (0, 1.0)
    assert host.slot_errors == []


def test_begin_leaves_what_is_on_the_bench_where_it_cannot_be_done(host, panel, bench):
    begin(host, panel, bench)
    bench.step(5)
    quiet(host, bench)
    section = points(panel)
    typed(section.form, "levels", "2")
    assert "from 5 to 200" in panel.ui.readinessLabel.text
    section.beginButton.click()
    quiet(host, bench)
    assert "from 5 to 200" in panel.ui.readinessLabel.text
    assert bench.latest["step"] == 5

    typed(section.form, "levels", "50")
    section.pad.setPoints([])
    choose(section.form.inputs["kind"], "drawn")
    section.beginButton.click()
    quiet(host, bench)
    assert "at least four points" in panel.ui.readinessLabel.text
    assert bench.state["step"] == 5, "a scene that is saved now keeps the training"
    choose(section.form.inputs["kind"], "eight-gaussians")


def test_points_are_drawn_by_hand(host, panel, bench):
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtTest import QTest

    from host.pythonqt import unwrap

    section = points(panel)
    choose(section.modelCombo, "diffusion")
    combo = section.form.inputs["kind"]
    combo.setCurrentIndex(combo.findData("drawn"))
    assert "at least four points" in panel.ui.readinessLabel.text
    assert not section.padRow.isHidden()
    for place in ((60, 60), (70, 60), (180, 180), (180, 170)):
        QTest.mouseClick(unwrap(section.pad), Qt.MouseButton.LeftButton, pos=QPoint(*place))
    quiet(host, bench)

    assert bench.summary["generates"] == "diffusion"
    assert bench.summary["data"] == "drawn"
    assert panel.ui.readinessLabel.text == ""


def test_modes_are_made_to_collapse_with_a_preset_and_come_back_with_the_other(
    host, panel, bench, slicer, tmp_path
):
    section = points(panel)
    panel.panel.tabs.open("Generate")
    choose(section.modelCombo, "gan")
    section.presetCombo.setCurrentIndex(2)
    quiet(host, bench)
    host.wait_until(lambda: "generator-warp" in panel.panel.views.shown, 30)
    assert section.form.inputs["momentum"].text == "0.9"
    assert not section.presetCombo.isHidden()
    assert section.forms["diffusion"].widget.isHidden()
    assert "a GAN" in section.stateLabel.text
    assert "collapse" in section.presetCombo.currentText
    bench.step(300)
    quiet(host, bench)
    assert bench.history[-1]["modes"] <= 4
    assert "noise's" in panel.ui.statusLabel.text

    section.presetCombo.setCurrentIndex(1)
    quiet(host, bench)
    assert section.form.inputs["momentum"].text == "0"
    assert bench.latest["step"] == 0
    bench.step(300)
    quiet(host, bench)
    assert bench.history[-1]["modes"] >= 6

    export = page(panel, "Export")
    export._makeSamples()
    quiet(host, bench)
    table = slicer.util.getNode("Playground samples").GetTable()
    assert table.GetNumberOfRows() == 500
    assert [table.GetColumnName(place) for place in range(3)] == ["x", "y", "mode"]
    export.writeTables(tmp_path)
    host.wait_until((tmp_path / "samples.csv").exists, 30)
    quiet(host, bench)
    header, *rows = (tmp_path / "training.csv").read_text(encoding="utf-8").splitlines()
    assert header.startswith("Step,Generator's loss,Discriminator's loss,Energy distance")
    assert rows[-1].startswith("300.0,")
    assert len((tmp_path / "samples.csv").read_text(encoding="utf-8").splitlines()) == 501
    assert not view(panel, "generated").modeCombo.isVisible()
    assert host.slot_errors == []


def move(canvas, place):
    """Move the mouse with its button down: QTest's own moves have no button."""
    from PySide6.QtCore import QEvent, QPointF, Qt
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QApplication

    left = Qt.MouseButton.LeftButton
    at, none = QPointF(place), Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(
        canvas, QMouseEvent(QEvent.Type.MouseMove, at, canvas.mapToGlobal(at), left, left, none)
    )


def test_a_click_walks_in_the_latent_plane_of_an_autoencoder(host, panel, bench):
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtTest import QTest

    from host.pythonqt import unwrap

    section = points(panel)
    panel.panel.tabs.open("Generate")
    choose(section.modelCombo, "vae")
    quiet(host, bench)
    host.wait_until(lambda: "latent-walk" in panel.panel.views.shown, 30)
    quiet(host, bench)
    walk = view(panel, "latent-walk")
    unwrap(walk.canvas).grab()
    box, _ = walk.canvas.spots[-1]
    place = QPoint(round(box.x + 0.75 * box.width), round(box.y + 0.25 * box.height))
    QTest.mouseClick(unwrap(walk.canvas), Qt.MouseButton.LeftButton, pos=place)
    quiet(host, bench)
    half = walk.data["latent_extent"] / 2
    assert walk.data["here"] == pytest.approx([half, half], abs=half / 20)
    canvas = unwrap(walk.canvas)
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=place)
    for share in (0.6, 0.5, 0.25):
        place = QPoint(round(box.x + share * box.width), round(box.y + 0.75 * box.height))
        move(canvas, place)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=place)
    quiet(host, bench)
    host.wait_until(lambda: walk.data["here"][0] < 0, 30)
    assert walk.data["here"] == pytest.approx([-half, -half], abs=half / 20)

    walk.onButton.click()
    quiet(host, bench)
    assert walk.data["step"] == 1
    assert walk.data["here"] == pytest.approx(walk.data["way"][1])
    section.form.inputs["beta"].setText("1")
    unwrap(section.form.inputs["beta"]).textEdited.emit("1")
    quiet(host, bench)
    assert "Nothing written down" in section.presetCombo.currentText
    assert host.slot_errors == []


def test_choosing_data_brings_the_classifier_back(host, panel, bench):
    begin(host, panel, bench)
    data = page(panel, "Data")
    data.kindCombo.setCurrentIndex(data.kindCombo.findData("moons"))
    quiet(host, bench)

    assert not bench.summary.get("generates")
    assert "generate" not in bench.spec
    assert "generated" not in panel.panel.views.shown
    assert host.slot_errors == []


def test_a_generator_is_kept_with_the_scene(host, panel, bench, slicer, tmp_path):
    begin(host, panel, bench)
    bench.step(120)
    host.wait_until(lambda: bench.latest["step"] == 120, 60)
    quiet(host, bench)
    path = tmp_path / "scene.mrb"
    assert slicer.util.saveScene(str(path))
    host.close_scene()
    slicer.util.loadScene(str(path))
    host.process_events()
    host.select_module(NAME)
    quiet(host, bench)

    assert bench.summary["generates"] == "diffusion"
    assert bench.latest["step"] == 120
    assert "generated" in panel.panel.views.shown


def test_what_is_for_classifiers_alone_says_so(host, panel, bench):
    begin(host, panel, bench)
    page(panel, "Seven steps").buttons["loss"].click()
    quiet(host, bench)

    assert "generator is on the bench" in panel.ui.readinessLabel.text


def test_every_control_of_the_page_has_a_help_text(host, panel, bench):
    from host import panel_checks

    begin(host, panel, bench)
    assert panel_checks.controls_without_help(panel.ui.ELMEDPlayground) == []
