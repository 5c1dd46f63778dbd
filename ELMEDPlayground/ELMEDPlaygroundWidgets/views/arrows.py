"""Arrows in charts."""

from __future__ import annotations

from typing import Any

import numpy as np
import qt

POINT = 0.35
"""How long the head of an arrow is, in lengths of the arrow."""


def arrow(painter: Any, start: Any, way: np.ndarray, longest: float, colour: str) -> None:
    """Draw an arrow; short ones are drawn longer, so as to be seen.

    Args:
        painter: of the canvas.
        start: a point in pixels.
        way: x and y, y upwards; of at most length 1.
        longest: pixels of length 1.
        colour: of the arrow.
    """
    length = float(np.linalg.norm(way))
    if length <= 0.0:
        return
    across, up = way / length * (length**0.5) * longest * 0.95
    end = qt.QPointF(start.x() + float(across), start.y() - float(up))
    painter.setPen(qt.QPen(qt.QColor(colour), 1.2))
    painter.drawLine(start, end)
    for side in (0.45, -0.45):
        back = np.array([-across - side * up, up - side * across]) * POINT
        painter.drawLine(end, qt.QPointF(end.x() + float(back[0]), end.y() + float(back[1])))
