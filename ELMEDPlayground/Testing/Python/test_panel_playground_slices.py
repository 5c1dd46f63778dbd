"""Slices of the open scan: a user makes a new volume of them, cancels, asks, and walks."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
import SimpleITK as sitk

pytest.importorskip("torch", reason="PyTorch is not installed")

NAME = "ELMEDPlayground"
SYNTHETIC = "SYNTHETIC - not patient data"
PATIENCE_S = 240
QUICK = {"steps": 40, "side": 24, "numbers": 10}


@pytest.fixture
def bench(host, panel):
    bench = panel.panel.bench
    host.wait_until(lambda: bench.summary is not None, PATIENCE_S)
    return bench


@pytest.fixture
def scan(panel, slicer):
    """A head that leans, as a volume under a transform, and its lump as a segment."""
    from ELMEDLib.bridge.glioma import GLIOMA_SEGMENTS
    from ELMEDLib.bridge.segmentations import setSegments
    from ELMEDPlaygroundWidgets import scan_nodes

    shape = (40, 36, 32)
    z, y, x = (np.indices(shape) / np.array(shape)[:, None, None, None] - 0.5) * 2
    brain = (x - z / 6) ** 2 + y**2 + z**2 < 0.8
    lump = (x - 0.3) ** 2 + y**2 + (z - 0.2) ** 2 < 0.1
    values = np.where(brain, 200 + 60 * z + 90 * np.cos(6 * y) + 250 * lump, 0)
    image = sitk.GetImageFromArray(values.astype(np.float32))
    labels = sitk.GetImageFromArray((brain & lump).astype(np.uint8))
    for one in (image, labels):
        one.SetSpacing((4.0, 4.0, 3.0))
        one.SetOrigin((-60.0, -70.0, 20.0))
        one.SetDirection((-1, 0, 0, 0, 1, 0, 0, 0, 1))
    node = scan_nodes.putVolume("scan FLAIR", image)
    kind = replace(GLIOMA_SEGMENTS[0], label=1, identifier="lump", name="tumour")
    segmentation = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "found")
    setSegments(segmentation, labels, [kind], node)
    return node, (segmentation, "lump")


@pytest.fixture
def part(host, panel, bench, scan):
    """The page, with the scan checked."""
    panel.panel.tabs.open("Generate")
    section = next(one for one in panel.panel.sections if one.title == "Generate")
    section.open("Slices of the open scan")
    part = section.part("Slices of the open scan")
    part.enter()
    part.volumesCombo.check(scan[0])
    part.training = dict(QUICK)
    return part


def done(host, part):
    host.wait_until(lambda: not part.work.running, PATIENCE_S)
    return part.work.statusLabel.text


def synthetic(slicer):
    nodes = slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")
    return [node for node in nodes if SYNTHETIC in node.GetName()]


def matrix_of(node):
    import vtk

    matrix = vtk.vtkMatrix4x4()
    node.GetIJKToRASMatrix(matrix)
    return [matrix.GetElement(row, column) for row in range(4) for column in range(4)]


def test_one_button_makes_a_volume_in_the_scans_place_that_says_what_it_is(
    host, panel, slicer, part, scan
):
    part.generateButton.click()
    assert part.work.running
    assert not part.generateButton.isEnabled()
    assert "new slices in" in done(host, part)
    (node,) = synthetic(slicer)
    assert node.GetDescription() == SYNTHETIC
    assert node.GetAttribute("ELMED.Origin") == SYNTHETIC
    assert node.GetImageData().GetDimensions() == scan[0].GetImageData().GetDimensions()
    assert matrix_of(node) == pytest.approx(matrix_of(scan[0]))
    new, old = (slicer.util.arrayFromVolume(one) for one in (node, scan[0]))
    assert np.corrcoef(new.ravel(), old.ravel())[0, 1] > 0.6
    red = slicer.mrmlScene.GetNodeByID("vtkMRMLSliceCompositeNodeRed")
    assert red.GetBackgroundVolumeID() == node.GetID()
    table = part.tableView.mrmlTableNode().GetTable()
    words = [str(table.GetValue(row, 0)) for row in range(table.GetNumberOfRows())]
    assert any("held-out" in one for one in words)
    assert any("Copies" in one for one in words)
    assert any("guidance" in one for one in words)
    assert host.dialogs == []
    assert host.slot_errors == []


def test_a_segment_gives_classes_and_one_of_them_can_be_asked_for(host, slicer, part, scan):
    assert part.classCombo.count == 4
    assert "lower third" in part.classCombo.itemText(1)
    part.form.inputs["plane"].setCurrentIndex(1)
    assert "front third" in part.classCombo.itemText(1)
    part.form.inputs["plane"].setCurrentIndex(0)
    assert part.form.inputs["guidance"].isHidden()
    part.segmentCombo.choose(*scan[1])
    assert [part.classCombo.itemText(n) for n in range(3)] == [
        "as in the scan",
        "all without the segment",
        "all with the segment",
    ]
    assert not part.form.inputs["guidance"].isHidden()
    part.classCombo.setCurrentIndex(2)
    part.generateButton.click()
    assert "new slices in" in done(host, part)
    assert len(synthetic(slicer)) == 1


def test_cancel_leaves_the_scene_as_it_was(host, slicer, part):
    part.training = {**QUICK, "steps": 50_000}
    part.generateButton.click()
    host.wait_until(lambda: part.work.progressBar.value > 80, PATIENCE_S)
    part.work.cancelButton.click()
    assert "Cancelled" in done(host, part)
    assert synthetic(slicer) == []
    assert part.generateButton.isEnabled()


def test_what_cannot_be_made_is_said_in_words(host, slicer, part, scan):
    part.form.inputs["seed"].setText("x")
    part.form._typed(part.form.fields["seed"], "x")
    part.generateButton.click()
    assert "Seed must be a whole number" in part.work.statusLabel.text
    part.form.inputs["seed"].setText("0")
    part.form._typed(part.form.fields["seed"], "0")
    part.volumesCombo.uncheck(scan[0])
    part.generateButton.click()
    assert part.work.statusLabel.text == "Check at least one volume to learn from."
    part.walkButton.click()
    assert part.work.statusLabel.text == "Check at least one volume to learn from."
    assert synthetic(slicer) == []


def test_walking_among_slices_by_mouse_while_they_are_learnt(host, panel, bench, part):
    import qt
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtTest import QTest

    from host.pythonqt import unwrap

    part.walkButton.click()
    assert "on the bench" in done(host, part)
    host.wait_until(lambda: bench.summary is not None, PATIENCE_S)
    assert bench.summary["generates"] == "slices-vae"
    host.wait_until(lambda: "slices-walk" in panel.panel.views.shown, PATIENCE_S)
    view = next(one for one in panel.panel.views.views if one.name == "slices-walk")
    panel.ui.runButton.click()
    host.wait_until(lambda: bench.latest["step"] > 3, PATIENCE_S)
    panel.ui.pauseButton.click()
    host.wait_until(lambda: not bench.laboratory.busy and bench.views.drawn, PATIENCE_S)
    assert "held-out" in panel.ui.statusLabel.text
    view.widget.grab()
    box, extent = view._plane
    spot = QPoint(int(box.x + 0.75 * box.width), int(box.y + 0.25 * box.height))
    QTest.mouseClick(unwrap(view.canvas), Qt.MouseButton.LeftButton, pos=spot)
    host.wait_until(lambda: view.data["at"] != [0.0, 0.0], PATIENCE_S)
    assert view.data["at"] == pytest.approx([extent / 2, extent / 2], abs=0.05 * extent)

    # The plane that the mouse was drawn over may be smaller by now; it is asked once all the same.
    asked, ask = [], view.onChange
    view.onChange = lambda: (asked.append(view.at), ask())
    view.walkTo(extent + 1, 0.0)
    host.wait_until(lambda: view.data["at"] == [extent, 0.0], PATIENCE_S)
    for _ in range(20):
        time.sleep(0.01)
        host.process_events()
    view.onChange = ask
    assert len(asked) == 1
    narrow = qt.QImage(300, 700, qt.QImage.Format_RGB32)
    painter = qt.QPainter()
    painter.begin(narrow)
    view.canvas.paintAside(painter, 300, 700)
    painter.end()
    assert view._plane[0].width > 100, "there is a plane to walk in, too"
    assert host.slot_errors == []


def test_every_control_has_a_help_text(panel, part):
    from host import panel_checks

    assert panel_checks.controls_without_help(panel.ui.ELMEDPlayground) == []
