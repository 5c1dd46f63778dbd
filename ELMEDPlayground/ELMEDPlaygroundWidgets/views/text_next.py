"""How likely each character is to come next."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import qt

from ELMEDPlaygroundWidgets.views.images_painting import (
    BLUE,
    INK,
    PALE,
    SKY,
    Box,
    fill,
    frame,
    left,
    right,
    words,
)
from ELMEDPlaygroundWidgets.views.text_view import (
    FOOT,
    HEAD,
    TextView,
    choiceOf,
    sign,
    strangers,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

ROW, MOST_ROW = 15, 24
LETTER, NUMBER = 30, 48
TAIL = 24
"""Characters of the prompt that are repeated above the bars."""

FULL = (0.25, 0.5, 1.0)
"""Probabilities that the longest bar may stand for: the least that is enough."""

TITLES = {" ": "blank", "\n": "line end"}


class TextNextView(TextView):
    """The likeliest next characters as bars."""

    name = "text-next"
    title = "Next character"
    help = (
        "Bars are how likely each character is to follow the prompt, at the temperature; the thin "
        "frame is what the network itself says (temperature 1). Type on, and watch them change."
    )
    asks = True

    def paint(self, painter: Any, data: Mapping[str, Any], width: int, height: int) -> None:
        """Draw the likeliest characters that find room, and what is left for all others."""
        painter.setRenderHint(qt.QPainter.Antialiasing)
        tail = "".join(sign(one) for one in data["prompt"][-TAIL:])
        before = "…" if len(data["prompt"]) > TAIL else ""
        kinds = f"among {math.exp(data['entropy']):.1f} characters"
        text = (
            f"After “{before}{tail}”, {choiceOf(data['temperature'])}: as undecided as {kinds}",
            f"{choiceOf(data['temperature'])}: as undecided as {kinds}",
            f"undecided {kinds}",
        )
        words(painter, Box(8, 2, width - 16, HEAD), text, 12, INK, left(), bold=True)
        foot = FOOT if data["strange"] else 0
        box = Box(8, HEAD + 4, width - 16, height - HEAD - 8 - foot)
        shown = max(int(box.height // ROW) - 1, 1)
        order = np.lexsort((-data["plain"], -data["shares"]))[:shown]
        line = min(box.height / (len(order) + 1), MOST_ROW)
        room = box.width - LETTER - NUMBER - 6
        largest = float(max(data["shares"].max(), data["plain"].max()))
        full = next((one for one in FULL if one >= largest), 1.0)
        for place, number in enumerate(order):
            at = Box(box.x, box.y + place * line, box.width, line)
            shares = float(data["shares"][number]), float(data["plain"][number])
            self._bar(painter, at, data["characters"][number], room / full, *shares)
        rest = 1.0 - float(data["shares"][order].sum())
        at = Box(box.x + LETTER, box.y + len(order) * line, room + NUMBER, line)
        others = f"{len(data['characters']) - len(order)} others: {100 * max(rest, 0):.1f} %"
        words(painter, at, others, 11, PALE, left())
        strangers(painter, data, width, height)

    @staticmethod
    def _bar(
        painter: Any, at: Box, character: str, room: float, share: float, plain: float
    ) -> None:
        name = Box(at.x, at.y, LETTER - 6, at.height)
        words(painter, name, sign(character), 13, INK, right(), bold=True)
        bar = Box(at.x + LETTER, at.y + 2, max(room * share, 1.0), at.height - 4)
        fill(painter, bar, BLUE if share > 0 else SKY)
        frame(painter, Box(bar.x, bar.y, max(room * plain, 1.0), bar.height), INK, 0.8)
        x = bar.x + max(bar.width, room * plain) + 4
        title = TITLES.get(character, "")
        percent = f"{100 * share:.0f} %" if share >= 0.0995 else f"{100 * share:.1f} %"  # noqa: PLR2004
        wordings = (f"{percent} {title}", percent) if title else percent
        words(painter, Box(x, at.y, at.x + at.width - x, at.height), wordings, 11, PALE, left())
