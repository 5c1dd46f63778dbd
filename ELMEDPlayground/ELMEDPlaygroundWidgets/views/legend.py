"""Legends of views: which colour is which class, what marks mean, and what colours stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import qt

from ELMEDPlaygroundWidgets.views.images_painting import (
    INK,
    PALE,
    Box,
    diverging,
    glow,
    left,
    picture,
    right,
    textWidth,
    words,
)
from ELMEDPlaygroundWidgets.views.palette import colourOf

if TYPE_CHECKING:
    from collections.abc import Sequence

TEXT = 11
ROW = 18
MARK, BETWEEN = 14, 10
"""Width of a mark, and what lies between two entries."""

PARTS = ("trained on", "held out")
RAMP = 61
SCALE = 24


def legendHeight(painter: Any, width: float, classes: Sequence[str]) -> float:
    """Return how high `classLegend` is in a box of this width."""
    return ROW * len(_rows(painter, width, classes)) + 4


def classLegend(painter: Any, box: Box, classes: Sequence[str]) -> None:
    """Name the classes, and the two shapes of marks, in as many rows as are needed."""
    for number, row in enumerate(_rows(painter, box.width, classes)):
        x = box.x
        for place, text, width in row:
            middle = qt.QPointF(x + 6, box.y + ROW * number + ROW / 2)
            _mark(painter, middle, place - len(classes) if place >= len(classes) else None, place)
            at = Box(x + MARK, box.y + ROW * number, width - MARK, ROW)
            words(painter, at, text, TEXT, PALE, left())
            x += width + BETWEEN


def divergingScale(
    painter: Any, box: Box, low: str, high: str, about: str | Sequence[str] = ""
) -> None:
    """Draw the colours from negative over zero to positive, with their numbers.

    Args:
        painter: of the canvas.
        box: where to, `SCALE` high.
        low: what stands at the blue end.
        high: what stands at the orange end.
        about: what the colours are of.
    """
    _scale(painter, box, diverging(np.linspace(-1, 1, RAMP)[None, :]), low, high, about)


def glowScale(painter: Any, box: Box, low: str, high: str, about: str | Sequence[str] = "") -> None:
    """Draw the colours from black to yellow; see `divergingScale`."""
    _scale(painter, box, glow(np.linspace(0, 1, RAMP)[None, :]), low, high, about)


def _scale(
    painter: Any, box: Box, ramp: np.ndarray, low: str, high: str, about: str | Sequence[str]
) -> None:
    before = textWidth(painter, low, TEXT) + 6
    after = textWidth(painter, high, TEXT) + 6
    long = min(160.0, max(box.width * 0.4, 40.0))
    words(painter, Box(box.x, box.y + 3, before - 4, 18), low, TEXT, PALE, right())
    picture(painter, Box(box.x + before, box.y + 7, long, 10), ramp)
    x = box.x + before + long + 4
    words(painter, Box(x, box.y + 3, after, 18), high, TEXT, PALE, left())
    x += after + BETWEEN
    words(painter, Box(x, box.y + 3, box.x + box.width - x, 18), about, TEXT, PALE, left())


def _rows(painter: Any, width: float, classes: Sequence[str]) -> list[list[tuple[int, str, float]]]:
    """Return rows of entries: place among classes and marks, text and width."""
    rows: list[list[tuple[int, str, float]]] = [[]]
    taken = 0.0
    for place, name in enumerate((*(str(name) for name in classes), *PARTS)):
        wide = min(MARK + textWidth(painter, name, TEXT) + 2, width)
        if rows[-1] and taken + wide > width:
            rows.append([])
            taken = 0.0
        rows[-1].append((place, name, wide))
        taken += wide + BETWEEN
    return rows


def _mark(painter: Any, middle: Any, part: int | None, label: int) -> None:
    """Draw a class's dot, or the mark of a part: a circle for trained on, a square for held out."""
    if part is None:
        painter.setBrush(qt.QBrush(qt.QColor(colourOf(label))))
        painter.setPen(qt.QPen(qt.QColor("#ffffff"), 1))
        painter.drawEllipse(middle, 5, 5)
        return
    painter.setBrush(qt.QBrush(qt.QColor("#d0d4d9")))
    painter.setPen(qt.QPen(qt.QColor(INK if part else "#9aa0a6"), 1.2))
    if part:
        painter.drawRect(qt.QRectF(middle.x() - 4, middle.y() - 4, 8, 8))
    else:
        painter.drawEllipse(middle, 4.5, 4.5)
