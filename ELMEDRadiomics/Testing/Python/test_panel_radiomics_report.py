"""The section 'Report': real nodes, the real worker, real files."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from dicom_studies import HEADERS, Examination
from host import panel_checks

NAME = "ELMEDRadiomics"
SHAPE = (16, 40, 40)


@pytest.fixture
def section(host, panel, slicer):
    """The section with a tumour and a volume, nothing measured yet."""
    from ELMEDLib.bridge.glioma import GLIOMA_SEGMENTS
    from ELMEDLib.bridge.segmentations import setSegments
    from ELMEDLib.bridge.volumes import addVolumeFromImage

    z, y, x = np.indices(SHAPE)
    distance = np.sqrt((z - 8) ** 2 + (y - 20) ** 2 + (x - 18) ** 2)
    labels = np.select([distance < 3, distance < 6], [1, 3]).astype(np.uint8)
    noise = np.random.default_rng(1).normal(100, 20, SHAPE) + 40 * labels
    addVolumeFromImage(sitk.GetImageFromArray(noise.astype(np.int16)), "T1 post Gd")
    panel.ui.reportCollapsibleButton.collapsed = False
    assert "first" in panel.panel.report.ui.reportStatusLabel.text
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "Tumour")
    setSegments(node, sitk.GetImageFromArray(labels), GLIOMA_SEGMENTS)
    host.wait_until(lambda: panel.ui.applyButton.enabled)
    return panel.panel.report


def finish(host, section):
    host.wait_until(lambda: not section.place.running, 60)


def test_burden_and_features_become_a_page_and_a_structured_report(
    host, panel, section, slicer, tmp_path
):
    from ELMEDLib.bridge.volumes import imageFromVolume
    from ELMEDRadiomicsLib.report.dicom_sr import read_sr
    from ELMEDRadiomicsWidgets.results import extractionOf

    ui = section.ui
    assert "measured when it is written" in ui.reportStatusLabel.text
    panel.ui.presetComboBox.setCurrentIndex(0)
    panel.ui.applyButton.click()
    host.wait_until(lambda: not panel.logic.extractor.running, 60)
    assert "Radiomic features" in ui.reportStatusLabel.text
    volume = ui.reportVolumeSelector.currentNode()
    assert volume.GetName() == "T1 post Gd"

    ui.reportPatientLineEdit.text = "P<7>"
    section.write(str(tmp_path / "report.html"))
    finish(host, section)
    assert host.dialogs.texts() == []
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "P&lt;7&gt;" in text
    assert text.count("data:image/png") == 3
    features = extractionOf(panel.ui.featuresTableView.mrmlTableNode()).features
    assert all(feature.name in text for feature in features)
    assert "RANO" in text
    assert ui.reportOpenButton.enabled

    section.write(str(tmp_path / "report.dcm"))
    finish(host, section)
    assert "none is given" in host.dialogs.texts()[-1]
    assert not (tmp_path / "report.dcm").exists()
    Examination().write(imageFromVolume(volume), tmp_path / "series", HEADERS["t1c"])
    ui.reportSeriesPathLineEdit.currentPath = str(tmp_path / "series")
    section.write(str(tmp_path / "report.dcm"))
    finish(host, section)
    assert "Saved: report.dcm" in ui.reportStatusLabel.text
    groups = {group.tracking: group.numbers for group in read_sr(tmp_path / "report.dcm")}
    assert len(groups["Enhancing tumour in t1c"]) == 5
    (whole,) = (n.value for n in groups["Whole tumour"] if n.name[2] == "Volume")
    assert whole == pytest.approx(4 / 3 * np.pi * 6**3 / 1000, rel=0.05)


def test_the_report_is_of_the_segmentation_that_was_measured(
    host, panel, section, slicer, tmp_path
):
    """Another one may be chosen meanwhile, and the measured one may be drawn on."""
    from ELMEDLib.bridge.glioma import GLIOMA_SEGMENTS
    from ELMEDLib.bridge.segmentations import setSegments

    panel.ui.burdenCollapsibleButton.collapsed = False
    panel.panel.burden.ui.burdenApplyButton.click()
    host.wait_until(lambda: not panel.panel.burden.place.running, 60)
    labels = np.zeros(SHAPE, np.uint8)
    labels[4:12, 10:30, 10:30] = 3
    other = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "Other scan")
    setSegments(other, sitk.GetImageFromArray(labels), GLIOMA_SEGMENTS)
    panel.ui.segmentationSelector.setCurrentNode(other)
    host.process_events()

    measured = slicer.util.getNode("Tumour")
    request = section.request(str(tmp_path / "report.html"))
    assert request.segmentationNode is measured
    assert request.parts["enhancing"] == "enhancing_tumour"
    assert "burden of 'Tumour'" in section.ui.reportStatusLabel.text
    panel.ui.presetComboBox.setCurrentIndex(0)
    panel.ui.applyButton.click()
    host.wait_until(lambda: not panel.logic.extractor.running, 60)
    said = section.ui.reportStatusLabel.text
    assert "the burden is that of 'Tumour', and the features are those of 'Other scan'" in said

    section.write(str(tmp_path / "report.html"))
    finish(host, section)
    assert section.ui.reportStatusLabel.text == "Saved: report.html."
    setSegments(measured, sitk.GetImageFromArray(labels), GLIOMA_SEGMENTS)
    section.write(str(tmp_path / "report.html"))
    finish(host, section)
    assert "The segments have changed since" in section.ui.reportStatusLabel.text
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "The segments have changed since" in text
    measured.GetSegmentation().RemoveSegment("enhancing_tumour")
    assert section.request("report.html").parts["enhancing"] == ""


def test_a_closed_scene_takes_the_patients_series_and_page_with_it(host, section, tmp_path):
    section.write(str(tmp_path / "report.html"))
    finish(host, section)
    section.ui.reportPatientLineEdit.text = "P7"
    section.ui.reportSeriesPathLineEdit.currentPath = str(tmp_path)
    assert section.ui.reportOpenButton.enabled

    host.close_scene()
    assert section.ui.reportPatientLineEdit.text == ""
    assert section.request("report.dcm").series in ("", [])
    assert not section.ui.reportOpenButton.enabled


def test_every_control_of_the_section_has_a_help_text(section):
    assert panel_checks.controls_without_help(section.ui.ELMEDRadiomicsReport) == []
    section.ui.reportPageButton.click()  # the dialog is thought better of
    assert not section.place.running
