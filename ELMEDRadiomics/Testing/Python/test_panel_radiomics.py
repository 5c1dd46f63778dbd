"""The panel's choices, and how it explains what is missing."""

from __future__ import annotations

import json

import numpy as np
import pytest
import SimpleITK as sitk

from host import panel_checks

NAME = "ELMEDRadiomics"


@pytest.fixture
def segmentation(slicer):
    from ELMEDLib.bridge.glioma import GLIOMA_SEGMENTS
    from ELMEDLib.bridge.segmentations import setSegments

    labels = np.zeros((8, 9, 10), np.uint8)
    labels[2:6, 2:6, 2:6] = 2
    labels[3:5, 3:5, 3:5] = 3
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "Tumour")
    setSegments(node, sitk.GetImageFromArray(labels), GLIOMA_SEGMENTS)
    return node


@pytest.fixture
def ready(host, panel, add_noise, segmentation):
    """A panel with segments and two volumes that speak for themselves, and one that does not."""
    for name in ("T1 post Gd", "FLAIR", "series 5"):
        add_noise(name)
    host.wait_until(lambda: panel.ui.applyButton.enabled)
    return panel


def rows(widget):
    import qt

    items = [widget.item(row) for row in range(widget.count)]
    return {item.text(): item.checkState() == qt.Qt.Checked for item in items}


def check(widget, text, on):
    import qt

    for row in range(widget.count):
        if widget.item(row).text() == text:
            widget.item(row).setCheckState(qt.Qt.Checked if on else qt.Qt.Unchecked)
            return
    raise AssertionError(text)


def test_opening_the_panel_imports_nothing_heavy():
    panel_checks.opens_without(NAME, {"torch", "monai", "pandas", "scipy", "pywt"})


def test_what_there_is_no_doubt_about_is_chosen(ready, segmentation):
    assert ready.ui.segmentationSelector.currentNode() is segmentation
    assert rows(ready.ui.segmentsListWidget) == {
        "Necrotic core": True,
        "Oedema": True,
        "Enhancing tumour": True,
        "Whole tumour  (segments together)": False,
        "Tumour core  (segments together)": False,
    }
    assert rows(ready.ui.volumesListWidget) == {
        "T1 post Gd  (t1c)": True,
        "FLAIR  (flair)": True,
        "series 5": False,
    }


def test_a_choice_of_the_user_is_not_overruled_by_a_new_volume(host, ready, add_noise):
    check(ready.ui.volumesListWidget, "FLAIR  (flair)", False)
    check(ready.ui.segmentsListWidget, "Oedema", False)

    add_noise("T2 TSE")
    host.wait_until(lambda: ready.ui.volumesListWidget.count == 4)

    assert [text for text, on in rows(ready.ui.volumesListWidget).items() if on] == [
        "T1 post Gd  (t1c)"
    ]
    assert not rows(ready.ui.segmentsListWidget)["Oedema"]


def test_a_new_segment_is_measured_too(ready, segmentation):
    segmentation.GetSegmentation().AddEmptySegment("more", "Cyst")

    assert rows(ready.ui.segmentsListWidget)["Cyst"]


def test_apply_says_what_is_missing(host, panel, add_noise, slicer):
    said = [panel.ui.readinessLabel.text]
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "Empty")
    host.wait_until(lambda: panel.ui.segmentationSelector.currentNode() is node)
    said.append(panel.ui.readinessLabel.text)
    node.GetSegmentation().AddEmptySegment("one", "One")
    said.append(panel.ui.readinessLabel.text)
    add_noise("series 5")
    host.wait_until(lambda: panel.ui.volumesListWidget.count)
    said.append(panel.ui.readinessLabel.text)
    check(panel.ui.segmentsListWidget, "One", False)
    said.append(panel.ui.readinessLabel.text)

    assert said == [
        "Choose a segmentation.",
        "The segmentation has no segments; draw some in the Segment Editor.",
        "Load a volume to measure in.",
        "Check at least one volume.",
        "Check at least one segment.",
    ]
    assert not panel.ui.applyButton.enabled
    assert panel.ui.applyButton.toolTip == said[-1]


def test_the_presets_are_offered_with_what_they_compute(panel):
    from ELMEDRadiomicsLib.presets import PRESETS

    combo = panel.ui.presetComboBox

    assert [combo.itemData(row) for row in range(combo.count)] == [
        *(entry.name for entry in PRESETS),
        "",
    ]
    assert combo.currentData == "default"
    for row, entry in enumerate(PRESETS):
        combo.setCurrentIndex(row)
        assert panel.ui.presetDescriptionLabel.text == entry.description


def test_a_parameter_file_is_read_before_apply_can_be_pressed(ready, tmp_path):
    ui = ready.ui
    ui.presetComboBox.setCurrentIndex(ui.presetComboBox.count - 1)
    assert ui.readinessLabel.text == "Choose a parameter file."

    ui.parameterFilePathLineEdit.currentPath = str(tmp_path / "none.json")
    assert "none.json' cannot be read" in ui.readinessLabel.text
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"setting": {"binWidht": 5}}')
    ui.parameterFilePathLineEdit.currentPath = str(wrong)
    assert "binWidht" in ui.readinessLabel.text
    assert not ui.applyButton.enabled
    right = tmp_path / "right.json"
    right.write_text(json.dumps({"setting": {"binWidth": 5}}))
    ui.parameterFilePathLineEdit.currentPath = str(right)
    assert ui.applyButton.enabled


def test_choices_are_saved_with_the_scene(host, ready, slicer, tmp_path):
    check(ready.ui.volumesListWidget, "series 5", True)
    check(ready.ui.segmentsListWidget, "Oedema", False)
    ready.ui.presetComboBox.setCurrentIndex(0)
    volumes, segments = rows(ready.ui.volumesListWidget), rows(ready.ui.segmentsListWidget)
    path = tmp_path / "scene.mrb"
    assert slicer.util.saveScene(str(path))

    host.close_scene()
    assert rows(ready.ui.volumesListWidget) == {}
    assert ready.ui.presetComboBox.currentData == "default"
    slicer.util.loadScene(str(path))
    host.process_events()
    panel = host.select_module(NAME)

    assert rows(panel.ui.volumesListWidget) == volumes
    assert rows(panel.ui.segmentsListWidget) == segments
    assert panel.ui.presetComboBox.currentIndex == 0


def test_a_volume_that_is_removed_is_gone_from_the_list(host, ready, slicer):
    slicer.mrmlScene.RemoveNode(slicer.util.getNode("FLAIR"))
    host.wait_until(lambda: ready.ui.volumesListWidget.count == 2)

    assert "FLAIR  (flair)" not in rows(ready.ui.volumesListWidget)
    assert ready.ui.applyButton.enabled


def test_every_control_has_a_help_text(panel):
    assert panel_checks.without_help(panel.ui, NAME) == []


def test_loading_closing_and_reloading_leave_nothing_behind(host, panel):
    assert panel_checks.nodes_left_by_reloading(host, NAME, times=5) == 0
    assert host.slot_errors == []
