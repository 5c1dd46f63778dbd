"""The sheet that a view of image networks paints on; what is painted can be clicked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt

if TYPE_CHECKING:
    from collections.abc import Callable

    from ELMEDPlaygroundWidgets.views.images_painting import Box


class ImageCanvas(qt.QWidget):
    """Calls a painter when Qt wants it painted, and tells what was clicked."""

    def __init__(
        self,
        onPaint: Callable[[Any, int, int], None],
        onClick: Callable[[Any], None],
        onKey: Callable[[Any], bool],
    ) -> None:
        """Make an empty sheet.

        Args:
            onPaint: called with painter, width and height.
            onClick: called with what the spot that was clicked stands for.
            onKey: called with a key; answers whether it was meant for the view.
        """
        super().__init__()
        self._onPaint = onPaint
        self._onClick = onClick
        self._onKey = onKey
        self.spots: list[tuple[Box, Any]] = []
        self.place = (0.0, 0.0)
        """Where in its box the last click was: shares of width and height, from the upper left."""

        self.follows = False
        """Whether the mouse clicks all along its way while its button is down."""

        self.setFocusPolicy(qt.Qt.StrongFocus)
        self.setMinimumHeight(200)

    def spot(self, box: Box, what: Any) -> None:
        """Say what a box of the picture stands for; called while painting."""
        self.spots.append((box, what))

    def paintEvent(self, event: Any) -> None:  # noqa: ARG002 - Qt's signature
        """Paint all anew."""
        self.spots.clear()
        painter = qt.QPainter(self)
        painter.fillRect(0, 0, self.width, self.height, qt.QColor("#ffffff"))
        self._onPaint(painter, self.width, self.height)
        painter.end()

    def paintAside(self, painter: Any, width: int, height: int) -> None:
        """Paint on something else; what can be clicked stays where it is on the sheet."""
        kept = list(self.spots)
        self._onPaint(painter, width, height)
        self.spots[:] = kept

    def mousePressEvent(self, event: Any) -> None:
        """Tell what lies under the mouse, the last painted first."""
        where = event.pos()
        for box, what in reversed(self.spots):
            if box.holds(where.x(), where.y()):
                x, y = where.x() - box.x, where.y() - box.y
                self.place = (x / box.width, y / box.height)
                self._onClick(what)
                return

    def mouseMoveEvent(self, event: Any) -> None:
        """Follow the mouse, where that is wanted."""
        if self.follows:
            self.mousePressEvent(event)

    def keyPressEvent(self, event: Any) -> None:
        """Offer a key to the view, else to the panel."""
        if not self._onKey(event.key()):
            qt.QWidget.keyPressEvent(self, event)
