"""A square to draw points on with the mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7")
"""Of the classes, told apart by colour-blind people too."""

SIZE = 240
RADIUS = 3.5
APART = 0.05
"""Points drawn in one stroke lie at least so far from each other, in units of the plane."""


class DrawPad(qt.QWidget):
    """Holds points as (x, y, class), x and y from -1 to 1, y upwards."""

    def __init__(self, onChange: Callable[[], None]) -> None:
        """Make an empty pad.

        Args:
            onChange: called when a stroke has ended.
        """
        super().__init__()
        self.points: list[tuple[float, float, int]] = []
        self.currentClass = 0
        self._onChange = onChange
        self.setFixedSize(SIZE, SIZE)
        self.setCursor(qt.QCursor(qt.Qt.CrossCursor))

    def setPoints(self, points: Sequence[Sequence[float]]) -> None:
        """Show points that were drawn before."""
        self.points = [(float(x), float(y), int(label)) for x, y, label in points]
        self.update()

    def mousePressEvent(self, event: Any) -> None:
        """Begin a stroke."""
        self._drop(event)

    def mouseMoveEvent(self, event: Any) -> None:
        """Draw along."""
        x, y = self._place(event)
        if self.points:
            lastX, lastY, _ = self.points[-1]
            if (x - lastX) ** 2 + (y - lastY) ** 2 < APART**2:
                return
        self._drop(event)

    def mouseReleaseEvent(self, event: Any) -> None:  # noqa: ARG002 - Qt's signature
        """End a stroke."""
        self._onChange()

    def paintEvent(self, event: Any) -> None:  # noqa: ARG002 - Qt's signature
        """Draw the axes and the points."""
        painter = qt.QPainter(self)
        painter.setRenderHint(qt.QPainter.Antialiasing)
        painter.fillRect(0, 0, SIZE, SIZE, qt.QColor("#ffffff"))
        painter.setPen(qt.QPen(qt.QColor("#c8c8c8")))
        painter.drawRect(0, 0, SIZE - 1, SIZE - 1)
        painter.drawLine(SIZE // 2, 0, SIZE // 2, SIZE)
        painter.drawLine(0, SIZE // 2, SIZE, SIZE // 2)
        painter.setPen(qt.QPen(qt.QColor("#ffffff")))
        for x, y, label in self.points:
            painter.setBrush(qt.QBrush(qt.QColor(COLOURS[label % len(COLOURS)])))
            middle = qt.QPointF((x + 1) / 2 * SIZE, (1 - y) / 2 * SIZE)
            painter.drawEllipse(middle, RADIUS, RADIUS)
        painter.end()

    def _place(self, event: Any) -> tuple[float, float]:
        where = event.pos()
        x = 2 * where.x() / SIZE - 1
        y = 1 - 2 * where.y() / SIZE
        return min(max(x, -1.0), 1.0), min(max(y, -1.0), 1.0)

    def _drop(self, event: Any) -> None:
        x, y = self._place(event)
        self.points.append((round(x, 3), round(y, 3), self.currentClass))
        self.update()
