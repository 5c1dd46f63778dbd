"""What a radiologist can do with a result in the panel: look, judge, correct, measure, export."""

from __future__ import annotations

import json

import numpy as np
import pytest
import SimpleITK as sitk

from host import panel_checks

pytest.importorskip("torch", reason="PyTorch is not installed")

NAME = "ELMEDSegment"
ALL = ["necrotic_core", "oedema", "enhancing_tumour", "whole_tumour", "tumour_core"]


@pytest.fixture(scope="module")
def small_study(sample_study, tmp_path_factory):
    """A part of the sample study with its tumour, on 2 mm voxels: quickly segmented."""
    folder = tmp_path_factory.mktemp("small")
    for name, path in sample_study.items():
        image = sitk.ReadImage(str(path))
        part = sitk.Shrink(image, (2, 2, 2))
        sitk.WriteImage(part, str(folder / f"{name}.nii.gz"))
    return folder


@pytest.fixture
def volumes(host, slicer, panel, small_study):
    """The study in the scene, under names that would give the patient away."""
    nodes = {
        name: slicer.util.loadVolume(
            str(small_study / f"{name}.nii.gz"), {"name": f"Doe Jane {name}"}
        )
        for name in ("t1", "t1c", "t2", "flair")
    }
    host.wait_until(lambda: panel.ui.applyButton.enabled)
    return nodes


def segment(host, panel, *choices):
    for choice in choices:
        getattr(panel.ui, choice).click()
    panel.ui.applyButton.click()
    host.wait_until(lambda: panel.ui.applyButton.text == "Apply", 120)
    assert host.dialogs == []
    return panel.ui.segmentationSelector.currentNode()


def at_work(host, panel, button):
    button.click()
    host.wait_until(lambda: not panel.panel.results.place.running, 60)


def loaded_truth(slicer, small_study):
    truth = slicer.util.loadLabelVolume(str(small_study / "seg.nii.gz"))
    truth.SetName("Truth")
    return truth


def test_every_control_of_the_result_has_a_help_text(panel):
    sections = panel.panel.results.sections
    assert panel_checks.without_help(sections, "ELMEDSegmentResults") == []
    assert sections.evaluateCollapsibleButton.collapsed
    assert sections.exportCollapsibleButton.collapsed


def test_devices_are_shown_when_advanced_is_opened(host, panel, no_leftovers):
    ui = panel.ui
    assert ui.deviceFoundLabel.text == ""
    ui.advancedCollapsibleButton.collapsed = False
    host.wait_until(lambda: ui.deviceFoundLabel.text.startswith("Found: "), 120)
    assert "CPU" in ui.deviceFoundLabel.text
    assert "GB" in ui.deviceFoundLabel.text
    assert "CUDA" in ui.deviceFoundLabel.toolTip
    from ELMEDSegmentLib.device import threads_beside_a_window, usable_cores

    assert ui.threadsLabel.text.startswith(f"{threads_beside_a_window()} of {usable_cores()} ")
    host.wait_until(lambda: panel.panel.devices._place.workerProcessID is None, 20)


