"""What a GAN's discriminator takes for data, and where that pulls the generator's points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import qt

from ELMEDPlaygroundWidgets.views.arrows import arrow
from ELMEDPlaygroundWidgets.views.charts import PLANE_BELOW, PLANE_SIDE, Scale, planeAxes
from ELMEDPlaygroundWidgets.views.generative_view import ROW, GenerativeView, dotLegend, dots
from ELMEDPlaygroundWidgets.views.images_painting import (
    BLUE,
    INK,
    ORANGE,
    Box,
    diverging,
    left,
    picture,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

HEAD = 22
BLACK = "#202020"
LONGEST = 0.11
"""Length of the longest arrow, in sides of the square."""

PALENESS = 0.6
HALF = 0.5


class DiscriminatorMapView(GenerativeView):
    """The plane in the colours of the discriminator's judgement, with arrows at made points."""

    name = "discriminator-map"
    title = "Discriminator's map"
    help = (
        "Orange is where the discriminator expects data, blue where it expects made points, white "
        "where it cannot tell. Arrows: where the generator moves its points to be taken for data. "
        "In the end it cannot tell the two apart (50 %)."
    )
    models = ("gan",)

    def paint(self, painter: Any, data: Mapping[str, Any], width: int, height: int) -> None:
        """Draw the map, data, made points and arrows."""
        share = f"{100 * data['told_apart']:.0f} %"
        text = (
            f"Data and made points told apart: {share} right (50 % is guessing)",
            f"Told apart: {share} (guessing: 50 %)",
            f"Told apart: {share}",
        )
        words(painter, Box(8, 2, width - 16, HEAD), text, 12, INK, left(), bold=True)
        high = height - HEAD - 8 - PLANE_BELOW - ROW
        room = Box(6 + PLANE_SIDE, HEAD + 4, width - 18 - PLANE_SIDE, high).square()
        picture(painter, room, diverging(PALENESS * 2 * (data["sure"] - HALF), 1.0))
        painter.setRenderHint(qt.QPainter.Antialiasing)
        extent = data["extent"]
        scale = Scale(room, (-extent, extent), (-extent, extent))
        radius = min(max(room.width / 160, 1.4), 2.6)
        dots(painter, scale, data["data"], ORANGE, radius)
        dots(painter, scale, data["points"], BLUE, radius)
        painter.save()
        painter.setClipRect(room.rect)
        for start, pull in zip(data["starts"], data["arrows"], strict=True):
            if np.isfinite(start).all() and np.isfinite(pull).all():
                arrow(painter, scale.point(*map(float, start)), pull, LONGEST * room.width, BLACK)
        painter.restore()
        planeAxes(painter, scale, ("x", "y"))
        legend = ((ORANGE, "data"), (BLUE, "made points"), (BLACK, "pull"))
        dotLegend(painter, Box(8, height - ROW - 2, width - 16, ROW), legend)
