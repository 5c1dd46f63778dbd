"""The panel at work: real nodes, the real worker, the real engine."""

from __future__ import annotations

import csv
import json
import math

import numpy as np
import pytest
import SimpleITK as sitk

from host.panel_checks import is_alive, wait_for

NAME = "ELMEDRadiomics"
CENTRE = np.array([3.0, -7.0, 11.0])
"""Of the ball, in LPS mm."""

KINDS = {"inner": ("Inner", 1, 6.0), "outer": ("Outer", 1, 9.0)}


def grid(spacing, angle=0.0, size=(32, 30, 28)):
    """An image centred on the ball, turned about z."""
    image = sitk.Image(size, sitk.sitkFloat32)
    image.SetSpacing(spacing)
    c, s = np.cos(angle), np.sin(angle)
    direction = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    middle = (np.array(size) - 1) / 2 * np.array(spacing)
    image.SetDirection(direction.ravel().tolist())
    image.SetOrigin((CENTRE - direction @ middle).tolist())
    return image


def distances(image):
    """The distance of each voxel (z, y, x) from the centre of the ball, in mm."""
    source = sitk.PhysicalPointSource(
        sitk.sitkVectorFloat64,
        image.GetSize(),
        image.GetOrigin(),
        image.GetSpacing(),
        image.GetDirection(),
    )
    return np.linalg.norm(sitk.GetArrayFromImage(source) - CENTRE, axis=-1)


def add_volume(image, name, seed=1):
    from ELMEDLib.bridge.volumes import addVolumeFromImage

    noise = np.random.default_rng(seed).normal(100, 20, image.GetSize()[::-1])
    filled = sitk.GetImageFromArray(noise.astype(np.float32))
    filled.CopyInformation(image)
    return addVolumeFromImage(filled, name)


def add_balls(slicer, image):
    """Two segments, the inner one inside the outer: they overlap."""
    from ELMEDLib.bridge.glioma import GLIOMA_SEGMENTS
    from ELMEDLib.bridge.segmentations import setSegments
    from ELMEDLib.segment_kinds import SegmentKind

    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "Balls")
    code = GLIOMA_SEGMENTS[0].category
    for identifier, (name, label, radius) in KINDS.items():
        labels = sitk.GetImageFromArray((distances(image) < radius).astype(np.uint8))
        labels.CopyInformation(image)
        kind = SegmentKind(identifier, label, name, (1.0, 0.0, 0.0), code, code, code)
        setSegments(node, labels, [kind])
    return node


@pytest.fixture
def balls(host, panel, slicer):
    """Overlapping segments on a fine grid, and two volumes on two other grids."""
    add_volume(grid((1.0, 1.0, 1.0), 0.3), "T1 post Gd")
    add_volume(grid((1.0, 1.2, 1.5)), "FLAIR")
    node = add_balls(slicer, grid((0.5, 0.5, 0.5), 0.7, (60, 60, 60)))
    host.wait_until(lambda: panel.ui.applyButton.enabled)
    panel.ui.presetComboBox.setCurrentIndex(1)
    return node


def finish(host, panel, timeout=120):
    host.wait_until(lambda: not panel.logic.extractor.running, timeout)


