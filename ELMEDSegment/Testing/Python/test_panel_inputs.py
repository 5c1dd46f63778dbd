"""Filling the selectors from the scene, a study or a folder, and what is noticed before a run."""

from __future__ import annotations

import json

import numpy as np
import pytest
import SimpleITK as sitk

pytest.importorskip("pydicom", reason="pydicom is not installed")

from dicom_studies import HEADERS, Examination
from ELMEDSegmentLib.labels import CHANNELS

NAME = "ELMEDSegment"


@pytest.fixture(scope="module")
def images(project):
    """The sample study on 5 mm voxels."""
    folder = project / "Resources" / "SampleStudy"
    return {
        channel: sitk.Shrink(sitk.ReadImage(str(folder / f"{channel}.nii.gz")), [4, 4, 4])
        for channel in CHANNELS
    }


@pytest.fixture
def load(host, panel, images):
    """A function that puts the study into the scene under names of one's choice."""
    from ELMEDLib.bridge.volumes import addVolumeFromImage

    def add(names, images=images):
        nodes = {
            channel: addVolumeFromImage(images[channel], name) for channel, name in names.items()
        }
        host.process_events()
        return nodes

    return add


SILENT = {"t1": "series 2", "t1c": "series 7", "t2": "series 3", "flair": "series 5"}
TELLING = {"t1": "pre_T1", "t1c": "T1 post Gd", "t2": "T2 TSE", "flair": "FLAIR"}


def selected(panel):
    return {channel: getattr(panel.ui, f"{channel}Selector").currentNode() for channel in CHANNELS}


def reason(panel, channel):
    return getattr(panel.ui, f"{channel}ReasonLabel")


def wait_for_findings(host, panel):
    check = panel.panel.inputs.findings
    host.wait_until(lambda: check.findings or "Checked" in panel.ui.findingsLabel.text)
    return panel.ui.findingsLabel.text


def test_each_selector_shows_how_sure_its_guess_is_until_it_is_overridden(panel, load):
    nodes = load(TELLING)
    assert selected(panel) == nodes
    assert reason(panel, "flair").text == "✓ 97% sure, name: called 'flair'"
    assert "'flair' in the name" in reason(panel, "flair").toolTip
    panel.ui.flairSelector.setCurrentNode(nodes["t1"])
    assert not reason(panel, "flair").isVisibleTo(panel.ui.inputsCollapsibleButton)
    assert "Guessed" not in panel.ui.flairSelector.toolTip
    assert reason(panel, "t2").text


def test_volumes_whose_names_say_nothing_are_told_by_their_images(host, panel, load):
    nodes = load(SILENT)
    assert set(selected(panel).values()) == {None}
    panel.ui.guessButton.click()
    host.wait_until(lambda: panel.ui.flairSelector.currentNode() is not None)
    assert selected(panel) == nodes
    assert "from its image alone" in reason(panel, "t1c").text
    assert reason(panel, "t1c").text.startswith("⚠")
    assert "with low confidence" in panel.ui.remarksLabel.text


def test_what_is_chosen_or_removed_while_images_are_looked_at_stays_so(host, panel, load, slicer):
    nodes = load(SILENT)
    panel.ui.guessButton.click()
    panel.ui.t2Selector.setCurrentNode(nodes["t1c"])
    slicer.mrmlScene.RemoveNode(nodes["t1"])
    host.wait_until(lambda: panel.ui.flairSelector.currentNode() is not None)
    assert selected(panel) == {**nodes, "t1": None, "t2": nodes["t1c"]}
    assert not reason(panel, "t1").isVisibleTo(panel.ui.inputsCollapsibleButton)


def test_two_volumes_for_one_contrast_and_a_gap_are_said(panel, load):
    load({"t1": "T1", "t1c": "T1 post", "t2": "T1 post late"})
    panel.ui.guessButton.click()
    text = panel.ui.remarksLabel.text
    assert "Two volumes look like contrast-enhanced T1: 'T1 post' and 'T1 post late'" in text
    assert "No volume was recognised as T2 and FLAIR." in text


