"""What views with two squares beside each other share: one of latent numbers, one of the plane."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import qt

from ELMEDPlaygroundWidgets.views.charts import Scale
from ELMEDPlaygroundWidgets.views.generative_view import DATA, ROW, dots
from ELMEDPlaygroundWidgets.views.images_painting import INK, PALE, Box, frame, left, words
from ELMEDPlaygroundWidgets.views.palette import CLASS_COLOURS

if TYPE_CHECKING:
    from collections.abc import Sequence

HEAD, TITLE, BETWEEN = 22, 18, 18
GRID = "#9fb4c7"
FAR = 255


def pairOfSquares(width: float, height: float) -> tuple[Box, Box]:
    """Return two squares of one size beside each other, with room for words above and below."""
    side = min((width - 16 - BETWEEN) / 2, height - HEAD - TITLE - ROW - 8)
    x = (width - 2 * side - BETWEEN) / 2
    y = HEAD + TITLE + max((height - HEAD - TITLE - ROW - 8 - side) / 2, 0)
    return Box(x, y, side, side), Box(x + side + BETWEEN, y, side, side)


def square(extent: float, box: Box) -> Scale:
    """Return the scale of a square that shows so much on each side of its middle."""
    return Scale(box, (-extent, extent), (-extent, extent))


def headline(painter: Any, width: float, text: str | Sequence[str]) -> None:
    """Write the line above both squares."""
    words(painter, Box(8, 2, width - 16, HEAD), text, 12, INK, left(), bold=True)


def named(painter: Any, box: Box, text: str | Sequence[str]) -> None:
    """Draw a square's border, and write what it shows above it."""
    frame(painter, box)
    words(painter, Box(box.x, box.y - TITLE, box.width, TITLE - 2), text, 11, PALE)


def plane(painter: Any, scale: Scale, data: np.ndarray) -> None:
    """Draw data in grey, within the square."""
    dots(painter, scale, data, DATA, radiusIn(scale.box))


def radiusIn(box: Box) -> float:
    """Return how large points are in a square."""
    return float(min(max(box.width / 130, 1.3), 2.4))


def modePixels(modes: np.ndarray) -> np.ndarray:
    """Return modes, uint8 (y, x), as pale colours, uint8 (y, x, 3); 255 is white."""
    table = np.full((256, 3), 255.0)
    for mode in range(FAR):
        colour = CLASS_COLOURS[mode % len(CLASS_COLOURS)]
        table[mode] = [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
    pixels: np.ndarray = np.rint(255 + 0.6 * (table[modes] - 255)).astype(np.uint8)
    return pixels


def cross(painter: Any, spot: Any, colour: str, size: float = 7.0) -> None:
    """Mark a place with a cross in a circle that has a white rim."""
    painter.setBrush(qt.QBrush(qt.Qt.NoBrush))
    for pen in (qt.QPen(qt.QColor("#ffffff"), 4.5), qt.QPen(qt.QColor(colour), 2)):
        painter.setPen(pen)
        painter.drawEllipse(spot, size, size)
        painter.drawLine(
            qt.QPointF(spot.x() - size, spot.y()), qt.QPointF(spot.x() + size, spot.y())
        )
        painter.drawLine(
            qt.QPointF(spot.x(), spot.y() - size), qt.QPointF(spot.x(), spot.y() + size)
        )