def test_overlapping_segments_are_measured_on_each_volumes_own_grid(
    host, panel, balls, slicer, no_leftovers
):
    from ELMEDRadiomicsWidgets.self_test import valueOf

    panel.ui.applyButton.click()
    assert panel.ui.applyButton.text == "Cancel"
    assert not panel.ui.inputsCollapsibleButton.enabled
    finish(host, panel)

    assert host.dialogs.texts() == []
    table = panel.ui.featuresTableView.mrmlTableNode()
    assert table is panel.ui.tableSelector.currentNode()
    for name, _, radius in KINDS.values():
        for image, spacing in {"t1c": (1.0, 1.0, 1.0), "flair": (1.0, 1.2, 1.5)}.items():
            volume = valueOf(table, image, name, "original_shape_VoxelVolume")
            assert volume == pytest.approx(4 / 3 * np.pi * radius**3, rel=0.05)
            # A whole number of this volume's own voxels.
            assert volume / np.prod(spacing) == pytest.approx(
                round(volume / np.prod(spacing)), abs=1e-6
            )
    vtk_table = table.GetTable()
    assert vtk_table.GetColumnByName("Value").GetClassName() == "vtkDoubleArray"
    titles = [vtk_table.GetColumnName(i) for i in range(vtk_table.GetNumberOfColumns())]
    assert titles == ["Image", "Segment", "Feature", "Value", "Unit", "IBSI", "Engine"]
    engines = {vtk_table.GetColumnByName("Engine").GetValue(i) for i in range(10)}
    assert engines == {"elmed"}
    assert f"{vtk_table.GetNumberOfRows()} values computed" in panel.ui.statusLabel.text
    assert panel.ui.applyButton.text == "Apply"
    assert panel.ui.saveButton.isVisibleTo(panel.ui.ELMEDRadiomics)

    # A second run is warm and writes into the same table.
    import qt

    process_id = panel.logic.extractor.workerProcessID
    panel.ui.segmentsListWidget.item(0).setCheckState(qt.Qt.Unchecked)
    panel.ui.applyButton.click()
    finish(host, panel)
    assert panel.logic.extractor.workerProcessID == process_id
    assert len(slicer.util.getNodesByClass("vtkMRMLTableNode")) == 1
    table = panel.ui.featuresTableView.mrmlTableNode().GetTable()
    names = {table.GetValue(row, 1).ToString() for row in range(table.GetNumberOfRows())}
    assert names == {"Outer"}


def test_the_panel_gives_the_numbers_of_the_engine(host, panel, slicer, tmp_path):
    """Where segments lie on the volume's grid, values are those that the engine gives files."""
    import qt

    from ELMEDLib.bridge.volumes import imageFromVolume
    from ELMEDRadiomicsLib.engine import extract
    from ELMEDRadiomicsLib.presets import preset

    place = grid((1.0, 1.2, 1.5))
    volume = add_volume(place, "FLAIR")
    add_balls(slicer, place)
    host.wait_until(lambda: panel.ui.applyButton.enabled)
    panel.ui.segmentsListWidget.item(0).setCheckState(qt.Qt.Unchecked)
    panel.ui.presetComboBox.setCurrentIndex(0)
    panel.ui.applyButton.click()
    finish(host, panel)

    mask = sitk.GetImageFromArray((distances(place) < KINDS["outer"][2]).astype(np.uint8))
    image = imageFromVolume(volume)
    mask.CopyInformation(image)
    expected = extract({"flair": image}, mask, preset("course").settings()).values()
    table = panel.ui.featuresTableView.mrmlTableNode()
    cells = table.GetTable()
    found = {
        cells.GetColumnByName("Feature").GetValue(row): cells.GetColumnByName("Value").GetValue(row)
        for row in range(cells.GetNumberOfRows())
    }
    assert found == pytest.approx(expected, rel=1e-9)

    # The saved file says the same, and how to repeat it.
    from ELMEDRadiomicsWidgets.results import saveTable

    path, beside = saveTable(table, tmp_path / "features.csv")
    with path.open(newline="") as file:
        records = list(csv.DictReader(file))
    assert {record["name"]: float(record["value"]) for record in records} == found
    assert {record["segment"] for record in records} == {"Outer"}
    about = json.loads(beside.read_text())
    assert about["settings"] == preset("course").settings().parameters
    assert about["versions"]["elmed"]


def test_saving_can_be_thought_better_of(host, panel, balls):
    panel.ui.presetComboBox.setCurrentIndex(0)
    panel.ui.applyButton.click()
    finish(host, panel)

    panel.ui.saveButton.click()

    assert "Save the features" in host.dialogs.texts()[-1]
    assert "Saved" not in panel.ui.statusLabel.text


def test_segments_under_a_transform_are_measured_where_they_are_seen(
    host, panel, balls, slicer, no_leftovers
):
    import vtk

    moved = vtk.vtkMatrix4x4()
    moved.SetElement(0, 3, 100.0)
    transform = slicer.mrmlScene.AddNode(slicer.vtkMRMLLinearTransformNode())
    transform.SetMatrixTransformToParent(moved)
    balls.SetAndObserveTransformNodeID(transform.GetID())

    panel.ui.applyButton.click()
    finish(host, panel)

    assert "of the segment 'Inner' lies outside the volume" in host.dialogs.texts()[-1]
    assert slicer.util.getNodesByClass("vtkMRMLTableNode") == []
    for node in slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode"):
        node.SetAndObserveTransformNodeID(transform.GetID())
    panel.ui.applyButton.click()
    finish(host, panel)
    assert "values computed" in panel.ui.statusLabel.text


