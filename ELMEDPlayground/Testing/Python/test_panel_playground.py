"""The playground's panel: what it offers, and how choices are made."""

from __future__ import annotations

import pytest

from host import panel_checks
from host.playground_bench import page, type_into

NAME = "ELMEDPlayground"


def test_opening_the_panel_imports_nothing_heavy():
    panel_checks.opens_without(NAME, {"torch", "monai", "pandas", "scipy", "sklearn"})


def test_every_control_has_a_help_text(panel):
    assert panel_checks.without_help(panel.ui, NAME) == []
    assert panel_checks.controls_without_help(panel.ui.ELMEDPlayground) == []


def test_every_control_of_every_view_has_a_help_text_on_screen_or_not(panel):
    """A view that is not in a pane hangs in no panel."""
    views = panel.panel.views.views
    assert len(views) > len(panel.panel.views.onScreen())
    without = {view.name: panel_checks.controls_without_help(view.widget) for view in views}
    assert {name: controls for name, controls in without.items() if controls} == {}
    assert [view.name for view in views if not (view.help and view.title)] == []


def test_loading_closing_and_reloading_leave_nothing_behind(host, panel):
    assert panel_checks.nodes_left_by_reloading(host, NAME, times=20) == 0
    assert host.slot_errors == []


def test_each_kind_of_data_shows_what_can_be_set_for_it(panel):
    data = page(panel, "Data")
    combo = data.kindCombo

    for row in range(combo.count):
        combo.setCurrentIndex(row)
        shown = [kind for kind, form in data.forms.items() if not form.widget.isHidden()]
        assert shown == [combo.itemData(row)]
        assert data.helpLabel.text


@pytest.mark.parametrize("text", ["abc", "-1", "0", "99999", "2.5", ""])
def test_a_wrong_number_says_what_is_allowed_and_is_not_taken(panel, text):
    data = page(panel, "Data")

    type_into(data.forms["spiral"].inputs["count"], "x")
    type_into(data.forms["spiral"].inputs["count"], text or "x")

    assert panel.ui.readinessLabel.text == "Number must be a whole number from 20 to 5000."
    assert 20 <= panel.panel.bench.spec["data"]["count"] <= 5000


def test_a_right_number_is_taken(panel):
    data = page(panel, "Data")

    type_into(data.forms["spiral"].inputs["noise"], "0.25")

    assert panel.panel.bench.spec["data"]["noise"] == 0.25
    assert "must be" not in panel.ui.readinessLabel.text


def test_points_are_drawn_with_the_mouse(panel):
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtTest import QTest

    from host.pythonqt import unwrap

    data = page(panel, "Data")
    data.kindCombo.setCurrentIndex(data.kindCombo.findData("drawn"))
    assert "at least two classes" in panel.ui.readinessLabel.text
    pad = unwrap(data.pad)
    QTest.mouseClick(pad, Qt.MouseButton.LeftButton, pos=QPoint(60, 60))
    data.classCombo.setCurrentIndex(1)
    QTest.mouseClick(pad, Qt.MouseButton.LeftButton, pos=QPoint(180, 180))

    assert panel.panel.bench.spec["data"]["points"] == [[-0.5, 0.5, 0], [0.5, -0.5, 1]]


def test_layers_are_added_changed_moved_and_removed_by_clicking(panel):
    network = page(panel, "Network")

    network.addButtons["dropout"].click()
    assert [layer["kind"] for layer in network.layers] == ["dense", "dropout", "dense"]
    type_into(network.forms["dropout"].inputs["share"], "0.5")
    assert network.layers[1] == {"kind": "dropout", "share": 0.5}
    network.layerLaterButton.click()
    assert [layer["kind"] for layer in network.layers] == ["dense", "dense", "dropout"]
    network.layerRemoveButton.click()
    network.layerRemoveButton.click()
    network.layerRemoveButton.click()
    assert network.layers == []
    assert not network.layerRemoveButton.enabled


def test_a_click_on_the_drawing_chooses_the_layer(panel):
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtTest import QTest

    from host.pythonqt import unwrap

    network = page(panel, "Network")
    drawing = unwrap(network.drawing)
    columns = len(network.drawing.columns)
    place = next(i for i, column in enumerate(network.drawing.columns) if column.place == 1)
    x = int((place + 0.5) * drawing.width() / columns)
    QTest.mouseClick(drawing, Qt.MouseButton.LeftButton, pos=QPoint(x, 40))

    assert network.chosen == 1
    assert "Layer 2" in network.layerLabel.text
