"""A person's hands: mouse and keyboard events for widgets, by Qt's own test library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest

from host.pythonqt import unwrap

if TYPE_CHECKING:
    from collections.abc import Iterable

Place = tuple[float, float]
"""x and y in a widget, in pixels from its upper left corner."""


def shown(widget: Any, width: int, height: int) -> Any:
    """Show a widget in a size, with its layout done; return it."""
    widget.resize(width, height)
    widget.show()
    QTest.qWait(0)
    return widget


def click(widget: Any, at: Place | None = None) -> None:
    """Press and release the left button, in the middle when no place is given."""
    inside = unwrap(widget)
    QTest.mouseClick(
        inside,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        inside.rect().center() if at is None else _point(at),
    )


def point_at(widget: Any, at: Place) -> None:
    """Move the mouse there with no button pressed, whatever other windows lie in its way."""
    inside = unwrap(widget)
    # QTest would set the cursor, and the oldest window at that place would feel it.
    place = QPointF(_point(at))
    nothing = Qt.MouseButton.NoButton
    no_key = Qt.KeyboardModifier.NoModifier
    move = QEvent.Type.MouseMove
    event = QMouseEvent(move, place, inside.mapToGlobal(place), nothing, nothing, no_key)
    QCoreApplication.sendEvent(inside, event)


def drag(widget: Any, places: Iterable[Place]) -> None:
    """Press the left button at the first place, move over the others, release at the last."""
    inside, path = unwrap(widget), [_point(place) for place in places]
    no_key = Qt.KeyboardModifier.NoModifier
    QTest.mousePress(inside, Qt.MouseButton.LeftButton, no_key, path[0])
    for point in path[1:]:
        QTest.mouseMove(inside, point)
    QTest.mouseRelease(inside, Qt.MouseButton.LeftButton, no_key, path[-1])


def press_key(widget: Any, key: str) -> None:
    """Press and release a key by its name in Qt, such as "Left" or "Space"."""
    QTest.keyClick(unwrap(widget), Qt.Key[f"Key_{key}"])


def _point(place: Place) -> QPoint:
    return QPoint(round(place[0]), round(place[1]))
