"""A painted tumour on the page Generate: paint, draw, and put it into the scene."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

pytest.importorskip("torch", reason="PyTorch is not installed")

NAME = "ELMEDPlayground"
PATIENCE_S = 120
TITLE = "A painted tumour"


@pytest.fixture
def part(host, panel):
    """The part of the page, open."""
    panel.panel.tabs.open("Generate")
    page = next(section for section in panel.panel.sections if section.title == "Generate")
    page.open(TITLE)
    host.process_events()
    return page.part(TITLE)


def done(host, part):
    host.wait_until(lambda: not part.work.running, PATIENCE_S)
    host.process_events()
    return part.work.statusLabel.text


def stroke(pad, *places):
    """Paint along places (x, y) of the pad with the mouse."""
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtTest import QTest

    from host.pythonqt import unwrap

    widget, button = unwrap(pad), Qt.MouseButton.LeftButton
    QTest.mousePress(widget, button, pos=QPoint(*places[0]))
    for place in places[1:]:
        QTest.mouseMove(widget, QPoint(*place))
    QTest.mouseRelease(widget, button, pos=QPoint(*places[-1]))


def clear(part):
    part.tools.clearButton.click()


def choose(combo, text):
    combo.setCurrentIndex(combo.findText(text))


def test_a_tumour_is_painted_drawn_and_put_into_the_scene(host, part, slicer):
    tools = part.tools
    clear(part)
    assert not part.pad.mask.any()
    choose(tools.brushCombo, "Oedema")
    tools.sizeSlider.setValue(9)
    stroke(part.pad, (80, 150), (80, 151))
    choose(tools.brushCombo, "Enhancing tumour")
    tools.sizeSlider.setValue(5)
    stroke(part.pad, (80, 150), (80, 151))
    choose(tools.brushCombo, "Necrotic core")
    tools.sizeSlider.setValue(2)
    stroke(part.pad, (80, 150), (80, 151))
    assert set(np.unique(part.pad.mask)) == {0, 1, 2, 3}
    painted = part.pad.mask.copy()
    assert not part.sceneButton.enabled

    part.seedSpinBox.setValue(6)
    part.generateButton.click()
    assert not part.generateButton.enabled
    assert "enhancing tumour" in done(host, part)
    assert part.pictures.slices.shape == (4, 96, 80)
    first = part.pictures.slices
    part.generateButton.click()
    done(host, part)
    np.testing.assert_array_equal(part.pictures.slices, first)
    assert first[1][painted == 3].mean() > first[1][painted == 1].mean()

    # What is drawn goes into the scene, not what was painted since.
    clear(part)
    part.sceneButton.click()
    host.process_events()
    volumes = slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")
    assert len(volumes) == 4
    for node in (*volumes, *slicer.util.getNodesByClass("vtkMRMLSegmentationNode")):
        assert node.GetName().startswith("SYNTHETIC - not patient data")
        assert node.GetDescription() == "SYNTHETIC - not patient data"
        assert node.GetAttribute("ELMED.Origin") == "SYNTHETIC - not patient data"
    bright = next(node for node in volumes if "contrast-enhanced" in node.GetName())
    values = slicer.util.arrayFromVolume(bright)[0]
    assert values[painted == 3].mean() > values[painted == 1].mean()
    assert bright.GetSpacing() == (2.0, 2.0, 2.0)
    assert host.slot_errors == []


def test_paint_sticks_to_the_brain_and_can_be_rubbed_out(part):
    clear(part)
    part.tools.sizeSlider.setValue(10)
    stroke(part.pad, (1, 1), (2, 2))
    assert not part.pad.mask.any()
    stroke(part.pad, (60, 140), (180, 140))
    along = part.pad.mask[46, 22:58]
    assert (along > 0).all(), "a fast stroke has no gaps"
    choose(part.tools.brushCombo, "Eraser")
    stroke(part.pad, (60, 140), (180, 140))
    assert not part.pad.mask[46, 22:58].any()


def test_examples_differ_and_follow_brain_and_height(part):
    masks = []
    for _ in range(2):
        part.tools.exampleButton.click()
        masks.append(part.pad.mask.copy())
    assert (masks[0] != masks[1]).any()
    part.brainCombo.setCurrentIndex(2)
    part.levelSlider.setValue(10)
    assert part.levelLabel.text == "20 mm"
    part.tools.exampleButton.click()
    inside = part.brain.classes[10] > 0
    assert part.pad.mask.any()
    assert not part.pad.mask[~inside].any()


def test_a_healthy_brain_can_be_drawn_and_outlines_change_the_pictures(host, part):
    clear(part)
    part.generateButton.click()
    assert "without tumour" in done(host, part)
    part.tools.exampleButton.click()
    part.generateButton.click()
    done(host, part)
    plain = grabbed(part.pictures)
    part.outlineCheckBox.setChecked(True)
    host.process_events()
    outlined = grabbed(part.pictures)
    assert coloured(outlined) > coloured(plain) == 0


def grabbed(widget):
    """Return a widget's picture, uint8 (rows, columns, 4)."""
    from host.pythonqt import unwrap

    image = unwrap(widget).grab().toImage()
    # The bits belong to the image, which goes when this function ends.
    return np.array(image.constBits(), np.uint8).reshape(image.height(), -1, 4)


