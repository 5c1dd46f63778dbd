"""The network as a drawing: a column a layer, with its shape and its parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import qt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

HEIGHT = 170
PICTURE = 92
"""Height of the part with neurons and maps; the texts stand below."""

TOP = 8
MOST_NEURONS = 8
MOST_MAPS = 5
IMAGE_SIDES = 3
"""A shape of so many numbers is channel, y, x."""

INK, PALE, CHOSEN = "#303030", "#9aa4b0", "#0072b2"
FILLS = {
    "input": "#f0e442",
    "dense": "#56b4e9",
    "conv": "#e69f00",
    "pool": "#f3cf8f",
    "global_pool": "#f3cf8f",
    "dropout": "#dddddd",
    "normalise": "#dddddd",
    "flatten": "#dddddd",
    "output": "#009e73",
}


@dataclass(frozen=True)
class Column:
    """One layer as it is drawn.

    Attributes:
        kind: a layer's kind, `input` or `output`.
        title: a word.
        shape: of what it gives, () while that is not known.
        parameters: how many it has, None while that is not known.
        place: which of the layers that can be changed it is, None for the others.
    """

    kind: str
    title: str
    shape: tuple[int, ...] = ()
    parameters: int | None = None
    place: int | None = None


class NetworkDrawing(qt.QWidget):
    """Draws columns; a click chooses a layer."""

    def __init__(self, onClick: Callable[[int], None]) -> None:
        """Make an empty drawing.

        Args:
            onClick: called with the place of the layer that was clicked on.
        """
        super().__init__()
        self.columns: list[Column] = []
        self.chosen: int | None = None
        self._onClick = onClick
        self.setMinimumHeight(HEIGHT)
        self.setMaximumHeight(HEIGHT)

    def show(self, columns: Sequence[Column], chosen: int | None) -> None:
        """Draw these columns.

        Args:
            columns: from the input to the output.
            chosen: the place of the layer that is being changed.
        """
        self.columns = list(columns)
        self.chosen = chosen
        self.update()

    def mousePressEvent(self, event: Any) -> None:
        """Choose the layer under the mouse."""
        if self.columns:
            number = int(event.pos().x() / self._step())
            place = self.columns[min(number, len(self.columns) - 1)].place
            if place is not None:
                self._onClick(place)

    def paintEvent(self, event: Any) -> None:  # noqa: ARG002 - Qt's signature
        """Draw all columns."""
        painter = qt.QPainter(self)
        painter.setRenderHint(qt.QPainter.Antialiasing)
        painter.fillRect(0, 0, self.width, HEIGHT, qt.QColor("#ffffff"))
        step = self._step() if self.columns else 0
        spots = [self._spots(column) for column in self.columns]
        for number in range(len(self.columns) - 1):
            self._drawLinks(painter, number * step, step, spots[number], spots[number + 1])
        for number, column in enumerate(self.columns):
            self._drawColumn(painter, number * step, step, column, spots[number])
        painter.end()

    def _step(self) -> float:
        return self.width / len(self.columns)

    @staticmethod
    def _spots(column: Column) -> list[float]:
        """Return the heights of a column's neurons; one in the middle for maps and the rest."""
        count = column.shape[0] if len(column.shape) == 1 else 1
        count = min(count, MOST_NEURONS)
        gap = PICTURE / (count + 1)
        return [TOP + gap * (number + 1) for number in range(count)]

    @staticmethod
    def _drawLinks(
        painter: Any, x: float, step: float, before: Sequence[float], after: Sequence[float]
    ) -> None:
        painter.setPen(qt.QPen(qt.QColor(PALE), 0.6))
        for start in before:
            for end in after:
                painter.drawLine(qt.QPointF(x + step / 2, start), qt.QPointF(x + 3 * step / 2, end))

    def _drawColumn(
        self, painter: Any, x: float, step: float, column: Column, spots: Sequence[float]
    ) -> None:
        middle = x + step / 2
        if column.place is not None and column.place == self.chosen:
            painter.setPen(qt.QPen(qt.QColor(CHOSEN), 2))
            painter.setBrush(qt.QBrush(qt.QColor("#e8f2fa")))
            painter.drawRoundedRect(qt.QRectF(x + 2, 2, step - 4, HEIGHT - 4), 5, 5)
        painter.setPen(qt.QPen(qt.QColor(INK), 1))
        painter.setBrush(qt.QBrush(qt.QColor(FILLS.get(column.kind, "#dddddd"))))
        if len(column.shape) == IMAGE_SIDES:
            self._drawMaps(painter, middle, step, column.shape)
        elif column.kind in ("dense", "input", "output") and column.shape:
            radius = min(5.5, PICTURE / (2.6 * (len(spots) + 1)))
            for spot in spots:
                painter.drawEllipse(qt.QPointF(middle, spot), radius, radius)
        else:
            painter.drawRoundedRect(qt.QRectF(middle - 7, TOP + 12, 14, PICTURE - 24), 3, 3)
        self._drawTexts(painter, x, step, column)

    @staticmethod
    def _drawMaps(painter: Any, middle: float, step: float, shape: Sequence[int]) -> None:
        """Draw feature maps as sheets behind each other, smaller where the image is smaller."""
        count = min(shape[0], MOST_MAPS)
        side = min(max(10.0, 6.0 * shape[1] ** 0.5), step - 6.0 - 3 * count)
        left = middle - (side + 3 * (count - 1)) / 2
        top = TOP + PICTURE / 2 - (side + 3 * (count - 1)) / 2
        for number in range(count):
            painter.drawRect(qt.QRectF(left + 3 * number, top + 3 * number, side, side))

    def _drawTexts(self, painter: Any, x: float, step: float, column: Column) -> None:
        font = painter.font()
        font.setPixelSize(11)
        shape = " x ".join(str(number) for number in column.shape)
        count = "" if not column.parameters else f"{column.parameters:,}"
        lines = (column.title, shape, count and f"{count} par.")
        for number, line in enumerate(lines):
            font.setBold(number == 0)
            painter.setFont(font)
            painter.setPen(qt.QPen(qt.QColor(INK if number < len(lines) - 1 else "#606060")))
            where = qt.QRectF(x + 1, TOP + PICTURE + 4 + 20 * number, step - 2, 20)
            text = painter.fontMetrics().elidedText(line, qt.Qt.ElideRight, int(step) - 4)
            painter.drawText(where, qt.Qt.AlignCenter, text)
