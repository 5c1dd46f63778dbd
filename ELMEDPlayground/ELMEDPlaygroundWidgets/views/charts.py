"""What charts need: a frame with round numbers along its sides, points, lines, a legend."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import qt

from ELMEDPlaygroundWidgets.views.images_painting import INK, PALE, Box, frame, left, words, wordsUp
from ELMEDPlaygroundWidgets.views.palette import CLASS_COLOURS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

GRID = "#e4e7eb"
TEXT = 11
PLANE_SIDE, PLANE_BELOW = 64, 32
"""What the numbers of a plane need to its left and below it."""

PLANE_TICKS = 5
TICK_WIDTH = 42
"""What a number along x needs."""

RADIUS = 3.2


@dataclass(frozen=True)
class Scale:
    """How numbers become pixels; y grows upwards.

    Attributes:
        box: the chart's inside.
        x: smallest and largest number along x.
        y: smallest and largest number along y.
    """

    box: Box
    x: tuple[float, float]
    y: tuple[float, float]

    def point(self, x: float, y: float) -> Any:
        """Return where a pair of numbers lies."""
        across = (x - self.x[0]) / ((self.x[1] - self.x[0]) or 1.0)
        up = (y - self.y[0]) / ((self.y[1] - self.y[0]) or 1.0)
        return qt.QPointF(
            self.box.x + across * self.box.width, self.box.y + (1 - up) * self.box.height
        )


def roundNumbers(low: float, high: float, about: int = 4) -> list[float]:
    """Return about so many round numbers from `low` to `high`."""
    span = high - low
    if not span > 0 or not math.isfinite(span):
        return [low]
    rough = span / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(f * power for f in (1, 2, 5, 10) if f * power >= rough)
    first = math.ceil(low / step - 1e-9)
    return [number * step for number in range(first, math.floor(high / step + 1e-9) + 1)]


def axes(
    painter: Any, scale: Scale, title: str | Sequence[str], below: str, percent: bool = False
) -> None:
    """Draw a chart's frame, its grid with numbers, and its words."""
    box = scale.box
    for value in roundNumbers(*scale.y):
        spot = scale.point(scale.x[0], value)
        painter.setPen(qt.QPen(qt.QColor(GRID), 1))
        painter.drawLine(spot, scale.point(scale.x[1], value))
        text = f"{100 * value:.0f} %" if percent else f"{value:g}"
        _write(painter, Box(box.x - 46, spot.y() - 8, 42, 16), text, right=True)
    about = int(min(max(box.width / TICK_WIDTH, 2), 6))
    for value in roundNumbers(*scale.x, about):
        spot = scale.point(value, scale.y[0])
        text = f"{value:,.0f}" if scale.x[1] > 10 else f"{value:g}"  # noqa: PLR2004 - steps
        _write(painter, Box(spot.x() - 30, box.y + box.height + 2, 60, 16), text)
    frame(painter, box)
    words(painter, Box(box.x, box.y - 20, box.width, 18), title, 12, INK, left(), bold=True)
    words(painter, Box(box.x, box.y + box.height + 17, box.width, 16), below, TEXT, PALE)


def line(
    painter: Any, scale: Scale, x: np.ndarray, y: np.ndarray, colour: str, dashed: bool
) -> None:
    """Draw numbers as a line; what is no number is left out."""
    pen = qt.QPen(qt.QColor(colour), 2)
    if dashed:
        pen.setStyle(qt.Qt.DashLine)
    painter.setPen(pen)
    sound = np.isfinite(x) & np.isfinite(y)
    painter.setBrush(qt.QBrush(qt.Qt.NoBrush))
    painter.drawPath(_path(scale, zip(x[sound], y[sound], strict=True)))


def examples(painter: Any, scale: Scale, data: Mapping[str, Any], radius: float = RADIUS) -> None:
    """Draw examples: circles with a white rim for training, dark-rimmed squares for held out.

    Args:
        painter: of the canvas.
        scale: where numbers lie.
        data: `points` (n, 2), `targets` and `is_test`, (n,) each.
        radius: of the marks, in pixels.
    """
    sound = np.flatnonzero(np.isfinite(data["points"]).all(axis=1))
    brushes = [qt.QBrush(qt.QColor(colour)) for colour in CLASS_COLOURS]
    pens = qt.QPen(qt.QColor("#ffffff"), radius / 3), qt.QPen(qt.QColor("#202020"), radius / 3)
    half = 0.82 * radius
    for isTest in (False, True):  # few changes of the pen: there may be a thousand marks
        painter.setPen(pens[isTest])
        for number in sound[data["is_test"][sound] == isTest]:
            x, y = data["points"][number]
            spot = scale.point(float(x), float(y))
            painter.setBrush(brushes[int(data["targets"][number]) % len(brushes)])
            if isTest:
                painter.drawRect(qt.QRectF(spot.x() - half, spot.y() - half, 2 * half, 2 * half))
            else:
                painter.drawEllipse(spot, radius, radius)


def planeAxes(painter: Any, scale: Scale, names: tuple[str, str]) -> None:
    """Draw numbers below and to the left of a square, and what they are of.

    Args:
        painter: of the canvas.
        scale: of the square; `PLANE_SIDE` pixels to its left and `PLANE_BELOW` below it are free.
        names: of the two directions.
    """
    box = scale.box
    painter.setPen(qt.QPen(qt.QColor(PALE), 1))
    bottom = box.y + box.height
    for value in roundNumbers(*scale.x, PLANE_TICKS):
        x = scale.point(value, 0.0).x()
        painter.setPen(qt.QPen(qt.QColor(PALE), 1))
        painter.drawLine(qt.QPointF(x, bottom), qt.QPointF(x, bottom + 4))
        _write(painter, Box(x - 24, bottom + 4, 48, 13), f"{value:.3g}".replace("-", "−"))
    for value in roundNumbers(*scale.y, PLANE_TICKS):
        y = scale.point(0.0, value).y()
        painter.setPen(qt.QPen(qt.QColor(PALE), 1))
        painter.drawLine(qt.QPointF(box.x - 4, y), qt.QPointF(box.x, y))
        text = f"{value:.3g}".replace("-", "−")
        _write(painter, Box(box.x - 50, y - 7, 44, 14), text, right=True)
    _write(painter, Box(box.x, bottom + 15, box.width, 15), names[0])
    wordsUp(painter, Box(box.x - PLANE_SIDE, box.y, 14, box.height), names[1], TEXT, PALE)


def lines(painter: Any, scale: Scale, bent: np.ndarray, colour: str) -> None:
    """Draw lines (line, point, 2)."""
    painter.setPen(qt.QPen(qt.QColor(colour), 1))
    painter.setBrush(qt.QBrush(qt.Qt.NoBrush))
    for one in bent:
        painter.drawPath(_path(scale, one))


def _path(scale: Scale, pairs: Iterable[Sequence[float]]) -> Any:
    """Return a line through pairs of numbers; in one piece, so that dashes run on."""
    path = qt.QPainterPath()
    for number, (x, y) in enumerate(pairs):
        spot = scale.point(float(x), float(y))
        if number == 0:
            path.moveTo(spot)
        else:
            path.lineTo(spot)
    return path


def _write(painter: Any, box: Box, text: str, right: bool = False, atLeft: bool = False) -> None:
    align = None
    if right:
        align = qt.Qt.AlignRight | qt.Qt.AlignVCenter
    elif atLeft:
        align = left()
    words(painter, box, text, TEXT, PALE, align)
