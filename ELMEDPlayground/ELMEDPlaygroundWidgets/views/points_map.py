"""The plane as the network sees it, and as each of its neurons does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import qt

from ELMEDPlaygroundWidgets.views.charts import (
    PLANE_BELOW,
    PLANE_SIDE,
    Scale,
    examples,
    planeAxes,
)
from ELMEDPlaygroundWidgets.views.images_painting import (
    INK,
    PALE,
    Box,
    diverging,
    picture,
    words,
)
from ELMEDPlaygroundWidgets.views.images_view import ImageView
from ELMEDPlaygroundWidgets.views.legend import SCALE, classLegend, divergingScale, legendHeight
from ELMEDPlaygroundWidgets.views.palette import classPixels

if TYPE_CHECKING:
    from collections.abc import Mapping

HEAD = 36
ZERO, FULL = 128.0, 127.0
"""How bytes stand for the answers of neurons."""

MOST_LINES = 400
MOST_IN_A_COLUMN, BETWEEN = 8, 4
NEGATIVE, POSITIVE = (0, 90, 170), (214, 94, 0)


class PointsView(ImageView):
    """A view of points in the plane."""

    showsOneImage = False

    def suits(self, summary: Mapping[str, Any]) -> bool:
        """Suit points alone."""
        return list(summary["input_shape"]) == [2]


class DecisionMapView(PointsView):
    """Each place in the colour of the class that the network takes it for."""

    name = "decision-map"
    title = "Decision map"
    help = (
        "Each place has the colour of the class that the network takes it for, paler where it is "
        "less sure. Round marks are trained on, square ones are held out."
    )

    def paint(self, painter: Any, data: Mapping[str, Any], width: int, height: int) -> None:
        """Draw the map, the examples over it, and a legend."""
        below = legendHeight(painter, width - 12, data["classes"])
        high = height - 10 - PLANE_BELOW - below
        room = Box(6 + PLANE_SIDE, 6, width - 18 - PLANE_SIDE, high).square()
        picture(painter, room, classPixels(data["likeliest"], data["confidence"]))
        painter.setRenderHint(qt.QPainter.Antialiasing)
        extent = data["extent"]
        scale = Scale(room, (-extent, extent), (-extent, extent))
        planeAxes(painter, scale, ("x", "y"))
        radius = min(max(room.width / 110, 2.0), 3.6)
        examples(painter, scale, data, radius)
        classLegend(painter, Box(6, height - below, width - 12, below), data["classes"])


class NeuronsView(PointsView):
    """A small map for every neuron, and the weights between them."""

    name = "neurons"
    title = "Neurons"
    help = (
        "What each neuron answers at each place of the plane: blue negative, orange positive. "
        "Lines are weights: the thicker, the larger; blue pushes down, orange up."
    )

    def paint(self, painter: Any, data: Mapping[str, Any], width: int, height: int) -> None:
        """Draw a column of maps for each layer."""
        layers = data["layers"]
        painter.setRenderHint(qt.QPainter.Antialiasing)
        columns = [
            self._column(layer, number, len(layers), width, height - SCALE)
            for number, layer in enumerate(layers)
        ]
        for number in range(1, len(layers)):
            self._links(painter, columns[number - 1], columns[number], layers[number]["weights"])
        for layer, boxes in zip(layers, columns, strict=True):
            self._maps(painter, layer, boxes)
        about = ("answers of a neuron; thicker lines: larger weights", "answers, weights")
        divergingScale(painter, Box(8, height - SCALE, width - 16, SCALE), "−", "+", about)

    @staticmethod
    def _column(
        layer: Mapping[str, Any], number: int, count: int, width: int, height: int
    ) -> list[Box]:
        maps = len(layer["maps"])
        step = width / count
        # Many maps stand in several columns, so that each is large enough to be read.
        beside = max(-(-maps // MOST_IN_A_COLUMN), 1)
        rows = -(-maps // beside)
        side = min(step * 0.7 / beside - BETWEEN, (height - HEAD) / max(rows, 1) - 4, 110)
        gap = (height - HEAD - rows * side) / (rows + 1)
        left = number * step + (step - beside * side - (beside - 1) * BETWEEN) / 2
        return [
            Box(
                left + (place % beside) * (side + BETWEEN),
                HEAD + gap + (place // beside) * (side + gap),
                side,
                side,
            )
            for place in range(maps)
        ]

    @staticmethod
    def _links(
        painter: Any, before: list[Box], after: list[Box], weights: np.ndarray | None
    ) -> None:
        if weights is None or not before or not after:
            return
        largest = max(float(np.abs(weights).max()), 1e-9)
        order = np.argsort(np.abs(weights), axis=None)[-MOST_LINES:]
        for place in order:
            row, column = divmod(int(place), weights.shape[1])
            if row >= len(after) or column >= len(before):
                continue
            share = float(weights[row, column]) / largest
            red, green, blue = NEGATIVE if share < 0 else POSITIVE
            colour = qt.QColor(red, green, blue, int(30 + 190 * abs(share)))
            painter.setPen(qt.QPen(colour, 0.4 + 2.6 * abs(share)))
            start, end = before[column], after[row]
            painter.drawLine(
                qt.QPointF(start.x + start.width, start.middle[1]),
                qt.QPointF(end.x, end.middle[1]),
            )

    @staticmethod
    def _maps(painter: Any, layer: Mapping[str, Any], boxes: list[Box]) -> None:
        for box, values in zip(boxes, layer["maps"], strict=True):
            picture(painter, box, diverging((values.astype(float) - ZERO) / FULL, 1.0))
        middle = (boxes[0].x + max(box.x + box.width for box in boxes)) / 2
        hidden = layer["neurons"] - len(boxes)
        name = "output" if layer["name"] == "logits" else layer["name"]
        words(painter, Box(middle - 70, 4, 140, 16), name, 12, INK, bold=True)
        more = f"{len(boxes)} of {layer['neurons']}" if hidden else f"{layer['neurons']} neurons"
        words(painter, Box(middle - 70, 19, 140, 16), more, 11, PALE)
