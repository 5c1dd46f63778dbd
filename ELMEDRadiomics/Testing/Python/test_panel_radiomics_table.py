"""What can be done with the table of features in the panel."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

NAME = "ELMEDRadiomics"
SHAPE = (14, 15, 16)


@pytest.fixture
def measured(host, panel, slicer):
    """A panel with the result of two segments in two volumes, few features."""
    from ELMEDLib.bridge.glioma import GLIOMA_SEGMENTS
    from ELMEDLib.bridge.segmentations import setSegments
    from ELMEDLib.bridge.volumes import addVolumeFromImage

    noise = np.random.default_rng(1)
    for name in ("T1 post Gd", "FLAIR"):
        image = sitk.GetImageFromArray(noise.normal(100, 20, SHAPE).astype(np.float32))
        addVolumeFromImage(image, name)
    labels = np.zeros(SHAPE, np.uint8)
    labels[2:7, 2:7, 2:7] = 2
    labels[8:13, 8:13, 8:13] = 3
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "Patient 7")
    setSegments(node, sitk.GetImageFromArray(labels), GLIOMA_SEGMENTS[1:])
    panel.ui.presetComboBox.setCurrentIndex(0)  # five features
    host.wait_until(lambda: panel.ui.applyButton.enabled)
    panel.ui.applyButton.click()
    host.wait_until(lambda: not panel.logic.extractor.running, 60)
    assert host.dialogs.texts() == []
    return panel


def shown(view):
    model = view.model()
    return [
        [model.index(row, column).data() for column in range(3)] for row in range(model.rowCount())
    ]


def cells(slicer):
    return [line.split("\t") for line in slicer.app.clipboard().text().splitlines()]


def select(host, view, *words):
    for row, texts in enumerate(shown(view)):
        if texts == list(words):
            view.selectRow(row)
            host.process_events()
            return
    raise AssertionError(words)


def test_the_table_is_searched_copied_and_laid_out(host, measured, slicer, tmp_path):
    ui = measured.ui
    node = ui.featuresTableView.mrmlTableNode()
    ui.copyButton.click()
    everything = cells(slicer)
    assert len(everything) == 1 + 2 * 2 * 5
    ui.resultsSearchBox.text = "flair"
    assert {image for image, *_ in shown(ui.featuresTableView)} == {"flair"}
    ui.copyButton.click()
    assert cells(slicer) == [row for row in everything if row[0] in ("Image", "flair")]
    assert "10 rows copied" in ui.statusLabel.text
    ui.resultsSearchBox.text = ""

    ui.layoutComboBox.setCurrentIndex(1)
    assert node.GetNumberOfRows() == 1
    column = node.GetTable().GetColumnByName("flair_Oedema_original_shape_MeshVolume")
    assert column.GetClassName() == "vtkDoubleArray"
    assert node.GetColumnUnitLabel(column.GetName()) == "mm3"
    assert node.GetTable().GetColumnByName("Patient").GetValue(0) == "Patient 7"

    # A scene remembers the layout, and the table is the same again the other way round.
    path = tmp_path / "scene.mrb"
    assert slicer.util.saveScene(str(path))
    host.close_scene()
    slicer.util.loadScene(str(path))
    host.process_events()
    again = host.select_module(NAME).ui
    assert again.layoutComboBox.currentData == "wide"
    again.layoutComboBox.setCurrentIndex(0)
    again.copyButton.click()
    assert [row[:3] for row in cells(slicer)] == [row[:3] for row in everything]
    values = [[float(row[3]) for row in rows[1:]] for rows in (cells(slicer), everything)]
    # Slicer's own table files keep six digits.
    assert values[0] == pytest.approx(values[1], rel=1e-5)


def test_every_kind_of_file_is_offered_and_the_layout_kept(measured, tmp_path):
    from openpyxl import load_workbook

    from ELMEDRadiomicsWidgets.results import saveTable

    node = measured.ui.featuresTableView.mrmlTableNode()
    measured.ui.layoutComboBox.setCurrentIndex(1)
    saveTable(node, tmp_path / "a.xlsx")
    rows = list(load_workbook(tmp_path / "a.xlsx")["features"].values)
    assert rows[1][0] == "Patient 7"
    assert len(rows) == 2
    measured.ui.layoutComboBox.setCurrentIndex(0)
    saveTable(node, tmp_path / "b.xlsx")
    assert len(list(load_workbook(tmp_path / "b.xlsx")["features"].values)) == 21


def test_a_row_leads_to_its_segment_and_to_its_map(host, measured, slicer):
    ui = measured.ui
    view = ui.featuresTableView
    assert not ui.mapButton.enabled
    select(host, view, "flair", "Oedema", "original_shape_MeshVolume")
    assert not ui.mapButton.enabled  # shape has no map
    backgrounds = {
        node.GetBackgroundVolumeID()
        for node in slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode")
    }
    assert backgrounds == {slicer.util.getNode("FLAIR").GetID()}
    red = slicer.mrmlScene.GetNodeByID("vtkMRMLSliceNodeRed")
    oedema = red.GetSliceOffset()
    select(host, view, "t1c", "Enhancing tumour", "original_firstorder_Mean")
    assert red.GetSliceOffset() - oedema == pytest.approx(6, abs=0.6)

    assert ui.mapButton.enabled
    ui.mapButton.click()
    assert ui.applyButton.text == "Cancel"
    host.wait_until(lambda: not measured.logic.extractor.running, 60)
    assert host.dialogs.texts() == []
    made = slicer.util.getNode("Map of original_firstorder_Mean")
    foregrounds = {
        node.GetForegroundVolumeID()
        for node in slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode")
    }
    assert foregrounds == {made.GetID()}
    values = slicer.util.arrayFromVolume(made)
    display = made.GetDisplayNode()
    seen = values >= display.GetLowerThreshold()
    assert seen.sum() == 125
    assert np.argwhere(seen).min() == 8
    low, high = values[seen].min(), values[seen].max()
    assert f"from {low:.3g} (dark) to {high:.3g} (bright)" in ui.statusLabel.text
    assert display.GetColorNode().GetName() == "Iron"


def test_unstable_features_are_grey_and_marked(host, measured, slicer, tmp_path):
    import json

    from ELMEDRadiomicsWidgets.results import robustnessOf, saveTable
    from ELMEDRadiomicsWidgets.results_view import GREY

    ui = measured.ui
    node = ui.featuresTableView.mrmlTableNode()
    assert not ui.robustnessLabel.isVisibleTo(ui.ELMEDRadiomics)
    ui.robustnessButton.click()
    host.wait_until(lambda: not measured.logic.extractor.running, 60)

    assert host.dialogs.texts() == []
    found = robustnessOf(node)
    assert len(found) == 5
    # Segments of nothing but noise: their mean says nothing, their size does.
    unstable = {name for name, one in found.items() if not one["stable"]}
    assert "original_firstorder_Mean" in unstable
    table = node.GetTable()
    for row in range(node.GetNumberOfRows()):
        name = table.GetColumnByName("Feature").GetValue(row)
        grey = ui.featuresTableView.tableModel().item(row, 0).foreground().color().name() == GREY
        assert grey == (name in unstable)
        assert table.GetColumnByName("Stable").GetValue(row) == ("no" if grey else "yes")
    assert f"{len(unstable)} of 5 features are unstable" in ui.robustnessLabel.text

    (path,) = saveTable(node, tmp_path / "a.json")
    assert json.loads(path.read_text())["robustness"] == found
    ui.layoutComboBox.setCurrentIndex(1)
    ui.layoutComboBox.setCurrentIndex(0)
    assert node.GetNumberOfColumns() == 9
