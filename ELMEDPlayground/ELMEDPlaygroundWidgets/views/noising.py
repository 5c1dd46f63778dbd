"""Data on their way into noise, and generated points on the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt

from ELMEDPlaygroundWidgets.views.charts import Scale
from ELMEDPlaygroundWidgets.views.generative_view import GenerativeView, dots
from ELMEDPlaygroundWidgets.views.images_painting import (
    BLUE,
    INK,
    PALE,
    Box,
    frame,
    left,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

HEAD, BELOW = 20, 17
ROWS = (
    ("there", ("Noise is put on the data, level by level", "Data to noise")),
    ("back", ("The network takes it away again: read from right to left", "And back")),
)


class NoisingView(GenerativeView):
    """Two rows of pictures: data to noise, and noise to points."""

    name = "noising"
    title = "Into noise and back"
    models = ("diffusion",)
    help = (
        "Above, data drown in noise from left to right; no network is needed for that. Below, "
        "points begin as noise on the right, and the network takes it away, level by level."
    )

    def paint(self, painter: Any, data: Mapping[str, Any], width: int, height: int) -> None:
        """Draw both rows, each picture with its level."""
        painter.setRenderHint(qt.QPainter.Antialiasing)
        count, extent = len(data["levels"]), data["extent"]
        high = height / 2
        side = min((width - 16) / count - 6, high - HEAD - BELOW - 4)
        step = (width - 16) / count
        for row, (name, title) in enumerate(ROWS):
            y = row * high
            words(painter, Box(8, y + 1, width - 16, HEAD), title, 12, INK, left(), bold=True)
            for place in range(count):
                x = 8 + place * step + (step - side) / 2
                top = y + HEAD + max((high - HEAD - BELOW - side) / 2, 0)
                room = Box(x, top, side, side)
                scale = Scale(room, (-extent, extent), (-extent, extent))
                colours = data["targets"] if name == "there" else BLUE
                dots(painter, scale, data[name][place], colours, min(max(side / 90, 0.9), 2.0))
                frame(painter, room)
                bare = f"{100 * data['left'][place]:.0f} %"
                share = f"{bare} data"
                level = f"level {data['levels'][place]}"
                at = Box(x, top + side + 1, side, BELOW - 2)
                words(painter, at, (f"{level}: {share}", share, bare), 10, PALE)
