"""The way of a radiologist through the whole panel: from settings to table, burden and report.

Each part has tests of its own elsewhere; this one holds what shows when they follow each other.
"""

from __future__ import annotations

import json

import numpy as np
import pytest
import SimpleITK as sitk

pytest.importorskip("pandas", reason="pandas is not installed")
pytest.importorskip("lifelines", reason="lifelines is not installed")

NAME = "ELMEDRadiomics"
PATIENCE_S = 240
SIZE = (24, 44, 46)
PATIENT = "Mustermann"
"""The patient's name; it must not be in any log."""


def labels(radius=7.0):
    """A ring of enhancing tumour around a core, in oedema; voxels of 1 x 1 x 1.5 mm."""
    z, y, x = np.indices(SIZE)
    distance = np.sqrt(((z - 12) * 1.5) ** 2 + (y - 20) ** 2 + (x - 18) ** 2)
    array = np.select([distance < 3, distance < radius, distance < 11], [1, 3, 2]).astype(np.uint8)
    return placed(array)


def placed(array):
    image = sitk.GetImageFromArray(array)
    image.SetSpacing((1.0, 1.0, 1.5))
    return image


@pytest.fixture
def walked(host, panel, slicer):
    """The panel with a patient of two scans; it is made anew when the walk has ended."""
    from ELMEDLib.bridge.glioma import GLIOMA_SEGMENTS
    from ELMEDLib.bridge.segmentations import setSegments
    from ELMEDLib.bridge.volumes import addVolumeFromImage

    noise = np.random.default_rng(3).normal(100, 12, SIZE)
    values = sitk.GetArrayFromImage(labels())
    for name, level in (("T1 post Gd", 60 * (values == 3)), ("FLAIR", 40 * (values == 2))):
        addVolumeFromImage(placed((noise + level).astype(np.float32)), name)
    for day, radius in (("2024-01-08", 9.0), ("2024-03-04", 7.0)):
        node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", f"{PATIENT} {day}")
        setSegments(node, labels(radius), GLIOMA_SEGMENTS)
    panel.ui.segmentationSelector.setCurrentNode(node)
    host.wait_until(lambda: panel.ui.applyButton.enabled)
    yield panel
    host.reload(NAME)


def opened(host, panel, name):
    getattr(panel.ui, f"{name}CollapsibleButton").collapsed = False
    host.process_events()
    return getattr(panel.panel, {"settings": "details"}.get(name, name))


def pressed(host, button, place):
    button.click()
    host.wait_until(lambda: not place.running, PATIENCE_S)
    host.process_events()
    assert host.dialogs.texts() == []


def settings_are_chosen(host, panel):
    ui = panel.ui
    ui.presetComboBox.setCurrentIndex(ui.presetComboBox.findData("course"))
    details = opened(host, panel, "settings").ui
    details.binsSpinBox.setValue(10)
    assert "binWidth: 10" in details.settingsTextEdit.plainText
    assert "Changed below." in ui.presetDescriptionLabel.text


def segments_and_the_whole_tumour_are_measured(host, panel):
    import qt

    ui = panel.ui
    rows = {ui.segmentsListWidget.item(n).text(): n for n in range(ui.segmentsListWidget.count)}
    ui.segmentsListWidget.item(rows["Whole tumour  (segments together)"]).setCheckState(
        qt.Qt.Checked
    )
    pressed(host, ui.applyButton, panel.panel.place)
    assert "values computed" in ui.statusLabel.text
    table = ui.featuresTableView.mrmlTableNode().GetTable()
    columns = {name: table.GetColumnByName(name) for name in ("Segment", "Feature", "Value")}
    volumes = {
        columns["Segment"].GetValue(row): columns["Value"].GetValue(row)
        for row in range(table.GetNumberOfRows())
        if columns["Feature"].GetValue(row) == "original_shape_MeshVolume"
    }
    parts = ("Necrotic core", "Oedema", "Enhancing tumour")
    assert set(volumes) == {*parts, "Whole tumour"}
    assert volumes["Whole tumour"] == pytest.approx(sum(volumes[name] for name in parts), rel=0.1)


def the_table_is_searched_and_its_rows_lead_back(host, slicer, panel):
    ui = panel.ui
    ui.resultsSearchBox.text = "whole tumour"
    view = ui.featuresTableView
    assert view.model().rowCount() == 10  # five features in two volumes
    middle = slicer.util.getNode("vtkMRMLSliceNodeRed")
    view.selectRow(4)
    host.process_events()
    assert middle.GetSliceOffset() == pytest.approx(18.0, abs=1.0)
    ui.resultsSearchBox.text = ""
    pressed(host, ui.robustnessButton, panel.panel.place)
    assert "features" in ui.robustnessLabel.text


