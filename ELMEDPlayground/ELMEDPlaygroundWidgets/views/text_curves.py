"""Loss of a language model while it learns, with what mere counting reaches."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import qt

from ELMEDPlaygroundWidgets.views.charts import Scale, axes, line
from ELMEDPlaygroundWidgets.views.images_painting import (
    BLUE,
    INK,
    ORANGE,
    Box,
    left,
    textWidth,
    words,
)
from ELMEDPlaygroundWidgets.views.images_view import ImageView

if TYPE_CHECKING:
    from collections.abc import Mapping

HEAD, LEGEND, SIDE, BELOW = 22, 20, 52, 38
SAMPLE = 24
GREY, GREEN = "#6a6a6a", "#009e73"
COUNTED = (
    ("bigram", ("counting pairs (bigram)", "pairs"), GREY),
    ("five_gram", ("counting fives", "fives"), GREEN),
)
NARROW = 360


class TextCurvesView(ImageView):
    """Training and validation loss over the steps; dashed is what counting loses."""

    name = "text-curves"
    title = "Loss against counting"
    help = (
        "The loss in nats a character: blue on the text that is learnt (while it is learnt, so a "
        "little behind), orange on blocks held out. "
        "Dashed: what merely counting pairs, or runs of five characters, would lose on the same "
        "blocks. 0 would be to know every character beforehand."
    )
    showsOneImage = False

    def __init__(self) -> None:
        """Need no choices."""
        super().__init__()
        self.bar.addStretch(1)

    def suits(self, summary: Mapping[str, Any]) -> bool:
        """Suit language models."""
        return summary.get("generates") == "text"

    def paint(self, painter: Any, data: Mapping[str, Any], width: int, height: int) -> None:
        """Draw the chart, the numbers above it, and the legend in two rows."""
        painter.setRenderHint(qt.QPainter.Antialiasing)
        steps = data["step"].astype(float)
        last = max(float(steps[-1]), 1.0)
        held = float(data["validation"][-1])
        as_many = f"as among {math.exp(held):.1f} characters"
        text = (
            f"Step {int(steps[-1]):,}: {held:.2f} nats on held-out text, as unsure {as_many}",
            f"Step {int(steps[-1]):,}: {held:.2f} nats, as unsure {as_many}",
            f"{held:.2f} nats, as unsure {as_many}",
            f"{held:.2f} nats",
        )
        words(painter, Box(8, 2, width - 16, HEAD), text, 12, INK, left(), bold=True)
        top = HEAD + 2 * LEGEND + 22
        box = Box(SIDE, top, width - SIDE - 22, height - top - BELOW)
        losses = np.concatenate([data["loss"], data["validation"], [data["undecided"]]])
        scale = Scale(box, (0.0, last), (0.0, 1.05 * float(np.nanmax(losses))))
        axes(painter, scale, ("Loss (nats a character)", "Loss"), "step")
        ends = np.array([0.0, last])
        for name, _, colour in COUNTED:
            line(painter, scale, ends, np.full(2, data["counted"][name]), colour, True)
        line(painter, scale, steps, data["loss"], BLUE, False)
        line(painter, scale, steps, data["validation"], ORANGE, False)
        self._legend(painter, data, width)

    @staticmethod
    def _legend(painter: Any, data: Mapping[str, Any], width: int) -> None:
        entries = [("training", BLUE, False), ("held out", ORANGE, False)]
        short = int(width < NARROW)
        counted = [
            (f"{titles[short]} {data['counted'][name]:.2f}", colour, True)
            for name, titles, colour in COUNTED
        ]
        for row, part in enumerate((entries, counted)):
            x, y = 8.0, HEAD + 2 + row * LEGEND
            for text, colour, dashed in part:
                pen = qt.QPen(qt.QColor(colour), 2)
                if dashed:
                    pen.setStyle(qt.Qt.DashLine)
                painter.setPen(pen)
                middle = y + LEGEND / 2
                painter.drawLine(qt.QPointF(x, middle), qt.QPointF(x + SAMPLE, middle))
                room = min(textWidth(painter, text, 11) + 2, max(width - x - SAMPLE - 8, 20))
                words(painter, Box(x + SAMPLE + 5, y, room, LEGEND), text, 11, colour, left())
                x += SAMPLE + room + 17
