"""How much of the task each layer has solved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt

from ELMEDPlaygroundWidgets.views.images_painting import (
    BLUE,
    INK,
    PALE,
    SKY,
    Box,
    fill,
    left,
    words,
)
from ELMEDPlaygroundWidgets.views.images_view import ImageView

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME, NUMBER = 92, 62
TALLEST = 72


class ProbeView(ImageView):
    """A bar for each layer: what a straight cut through it gets right."""

    name = "probe"
    title = "Linear probe"
    help = (
        "For each layer: the share of held-out examples that a straight cut through its numbers "
        "gets right. It grows from layer to layer where the network finds better representations."
    )
    showsOneImage = False

    def suits(self, summary: Mapping[str, Any]) -> bool:
        """Suit all networks that classify."""
        return not summary.get("generates")

    def paint(self, painter: Any, data: Mapping[str, Any], width: int, height: int) -> None:
        """Draw the bars, and a mark where guessing would be."""
        painter.setRenderHint(qt.QPainter.Antialiasing)
        title = (
            "A straight cut through each layer gets right, of the examples held out:",
            "A straight cut gets right, of the examples held out:",
        )
        words(painter, Box(8, 6, width - 16, 20), title, 13, INK, left(), bold=True)
        count = len(data["layers"])
        step = min((height - 60) / max(count, 1), TALLEST)
        room = width - NAME - NUMBER - 16
        for row, name in enumerate(data["layers"]):
            y = 34 + row * step
            accuracy = float(data["accuracy"][row])
            shown = "output" if name == "logits" else name
            align = qt.Qt.AlignRight | qt.Qt.AlignVCenter
            words(painter, Box(4, y, NAME - 12, step - 6), shown.replace("_", " "), 13, INK, align)
            fill(painter, Box(NAME, y, room, step - 6), "#eef1f4")
            bar = Box(NAME, y, max(room * accuracy, 1), step - 6)
            fill(painter, bar, SKY if row == 0 else BLUE)
            number = Box(NAME + room + 6, y, NUMBER, step - 6)
            words(painter, number, f"{100 * accuracy:.1f} %", 13, INK, left(), bold=True)
        guess = NAME + room * float(data["guessing"])
        painter.setPen(qt.QPen(qt.QColor(PALE), 1.5, qt.Qt.DashLine))
        bottom = 34 + count * step
        painter.drawLine(qt.QPointF(guess, 32), qt.QPointF(guess, bottom))
        words(painter, Box(guess - 60, bottom, 120, 18), "guessing", 12, PALE)
