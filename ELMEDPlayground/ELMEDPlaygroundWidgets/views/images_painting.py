"""Painting pictures, maps of weights, bars and words into boxes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import qt

if TYPE_CHECKING:
    from collections.abc import Sequence

INK, PALE, LINE = "#202020", "#6a6a6a", "#b8bec6"
READABLE = 13
"""Pixels that a line of words needs at least."""

LEAST_BAR = 12
"""Height of a bar with words beside it, at least."""

SMALLEST = 9
"""Words are not made smaller than this, in pixels, to find room."""

BLUE, ORANGE, SKY = "#0072b2", "#d55e00", "#56b4e9"

_BLUE, _WHITE, _ORANGE = (np.array(c, float) for c in ((0, 90, 170), (255, 255, 255), (214, 94, 0)))
_GLOW = np.array([[0, 0, 0], [120, 28, 0], [230, 120, 0], [255, 225, 80]], float)


@dataclass(frozen=True)
class Box:
    """A part of the canvas, in pixels."""

    x: float
    y: float
    width: float
    height: float

    @property
    def rect(self) -> Any:
        """As Qt has it."""
        return qt.QRectF(self.x, self.y, self.width, self.height)

    def holds(self, x: float, y: float) -> bool:
        """Tell whether a point lies inside."""
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height

    @property
    def middle(self) -> tuple[float, float]:
        """The point in the middle, x and y."""
        return self.x + self.width / 2, self.y + self.height / 2

    def grown(self, by: float) -> Box:
        """Return the box with so many pixels more on each side."""
        return Box(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)

    def square(self) -> Box:
        """Return the greatest square inside, in its middle."""
        side = min(self.width, self.height)
        return Box(self.x + (self.width - side) / 2, self.y + (self.height - side) / 2, side, side)

    def cell(self, row: float, column: float, rows: int, columns: int) -> Box:
        """Return one cell of the box divided into a grid."""
        width, height = self.width / columns, self.height / rows
        return Box(self.x + column * width, self.y + row * height, width, height)


def grid(count: int, width: float, height: float, extra: float = 0.0) -> tuple[int, int, float]:
    """Return columns, rows and side for `count` squares in a box, each with words below.

    Args:
        count: of the squares.
        width: of the box.
        height: of the box.
        extra: height of the words below each square.
    """
    best = (1, max(count, 1), 0.0)
    for columns in range(1, max(count, 1) + 1):
        rows = math.ceil(count / columns)
        side = min(width / columns, height / max(rows, 1) - extra)
        if side > best[2]:
            best = (columns, rows, side)
    return best


def words(
    painter: Any,
    box: Box,
    text: str | Sequence[str],
    size: int = 12,
    colour: str = INK,
    align: Any = None,
    *,
    bold: bool = False,
) -> None:
    """Write a line or more into a box.

    Where the box is too narrow, a shorter wording is taken, then smaller letters; only what does
    not fit then is cut with an ellipsis.

    Args:
        painter: of the canvas.
        box: where to.
        text: the words, or several wordings from the longest to the shortest.
        size: height of the letters in pixels.
        colour: of the letters.
        align: in the box; in its middle without.
        bold: whether the letters are.
    """
    wordings = (text,) if isinstance(text, str) else tuple(text)
    fitting = (one for one in wordings if textWidth(painter, one, size, bold=bold) <= box.width)
    chosen = next(fitting, wordings[-1])
    while textWidth(painter, chosen, size, bold=bold) > box.width and size > SMALLEST:
        size -= 1
    painter.setPen(qt.QPen(qt.QColor(colour)))
    lines = [shortened(painter, line, box.width) for line in chosen.split("\n")]
    painter.drawText(box.rect, qt.Qt.AlignCenter if align is None else align, "\n".join(lines))


def textWidth(painter: Any, text: str, size: int, *, bold: bool = False) -> float:
    """Return how wide a text's longest line is in letters of a size, which the painter keeps."""
    font = painter.font()
    font.setPixelSize(size)
    font.setBold(bold)
    painter.setFont(font)
    metrics = painter.fontMetrics()
    return max(float(metrics.horizontalAdvance(line)) for line in text.split("\n"))


def shortened(painter: Any, line: str, width: float) -> str:
    """Return a line with an ellipsis where it is wider than `width`."""
    return str(painter.fontMetrics().elidedText(line, qt.Qt.ElideRight, math.ceil(width)))


def wordsUp(painter: Any, box: Box, text: str, size: int = 12, colour: str = INK) -> None:
    """Write a line from below upwards, in the middle of a box."""
    painter.save()
    painter.translate(*box.middle)
    painter.rotate(-90)
    at = Box(-box.height / 2, -box.width / 2, box.height, box.width)
    words(painter, at, text, size, colour)
    painter.restore()


def left() -> Any:
    """Return the alignment of words that begin at the left."""
    return qt.Qt.AlignLeft | qt.Qt.AlignVCenter


