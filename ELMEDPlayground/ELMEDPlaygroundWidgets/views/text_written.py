"""What a language model writes, coloured by how surprising each character was to it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import qt

from ELMEDPlaygroundWidgets.views.images_painting import (
    BLUE,
    INK,
    PALE,
    SMALLEST,
    Box,
    left,
    picture,
    right,
    textWidth,
    words,
)
from ELMEDPlaygroundWidgets.views.text_view import (
    FOOT,
    HEAD,
    TextView,
    choiceOf,
    strangers,
    warmer,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST = 17
SURPRISE = 4.0
"""Nats above which a character is as orange as can be: less likely than 1 in 55."""

SCALE, RAMP = 90, 31
Spot = tuple[float, float, str, int]
"""Where a character stands, which it is, and its place in the text; -1 and less in the prompt."""


class TextWrittenView(TextView):
    """The prompt, and how the network goes on from it."""

    name = "text-written"
    title = "Written text"
    help = (
        "Blue is the prompt; the network goes on from it, character by character. The more orange "
        "a character, the less the network would have expected it. While the training goes on, a "
        "new text is written every second or so."
    )
    asks = True

    def __init__(self) -> None:
        """Add the button for other lots."""
        super().__init__()
        self.againButton = self.addButton(
            "Again", "Write another text: draw other lots.", self.drawAgain
        )

    def drawAgain(self) -> None:
        """Write with other lots."""
        self.wishFor(draw=self.wish["draw"] + 1)

    def request(self) -> dict[str, Any]:
        """Ask for these lots."""
        return {**super().request(), "draw": self.wish["draw"]}

    def paint(self, painter: Any, data: Mapping[str, Any], width: int, height: int) -> None:
        """Draw the numbers above, the text, and what the colours mean below."""
        painter.setRenderHint(qt.QPainter.Antialiasing)
        kinds = math.exp(data["entropy"])
        how, step = choiceOf(data["temperature"]), f"step {data['step']:,}"
        undecided = f"as undecided as among {kinds:.1f} characters"
        text = (
            f"Written at {step}, {how}: {undecided}",
            f"{step.capitalize()}, {how}: undecided among {kinds:.1f}",
            f"{step.capitalize()}: undecided among {kinds:.1f}",
        )
        words(painter, Box(8, 2, width - 16, HEAD), text, 12, INK, left(), bold=True)
        foot = FOOT * (2 if data["strange"] else 1)
        box = Box(10, HEAD + 6, width - 20, height - HEAD - 10 - foot)
        self._text(painter, box, data)
        self._legend(painter, Box(8, height - foot, width - 16, FOOT))
        strangers(painter, data, width, height)

    def _text(self, painter: Any, box: Box, data: Mapping[str, Any]) -> None:
        whole = data["prompt"] + data["text"]
        first = len(data["prompt"])
        for size in range(LARGEST, SMALLEST - 1, -1):
            textWidth(painter, "x", size)  # takes up the size
            line = size * 1.6
            spots, rows = flowed(painter, whole, first, box.width)
            if rows * line <= box.height:
                break
        colours = warmer(np.asarray(data["surprise"]) / SURPRISE)
        for x, row, character, place in spots:
            at = Box(box.x + x, box.y + row * line, textWidth(painter, character, size), line)
            if at.y + line > box.y + box.height + 1:
                break
            if place >= 0:
                painter.fillRect(at.rect, qt.QColor(*(int(part) for part in colours[place])))
            painter.setPen(qt.QPen(qt.QColor(INK if place >= 0 else BLUE)))
            painter.drawText(at.rect, qt.Qt.AlignCenter, character)

    @staticmethod
    def _legend(painter: Any, box: Box) -> None:
        before = textWidth(painter, "expected", 11) + 6
        words(painter, Box(box.x, box.y, before - 4, FOOT), "expected", 11, PALE, right())
        ramp = warmer(np.linspace(0, 1, RAMP)[None, :])
        picture(painter, Box(box.x + before, box.y + 4, SCALE, 10), ramp)
        rest = Box(box.x + before + SCALE + 5, box.y, box.width - before - SCALE - 5, FOOT)
        words(painter, rest, ("a surprise to the network", "a surprise"), 11, PALE, left())


def flowed(painter: Any, text: str, first: int, width: float) -> tuple[list[Spot], int]:
    """Return where each character stands, and how many rows that makes.

    Args:
        painter: with the letters that will be used.
        text: is broken at blanks, and where its lines end.
        first: the place of the first character that was written.
        width: of a row, in pixels.

    Returns:
        spots of x in pixels, row, character and place after `first`; and the number of rows.
    """
    metrics = painter.fontMetrics()
    widths = [float(metrics.horizontalAdvance(one)) for one in text]
    spots: list[Spot] = []
    x, row = 0.0, 0
    for place, character in enumerate(text):
        if character == "\n":
            # Two in a row stand between paragraphs, which need no empty row.
            row, x = (row, x) if x == 0.0 else (row + 1, 0.0)
            continue
        if place == 0 or text[place - 1] in " \n":
            x, row = (
                (0.0, row + 1) if x > 0.0 and x + _word(text, widths, place) > width else (x, row)
            )
        if x + widths[place] > width:
            x, row = 0.0, row + 1
        spots.append((x, row, character, place - first))
        x += widths[place]
    return spots, row + 1


def _word(text: str, widths: list[float], place: int) -> float:
    """Return how wide the word is that begins at a place."""
    wide = 0.0
    while place < len(text) and text[place] not in " \n":
        wide += widths[place]
        place += 1
    return wide