def test_result_is_judged_corrected_measured_and_exported(  # noqa: PLR0915 - one run, many sides
    host, slicer, panel, volumes, small_study, tmp_path, no_leftovers
):
    ui, results = panel.ui, panel.panel.results
    sections = results.sections
    node = segment(
        host, panel, "mirrorCheckBox", "regionsCheckBox", "probabilitiesCheckBox",
        "uncertaintyCheckBox",
    )  # fmt: skip

    # Regions, as outlines over what they are made of
    segmentation, display = node.GetSegmentation(), node.GetDisplayNode()
    assert list(segmentation.GetSegmentIDs()) == ALL
    arrays = {
        segment_id: slicer.util.arrayFromSegmentBinaryLabelmap(node, segment_id, volumes["t1c"]) > 0
        for segment_id in ALL
    }
    tissues = np.stack([arrays[name] for name in ALL[:3]])
    np.testing.assert_array_equal(arrays["whole_tumour"], tissues.any(axis=0))
    np.testing.assert_array_equal(arrays["tumour_core"], tissues[[0, 2]].any(axis=0))
    assert display.GetSegmentVisibility2DFill("oedema")
    assert not display.GetSegmentVisibility2DFill("whole_tumour")

    # Maps, laid over the slices on request
    maps = {ui.overlayComboBox.itemText(number) for number in range(ui.overlayComboBox.count)}
    assert maps == {
        "Nothing",
        "Uncertainty (bits)",
        "Probability of whole tumour",
        "Probability of tumour core",
        "Probability of enhancing tumour",
    }
    likely = slicer.util.arrayFromVolume(slicer.util.getNode("Probability of whole tumour"))
    assert likely[arrays["whole_tumour"]].min() > 0.49
    uncertain = slicer.util.getNode("Uncertainty (bits)")
    assert 0.5 < slicer.util.arrayFromVolume(uncertain).max() <= 2
    ui.overlayComboBox.setCurrentIndex(1)
    composite = slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode")[0]
    assert composite.GetForegroundVolumeID() == uncertain.GetID()
    ui.overlayComboBox.setCurrentIndex(0)
    assert composite.GetForegroundVolumeID() is None

    # The report, which names nobody, is saved with the segmentation
    report = json.loads(node.GetAttribute("ELMED.Report"))
    assert report["model"]["name"] == ui.modelComboBox.currentData
    assert report["environment"]["threads"] == ui.threadsLabel.text.split()[0]
    assert "Doe" not in node.GetAttribute("ELMED.Report")
    assert "Doe" not in panel.logic.segmenter.workerLog

    # Evaluate
    sections.evaluateCollapsibleButton.collapsed = False
    assert not sections.evaluateButton.enabled
    sections.referenceSelector.setCurrentNode(loaded_truth(slicer, small_study))
    at_work(host, panel, sections.evaluateButton)
    assert sections.evaluateMessageLabel.text == ""
    table = sections.scoresTableView.mrmlTableNode()
    from ELMEDSegmentLib.evaluation import compare

    image = sitk.ReadImage(str(small_study / "seg.nii.gz"))
    found = np.select(list(tissues), [1, 2, 3]).astype(np.uint8)
    expected = compare(found, sitk.GetArrayFromImage(image), image.GetSpacing()[::-1])
    for row, region in enumerate(("WT", "TC", "ET")):
        cells = [table.GetTable().GetColumn(column).GetValue(row) for column in range(1, 5)]
        right = [values[region] for values in expected.values()]
        assert cells == pytest.approx(right, abs=0.06)
    assert 0.5 < expected["dice"]["WT"] < 1

    # Export
    sections.exportCollapsibleButton.collapsed = False
    assert not sections.exportButton.enabled
    assert "Choose a file" in sections.exportButton.toolTip
    sections.exportPathLineEdit.currentPath = str(tmp_path / "tumour")
    sections.oldLabelsCheckBox.click()
    at_work(host, panel, sections.exportButton)
    assert "Written as NIfTI" in sections.exportMessageLabel.text
    written = sitk.GetArrayFromImage(sitk.ReadImage(str(tmp_path / "tumour.nii.gz")))
    np.testing.assert_array_equal(written, np.where(found == 3, 4, found))
    exported = json.loads((tmp_path / "tumour.json").read_text())
    assert exported["model"] == report["model"]
    assert exported["exported"]["labels"]["enhancing_tumour"] == 4

    # Edit in the Segment Editor
    ui.editButton.click()
    editor = slicer.mrmlScene.GetSingletonNode("SegmentEditor", "vtkMRMLSegmentEditorNode")
    assert editor.GetSegmentationNode() is node
    assert editor.GetSourceVolumeNode() is volumes["t1c"]

    # A second run without extras takes its own away and leaves what the user has
    ui.overlayComboBox.setCurrentIndex(1)
    assert not display.GetVisibility2DFill()
    for choice in ("regionsCheckBox", "probabilitiesCheckBox", "uncertaintyCheckBox"):
        getattr(ui, choice).click()
    draw(slicer, node, volumes["t1c"])
    assert ui.editedLabel.isVisibleTo(ui.editedLabel.parent())
    assert sections.scoresTableView.mrmlTableNode() is None
    assert segment(host, panel, "mirrorCheckBox") is node
    assert not ui.editedLabel.isVisibleTo(ui.editedLabel.parent())
    assert sections.evaluateMessageLabel.text == ""
    assert list(segmentation.GetSegmentIDs()) == ALL[:3]
    assert not ui.overlayFrame.visible
    assert slicer.mrmlScene.GetFirstNodeByName("Uncertainty (bits)") is None
    assert composite.GetForegroundVolumeID() is None
    assert display.GetVisibility2DFill()
    # What was measured on the first result is not shown beside the second.
    assert sections.scoresTableView.mrmlTableNode() is None
    assert slicer.mrmlScene.IsNodePresent(table)


