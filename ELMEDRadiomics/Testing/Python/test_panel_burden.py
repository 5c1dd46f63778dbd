"""The section 'Tumour burden': measured by the real worker, shown as lines that can be dragged."""

from __future__ import annotations

import json

import numpy as np
import pytest
import SimpleITK as sitk

from host import panel_checks

NAME = "ELMEDRadiomics"
SIZE = (24, 44, 60)


def tumour():
    """A large and a small enhancing ball, each in oedema; 1 x 1 x 2 mm, off the world's axes."""
    z, y, x = np.indices(SIZE)
    labels = np.zeros(SIZE, np.uint8)
    for radius, value in ((11, 2), (8, 3)):
        labels[((z - 12) * 2) ** 2 + (y - 20) ** 2 + (x - 16) ** 2 < radius**2] = value
    for radius, value in ((8, 2), (5.6, 3)):
        labels[((z - 12) * 2) ** 2 + (y - 24) ** 2 + (x - 44) ** 2 < radius**2] = value
    image = sitk.GetImageFromArray(labels)
    image.SetSpacing((1.0, 1.0, 2.0))
    c, s = np.cos(0.2), np.sin(0.2)
    image.SetDirection((c, -s, 0, s, c, 0, 0, 0, 1))
    image.SetOrigin((12.0, -30.0, 7.0))
    return image


@pytest.fixture
def section(host, panel, slicer):
    """The opened section, with a segmentation chosen."""
    from ELMEDLib.bridge.glioma import GLIOMA_SEGMENTS
    from ELMEDLib.bridge.segmentations import setSegments

    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "Tumour")
    setSegments(node, tumour(), GLIOMA_SEGMENTS)
    host.wait_until(lambda: panel.ui.segmentationSelector.currentNode() is node)
    panel.ui.burdenCollapsibleButton.collapsed = False
    host.process_events()
    return panel.panel.burden


def measure(host, section):
    section.ui.burdenApplyButton.click()
    host.wait_until(lambda: not section.place.running, 120)
    assert host.dialogs.texts() == []


def cells(table, row):
    return [table.item(row, column).text() for column in range(table.columnCount)]


def lines(slicer):
    return {node.GetName(): node for node in slicer.util.getNodesByClass("vtkMRMLMarkupsLineNode")}