def right() -> Any:
    """Return the alignment of words that end at the right."""
    return qt.Qt.AlignRight | qt.Qt.AlignVCenter


def frame(painter: Any, box: Box, colour: str = LINE, width: float = 1.0) -> None:
    """Draw a box's border."""
    painter.setPen(qt.QPen(qt.QColor(colour), width))
    painter.setBrush(qt.QBrush(qt.Qt.NoBrush))
    painter.drawRect(box.rect)


def fill(painter: Any, box: Box, colour: Any) -> None:
    """Fill a box."""
    painter.fillRect(box.rect, qt.QColor(colour) if isinstance(colour, str) else colour)


def picture(painter: Any, box: Box, pixels: np.ndarray) -> None:
    """Draw pixels as sharp squares, with a thin border.

    Args:
        painter: of the canvas.
        box: where to; it is filled.
        pixels: uint8, (y, x), (y, x, 3) or (y, x, 4).
    """
    rgba = np.empty((*pixels.shape[:2], 4), np.uint8)
    rgba[..., 3] = 255
    if pixels.ndim == 2:  # noqa: PLR2004 - grey values
        rgba[..., :3] = pixels[..., None]
    else:
        rgba[..., : pixels.shape[2]] = pixels
    height, width = pixels.shape[:2]
    image = qt.QImage(rgba.tobytes(), width, height, qt.QImage.Format_RGBA8888).copy()
    painter.setRenderHint(qt.QPainter.SmoothPixmapTransform, False)
    painter.drawImage(box.rect, image, qt.QRectF(0, 0, width, height))
    frame(painter, box)


def diverging(values: np.ndarray, greatest: float | None = None) -> np.ndarray:
    """Return colours, uint8 (y, x, 3): negative blue, zero white, positive orange."""
    top = float(np.abs(values).max()) if greatest is None else greatest
    share = np.clip(values / top if top > 0 else values, -1.0, 1.0)[..., None]
    ends = np.where(share < 0, _BLUE, _ORANGE)
    return np.rint(_WHITE + np.abs(share) * (ends - _WHITE)).astype(np.uint8)


def glow(values: np.ndarray) -> np.ndarray:
    """Return colours, uint8 (y, x, 3), for 0..1: black over red to yellow."""
    place = np.clip(values, 0.0, 1.0) * (len(_GLOW) - 1)
    low = np.minimum(place.astype(int), len(_GLOW) - 2)
    part = (place - low)[..., None]
    return np.rint(_GLOW[low] * (1 - part) + _GLOW[low + 1] * part).astype(np.uint8)


def grey(values: np.ndarray, greatest: float | None = None) -> np.ndarray:
    """Return grey values, uint8 (y, x): zero black, the greatest white."""
    top = float(values.max()) if greatest is None else greatest
    return np.rint(np.clip(values / top if top > 0 else values * 0, 0, 1) * 255).astype(np.uint8)


def answerMap(values: np.ndarray) -> np.ndarray:
    """Return a layer's map as a picture: grey where it is never negative, else diverging."""
    return grey(values) if float(values.min()) >= 0 else diverging(values)


def bars(
    painter: Any,
    box: Box,
    names: list[str],
    shares: np.ndarray,
    truth: int | None = None,
    chosen: int | None = None,
) -> None:
    """Draw the probability of each class as a bar with its name; the true one is named bold.

    Where there is no room for all, the likeliest are drawn.
    """
    shown = list(range(len(names)))
    columns = 1 if box.height / max(len(names), 1) >= READABLE else 2
    room = columns * max(int(box.height // LEAST_BAR), 1)
    if len(shown) > room:
        wanted = [n for n in (truth, chosen) if n is not None]
        order = sorted(shown, key=lambda n: (n not in wanted, -float(shares[n])))
        shown = sorted(order[:room])
    rows = math.ceil(len(shown) / columns)
    line = min(box.height / max(rows, 1), 22.0)
    size = int(max(min(line - 2, 12), SMALLEST))
    longest = max(len(name) for name in names)
    wide = box.width / columns - 8
    nameWidth = min(longest * size * 0.62 + 6, wide * 0.45)
    room = wide - nameWidth - 46
    for position, number in enumerate(shown):
        name, share = names[number], shares[number]
        column, place = divmod(position, rows)
        row = Box(box.x + column * (wide + 8), box.y + place * line, wide, line)
        at = Box(row.x, row.y, nameWidth - 4, line)
        words(painter, at, name, size, INK, right(), bold=number == truth)
        bar = Box(row.x + nameWidth, row.y + 2, max(room * float(share), 1.0), line - 4)
        fill(painter, bar, BLUE if number == chosen else SKY)
        at = Box(bar.x + bar.width + 4, row.y, 42, line)
        words(painter, at, f"{100 * float(share):.0f} %", size, PALE, left())