def test_measure_opens_radiomics_with_the_study(host, slicer, panel, volumes, small_study):
    host.load_module("ELMEDRadiomics")
    node = add_segmentation(slicer, small_study, volumes["t1c"])
    panel.panel.parameters.segmentation = node
    panel.ui.measureButton.click()
    host.process_events()
    radiomics = slicer.util.getModuleWidget("ELMEDRadiomics")
    parameters = radiomics.logic.getParameterNode()
    assert parameters.segmentation is node
    assert set(parameters.volumes) == set(volumes.values())
    assert radiomics.ui.applyButton.enabled
    host.select_module(NAME)


def add_segmentation(slicer, small_study, volume, kinds=None, name="Reader"):
    from ELMEDLib.bridge.glioma import GLIOMA_SEGMENTS
    from ELMEDLib.bridge.segmentations import setSegments

    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", name)
    labels = sitk.ReadImage(str(small_study / "seg.nii.gz"))
    setSegments(node, labels, kinds or GLIOMA_SEGMENTS, volume)
    return node


def test_scores_go_to_what_was_compared_and_the_export_waits(
    host, slicer, panel, volumes, small_study, tmp_path
):
    first, second = (
        add_segmentation(slicer, small_study, volumes["t1c"], name=name) for name in "AB"
    )
    panel.panel.parameters.segmentation = first
    host.process_events()
    results = panel.panel.results
    sections = results.sections
    sections.exportPathLineEdit.currentPath = str(tmp_path / "tumour")
    sections.referenceSelector.setCurrentNode(loaded_truth(slicer, small_study))
    sections.evaluateButton.click()
    assert not sections.exportButton.enabled
    assert "Wait" in sections.exportButton.toolTip
    sections.exportPathLineEdit.currentPath = str(tmp_path / "other")
    panel.panel.parameters.segmentation = second
    host.wait_until(lambda: not results.place.running, 60)

    assert first.GetNodeReference("ELMED.Evaluation") is not None
    assert second.GetNodeReference("ELMED.Evaluation") is None
    assert sections.scoresTableView.mrmlTableNode() is None
    assert sections.evaluateButton.text == "Compare"
    assert sections.exportButton.enabled
    panel.panel.parameters.segmentation = first
    host.process_events()
    assert sections.scoresTableView.mrmlTableNode() is first.GetNodeReference("ELMED.Evaluation")

    sections.exportButton.click()
    assert not sections.evaluateButton.enabled
    sections.exportButton.click()
    assert sections.exportMessageLabel.text == "Cancelled; nothing was written."
    assert sections.evaluateButton.enabled


