"""The MRML and CTK widgets of the host behave as Slicer's do."""

from __future__ import annotations

import numpy as np
import pytest


def a_volume(name, kind="vtkMRMLScalarVolumeNode"):
    import slicer

    return slicer.mrmlScene.AddNewNodeByClass(kind, name)


@pytest.fixture
def selector(host):
    """A node selector of scalar volumes."""
    import slicer

    made = slicer.qMRMLNodeComboBox()
    made.nodeTypes = ["vtkMRMLScalarVolumeNode"]
    made.setMRMLScene(slicer.mrmlScene)
    yield made
    made.setMRMLScene(None)
    made.delete()


def test_the_first_node_is_chosen_only_without_a_none_entry(selector):
    volume = a_volume("t1")
    assert selector.currentNode() is volume
    selector.noneEnabled = True
    selector.setCurrentNode(None)
    a_volume("t2")
    assert selector.currentNode() is None


def test_removing_the_chosen_node_chooses_none_and_tells_so(selector):
    import slicer

    selector.noneEnabled = True
    volume = a_volume("t1")
    selector.setCurrentNode(volume)
    heard = []
    selector.connect("currentNodeChanged(vtkMRMLNode*)", heard.append)
    selector.connect("currentNodeChanged(bool)", heard.append)
    slicer.mrmlScene.RemoveNode(volume)
    assert heard == [None, False]
    assert selector.currentNode() is None


def test_label_maps_are_offered_unless_child_types_are_not(selector):
    a_volume("t1")
    a_volume("labels", "vtkMRMLLabelMapVolumeNode")
    assert selector.nodeCount() == 2
    selector.showChildNodeTypes = False
    assert selector.nodeCount() == 1


def test_nodes_are_filtered_by_attribute(selector):
    volume = a_volume("t1")
    a_volume("t2")
    volume.SetAttribute("channel", "t1")
    selector.addAttribute("vtkMRMLScalarVolumeNode", "channel", "t1")
    assert selector.nodeCount() == 1
    assert selector.nodeFromIndex(0) is volume


def test_hidden_nodes_are_not_offered(selector):
    a_volume("t1").SetHideFromEditors(True)
    assert selector.nodeCount() == 0
    selector.showHidden = True
    assert selector.nodeCount() == 1


def test_a_renamed_node_is_shown_with_its_new_name(selector):
    import qt

    volume = a_volume("t1")
    volume.SetName("flair")
    inner = selector.findChildren(qt.QComboBox)[0]
    assert inner.currentText == "flair"


def test_adding_makes_a_node_with_the_base_name_and_chooses_it(selector):
    selector.baseName = "Result"
    node = selector.addNode()
    assert node.GetName().startswith("Result")
    assert selector.currentNode() is node
    selector.removeCurrentNode()
    assert selector.nodeCount() == 0


def test_the_menu_offers_what_is_enabled(selector):
    import qt

    a_volume("t1")
    inner = selector.findChildren(qt.QComboBox)[0]
    selector.addEnabled = selector.removeEnabled = False
    assert inner.count == 1
    selector.renameEnabled = True
    assert "Rename current" in inner.itemText(1)


def test_choosing_what_is_no_node_raises(selector):
    with pytest.raises(TypeError):
        selector.setCurrentNode("vtkMRMLScalarVolumeNode1")


def test_a_node_of_another_class_cannot_be_chosen(selector):
    selector.noneEnabled = True
    selector.setCurrentNode(a_volume("table", "vtkMRMLTableNode"))
    assert selector.currentNode() is None


def test_the_choice_survives_loading_more_nodes(selector, host):
    import slicer

    chosen = a_volume("t1")
    selector.setCurrentNode(chosen)
    slicer.mrmlScene.StartState(slicer.vtkMRMLScene.BatchProcessState)
    for name in ("t2", "flair"):
        a_volume(name)
    slicer.mrmlScene.EndState(slicer.vtkMRMLScene.BatchProcessState)
    assert selector.currentNode() is chosen
    assert selector.nodeCount() == 3


def test_several_nodes_are_checked(host):
    import slicer

    made = slicer.qMRMLCheckableNodeComboBox()
    made.nodeTypes = ["vtkMRMLScalarVolumeNode"]
    made.setMRMLScene(slicer.mrmlScene)
    first, second = a_volume("t1"), a_volume("t2")
    heard = []
    made.connect("checkedNodesChanged()", lambda: heard.append(1))
    made.check(second)
    assert made.checkedNodes() == (second,)
    assert made.uncheckedNodes() == (first,)
    assert heard == [1]
    made.setMRMLScene(None)