def test_lesions_are_measured_shown_edited_undone_and_saved(host, section, slicer, tmp_path):
    from ELMEDRadiomicsLib.burden.measure import measure_burden

    assert section.choices.parts == {
        "enhancing": "enhancing_tumour",
        "core": "necrotic_core",
        "oedema": "oedema",
    }
    measure(host, section)
    expected = measure_burden(tumour())
    table = section.ui.burdenLesionsTable
    large = expected.lesions[0].classic

    # The numbers are those of the engine.
    assert table.rowCount == len(expected.lesions) == 4
    assert cells(table, 0) == [
        "Enhancing 1 *",
        f"{expected.lesions[0].volume_ml:.2f}",
        f"{large.longest.length_mm:.1f}",
        f"{large.perpendicular.length_mm:.1f}",
        f"{large.product_mm2:.0f}",
        "yes",
    ]
    total = expected.sum_of("enhancing").classic_mm2
    assert f"{total:.0f} mm²" in section.ui.burdenSumsLabel.text

    # Lines lie where the engine has them, in the world (RAS), and in one slice.
    line = lines(slicer)["Enhancing 1: longest"]
    assert line.GetLineLengthWorld() == pytest.approx(large.longest.length_mm, abs=1e-6)
    ends = np.zeros((2, 3))
    for number in range(2):
        line.GetNthControlPointPositionWorld(number, ends[number])
    assert ends[:, 2] == pytest.approx([large.longest.start[2]] * 2)
    assert ends * (-1, -1, 1) == pytest.approx(np.array([large.longest.start, large.longest.end]))

    # A click on a row goes to the lesion's slice.
    table.selectRow(1)
    host.process_events()
    small = expected.lesions[1].classic.longest
    red = slicer.util.getNode("vtkMRMLSliceNodeRed")
    assert red.GetSliceOffset() == pytest.approx(small.start[2], abs=0.01)
    assert not line.GetDisplayNode().GetVisibility()

    # Dragged below 10 mm, the lesion is measurable no more: table, sum and node follow.
    dragged = lines(slicer)["Enhancing 2: perpendicular"]
    start, end = (np.array(dragged.GetNthControlPointPositionWorld(n)) for n in range(2))
    dragged.SetNthControlPointPositionWorld(1, *(start + 0.8 * (end - start)))
    host.process_events()
    assert cells(table, 1)[0] == "✎ Enhancing 2"
    assert cells(table, 1)[5] == "no"
    assert f"{large.product_mm2:.0f} mm²" in section.ui.burdenSumsLabel.text
    column = section.tableNode.GetTable().GetColumnByName("Measurable")
    assert [column.GetValue(row) for row in range(4)] == ["yes", "no", "yes", "yes"]

    # And back.
    section.ui.burdenUndoButton.click()
    host.process_events()
    assert cells(table, 1)[0] == "Enhancing 2 *"
    assert f"{total:.0f} mm²" in section.ui.burdenSumsLabel.text
    assert not section.ui.burdenUndoButton.enabled

    # A second measurement replaces the lines; a scene that was saved has them all.
    measure(host, section)
    assert len(lines(slicer)) == 8
    assert len(slicer.util.getNodesByClass("vtkMRMLTableNode")) == 1
    path = tmp_path / "scene.mrb"
    assert slicer.util.saveScene(str(path))
    host.close_scene()
    assert not section.ui.burdenResults.isVisibleTo(section.ui.ELMEDRadiomicsBurden)
    slicer.util.loadScene(str(path))
    host.process_events()
    panel = host.select_module(NAME)
    panel.panel.burden.enter()
    assert cells(section.ui.burdenLesionsTable, 0)[0] == "Enhancing 1 *"
    assert len(lines(slicer)) == 8


def test_lines_corrected_by_hand_are_replaced_only_where_the_user_agrees(
    host, section, slicer, monkeypatch
):
    questions, answers = [], [False, False, True]

    def confirm(question, **_):
        questions.append(question)
        return answers.pop(0)

    def drag(share):
        line = lines(slicer)["Enhancing 2: perpendicular"]
        start, end = (np.array(line.GetNthControlPointPositionWorld(n)) for n in range(2))
        line.SetNthControlPointPositionWorld(1, *(start + share * (end - start)))
        return line.GetLineLengthWorld()

    def there():
        length = lines(slicer)["Enhancing 2: perpendicular"].GetLineLengthWorld()
        return length, cells(section.ui.burdenLesionsTable, 1)[0][0]

    monkeypatch.setattr(slicer.util, "confirmOkCancelDisplay", confirm)
    measure(host, section)
    computed = there()[0]

    # Dragged while the work goes on: asked at its end, and kept.
    section.ui.burdenApplyButton.click()
    length = drag(0.8)
    host.wait_until(lambda: not section.place.running, 120)
    assert "Enhancing 2" in questions[0]
    assert there() == (pytest.approx(length), "✎")
    assert "kept" in section.ui.burdenStatusLabel.text

    # Pressed again: asked first.
    section.ui.burdenApplyButton.click()
    assert len(questions) == 2
    assert not section.place.running
    assert there() == (pytest.approx(length), "✎")

    # Agreed: replaced, and asked once only.
    measure(host, section)
    assert len(questions) == 3
    assert there() == (pytest.approx(computed), "E")