def charts_are_drawn(host, slicer, panel):
    charts = opened(host, panel, "charts")
    pressed(host, charts.ui.chartsButton, charts.place)
    assert slicer.util.getNode("Intensities").GetNumberOfPlotSeriesNodes() == 4
    ui = charts.ui
    ui.chartComboBox.setCurrentIndex(ui.chartComboBox.findData("glcm"))
    assert ui.matrixLabel.pixmap.width() > 50


def the_burden_is_measured_located_and_corrected(host, slicer, panel):
    from ELMEDLib.bridge.volumes import updateVolumeFromImage

    atlas = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLabelMapVolumeNode", "Regions")
    updateVolumeFromImage(atlas, placed(np.full(SIZE, 4, np.int16)))
    atlas.CreateDefaultDisplayNodes()
    burden = opened(host, panel, "burden")
    ui = burden.ui
    ui.burdenAtlasSelector.setCurrentNode(atlas)
    pressed(host, ui.burdenApplyButton, burden.place)
    assert "region 4" in ui.burdenPlaceLabel.text
    before = ui.burdenSumsLabel.text
    line = slicer.util.getNode("Enhancing 1: longest")
    start, end = (np.array(line.GetNthControlPointPositionWorld(n)) for n in range(2))
    line.SetNthControlPointPositionWorld(1, *(start + 2 * (end - start)))
    host.process_events()
    assert ui.burdenLesionsTable.item(0, 0).text().startswith("✎")
    assert ui.burdenSumsLabel.text != before


def both_scans_are_assessed_with_the_corrected_line(host, panel):
    follow = opened(host, panel, "followUp")
    follow.check()
    pressed(host, follow.ui.followApplyButton, follow.place)
    said = follow.ui.followReasoningTextBrowser.plainText
    assert "Diameters corrected by hand: Enhancing 1" in said
    assert [entry["role"] for entry in follow.result["assessments"]] == ["baseline", "follow-up"]


def a_report_holds_all_of_it(host, panel, output):
    report = opened(host, panel, "report")
    assert "burden as measured above and the features" in report.ui.reportStatusLabel.text
    report.write(str(output / "report.html"))
    host.wait_until(lambda: not report.place.running, PATIENCE_S)
    text = (output / "report.html").read_text(encoding="utf-8")
    assert "Whole tumour" in text
    assert "original_gldm_GrayLevelNonUniformity" in text


def a_cohort_is_measured_with_the_same_settings(host, panel, cohort_patients, folder):
    table, _ = cohort_patients.write_cohort(folder / "in", 5)
    cohort = opened(host, panel, "cohort")
    ui = cohort.ui
    ui.cohortSourcePathLineEdit.currentPath = str(table)
    ui.cohortOutputPathLineEdit.currentPath = str(folder / "out")
    ui.clinicalPathLineEdit.currentPath = ""
    ui.cohortWorkersSpinBox.setValue(1)
    pressed(host, ui.cohortStartButton, cohort)
    assert ui.cohortCountsLabel.text == "5 cases: 5 done."
    plan = json.loads((folder / "out" / "cohort.json").read_text())
    assert plan["settings"]["settings"]["setting"]["binWidth"] == 10
    pressed(host, ui.analyseButton, cohort)
    assert (folder / "out" / "report.html").is_file()


def test_a_radiologist_walks_from_settings_to_report_and_cohort(
    host, slicer, walked, cohort_patients, tmp_path, caplog
):
    panel = walked
    with caplog.at_level("DEBUG"):
        settings_are_chosen(host, panel)
        segments_and_the_whole_tumour_are_measured(host, panel)
        the_table_is_searched_and_its_rows_lead_back(host, slicer, panel)
        charts_are_drawn(host, slicer, panel)
        the_burden_is_measured_located_and_corrected(host, slicer, panel)
        both_scans_are_assessed_with_the_corrected_line(host, panel)
        a_report_holds_all_of_it(host, panel, tmp_path)
        a_cohort_is_measured_with_the_same_settings(host, panel, cohort_patients, tmp_path)
    assert not host.slot_errors
    logged = caplog.text + panel.panel.place.workerLog
    assert PATIENT not in logged
