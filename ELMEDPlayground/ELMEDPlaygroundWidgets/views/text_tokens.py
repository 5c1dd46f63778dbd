"""How text becomes numbers: characters, their places in a list, and what stands for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDPlaygroundWidgets.views.images_painting import (
    BLUE,
    INK,
    LINE,
    PALE,
    Box,
    diverging,
    fill,
    frame,
    left,
    picture,
    words,
)
from ELMEDPlaygroundWidgets.views.legend import SCALE, divergingScale
from ELMEDPlaygroundWidgets.views.text_view import HEAD, TextView, sign

if TYPE_CHECKING:
    from collections.abc import Mapping

TITLES = 118
ROW, GAP = 28, 8
LEAST_CELL, MOST_CELL = 20, 46
WIDEST = 3.0
"""Numbers beyond so many standard deviations are as blue or orange as can be."""


class TextTokensView(TextView):
    """A table: the characters of the prompt, and what the network gets instead of them."""

    name = "text-tokens"
    title = "Tokens"
    help = (
        "A network sees no letters. Each character is its place in a list, and for each place it "
        "learns a row of numbers: equal characters have equal columns. Below, what the network "
        "would have written after each. Large models have pieces of words for characters."
    )

    def paint(self, painter: Any, data: Mapping[str, Any], width: int, height: int) -> None:
        """Draw a column for each of the last characters of the prompt that find room."""
        kinds = len(data["characters"])
        text = (
            f"{kinds} different characters, each with {data['width']} numbers of its own",
            f"{kinds} characters, {data['width']} numbers each",
        )
        words(painter, Box(8, 2, width - 16, HEAD), text, 12, INK, left(), bold=True)
        titles = min(TITLES, width * 0.28)
        room = width - 16 - titles
        count = min(len(data["text"]), max(int(room // LEAST_CELL), 1))
        cell = min(room / count, MOST_CELL)
        top = HEAD + 6
        shown = data["text"][-count:]
        self._row(painter, Box(8, top, titles, ROW), cell, shown, ("The prompt", "Prompt"))
        places = [str(int(code)) for code in data["codes"][-count:]]
        title = ("Place in the list", "Place")
        self._row(painter, Box(8, top + ROW + 4, titles, ROW), cell, places, title)
        after = height - SCALE - ROW - 2 * GAP
        maps = Box(8, top + 2 * (ROW + 4) + 4, titles, after - top - 2 * (ROW + 4) - 4)
        self._vectors(painter, maps, cell, np.asarray(data["vectors"])[-count:], data["width"])
        title = ("Likeliest to follow", "Follows")
        foretold = Box(8, after + GAP, titles, ROW)
        self._row(painter, foretold, cell, data["foretold"][-count:], title, True)
        box = Box(8, height - SCALE, width - 16, SCALE)
        divergingScale(painter, box, "negative", "positive", ("learnt number", "number"))

    @staticmethod
    def _row(
        painter: Any, at: Box, cell: float, entries: Any, title: Any, answer: bool = False
    ) -> None:
        words(painter, Box(at.x, at.y, at.width - 6, at.height), title, 12, INK, left(), bold=True)
        for place, entry in enumerate(entries):
            box = Box(at.x + at.width + place * cell, at.y, cell - 2, at.height)
            fill(painter, box, "#e8f1f8" if answer else "#ffffff")
            frame(painter, box, BLUE if answer else LINE)
            words(painter, box, sign(entry), 13, INK)

    @staticmethod
    def _vectors(painter: Any, at: Box, cell: float, vectors: np.ndarray, all_: int) -> None:
        shown = vectors.shape[1]
        title = ("Its numbers", "Numbers")
        words(painter, Box(at.x, at.y, at.width - 6, 18), title, 12, INK, left(), bold=True)
        if shown < all_:
            text = (f"(the first {shown} of {all_})", f"{shown} of {all_}")
            words(painter, Box(at.x, at.y + 18, at.width - 6, 16), text, 11, PALE, left())
        greatest = WIDEST * float(vectors.std()) or 1.0
        for place, vector in enumerate(vectors):
            box = Box(at.x + at.width + place * cell, at.y, cell - 2, at.height)
            picture(painter, box, diverging(vector[:, None], greatest))
