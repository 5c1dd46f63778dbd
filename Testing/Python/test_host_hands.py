"""Mouse and keyboard reach what module code overrides, as a person's do."""

from __future__ import annotations

import pytest


@pytest.fixture
def older_window(host):
    """A window of before, large and at the same place."""
    import qt

    from host import hands

    window = hands.shown(qt.QWidget(), 400, 300)
    yield window
    window.hide()
    window.delete()


@pytest.fixture
def pad(host):
    """A widget that writes down what it feels."""
    import qt

    from host import hands

    class Pad(qt.QWidget):
        def __init__(self):
            super().__init__()
            self.felt = []
            self.setMouseTracking(True)
            self.setFocusPolicy(qt.Qt.StrongFocus)

        def mousePressEvent(self, event):  # noqa: N802 - Qt's name
            self.felt.append(("press", event.pos().x(), event.pos().y()))

        def mouseMoveEvent(self, event):  # noqa: N802 - Qt's name
            self.felt.append(("move", event.pos().x(), event.pos().y()))

        def mouseReleaseEvent(self, event):  # noqa: N802 - Qt's name
            self.felt.append(("release", event.pos().x(), event.pos().y()))

        def keyPressEvent(self, event):  # noqa: N802 - Qt's name
            self.felt.append(("key", event.key()))

    made = hands.shown(Pad(), 80, 60)
    yield made
    made.hide()
    made.delete()


def test_a_click_is_a_press_and_a_release_at_its_place(pad):
    from host import hands

    hands.click(pad, (10, 20))
    assert pad.felt == [("press", 10, 20), ("release", 10, 20)]


def test_a_drag_moves_between_press_and_release(pad):
    from host import hands

    hands.drag(pad, [(1, 2), (30, 2), (30, 40)])
    assert pad.felt[0] == ("press", 1, 2)
    assert ("move", 30, 40) in pad.felt
    assert pad.felt[-1] == ("release", 30, 40)


def test_a_key_comes_with_its_name(pad):
    import qt

    from host import hands

    hands.press_key(pad, "Left")
    assert pad.felt == [("key", qt.Qt.Key_Left)]


def test_pointing_moves_the_mouse_without_a_button(older_window, pad):
    from host import hands

    hands.point_at(pad, (40, 30))
    hands.point_at(pad, (7, 9))
    assert pad.felt == [("move", 40, 30), ("move", 7, 9)]
