"""A slice of a brain to paint a tumour on with the mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import qt

from ELMEDLib.bridge.glioma import GLIOMA_SEGMENTS
from ELMEDPlaygroundLib.tumour.classes import OUTSIDE, SHAPE

if TYPE_CHECKING:
    from collections.abc import Callable

ZOOM = 3
"""Pixels of the screen for one of the slice."""

GREYS = np.array([0, 45, 130, 190, 0, 0, 0], np.uint8)
"""Of the classes of healthy tissue: outside, fluid, grey and white matter."""

PAINT = np.array([[0, 0, 0], *(np.rint(255 * np.array(k.colour)) for k in GLIOMA_SEGMENTS)])
"""Colours of the labels 0 to 3."""

ERASER = 0


class TumourPad(qt.QWidget):
    """Holds a mask over a slice's label map; paint outside the brain does not stick.

    Attributes:
        mask: uint8 `(96, 80)`, labels 0 to 3.
        brush: the label that is painted, `ERASER` to remove.
        radius: of the brush, in pixels of the slice.
    """

    def __init__(self, onChange: Callable[[], None]) -> None:
        """Make an empty pad.

        Args:
            onChange: called when a stroke has ended.
        """
        super().__init__()
        self.mask = np.zeros(SHAPE, np.uint8)
        self.brush = GLIOMA_SEGMENTS[-1].label
        self.radius = 3
        self._classes = np.zeros(SHAPE, np.uint8)
        self._onChange = onChange
        self._last: tuple[float, float] | None = None
        self.setFixedSize(ZOOM * SHAPE[1], ZOOM * SHAPE[0])
        self.setCursor(qt.QCursor(qt.Qt.CrossCursor))

    def setSlice(self, classes: np.ndarray) -> None:
        """Show another slice; paint stays where there is brain."""
        self._classes = classes
        self.setMask(self.mask)

    def setMask(self, mask: np.ndarray) -> None:
        """Show a mask, uint8 `(96, 80)`."""
        self.mask = np.where(self._classes != OUTSIDE, mask, 0).astype(np.uint8)
        self.update()

    def mousePressEvent(self, event: Any) -> None:
        """Begin a stroke."""
        self._last = self._place(event)
        self._stamp(*self._last)

    def mouseMoveEvent(self, event: Any) -> None:
        """Paint along."""
        row, column = self._place(event)
        fromRow, fromColumn = self._last or (row, column)
        count = int(max(abs(row - fromRow), abs(column - fromColumn))) + 1
        for share in np.linspace(0, 1, count + 1)[1:]:
            self._stamp(
                fromRow + share * (row - fromRow), fromColumn + share * (column - fromColumn)
            )
        self._last = row, column

    def mouseReleaseEvent(self, event: Any) -> None:  # noqa: ARG002 - Qt's signature
        """End a stroke."""
        self._last = None
        self._onChange()

    def paintEvent(self, event: Any) -> None:  # noqa: ARG002 - Qt's signature
        """Draw the tissues, and the mask over them."""
        rgba = np.empty((*SHAPE, 4), np.uint8)
        rgba[..., :3] = GREYS[self._classes][..., None]
        painted = self.mask > 0
        rgba[painted, :3] = PAINT[self.mask[painted]]
        rgba[..., 3] = 255
        image = qt.QImage(rgba.tobytes(), SHAPE[1], SHAPE[0], qt.QImage.Format_RGBA8888).copy()
        painter = qt.QPainter(self)
        target = qt.QRectF(0, 0, ZOOM * SHAPE[1], ZOOM * SHAPE[0])
        painter.drawImage(target, image, qt.QRectF(0, 0, SHAPE[1], SHAPE[0]))
        painter.end()

    def _place(self, event: Any) -> tuple[float, float]:
        where = event.pos()
        return where.y() / ZOOM - 0.5, where.x() / ZOOM - 0.5

    def _stamp(self, row: float, column: float) -> None:
        rows, columns = np.indices(SHAPE)
        near = (rows - row) ** 2 + (columns - column) ** 2 < (self.radius - 0.4) ** 2
        self.mask[near & (self._classes != OUTSIDE)] = self.brush
        self.update()