def draw(slicer, node, volume):
    """Let the user paint oedema over half of the volume."""
    painted = np.zeros(slicer.util.arrayFromVolume(volume).shape, np.uint8)
    painted[: len(painted) // 2] = 1
    slicer.util.updateSegmentBinaryLabelmapFromArray(painted, node, "oedema", volume)


def test_scores_and_volumes_of_segments_that_were_changed_by_hand_are_not_shown_as_theirs(
    host, slicer, panel, volumes, small_study
):
    first, second = (
        add_segmentation(slicer, small_study, volumes["t1c"], name=name) for name in "AB"
    )
    first.SetAttribute("ELMED.Report", "{}")
    parameters = panel.panel.parameters
    parameters.volumesTable = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLTableNode", "Volumes")
    parameters.segmentation = first
    host.process_events()
    ui, sections = panel.ui, panel.panel.results.sections
    sections.referenceSelector.setCurrentNode(loaded_truth(slicer, small_study))
    at_work(host, panel, sections.evaluateButton)
    ui.show3DButton.click()
    first.GetDisplayNode().SetSegmentVisibility("oedema", False)
    assert sections.scoresTableView.mrmlTableNode() is not None
    assert not ui.editedLabel.isVisibleTo(ui.editedLabel.parent())

    parameters.segmentation = second
    host.process_events()
    draw(slicer, first, volumes["t1c"])
    assert not ui.editedLabel.isVisibleTo(ui.editedLabel.parent())
    parameters.segmentation = first
    host.process_events()
    assert sections.scoresTableView.mrmlTableNode() is None
    assert ui.editedLabel.isVisibleTo(ui.editedLabel.parent())

    # While it is compared, the labels that were copied are those from before.
    sections.evaluateButton.click()
    host.wait_until(lambda: panel.panel.results.place.run.fraction > 0)
    draw(slicer, first, volumes["t1c"])
    assert "changed since they were compared" in sections.evaluateMessageLabel.text
    host.wait_until(lambda: not panel.panel.results.place.running)
    assert first.GetNodeReference("ELMED.Evaluation") is None
    assert sections.evaluateButton.text == "Compare"


def test_the_map_over_the_slices_is_that_of_the_result_that_is_shown(
    host, slicer, panel, volumes, small_study
):
    from ELMEDSegmentWidgets.result_maps import MAPS, setMaps

    nodes = []
    for name in "AB":
        node = add_segmentation(slicer, small_study, volumes["t1c"], name=name)
        setMaps(node, {"WT": sitk.ReadImage(str(small_study / "seg.nii.gz"), sitk.sitkFloat32)})
        nodes.append(node)
    panel.panel.parameters.segmentation = nodes[0]
    host.process_events()
    panel.ui.overlayComboBox.setCurrentIndex(1)
    panel.panel.parameters.segmentation = nodes[1]
    host.process_events()

    composite = slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode")[0]
    assert composite.GetForegroundVolumeID() == MAPS.of(nodes[1])["WT"].GetID()
    assert [node.GetDisplayNode().GetVisibility2DFill() for node in nodes] == [True, False]
    panel.panel.parameters.segmentation = None
    host.process_events()
    assert composite.GetForegroundVolumeID() is None
    assert nodes[1].GetDisplayNode().GetVisibility2DFill()


def test_a_run_reads_all_that_it_brings_before_the_scene_changes(
    host, slicer, volumes, small_study, tmp_path
):
    """What takes long comes first: so long, a run that is cancelled has changed nothing."""
    from ELMEDLib.worker.client import WorkerProcess
    from ELMEDSegmentWidgets.run import SegmentationRun
    from ELMEDSegmentWidgets.segmenter import Request

    class Answered(SegmentationRun):
        """The worker's answer is there at once."""

        def copyVolumes(self, *_):  # noqa: N802
            yield
            return {}

        def ask(self, *_):
            yield
            for name in ("labels.nrrd", "t1.nii.gz", "brain.nii.gz"):
                sitk.WriteImage(
                    sitk.ReadImage(str(small_study / "seg.nii.gz")), str(self.folder / name)
                )
            (self.folder / "report.json").write_text("{}")
            regions = ("necrotic_core", "oedema", "enhancing_tumour", "WT", "TC")
            prepared = {name: str(self.folder / f"{name}.nii.gz") for name in ("t1", "brain")}
            return {
                "report": str(self.folder / "report.json"),
                "probabilities": {},
                "uncertainty": None,
                "volumes_ml": dict.fromkeys(regions, 1.0),
                "prepared": prepared,
                "warnings": [],
                "model": "m",
                "device": "cpu",
                "preparation": [],
            }

    run = Answered(WorkerProcess("unused"), Request(volumes))
    run.start()
    host.wait_until(lambda: slicer.util.getNodesByClass("vtkMRMLSegmentationNode"))
    for file in run.folder.glob("*.nii.gz"):
        file.unlink()
    host.wait_until(lambda: not run.running)
    assert run.error is None
    assert slicer.mrmlScene.GetFirstNodeByName("Brain mask") is not None


def test_segments_of_other_programs_are_recognised(host, slicer, panel, volumes, small_study):
    """By names, by the labels in names, and by codes; and what is none is said."""
    from ELMEDLib.bridge.glioma import GLIOMA_SEGMENTS
    from ELMEDLib.segment_kinds import SegmentKind
    from ELMEDSegmentWidgets.glioma_labels import labelsOf

    truth = sitk.GetArrayFromImage(sitk.ReadImage(str(small_study / "seg.nii.gz")))
    code = GLIOMA_SEGMENTS[0].category
    namings = {
        "names": ("NECROTIC CORE", "oedema", "Enhancing Tumour"),
        "labels": ("Segment_1", "Label 2", "4"),
        "codes": ("a", "b", "c"),
    }
    for how, names in namings.items():
        kinds = [
            SegmentKind(
                f"s{number}", kind.label, name, kind.colour, code,
                kind.type if how == "codes" else code, code,
            )
            for number, (kind, name) in enumerate(zip(GLIOMA_SEGMENTS, names, strict=True))
        ]  # fmt: skip
        node = add_segmentation(slicer, small_study, volumes["t1c"], kinds, how)
        found = sitk.GetArrayFromImage(labelsOf(node, volumes["t1c"]))
        np.testing.assert_array_equal(found, truth)

    kinds = [SegmentKind("x", 1, "Kidney", (1.0, 0.0, 0.0), code, code, code)]
    stranger = add_segmentation(slicer, small_study, volumes["t1c"], kinds, "Stranger")
    sections = panel.panel.results.sections
    panel.panel.parameters.segmentation = add_segmentation(slicer, small_study, volumes["t1c"])
    host.process_events()
    sections.referenceSelector.setCurrentNode(stranger)
    at_work(host, panel, sections.evaluateButton)
    assert "No segment of 'Stranger' can be recognised" in sections.evaluateMessageLabel.text


def test_a_reference_on_another_grid_is_resampled_or_refused(
    host, slicer, panel, volumes, small_study, tmp_path
):
    panel.panel.parameters.segmentation = add_segmentation(slicer, small_study, volumes["t1c"])
    host.process_events()
    sections = panel.panel.results.sections
    truth = sitk.ReadImage(str(small_study / "seg.nii.gz"))

    sitk.WriteImage(sitk.ConstantPad(truth, (3, 0, 2), (4, 1, 0)), str(tmp_path / "padded.nrrd"))
    padded = slicer.util.loadLabelVolume(str(tmp_path / "padded.nrrd"))
    sections.referenceSelector.setCurrentNode(padded)
    at_work(host, panel, sections.evaluateButton)
    assert "was resampled" in sections.evaluateMessageLabel.text
    table = sections.scoresTableView.mrmlTableNode().GetTable()
    assert [table.GetColumn(1).GetValue(row) for row in range(3)] == [1, 1, 1]

    truth.SetOrigin([value + 300 for value in truth.GetOrigin()])
    sitk.WriteImage(truth, str(tmp_path / "elsewhere.nrrd"))
    elsewhere = slicer.util.loadLabelVolume(str(tmp_path / "elsewhere.nrrd"))
    sections.referenceSelector.setCurrentNode(elsewhere)
    at_work(host, panel, sections.evaluateButton)
    assert "reaches out of it" in sections.evaluateMessageLabel.text


def test_dicom_seg_is_written_when_the_volume_came_from_dicom(
    host, slicer, panel, volumes, small_study, write_series, tmp_path
):
    hd = pytest.importorskip("highdicom", reason="highdicom is not installed")
    write_series(sitk.ReadImage(str(small_study / "t1c.nii.gz")), tmp_path / "series")
    panel.panel.parameters.segmentation = add_segmentation(slicer, small_study, volumes["t1c"])
    host.process_events()
    sections = panel.panel.results.sections
    sections.exportPathLineEdit.currentPath = str(tmp_path / "tumour.nii.gz")
    sections.formatComboBox.setCurrentIndex(2)
    assert sections.exportPathLineEdit.currentPath.endswith("tumour.dcm")
    assert not sections.exportButton.enabled
    assert "choose the folder with its DICOM series" in sections.exportButton.toolTip

    sections.seriesPathLineEdit.currentPath = str(tmp_path / "series")
    at_work(host, panel, sections.exportButton)

    assert "Written as DICOM SEG" in sections.exportMessageLabel.text
    seg = hd.seg.segread(tmp_path / "tumour.dcm")
    truth = sitk.GetArrayFromImage(sitk.ReadImage(str(small_study / "seg.nii.gz")))
    assert int(seg.pixel_array.sum()) == np.count_nonzero(truth)
    assert seg.PatientID == "4711"


def test_files_of_the_series_are_asked_of_slicers_dicom_database(
    slicer, volumes, write_series, small_study, tmp_path, monkeypatch
):
    """The host has no DICOM database: two functions stand in for what Slicer's answers."""
    import pydicom

    from ELMEDLib.bridge.dicom import seriesFiles

    files = write_series(sitk.ReadImage(str(small_study / "t1c.nii.gz")), tmp_path / "series")
    known = {str(pydicom.dcmread(path).SOPInstanceUID): str(path) for path in files}

    class Database:
        def fileForInstance(self, identifier):  # noqa: N802 - Slicer's name
            return known.get(identifier, "")

    volume = volumes["t1c"]
    assert seriesFiles(volume) == []
    volume.SetAttribute("DICOM.instanceUIDs", " ".join(known))
    assert seriesFiles(volume) == []  # no database
    monkeypatch.setattr(slicer, "dicomDatabase", Database(), raising=False)
    assert seriesFiles(volume) == [str(path) for path in files]
    known.popitem()
    assert seriesFiles(volume) == []  # deleted since