def a_segmentation(names=("core", "oedema")):
    import slicer

    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "glioma")
    node.CreateDefaultDisplayNodes()
    for name in names:
        node.GetSegmentation().AddEmptySegment(name, name)
    return node


def test_segments_are_chosen_by_id(host):
    import slicer

    made = slicer.qMRMLSegmentSelectorWidget()
    made.setMRMLScene(slicer.mrmlScene)
    node = a_segmentation()
    made.setCurrentNode(node)
    made.setCurrentSegmentID("oedema")
    assert made.currentSegmentID() == "oedema"
    assert made.segmentIDs() == ("core", "oedema")
    node.GetSegmentation().RemoveSegment("oedema")
    assert made.segmentIDs() == ("core",)
    made.setMRMLScene(None)


def test_the_segments_table_follows_the_segmentation(host):
    import slicer

    table = slicer.qMRMLSegmentsTableView()
    table.setMRMLScene(slicer.mrmlScene)
    node = a_segmentation()
    table.setSegmentationNode(node)
    assert table.segmentCount == 2
    node.GetSegmentation().AddEmptySegment("enhancing", "enhancing")
    assert table.displayedSegmentIDs() == ("core", "oedema", "enhancing")
    table.setSelectedSegmentIDs(["oedema"])
    assert table.selectedSegmentIDs() == ("oedema",)
    table.setSegmentationNode(None)


def test_the_table_view_shows_a_table_node(host):
    import slicer

    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLTableNode", "volumes")
    slicer.util.updateTableFromArray(node, [np.array([1.5, 2.5])], ["ml"])
    view = slicer.qMRMLTableView()
    view.setMRMLTableNode(node)
    model = view.tableModel()
    assert (model.rowCount(), model.columnCount()) == (2, 1)
    view.setMRMLTableNode(None)


def test_a_plot_view_draws_its_chart(host):
    import slicer

    table = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLTableNode")
    slicer.util.updateTableFromArray(table, [np.arange(5.0), np.arange(5.0) ** 2], ["x", "y"])
    series = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLPlotSeriesNode", "dice")
    series.SetAndObserveTableNodeID(table.GetID())
    series.SetXColumnName("x")
    series.SetYColumnName("y")
    series.SetColor(1, 0, 0)
    chart = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLPlotChartNode")
    chart.AddAndObservePlotSeriesNodeID(series.GetID())
    view_node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLPlotViewNode")
    view = slicer.qMRMLPlotView()
    view.resize(300, 200)
    view.setMRMLPlotViewNode(view_node)
    blank = view.grab().toImage()
    view_node.SetPlotChartNodeID(chart.GetID())
    assert view.grab().toImage() != blank
    view.setMRMLPlotViewNode(None)


def test_a_collapsed_section_hides_its_contents(host):
    import ctk
    import qt

    section = ctk.ctkCollapsibleButton()
    section.text = "Advanced"
    layout = qt.QFormLayout(section)
    inside = qt.QLineEdit()
    layout.addRow("Threads:", inside)
    heard = []
    section.connect("contentsCollapsed(bool)", heard.append)
    section.collapsed = True
    assert not inside.isVisibleTo(section)
    assert section.collapsed
    section.collapsed = False
    assert inside.isVisibleTo(section)
    assert heard == [True, False]


def test_a_slider_widget_rounds_to_its_decimals_and_keeps_its_range(host):
    import ctk

    slider = ctk.ctkSliderWidget()
    slider.decimals, slider.minimum, slider.maximum = 1, 0, 10
    heard = []
    slider.connect("valueChanged(double)", heard.append)
    slider.value = 3.14159
    slider.value = 99
    assert heard == [3.1, 10.0]


def test_a_range_widget_keeps_its_order(host):
    import ctk

    widget = ctk.ctkRangeWidget()
    widget.setRange(0, 100)
    widget.setValues(60, 20)
    assert widget.minimumValue <= widget.maximumValue


def test_a_path_tells_of_its_change_once(host):
    import ctk

    line, heard = ctk.ctkPathLineEdit(), []
    line.connect("currentPathChanged(QString)", heard.append)
    line.currentPath = "/data/t1.nii.gz"
    line.currentPath = "/data/t1.nii.gz"
    assert heard == ["/data/t1.nii.gz"]


def test_checked_items_of_a_combo_box_are_told(host):
    import ctk
    import qt

    box, heard = ctk.ctkCheckableComboBox(), []
    box.addItem("shape")
    box.addItem("glcm")
    box.connect("checkedIndexesChanged()", lambda: heard.append(1))
    box.setCheckState(box.checkableModel().index(1, 0), qt.Qt.Checked)
    assert [index.row() for index in box.checkedIndexes()] == [1]
    assert heard
    assert not box.allChecked()
