"""The spaces of all layers beside each other, each with what a straight cut gets right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt

from ELMEDPlaygroundWidgets.views.charts import examples, lines
from ELMEDPlaygroundWidgets.views.hidden_space import GREY, spaceScale
from ELMEDPlaygroundWidgets.views.images_painting import (
    BLUE,
    INK,
    PALE,
    Box,
    fill,
    frame,
    grid,
    words,
)
from ELMEDPlaygroundWidgets.views.images_view import ImageView
from ELMEDPlaygroundWidgets.views.legend import classLegend, legendHeight

if TYPE_CHECKING:
    from collections.abc import Mapping

TITLE, BELOW = 34, 34
GAP = 10
MARK = 0.014
"""Radius of the marks, as a share of a space's side."""


class RepresentationsView(ImageView):
    """From the input to the output: how the layers pull the classes apart."""

    name = "representations"
    title = "Representations"
    help = (
        "From the input to the output: where each layer puts the examples and how it bends the "
        "plane. Below: what a straight cut there gets right of the examples held out."
    )
    showsOneImage = False

    def suits(self, summary: Mapping[str, Any]) -> bool:
        """Suit all networks that classify."""
        return not summary.get("generates")

    def paint(self, painter: Any, data: Mapping[str, Any], width: int, height: int) -> None:
        """Draw a small space for each layer."""
        painter.setRenderHint(qt.QPainter.Antialiasing)
        spaces = data["spaces"]
        below = legendHeight(painter, width - 20, data["classes"])
        inside = Box(6, 2, width - 12, height - below - 6)
        columns, rows, side = grid(len(spaces), inside.width, inside.height, TITLE + BELOW)
        rowHeight = side + TITLE + BELOW
        top = inside.y + max((inside.height - rows * rowHeight) / 2, 0)
        left = inside.x + (inside.width - columns * side) / 2
        for number, space in enumerate(spaces):
            row, column = divmod(number, columns)
            cell = Box(left + column * side, top + row * rowHeight, side, rowHeight)
            self._space(painter, cell, space, data)
        classLegend(painter, Box(10, height - below, width - 20, below), data["classes"])

    def _space(
        self, painter: Any, cell: Box, space: Mapping[str, Any], data: Mapping[str, Any]
    ) -> None:
        name = "output" if space["layer"] == "logits" else space["layer"].replace("_", " ")
        words(painter, Box(cell.x, cell.y, cell.width, 18), name, 13, INK, bold=True)
        words(painter, Box(cell.x, cell.y + 17, cell.width - 4, 15), _seen(space), 11, PALE)
        side = cell.width - GAP
        room = Box(cell.x + GAP / 2, cell.y + TITLE, side, side)
        scale = spaceScale(room, space["points"])
        painter.save()
        painter.setClipRect(room.rect)
        if space.get("across") is not None:
            lines(painter, scale, space["across"], GREY)
            lines(painter, scale, space["down"], GREY)
        marks = {"points": space["points"], "targets": data["targets"], "is_test": data["is_test"]}
        examples(painter, scale, marks, min(max(MARK * side, 1.2), 2.4))
        painter.restore()
        frame(painter, room)
        self._accuracy(painter, room, float(space["accuracy"]), float(data["guessing"]))

    @staticmethod
    def _accuracy(painter: Any, room: Box, accuracy: float, guessing: float) -> None:
        """Draw a bar below a space, with a mark where guessing would be."""
        bar = Box(room.x, room.y + room.height + 4, room.width, 7)
        fill(painter, bar, "#e4e7eb")
        fill(painter, Box(bar.x, bar.y, bar.width * accuracy, bar.height), BLUE)
        painter.setPen(qt.QPen(qt.QColor(INK), 1.5))
        x = bar.x + bar.width * guessing
        painter.drawLine(qt.QPointF(x, bar.y - 2), qt.QPointF(x, bar.y + bar.height + 2))
        share = f"{100 * accuracy:.1f} %"
        text = (f"{share} by a straight cut", f"{share} right", share)
        words(painter, Box(bar.x, bar.y + 8, bar.width, 16), text, 11, INK, bold=True)


def _seen(space: Mapping[str, Any]) -> tuple[str, ...]:
    """Return in several lengths how many numbers there are, and how much of them is seen."""
    count = f"{space['neurons']} numbers"
    if not space["is_projection"]:
        return f"{count}, as they are", count
    share = f"{100 * space['explained']:.0f} %"
    return f"{count}, 2 components: {share}", f"{count}: {share} seen", count
