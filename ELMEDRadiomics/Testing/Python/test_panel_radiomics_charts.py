"""The section 'Charts': real nodes, the real worker, real plot nodes."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from host import panel_checks

NAME = "ELMEDRadiomics"
SHAPE = (14, 15, 16)


@pytest.fixture
def drawn(host, panel, slicer):
    """The section with charts of two segments in two volumes."""
    from ELMEDLib.bridge.glioma import GLIOMA_SEGMENTS
    from ELMEDLib.bridge.segmentations import setSegments
    from ELMEDLib.bridge.volumes import addVolumeFromImage

    noise = np.random.default_rng(1)
    labels = np.zeros(SHAPE, np.uint8)
    labels[2:7, 2:7, 2:7] = 2
    labels[8:13, 8:13, 8:13] = 3
    for name, level in (("T1 post Gd", 0), ("FLAIR", 500)):
        voxels = noise.normal(100, 20, SHAPE) + level * (labels == 2)
        addVolumeFromImage(sitk.GetImageFromArray(voxels.astype(np.float32)), name)
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "Tumour")
    setSegments(node, sitk.GetImageFromArray(labels), GLIOMA_SEGMENTS[1:])
    panel.ui.chartsCollapsibleButton.collapsed = False
    section = panel.panel.charts
    host.wait_until(lambda: section.ui.chartsButton.enabled)
    section.ui.chartsButton.click()
    host.wait_until(lambda: not section.place.running, 60)
    assert host.dialogs.texts() == []
    return section


def choose(section, chart, volume=None, segment=None):
    ui = section.ui
    ui.chartComboBox.setCurrentIndex(ui.chartComboBox.findData(chart))
    if volume:
        ui.chartVolumeComboBox.setCurrentIndex(ui.chartVolumeComboBox.findText(volume))
    if segment:
        ui.chartSegmentComboBox.setCurrentIndex(ui.chartSegmentComboBox.findText(segment))


def curves(slicer, name):
    """Points of each series of a chart, by title; of equal titles a list."""
    chart = slicer.util.getNode(name)
    found = {}
    for number in range(chart.GetNumberOfPlotSeriesNodes()):
        series = chart.GetNthPlotSeriesNode(number)
        table = series.GetTableNode().GetTable()
        points = [
            [table.GetColumnByName(c).GetValue(row) for row in range(table.GetNumberOfRows())]
            for c in (series.GetXColumnName(), series.GetYColumnName())
        ]
        found.setdefault(series.GetName(), []).append(points)
    return found


def test_histograms_boxes_and_shape_are_slicer_charts(drawn, slicer):
    choose(drawn, "histogram", "flair")
    histogram = curves(slicer, "Intensities")
    ((x, percent),) = histogram["Oedema"]
    assert sum(percent) == pytest.approx(100)
    assert np.average(x, weights=percent) == pytest.approx(600, abs=15)
    ((x, percent),) = histogram["Enhancing tumour"]
    assert np.average(x, weights=percent) == pytest.approx(100, abs=15)
    assert "flair" in slicer.util.getNode("Intensities").GetXAxisTitle()
    assert "Oedema" in drawn.ui.chartLegendLabel.text
    nodes = slicer.mrmlScene.GetNumberOfNodes()
    choose(drawn, "histogram", "t1c")
    assert slicer.mrmlScene.GetNumberOfNodes() == nodes  # drawn anew, not added

    choose(drawn, "boxes")
    assert not drawn.ui.chartVolumeComboBox.isVisibleTo(drawn.ui.ELMEDRadiomicsCharts)
    oedema, tumour = (
        [max(y) for _, y in curves(slicer, "Box plots")[name]]
        for name in ("Oedema", "Enhancing tumour")
    )
    order = list(drawn.found["boxes"])
    assert oedema[order.index("flair")] > tumour[order.index("flair")]

    choose(drawn, "radar")
    radar = curves(slicer, "Shape")
    assert np.hypot(*radar["Oedema"][0]) == pytest.approx(np.hypot(*radar["Enhancing tumour"][0]))
    assert "sphericity" in drawn.ui.chartLegendLabel.text


def test_a_texture_matrix_is_shown_as_a_picture(drawn):
    choose(drawn, "glcm", "flair", "Oedema")
    ui = drawn.ui
    assert ui.matrixLabel.isVisibleTo(ui.ELMEDRadiomicsCharts)
    assert not ui.chartFrame.isVisibleTo(ui.ELMEDRadiomicsCharts)
    assert ui.matrixLabel.pixmap.width() > 50
    rows = drawn.found["matrices"]["glcm"]["flair"]["Oedema"]["rows"]
    assert f"{rows[0]:g} to {rows[-1]:g}" in ui.chartLegendLabel.text


def test_segments_that_overlap_are_held_against_the_largest_of_all(host, panel, drawn):
    """They come from the worker in two parts; both have one scale."""
    panel.panel.parameters.regions = ["ELMED.Region.WholeTumour"]
    alone = drawn.found["boxes"]["flair"]["Oedema"]
    drawn.ui.chartsButton.click()
    host.wait_until(lambda: not drawn.place.running, 60)

    radar = drawn.found["radar"]
    assert radar["Whole tumour"]["MeshVolume"] == 1
    assert radar["Oedema"]["MeshVolume"] == pytest.approx(0.5, abs=0.02)
    boxes = drawn.found["boxes"]["flair"]
    assert boxes["Oedema"] == pytest.approx(alone)
    low, high = (boxes[name]["median"] for name in ("Enhancing tumour", "Oedema"))
    assert low < boxes["Whole tumour"]["median"] < high


def test_who_comes_back_while_charts_are_drawn_finds_the_worker_kept(host, drawn):
    drawn.ui.chartsButton.click()
    host.select_module("")
    host.select_module(NAME)
    assert drawn.place.running
    host.wait_until(lambda: not drawn.place.running, 60)
    assert drawn.place.workerProcessID is not None


def test_the_charts_go_with_the_scene_and_every_control_has_a_help_text(host, drawn):
    assert panel_checks.controls_without_help(drawn.ui.ELMEDRadiomicsCharts) == []
    host.close_scene()
    assert drawn.found is None
    assert not drawn.ui.chartFrame.isVisibleTo(drawn.ui.ELMEDRadiomicsCharts)
