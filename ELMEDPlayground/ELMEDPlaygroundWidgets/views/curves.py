"""Loss and accuracy while the network learns."""

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

PARTS = (("train", BLUE, False), ("test", ORANGE, True))
LEGEND = 22
SAMPLE = 24
"""How long the piece of each line in the legend is."""

SIDE = 52
BELOW = 38


class CurvesView(ImageView):
    """Loss and accuracy over the steps, for training and held-out examples."""

    name = "curves"
    title = "Loss, accuracy"
    help = (
        "Loss and accuracy over the steps: blue for the examples trained on, orange and dashed for "
        "those held out. Where the two part, the network learns by heart."
    )
    showsOneImage = False

    def suits(self, summary: Mapping[str, Any]) -> bool:
        """Suit all networks that classify."""
        return not summary.get("generates")

    def paint(self, painter: Any, data: Mapping[str, Any], width: int, height: int) -> None:
        """Draw two charts: beside each other where there is room, else one below the other."""
        painter.setRenderHint(qt.QPainter.Antialiasing)
        self._legend(painter, width)
        wide = width > 1.3 * height
        each = (width / 2, height - LEGEND) if wide else (width, (height - LEGEND) / 2)
        steps = data["step"].astype(float)
        last = max(float(steps[-1]) if len(steps) else 1.0, 1.0)
        for number, (name, title) in enumerate((("loss", "Loss"), ("accuracy", "Accuracy"))):
            x, y = (number * each[0], LEGEND) if wide else (0, LEGEND + number * each[1])
            box = Box(x + SIDE, y + 22, each[0] - SIDE - 22, each[1] - 22 - BELOW)
            top = 1.0 if name == "accuracy" else _top(data)
            scale = Scale(box, (0.0, last), (0.0, top))
            axes(painter, scale, title, "step", percent=name == "accuracy")
            for part, colour, dashed in PARTS:
                line(painter, scale, steps, data[f"{part}_{name}"], colour, dashed)
        self._numbers(painter, data, width)

    @staticmethod
    def _legend(painter: Any, width: int) -> None:
        x = 8.0
        for text, colour, dashed in (("training", BLUE, False), ("held out", ORANGE, True)):
            pen = qt.QPen(qt.QColor(colour), 2)
            if dashed:
                pen.setStyle(qt.Qt.DashLine)
            painter.setPen(pen)
            painter.drawLine(qt.QPointF(x, 2 + LEGEND / 2), qt.QPointF(x + SAMPLE, 2 + LEGEND / 2))
            room = textWidth(painter, text, 12, bold=True) + 2
            at = Box(x + SAMPLE + 5, 2, min(room, width / 2), LEGEND)
            words(painter, at, text, 12, colour, left(), bold=True)
            x = at.x + at.width + 12

    @staticmethod
    def _numbers(painter: Any, data: Mapping[str, Any], width: int) -> None:
        if len(data["step"]) == 0:
            return
        shares = [100 * float(data[f"{part}_accuracy"][-1]) for part, *_ in PARTS]
        right = f"{shares[0]:.1f} % and {shares[1]:.1f} % right"
        text = (f"step {int(data['step'][-1]):,}: {right}", right)
        align = qt.Qt.AlignRight | qt.Qt.AlignVCenter
        words(painter, Box(width / 2 + 4, 2, width / 2 - 12, LEGEND), text, 12, INK, align)


def _top(data: Mapping[str, Any]) -> float:
    values = np.concatenate([data["train_loss"], data["test_loss"]])
    values = values[np.isfinite(values)]
    return float(values.max()) * 1.05 if len(values) and values.max() > 0 else math.log(2)
