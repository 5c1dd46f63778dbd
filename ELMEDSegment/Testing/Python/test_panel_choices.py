from __future__ import annotations

import pytest

from host import panel_checks

NAME = "ELMEDSegment"
NAMES = {"t1": "pre_T1", "t1c": "T1 post Gd", "t2": "T2 TSE", "flair": "FLAIR"}


@pytest.fixture
def study(host, panel, add_noise):
    """Four volumes whose names tell what they are."""
    nodes = {channel: add_noise(name) for channel, name in NAMES.items()}
    host.wait_until(lambda: panel.ui.flairSelector.currentNode() is not None)
    return nodes


def selected(panel):
    return {channel: getattr(panel.ui, f"{channel}Selector").currentNode() for channel in NAMES}


def test_opening_the_panel_imports_neither_torch_nor_monai():
    panel_checks.opens_without(NAME, {"torch", "monai", "pandas", "scipy"})


def test_volumes_are_recognised_by_their_names_when_they_appear(panel, study):
    assert selected(panel) == study
    assert "Guessed: T1, contrast-enhanced T1, T2 and FLAIR" in panel.ui.statusLabel.text
    assert panel.ui.applyButton.enabled


def test_models_that_could_not_be_read_once_are_offered_when_they_can(panel, study, monkeypatch):
    from ELMEDLib.errors import ModelError
    from ELMEDSegmentWidgets import panel as module

    def fail():
        raise ModelError("A manifest is damaged.", "Install ELMED again.")

    monkeypatch.setattr(module, "available_models", fail)
    panel.panel.enter()
    assert "A manifest is damaged." in panel.ui.readinessLabel.text
    monkeypatch.undo()
    panel.panel.enter()
    assert panel.ui.readinessLabel.text == ""
    assert panel.ui.applyButton.enabled


def test_each_guess_tells_its_reason(panel, study):
    for channel in study:
        tip = getattr(panel.ui, f"{channel}Selector").toolTip
        assert "Guessed: '" in tip
        assert tip.index("weighted") < tip.index("Guessed")


def test_a_choice_of_the_user_is_not_overruled_by_a_new_volume(host, panel, add_noise):
    odd = add_noise("something else")
    panel.ui.t1cSelector.setCurrentNode(odd)

    for name in NAMES.values():
        add_noise(name)
    host.wait_until(lambda: panel.ui.flairSelector.currentNode() is not None)

    assert panel.ui.t1cSelector.currentNode() is odd


def test_the_button_guesses_anew(panel, study):
    panel.ui.t1cSelector.setCurrentNode(study["t1"])

    panel.ui.guessButton.click()

    assert selected(panel) == study


def test_names_that_tell_nothing_are_said_to(panel, add_noise):
    add_noise("series 5")

    panel.ui.guessButton.click()

    assert "choose the volumes yourself" in panel.ui.statusLabel.text


def test_a_label_map_is_no_volume_to_choose(host, panel, slicer):
    slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLabelMapVolumeNode", "T1")
    host.process_events()

    assert panel.ui.t1Selector.nodeCount() == 0
    assert panel.ui.t1Selector.currentNode() is None


def test_apply_says_which_volumes_are_missing(panel, add_noise):
    assert not panel.ui.applyButton.enabled
    panel.ui.t1Selector.setCurrentNode(add_noise("a"))
    panel.ui.t2Selector.setCurrentNode(add_noise("b"))

    assert panel.ui.readinessLabel.text == "Choose the contrast-enhanced T1 and FLAIR volumes."
    assert panel.ui.applyButton.toolTip == panel.ui.readinessLabel.text
    assert not panel.ui.applyButton.enabled


def test_the_same_volume_twice_is_told(panel, study):
    panel.ui.t2Selector.setCurrentNode(study["flair"])

    assert "T2 and FLAIR are the same volume" in panel.ui.readinessLabel.text
    assert not panel.ui.applyButton.enabled


def test_a_python_that_does_not_exist_is_told_and_remembered_outside_the_scene(panel, study):
    panel.ui.workerPythonPathLineEdit.currentPath = "/nowhere/python"
    try:
        assert "/nowhere/python" in panel.ui.readinessLabel.text
        assert not panel.ui.applyButton.enabled
        parameter_node = panel.panel.parameters.parameterNode
        values = [parameter_node.GetParameter(name) for name in parameter_node.GetParameterNames()]
        assert not any("nowhere" in value for value in values)
    finally:
        panel.ui.workerPythonPathLineEdit.currentPath = ""
    assert panel.ui.applyButton.enabled


def test_choices_are_saved_with_the_scene(host, panel, study, slicer, tmp_path):
    panel.ui.deviceComboBox.setCurrentIndex(1)
    panel.ui.postprocessCheckBox.setChecked(False)
    names = {channel: node.GetName() for channel, node in selected(panel).items()}
    path = tmp_path / "scene.mrb"
    assert slicer.util.saveScene(str(path))

    host.close_scene()
    assert panel.ui.t1Selector.currentNode() is None
    assert panel.ui.postprocessCheckBox.checked
    slicer.util.loadScene(str(path))
    host.process_events()
    panel = host.select_module(NAME)

    assert {channel: node.GetName() for channel, node in selected(panel).items()} == names
    assert panel.ui.deviceComboBox.currentIndex == 1
    assert not panel.ui.postprocessCheckBox.checked


def test_every_control_has_a_help_text(panel):
    assert panel_checks.without_help(panel.ui, NAME) == []


def test_the_models_are_offered_with_what_they_are(panel):
    from ELMEDSegmentLib.catalogue import available_models

    combo = panel.ui.modelComboBox

    assert [combo.itemData(i) for i in range(combo.count)] == [
        entry.name for entry in available_models()
    ]


def test_the_sample_study_is_registered_from_this_computer(host, slicer):
    from ELMEDSegmentWidgets import sample_data

    sample_data.registerSampleData()

    sources = {source.sampleName: source for source in slicer.modules.sampleDataSources["ELMED"]}
    study = sources["SimulatedGlioma"]
    assert [name.split("_")[-1] for name in study.nodeNames] == ["T1", "T1c", "T2", "FLAIR"]
    assert all(uri.startswith("file:///") for uri in study.uris)
    assert sources["SimulatedGliomaLabels"].loadFileTypes == "SegmentationFile"


def test_loading_closing_and_reloading_leave_nothing_behind(host, panel):
    assert panel_checks.nodes_left_by_reloading(host, NAME, times=20) == 0
    assert host.slot_errors == []
