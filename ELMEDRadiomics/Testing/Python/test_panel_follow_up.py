"""The section 'Over time': scans of the scene, assessed by the real worker."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

NAME = "ELMEDRadiomics"
SIZE = (26, 32, 34)
RADII = {"2024-01-08": 9.0, "2024-03-04": 6.0, "2024-05-06": 6.1}


def ball(radius):
    z, y, x = np.indices(SIZE)
    inside = (z - 13) ** 2 + (y - 16) ** 2 + (x - 17) ** 2 < radius**2
    return sitk.GetImageFromArray(np.where(inside, 3, 0).astype(np.uint8))


@pytest.fixture
def section(host, panel, slicer):
    """The opened section, with three scans whose names tell the day."""
    from ELMEDLib.bridge.glioma import GLIOMA_SEGMENTS
    from ELMEDLib.bridge.segmentations import setSegments

    for day, radius in RADII.items():
        node = slicer.mrmlScene.AddNewNodeByClass(
            "vtkMRMLSegmentationNode", f"Tumour {day.replace('-', '')}"
        )
        setSegments(node, ball(radius), GLIOMA_SEGMENTS)
    panel.ui.followUpCollapsibleButton.collapsed = False
    host.process_events()
    panel.panel.followUp.check()
    return panel.panel.followUp


def column(section, number):
    table = section.ui.followPointsTable
    return [table.item(row, number).text() for row in range(table.rowCount)]


def enter(host, section, row, line, text, key):
    section.ui.followPointsTable.selectRow(row)
    host.process_events()
    line.text = text
    section.inputs._entered(key)


def test_scans_are_found_assessed_and_judged_again_when_inputs_change(host, section, slicer):
    import qt

    ui = section.ui
    assert column(section, 0) == list(RADII)
    assert ui.followApplyButton.enabled
    ui.followApplyButton.click()
    assert ui.followApplyButton.text == "Cancel"
    host.wait_until(lambda: not section.place.running, 120)

    assert host.dialogs.texts() == []
    assert column(section, 1) == ["baseline", "PR", "PR ?"]
    text = ui.followReasoningTextBrowser.plainText
    assert "A decrease of 50% or more is a partial response." in text
    assert "never a diagnosis" in text
    table = slicer.util.getNode("Response over time").GetTable()
    assert table.GetColumnByName("Date").GetValue(1) == "2024-03-04"
    assert table.GetColumnByName("Sum of products (%)").GetValue(0) == 100
    chart = slicer.util.getNode("Tumour over time")
    assert chart.GetNumberOfPlotSeriesNodes() == 4

    # More steroids than at the baseline: no response, at once and without measuring again.
    enter(host, section, 0, ui.followSteroidsLineEdit, "2", "steroids_mg")
    enter(host, section, 2, ui.followSteroidsLineEdit, "8", "steroids_mg")
    assert column(section, 1)[2] == "SD"
    assert "raised from 2 to 8 mg" in ui.followReasoningTextBrowser.plainText
    ui.followStateComboBox.setCurrentIndex(ui.followStateComboBox.findData("worse"))
    assert column(section, 1)[2] == "PD"

    # Another baseline needs measuring again, and says so.
    ui.followPointsTable.selectRow(1)
    host.process_events()
    ui.followBaselineCheckBox.checked = True
    assert "press Assess over time again" in ui.followStatusLabel.text
    ui.followPointsTable.item(0, 0).setCheckState(qt.Qt.Unchecked)
    ui.followApplyButton.click()
    host.wait_until(lambda: not section.place.running, 120)
    assert column(section, 1) == ["", "baseline", "PD"]
    assert len(slicer.util.getNodesByClass("vtkMRMLPlotChartNode")) == 1


def test_lines_moved_by_hand_count_and_all_comes_back_with_the_scene(
    host, panel, section, slicer, tmp_path
):
    ui = section.ui
    ui.followApplyButton.click()
    host.wait_until(lambda: not section.place.running, 120)
    assert column(section, 1)[1:] == ["PR", "PR ?"]
    before = section.result["assessments"][2]["sum_mm2"]

    # The last scan's burden is measured, and a line made longer: now it is progression.
    panel.ui.segmentationSelector.setCurrentNode(slicer.util.getNode("Tumour 20240506"))
    panel.ui.burdenCollapsibleButton.collapsed = False
    host.process_events()
    burden = panel.panel.burden
    burden.ui.burdenApplyButton.click()
    host.wait_until(lambda: not burden.place.running, 120)
    line = slicer.util.getNode("Enhancing 1: longest")
    start, end = (np.array(line.GetNthControlPointPositionWorld(n)) for n in range(2))
    line.SetNthControlPointPositionWorld(1, *(start + 1.5 * (end - start)))
    host.process_events()
    assert "press Assess over time again" in ui.followStatusLabel.text
    ui.followApplyButton.click()
    host.wait_until(lambda: not section.place.running, 120)
    assert section.result["assessments"][2]["sum_mm2"] == pytest.approx(1.5 * before, rel=0.01)
    assert column(section, 1)[2] == "PD"
    said = ui.followReasoningTextBrowser.plainText
    assert "Scan of 2024-05-06: Diameters corrected by hand: Enhancing 1." in said

    path = tmp_path / "scene.mrb"
    assert slicer.util.saveScene(str(path))
    host.close_scene()
    assert not ui.followResults.isVisibleTo(ui.ELMEDRadiomicsFollowUp)
    slicer.util.loadScene(str(path))
    host.wait_until(lambda: section.result is not None)
    assert column(section, 1)[2] == "PD"
    assert ui.followReasoningTextBrowser.plainText == said
    enter(host, section, 2, ui.followSteroidsLineEdit, "3", "steroids_mg")
    assert len(slicer.util.getNodesByClass("vtkMRMLPlotChartNode")) == 1
    assert len(slicer.util.getNodesByClass("vtkMRMLPlotSeriesNode")) == 4


def test_numbers_that_mean_nothing_are_not_taken(host, section):
    ui = section.ui
    for text in ("nan", "inf", "much"):
        enter(host, section, 0, ui.followSteroidsLineEdit, text, "steroids_mg")
        assert ui.followSteroidsLineEdit.text == ""
    enter(host, section, 0, ui.followSteroidsLineEdit, "2,5", "steroids_mg")
    assert section.inputs.points[0].details["steroids_mg"] == 2.5


def test_dates_are_asked_for_and_kept_with_the_scene(host, section, slicer, tmp_path):
    ui = section.ui
    node = slicer.util.getNode("Tumour 20240108")
    node.SetName("Tumour before surgery")
    section.check()
    assert "Give each checked scan a date" in ui.followReadinessLabel.text
    assert not ui.followApplyButton.enabled

    row = column(section, 2).index("Tumour before surgery")
    enter(host, section, row, ui.followDateLineEdit, "yesterday", "date")
    assert "Give each checked scan a date" in ui.followReadinessLabel.text
    enter(host, section, row, ui.followDateLineEdit, "2024-03-04", "date")
    assert "Two checked scans have one date" in ui.followReadinessLabel.text
    row = column(section, 2).index("Tumour before surgery")
    enter(host, section, row, ui.followDateLineEdit, "2023-12-24", "date")
    assert ui.followApplyButton.enabled

    path = tmp_path / "scene.mrb"
    assert slicer.util.saveScene(str(path))
    host.close_scene()
    assert column(section, 0) == []
    slicer.util.loadScene(str(path))
    host.process_events()
    section.check()
    assert column(section, 0)[0] == "2023-12-24"