def test_an_empty_segment_is_left_out_and_said_to(host, panel, balls):
    balls.GetSegmentation().AddEmptySegment("none", "Cyst")
    panel.ui.presetComboBox.setCurrentIndex(0)
    panel.ui.applyButton.click()
    finish(host, panel)

    assert "'Cyst' holds no voxel" in panel.ui.warningsLabel.text
    assert "values computed" in panel.ui.statusLabel.text


def test_a_segment_that_cannot_be_measured_is_called_by_its_name(host, panel, slicer):
    from ELMEDLib.bridge.glioma import GLIOMA_SEGMENTS
    from ELMEDLib.bridge.segmentations import setSegments

    place = grid((1.0, 1.0, 1.0))
    add_volume(place, "FLAIR")
    labels = sitk.Cast(place, sitk.sitkUInt8)
    labels[5, 5, 5] = 3
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "Tumour")
    setSegments(node, labels, GLIOMA_SEGMENTS)
    host.wait_until(lambda: panel.ui.applyButton.enabled)
    panel.ui.applyButton.click()
    finish(host, panel)

    assert "The segment 'Enhancing tumour' is a single voxel" in host.dialogs.texts()[-1]
    assert "no new result" in panel.ui.statusLabel.text


def test_a_cancelled_run_leaves_the_scene_as_it_was(host, panel, balls, slicer, no_leftovers):
    nodes = slicer.mrmlScene.GetNumberOfNodes()
    panel.ui.applyButton.click()
    host.wait_until(lambda: panel.logic.extractor.workerProcessID is not None)
    process_id = panel.logic.extractor.workerProcessID

    panel.ui.applyButton.click()

    wait_for(lambda: not is_alive(process_id), 15.0)
    assert "Cancelled" in panel.ui.statusLabel.text
    assert slicer.mrmlScene.GetNumberOfNodes() == nodes
    assert panel.ui.applyButton.enabled
    assert host.dialogs == []


def test_closing_the_scene_ends_the_run(host, panel, balls, slicer, no_leftovers):
    panel.ui.applyButton.click()
    host.wait_until(lambda: panel.logic.extractor.workerProcessID is not None)
    process_id = panel.logic.extractor.workerProcessID

    host.close_scene()

    wait_for(lambda: not is_alive(process_id), 15.0)
    assert panel.ui.applyButton.text == "Apply"
    assert slicer.util.getNodesByClass("vtkMRMLTableNode") == []


def test_values_that_are_undefined_are_empty_cells(host, panel, slicer):
    """No two voxels of the balls are 30 apart: such pairs tell nothing, and the mean is still 7."""
    from ELMEDLib.bridge.volumes import addVolumeFromImage
    from ELMEDRadiomicsLib.settings import from_parameters
    from ELMEDRadiomicsWidgets.results import robustnessOf
    from ELMEDRadiomicsWidgets.self_test import valueOf

    place = grid((1.0, 1.0, 1.0))
    addVolumeFromImage(place + 7, "FLAIR")
    add_balls(slicer, place)
    host.wait_until(lambda: panel.ui.applyButton.enabled)
    content = {
        "featureClass": {"firstorder": ["Mean"], "glcm": ["Contrast"]},
        "setting": {"distances": [30]},
    }
    panel.panel.settings.change(from_parameters(content))
    panel.ui.applyButton.click()
    finish(host, panel)

    assert host.dialogs.texts() == []
    table = panel.ui.featuresTableView.mrmlTableNode()
    assert valueOf(table, "flair", "Outer", "original_firstorder_Mean") == 7
    assert math.isnan(valueOf(table, "flair", "Outer", "original_glcm_Contrast"))
    panel.ui.robustnessButton.click()
    finish(host, panel)
    assert host.dialogs.texts() == []
    found = robustnessOf(table)
    assert found["original_firstorder_Mean"]["stable"]
    assert not found["original_glcm_Contrast"]["stable"]