def coloured(pixels):
    """Return how many pixels are not grey, below the words."""
    return int((np.ptp(pixels[20:, :, :3].astype(int), axis=-1) > 60).sum())


def test_the_tumour_of_a_scan_is_taken_from_the_slice_that_is_shown(
    host, part, slicer, sample_study
):
    from ELMEDLib.bridge.glioma import GLIOMA_SEGMENTS
    from ELMEDLib.bridge.segmentations import setSegments
    from ELMEDLib.bridge.volumes import addVolumeFromImage

    labels = sitk.ReadImage(str(sample_study["seg"]))
    volume = addVolumeFromImage(sitk.ReadImage(str(sample_study["t1c"])), "T1c")
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "tumour")
    setSegments(node, labels, GLIOMA_SEGMENTS, volume)
    assert not part.tools.scanButton.enabled
    part.tools.segmentationSelector.setCurrentNode(node)
    assert part.tools.scanButton.enabled
    fullest = int((sitk.GetArrayViewFromImage(labels) > 0).sum((1, 2)).argmax())
    height = labels.TransformIndexToPhysicalPoint((0, 0, fullest))[2]
    red = slicer.mrmlScene.GetNodeByID("vtkMRMLSliceNodeRed")
    red.SetSliceOffset(height)
    part.brainCombo.setCurrentIndex(0)
    part.tools.scanButton.click()
    part.brainCombo.setCurrentIndex(1)
    assert "axial view" in done(host, part)
    assert part.brainCombo.currentIndex == 0, "it is the brain that the tumour was fitted into"
    assert set(np.unique(part.pad.mask)) == {0, 1, 2, 3}
    # The sample's tumour lies on the right, which is at the left of the picture.
    assert np.argwhere(part.pad.mask)[:, 1].mean() < 40

    red.SetSliceOffset(height + 500)
    part.tools.scanButton.click()
    assert "above or below" in done(host, part)
    red.SetOrientation("Sagittal")
    part.tools.scanButton.click()
    assert "no axial slices" in done(host, part)
    red.SetOrientation("Axial")
    assert host.slot_errors == []


def test_work_can_be_cancelled_and_the_scene_closed(host, part):
    part.generateButton.click()
    part.work.cancelButton.click()
    host.process_events()
    assert "Cancelled" in part.work.statusLabel.text
    assert part.generateButton.enabled
    part.generateButton.click()
    host.close_scene()
    assert not part.work.running
    assert part.generateButton.enabled


def test_every_control_has_a_help_text(panel, part):
    from host import panel_checks

    assert not part.widget.isHidden()
    assert panel_checks.controls_without_help(panel.ui.ELMEDPlayground) == []