def test_an_atlas_of_the_users_own_tells_the_place(host, section, slicer, tmp_path):
    from ELMEDLib.bridge.volumes import updateVolumeFromImage

    labels = tumour()
    halves = np.full(SIZE, 7, np.int16)
    halves[:, :, 30:] = 9
    atlas = sitk.GetImageFromArray(halves)
    atlas.CopyInformation(labels)
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLabelMapVolumeNode", "My atlas")
    updateVolumeFromImage(node, atlas)
    node.CreateDefaultDisplayNodes()
    names = tmp_path / "names.txt"
    names.write_text("7 Left-Motor-Cortex\n9 Right-Motor-Cortex\n")
    ui = section.ui
    assert not ui.burdenAtlasNamesPathLineEdit.isVisibleTo(ui.ELMEDRadiomicsBurden)
    ui.burdenAtlasSelector.setCurrentNode(node)
    host.process_events()
    assert ui.burdenAtlasNamesPathLineEdit.isVisibleTo(ui.ELMEDRadiomicsBurden)
    measure(host, section)
    assert "region 7" in ui.burdenPlaceLabel.text

    # Names: of the label map's colours, or of a file, which goes first.
    colours = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLColorTableNode", "My names")
    colours.SetTypeToUser()
    colours.SetNumberOfColors(10)
    colours.SetColor(7, "Left-Speech", 1.0, 0.0, 0.0, 1.0)
    node.GetDisplayNode().SetAndObserveColorNodeID(colours.GetID())
    measure(host, section)
    assert "Left-Speech" in ui.burdenPlaceLabel.text
    ui.burdenAtlasNamesPathLineEdit.currentPath = str(names)
    measure(host, section)
    assert "Left-Motor-Cortex" in ui.burdenPlaceLabel.text


def test_the_section_says_what_is_missing(host, panel, slicer):
    panel.ui.burdenCollapsibleButton.collapsed = False
    host.process_events()
    ui = panel.panel.burden.ui

    assert ui.burdenReadinessLabel.text == "Choose a segmentation at the top of the panel."
    assert not ui.burdenApplyButton.enabled
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "Other")
    node.GetSegmentation().AddEmptySegment("one", "Something")
    host.wait_until(lambda: "parts of the tumour" in ui.burdenReadinessLabel.text)
    ui.burdenEnhancingComboBox.setCurrentIndex(1)
    assert ui.burdenApplyButton.enabled
    ui.burdenApplyButton.click()
    host.wait_until(lambda: not panel.panel.burden.place.running, 60)
    assert "no tumour to measure" in host.dialogs.texts()[-1]
    assert lines(slicer) == {}


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("Enhancing tumour", "enhancing"),
        ("Non-enhancing tumour", "core"),
        ("NCR", "core"),
        ("Peritumoral edema", "oedema"),
        ("FLAIR abnormality", "oedema"),
        ("Ventricles", ""),
    ],
)
def test_parts_are_guessed_by_names(slicer, name, part):
    from ELMEDRadiomicsWidgets.burden_choices import guessPart

    assert guessPart("segment_1", name) == part


def test_every_control_has_a_help_text(host, panel):
    for button in (panel.ui.burdenCollapsibleButton, panel.ui.followUpCollapsibleButton):
        button.collapsed = False
    host.process_events()

    assert panel_checks.controls_without_help(panel.ui.burdenCollapsibleButton) == []
    assert panel_checks.controls_without_help(panel.ui.followUpCollapsibleButton) == []


def test_lesions_that_are_gone_leave_the_table(host, section, slicer):
    from ELMEDLib.bridge.glioma import GLIOMA_SEGMENTS
    from ELMEDLib.bridge.segmentations import setSegments

    measure(host, section)
    assert section.tableNode.GetNumberOfRows() == 4
    labels = np.zeros(SIZE, np.uint8)
    labels[4, 5, 6:8] = 3  # too small to be listed
    setSegments(slicer.util.getNode("Tumour"), sitk.GetImageFromArray(labels), GLIOMA_SEGMENTS)
    measure(host, section)

    assert section.ui.burdenLesionsTable.rowCount == 0
    assert lines(slicer) == {}
    assert section.tableNode.GetNumberOfRows() == 0
    assert section.tableNode.GetTable().GetColumnByName("Lesion") is not None


def test_what_is_saved_is_what_is_shown(host, section, tmp_path):
    from ELMEDRadiomicsLib.burden.writing import write_burden

    measure(host, section)
    path = write_burden(section._current, tmp_path / "burden.json", {"location": section.location})

    content = json.loads(path.read_text())
    assert [lesion["name"] for lesion in content["lesions"]][:2] == ["Enhancing 1", "Enhancing 2"]
    assert content["location"] is None
