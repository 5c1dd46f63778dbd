"""What came of a step's computing: how a U-Net does on its own patient and on new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import qt
from slicer.i18n import tr as _

from ELMEDPlaygroundLib.arrays import decode
from ELMEDPlaygroundWidgets.views.charts import Scale, axes, line
from ELMEDPlaygroundWidgets.views.images_painting import (
    BLUE,
    INK,
    ORANGE,
    PALE,
    Box,
    grey,
    left,
    picture,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

HEIGHT = 270
PARTS = (("same", BLUE), ("new", ORANGE))
TRUTH, FOUND = (86, 220, 255), (255, 150, 0)
DOT = 3.0
TITLE = 18
BRIGHTEST = 1.4
"""What would be white: bright tumours are darker than their outlines."""

LARGER = 6
"""Pictures are drawn with so many pixels for each, so that outlines are thin."""


class LessonResult(qt.QWidget):
    """Curves of Dice at the left; at the right a slice of each, with the outlines."""

    def __init__(self) -> None:
        super().__init__()
        self.answer: Mapping[str, Any] | None = None
        self.setObjectName("lessonResultWidget")
        self.setFixedHeight(HEIGHT)
        self.setToolTip(
            _("Dice on the patient that was learnt and on new ones; a slice with the outlines.")
        )
        self.visible = False

    def put(self, answer: Mapping[str, Any] | None) -> None:
        """Show an answer of the task `generalisation`, nothing when None."""
        self.answer = None if answer is None else decode(answer)
        self.visible = answer is not None
        self.update()

    def paintEvent(self, event: qt.QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw all anew."""
        if self.answer is None:
            return
        painter = qt.QPainter(self)
        painter.setRenderHint(qt.QPainter.Antialiasing)
        painter.fillRect(0, 0, self.width, self.height, qt.QColor("#ffffff"))
        side = min((self.width * 0.56) / 2, self.height - 3 * TITLE - 8)
        wide = self.width - 2 * side - 28
        _curves(painter, Box(48, 2 * TITLE, wide - 62, self.height - 2 * TITLE - 40), self.answer)
        for number, (part, colour) in enumerate(PARTS):
            box = Box(wide + 8 + number * (side + 10), 2 * TITLE, side, side)
            _slice(painter, box, part, colour, self.answer)
        painter.end()


def _curves(painter: Any, box: Box, answer: Mapping[str, Any]) -> None:
    history = answer["history"]
    steps = np.array([row["step"] for row in history], float)
    scale = Scale(box, (0.0, float(steps[-1])), (0.0, 1.0))
    axes(painter, scale, _("Dice"), _("step"))
    for part, colour in PARTS:
        line(painter, scale, steps, np.array([row[part] for row in history]), colour, False)
    painter.setPen(qt.QPen(qt.QColor(ORANGE), 1))
    painter.setBrush(qt.QBrush(qt.QColor("#ffffff")))
    for value in answer["others"]:
        painter.drawEllipse(scale.point(float(steps[-1]), float(value)), DOT, DOT)


def _slice(painter: Any, box: Box, part: str, colour: str, answer: Mapping[str, Any]) -> None:
    titles = {"same": _("same patient"), "new": _("new patients")}
    at = Box(box.x, box.y - 2 * TITLE, box.width, TITLE)
    words(painter, at, titles[part], 12, colour, left(), bold=True)
    text = _("Dice {value}").replace("{value}", f"{answer[part]:.2f}")
    words(painter, Box(at.x, at.y + TITLE, at.width, TITLE), text, 12, INK, left())
    shown = answer["pictures"][part]
    picture(painter, box, _outlined(shown))
    text = _("blue: truth, orange: found")
    words(painter, Box(box.x, box.y + box.height + 2, box.width, TITLE), text, 11, PALE, left())


def _outlined(shown: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return a slice with the outlines of truth and answer, uint8 (y, x, 3), enlarged."""
    large = {name: np.kron(values, np.ones((LARGER, LARGER))) for name, values in shown.items()}
    pixels = np.repeat(grey(large["image"], BRIGHTEST)[..., None], 3, axis=2)
    for name, colour in (("truth", TRUTH), ("found", FOUND)):
        pixels[_edge(large[name] > 0)] = colour
    return pixels


def _edge(mask: np.ndarray) -> np.ndarray:
    """Return the pixels of a mask that have a neighbour outside."""
    padded = np.pad(mask, 1)
    inner = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    edge: np.ndarray = mask & ~inner
    return edge
