"""The section 'Settings in detail', driven as a person does it."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from host import panel_checks

NAME = "ELMEDRadiomics"


@pytest.fixture
def details(panel):
    panel.ui.settingsCollapsibleButton.collapsed = False
    panel.ui.presetComboBox.setCurrentIndex(1)
    return panel.panel.details.ui


def item(tree, *words):
    """The item of a class, or of a feature in it."""
    for row in range(tree.topLevelItemCount):
        parent = tree.topLevelItem(row)
        if parent.text(0).split()[0] != words[0]:
            continue
        if len(words) == 1:
            return parent
        for place in range(parent.childCount()):
            if parent.child(place).text(0) == words[1]:
                return parent.child(place)
    raise AssertionError(words)


def click(tree, *words, on):
    import qt

    item(tree, *words).setCheckState(0, qt.Qt.Checked if on else qt.Qt.Unchecked)


def finish_typing(line):
    from host.pythonqt import unwrap

    unwrap(line).editingFinished.emit()


def shown(details):
    from ELMEDRadiomicsLib.settings_files import parse_settings

    return parse_settings(details.settingsTextEdit.plainText)


def test_the_parameter_file_follows_preset_and_changes(panel, details):
    from ELMEDRadiomicsLib.presets import preset

    assert shown(details).parameters == preset("default").settings().parameters
    panel.ui.presetComboBox.setCurrentIndex(2)
    assert shown(details).parameters == preset("mri").settings().parameters
    assert details.normaliseCheckBox.checked
    assert details.resampleXSpinBox.value == 1
    assert details.logWidthsLineEdit.text == "1, 2, 3, 4, 5"

    details.normaliseCheckBox.setChecked(False)
    details.resampleZSpinBox.setValue(3)
    details.binsComboBox.setCurrentIndex(1)
    details.binsSpinBox.setValue(64)
    general = shown(details).general
    assert general["normalize"] is False
    assert general["resampledPixelSpacing"] == [1, 1, 3]
    assert general["binCount"] == 64
    assert "binWidth" not in shown(details).parameters["setting"]
    assert "Changed below" in panel.ui.presetDescriptionLabel.text

    details.settingsResetButton.click()
    assert shown(details).parameters == preset("mri").settings().parameters
    assert not details.settingsResetButton.enabled


def test_classes_and_single_features_are_chosen_with_a_search_box(details):
    import qt

    tree = details.featuresTreeWidget
    details.featureSearchBox.text = "entropy"
    texts = {tree.topLevelItem(row).text(0).split()[0] for row in range(tree.topLevelItemCount)}
    assert texts == {"firstorder", "glcm", "gldm", "glrlm", "glszm"}
    for kind in texts - {"glcm"}:
        click(tree, kind, on=False)  # what is shown of it
    details.featureSearchBox.text = ""
    classes = shown(details).feature_classes
    assert not any("Entropy" in name for kind in texts - {"glcm"} for name in classes[kind])
    assert "Mean" in classes["firstorder"]
    assert item(tree, "firstorder").checkState(0) == qt.Qt.PartiallyChecked

    for kind in list(classes):
        if kind != "shape":
            click(tree, kind, on=False)
    click(tree, "shape", on=False)
    assert "No feature is left" in details.settingsMessageLabel.text
    assert set(shown(details).feature_classes) == {"shape"}
    assert item(tree, "shape").checkState(0) == qt.Qt.Checked


def test_what_is_typed_wrong_is_said_and_not_taken(details):
    import qt

    filters = details.filtersListWidget
    names = [filters.item(row).text() for row in range(filters.count)]
    assert not details.logWidthsLineEdit.isVisibleTo(details.ELMEDRadiomicsSettings)
    filters.item(names.index("LoG")).setCheckState(qt.Qt.Checked)
    before = details.settingsTextEdit.plainText
    details.logWidthsLineEdit.text = "1, two"
    finish_typing(details.logWidthsLineEdit)
    assert "Widths are numbers" in details.settingsMessageLabel.text
    details.logWidthsLineEdit.text = "-1"
    finish_typing(details.logWidthsLineEdit)
    assert "greater than 0" in details.settingsMessageLabel.text
    assert details.settingsTextEdit.plainText == before
    details.logWidthsLineEdit.text = "2.5"
    finish_typing(details.logWidthsLineEdit)
    assert shown(details).image_types["LoG"] == {"sigma": [2.5]}


def test_the_chosen_settings_are_computed_and_saved_with_the_scene(
    host, panel, details, add_noise, slicer, tmp_path
):
    from ELMEDLib.bridge.glioma import GLIOMA_SEGMENTS
    from ELMEDLib.bridge.segmentations import setSegments
    from ELMEDLib.bridge.volumes import imageFromVolume
    from ELMEDRadiomicsLib.engine import extract

    volume = add_noise("FLAIR")
    image = imageFromVolume(volume)
    labels = np.zeros(image.GetSize()[::-1], np.uint8)
    labels[2:6, 2:6, 2:6] = 2
    mask = sitk.GetImageFromArray(labels)
    mask.CopyInformation(image)
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "Tumour")
    setSegments(node, mask, GLIOMA_SEGMENTS[1:2])
    for kind in ("glrlm", "glszm", "gldm", "ngtdm", "shape", "firstorder"):
        click(details.featuresTreeWidget, kind, on=False)
    details.binsSpinBox.setValue(7)
    host.wait_until(lambda: panel.ui.applyButton.enabled)
    panel.ui.applyButton.click()
    host.wait_until(lambda: not panel.logic.extractor.running, 60)

    assert host.dialogs.texts() == []
    expected = extract({"flair": image}, mask, shown(details), {2: "Oedema"}).values()
    table = panel.ui.featuresTableView.mrmlTableNode().GetTable()
    found = {
        table.GetColumnByName("Feature").GetValue(row): table.GetColumnByName("Value").GetValue(row)
        for row in range(table.GetNumberOfRows())
    }
    assert found == pytest.approx(expected, rel=1e-9)

    text = details.settingsTextEdit.plainText
    details.settingsCopyButton.click()
    assert slicer.app.clipboard().text() == text
    path = tmp_path / "scene.mrb"
    assert slicer.util.saveScene(str(path))
    host.close_scene()
    slicer.util.loadScene(str(path))
    host.process_events()
    again = host.select_module(NAME)
    assert shown(details).general["binWidth"] == 7
    assert "Changed below" in again.ui.presetDescriptionLabel.text


def test_every_control_of_the_section_has_a_help_text(details):
    assert panel_checks.controls_without_help(details.ELMEDRadiomicsSettings) == []
