"""Weights and gradients of each layer as histograms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt

from ELMEDPlaygroundWidgets.views.images_painting import (
    BLUE,
    INK,
    ORANGE,
    PALE,
    Box,
    fill,
    left,
    right,
    textWidth,
    words,
)
from ELMEDPlaygroundWidgets.views.images_view import ImageView

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = 130
TALLEST = 150
HINT = 18


class WeightsView(ImageView):
    """How large the weights of each layer are, and how strongly the loss pulls at them."""

    name = "weights"
    title = "Weights, gradients"
    help = (
        "For each layer how its weights (blue) and the gradients that pull at them (orange) are "
        "spread; a dead neuron or a layer that hardly learns is told in words."
    )
    showsOneImage = False

    def suits(self, summary: Mapping[str, Any]) -> bool:
        """Suit all networks that classify."""
        return not summary.get("generates")

    def paint(self, painter: Any, data: Mapping[str, Any], width: int, height: int) -> None:
        """Draw two histograms a layer, and the hints below."""
        layers, hints = data["layers"], data["hints"]
        room = (width - NAME - 16) / 2
        for column, title in enumerate(("Weights", "Gradients")):
            box = Box(NAME + column * room, 4, room, 18)
            words(painter, box, title, 12, INK, bold=True)
        step = min((height - 30 - HINT * len(hints)) / max(len(layers), 1), TALLEST)
        for row, layer in enumerate(layers):
            y = 26 + row * step
            words(painter, Box(8, y, NAME - 12, 16), layer["name"], 12, INK, left(), bold=True)
            count = f"{layer['parameters']:,} parameters"
            words(painter, Box(8, y + 16, NAME - 12, 16), count, 11, PALE, left())
            for column, (name, colour) in enumerate((("weight", BLUE), ("gradient", ORANGE))):
                box = Box(NAME + column * room + 6, y, room - 12, step - 20)
                _histogram(painter, box, layer[f"{name}s"], colour)
                below = Box(box.x, y + step - 19, box.width, 15)
                _numbers(painter, below, layer[f"largest_{name}"], layer[f"{name}_norm"])
        for row, hint in enumerate(hints):
            box = Box(8, height - HINT * (len(hints) - row) - 2, width - 16, HINT)
            words(painter, box, _wordings(hint), 12, ORANGE, left())


def _numbers(painter: Any, box: Box, largest: float, typical: float) -> None:
    """Write below a histogram where it ends, and the usual size."""
    low, high = f"−{largest:.2g}", f"+{largest:.2g}"
    end = textWidth(painter, high, 11) + 6
    words(painter, box, low, 11, PALE, left())
    words(painter, box, high, 11, PALE, right())
    middle = Box(box.x + end, box.y, max(box.width - 2 * end, 1), box.height)
    texts = [f"{word} {typical:.2g}" for word in ("typical size", "typical", "≈")]
    if textWidth(painter, texts[-1], 11) <= middle.width:
        words(painter, middle, texts, 11, PALE)


def _wordings(hint: str) -> tuple[str, str]:
    """Return a hint as it is, and without what follows its colon."""
    return hint, hint.partition(":")[0] + "."


def _histogram(painter: Any, box: Box, counts: Any, colour: str) -> None:
    fill(painter, box, "#f4f6f8")
    most = max(int(counts.max()), 1)
    step = box.width / len(counts)
    for place, count in enumerate(counts):
        high = box.height * float(count) / most
        fill(
            painter, Box(box.x + place * step, box.y + box.height - high, step - 0.5, high), colour
        )
    painter.setPen(qt.QPen(qt.QColor(PALE), 0.8))
    middle = box.x + box.width / 2
    painter.drawLine(qt.QPointF(middle, box.y), qt.QPointF(middle, box.y + box.height))
