"""One level of the way from noise to data: the points, and where each place pulls them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt

from ELMEDPlaygroundWidgets.views.arrows import arrow
from ELMEDPlaygroundWidgets.views.charts import PLANE_BELOW, PLANE_SIDE, Scale, planeAxes
from ELMEDPlaygroundWidgets.views.generative_view import ROW, GenerativeView, dotLegend, dots
from ELMEDPlaygroundWidgets.views.images_painting import (
    BLUE,
    INK,
    ORANGE,
    Box,
    frame,
    left,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

HEAD = 22


class ScoreFieldView(GenerativeView):
    """Points of one level with the score as arrows; buttons go from level to level."""

    name = "score-field"
    title = "Score, step by step"
    models = ("diffusion",)
    help = (
        "Arrows are the score: they point to where, at this level of noise, more data would lie. "
        "Press the buttons to take the noise away level by level, and watch the points follow."
    )
    asks = True

    def __init__(self) -> None:
        """Add the buttons that lead from level to level."""
        super().__init__()
        self.level: int | None = None
        self.noiseButton = self.addButton(
            "|◀", "Begin with noise alone.", lambda: self.goTo(self._last)
        )
        self.backButton = self.addButton(
            "◀", "Go back a level, to more noise.", lambda: self.goTo(self._level + 1)
        )
        self.onButton = self.addButton(
            "▶", "Take away the noise of one level.", lambda: self.goTo(self._level - 1)
        )
        self.endButton = self.addButton("▶|", "Go to the end: no noise.", lambda: self.goTo(0))

    @property
    def _last(self) -> int:
        return int(self.data["last"]) if self.data else 0

    @property
    def _level(self) -> int:
        if self.level is not None:
            return self.level
        return int(self.data["level"]) if self.data else 0

    def goTo(self, level: int) -> None:
        """Show a level, as near to it as there is one."""
        if self.data is not None:
            self.level = min(max(level, 0), self._last)
            self.changed()

    def clear(self) -> None:
        """Forget the level, too."""
        super().clear()
        self.level = None

    def request(self) -> dict[str, Any]:
        """Ask for the level."""
        return {**super().request(), "level": self.level}

    def paint(self, painter: Any, data: Mapping[str, Any], width: int, height: int) -> None:
        """Draw arrows, points, and what level it is."""
        painter.setRenderHint(qt.QPainter.Antialiasing)
        share = f"{100 * data['left']:.0f} % data"
        text = (f"Level {data['level']} of {data['last']}: {share}, the rest noise", share)
        words(painter, Box(8, 2, width - 16, HEAD), text, 12, INK, left(), bold=True)
        high = height - HEAD - 8 - PLANE_BELOW - ROW
        room = Box(6 + PLANE_SIDE, HEAD + 4, width - 18 - PLANE_SIDE, high).square()
        extent = data["extent"]
        scale = Scale(room, (-extent, extent), (-extent, extent))
        gap = room.width / (round(len(data["places"]) ** 0.5) + 1)
        dots(painter, scale, data["points"], BLUE, min(max(room.width / 160, 1.4), 2.6))
        for place, pull in zip(data["places"], data["arrows"], strict=True):
            arrow(painter, scale.point(*map(float, place)), pull, gap, ORANGE)
        frame(painter, room)
        planeAxes(painter, scale, ("x", "y"))
        legend = ((BLUE, "points at this level"), (ORANGE, "score"))
        dotLegend(painter, Box(8, height - ROW - 2, width - 16, ROW), legend)