def test_maps_and_prepared_volumes_of_a_result_are_no_inputs(panel, load, images, slicer):
    from ELMEDSegmentWidgets.prepared_volumes import PREPARED
    from ELMEDSegmentWidgets.result_maps import setMaps

    nodes = load({"t1": "T1 5 mm", "t1c": "T1 post 5 mm", "flair": "FLAIR 5 mm"})
    segmentation = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "Result")
    PREPARED.give(segmentation, images)
    setMaps(segmentation, {"WT": images["t2"]})
    panel.ui.guessButton.click()
    assert selected(panel) == {**nodes, "t2": None}


def test_one_study_of_the_subject_hierarchy_fills_the_selectors(panel, load):
    from ELMEDSegmentWidgets.study_volumes import putIntoStudy

    first, second = load(TELLING), load(TELLING)
    putIntoStudy(first.values(), "first")
    putIntoStudy(second.values(), "second")
    for channel in CHANNELS:
        getattr(panel.ui, f"{channel}Selector").setCurrentNode(None)
    panel.ui.studyButton.click()
    assert "of 2 studies" in panel.ui.statusLabel.text
    panel.ui.t2Selector.setCurrentNode(second["t1"])
    panel.ui.studyButton.click()
    assert selected(panel) == second


def test_without_a_study_the_button_says_what_to_do(panel, load):
    load(TELLING)
    panel.ui.studyButton.click()
    assert "No volume belongs to a study" in panel.ui.statusLabel.text


def test_slicer_s_dicom_database_is_asked_where_there_is_one(
    panel, load, slicer, images, tmp_path, monkeypatch
):
    """The database's answers are those of real DICOM files; the names tell nothing."""
    import pydicom

    headers = {}
    examination = Examination()
    for channel in CHANNELS:
        path = examination.write(images[channel], tmp_path / channel, HEADERS[channel])[0]
        headers[f"1.2.{channel}"] = pydicom.dcmread(path)

    class Database:
        def instanceValue(self, instance, tag):  # noqa: N802 - Slicer's name
            group, element = tag.split(",")
            found = headers[instance].get((int(group, 16), int(element, 16)))
            value = "" if found is None or found.value is None else found.value
            return "\\".join(value) if isinstance(value, (list, tuple)) else str(value)

    monkeypatch.setattr(slicer, "dicomDatabase", Database(), raising=False)
    nodes = load(SILENT)
    for channel, node in nodes.items():
        node.SetAttribute("DICOM.instanceUIDs", f"1.2.{channel} 1.2.other")
    panel.ui.guessButton.click()
    assert selected(panel) == nodes
    assert reason(panel, "t1c").text.endswith("sure, DICOM: contrast agent given")
    assert "make T1" in reason(panel, "t1c").toolTip


@pytest.fixture
def dicom(images, tmp_path):
    """A DICOM study, with a localizer."""
    examination = Examination()
    folder = tmp_path / "study"
    localizer = {"SeriesDescription": "loc", "ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]}
    examination.write(images["t1"][:, :, 10:13], folder, localizer)
    for channel in CHANNELS:
        examination.write(images[channel], folder, HEADERS[channel], shuffled=True)
    return folder


def test_a_folder_is_loaded_chosen_and_explained(host, panel, slicer, dicom, images):
    assert not panel.ui.loadFolderButton.enabled
    panel.ui.inputFolderPathLineEdit.currentPath = str(dicom)
    panel.ui.loadFolderButton.click()
    assert panel.ui.applyButton.text == "Cancel"
    host.wait_until(lambda: not panel.logic.segmenter.running, 120)
    nodes = selected(panel)
    assert host.dialogs.texts() == []
    assert "Loaded 4 volumes" in panel.ui.statusLabel.text
    assert len(slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")) == 4
    for channel, node in nodes.items():
        array = sitk.GetArrayFromImage(images[channel])
        assert np.array_equal(slicer.util.arrayFromVolume(node), array)
        instances = node.GetAttribute("DICOM.instanceUIDs").split()
        assert len(instances) == len(array)
        assert "sure, DICOM: " in reason(panel, channel).text
    from ELMEDSegmentWidgets.study_volumes import studyOf

    assert len({studyOf(node) for node in nodes.values()} - {0}) == 1
    panel.ui.inputFolderPathLineEdit.currentPath = ""


def test_a_folder_without_a_study_changes_nothing_and_says_so(host, panel, slicer, tmp_path):
    panel.ui.inputFolderPathLineEdit.currentPath = str(tmp_path)
    panel.ui.loadFolderButton.click()
    host.wait_until(lambda: not panel.logic.segmenter.running, 120)
    assert "holds no volumes" in host.dialogs.texts()[-1]
    assert panel.ui.statusLabel.text == "Nothing was loaded."
    assert slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode") == []
    panel.ui.inputFolderPathLineEdit.currentPath = ""


def test_a_prepared_study_is_said_to_be_fine(host, panel, load):
    load(TELLING)
    text = wait_for_findings(host, panel)
    assert "tilted" not in text
    assert "skull" not in text


def test_what_will_be_done_about_other_grids_and_skulls_is_said_before_the_run(
    host, panel, load, images
):
    raw = {name: sitk.Cast(image, sitk.sitkFloat32) + 30 for name, image in images.items()}
    raw["flair"] = raw["flair"][:, :, 2:]
    load(TELLING, raw)
    text = wait_for_findings(host, panel)
    assert "The FLAIR volume lies on another grid than the contrast-enhanced T1 volume." in text
    assert "They will be registered and resampled." in text
    assert "The brain will be extracted." in text
    assert panel.ui.applyButton.enabled


def test_voxels_that_are_no_numbers_keep_apply_from_being_pressed(host, panel, load, images):
    array = sitk.GetArrayFromImage(images["t2"]).astype(np.float32)
    array[3, 4, 5:8] = np.nan
    broken = sitk.GetImageFromArray(array)
    broken.CopyInformation(images["t2"])
    nodes = load(TELLING, images | {"t2": broken})
    text = wait_for_findings(host, panel)
    assert "holds 3 voxels that are not numbers" in text
    assert not panel.ui.applyButton.enabled
    assert "3 voxels" in panel.ui.readinessLabel.text
    panel.ui.t2Selector.setCurrentNode(nodes["t1"])
    assert "3 voxels" not in panel.ui.findingsLabel.text


def test_a_missing_contrast_is_allowed_when_the_model_copes_and_is_said(
    host, panel, load, small_model, models_folder
):
    load({name: text for name, text in TELLING.items() if name != "t1c"})
    for copes, needs in ([], "Choose the contrast-enhanced T1 volume."), (["t1c"], ""):
        _install(small_model, models_folder, copes_without=copes)
        panel.panel._offerModels()
        panel.ui.modelComboBox.setCurrentIndex(0)
        panel.ui.modelComboBox.setCurrentIndex(panel.ui.modelComboBox.findData("small"))
        assert panel.ui.readinessLabel.text == needs
        assert panel.ui.applyButton.enabled == (not needs)
    text = wait_for_findings(host, panel)
    assert "There is no contrast-enhanced T1 volume." in text
    panel.ui.applyButton.click()
    host.wait_until(lambda: not panel.logic.segmenter.running, 180)
    assert host.dialogs.texts() == []
    assert panel.ui.segmentationSelector.currentNode() is not None
    assert "There was no contrast-enhanced T1 volume" in panel.ui.warningsLabel.text


def _install(manifest, folder, **changes):
    """Put a model into the user's folder, with some of its manifest changed."""
    from ELMEDSegmentLib import store

    values = json.loads(manifest.read_text()) | changes
    weights = manifest.with_name(values["weights"])

    def write(target):
        (target / weights.name).write_bytes(weights.read_bytes())
        path = target / manifest.name
        path.write_text(json.dumps(values))
        return path

    store.install("small", write)


def test_every_control_has_a_help_text(panel):
    from host import panel_checks

    assert panel_checks.without_help(panel.ui, NAME) == []
