"""How a GAN's generator lays the square of latent numbers over the plane."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt

from ELMEDPlaygroundWidgets.views.charts import lines
from ELMEDPlaygroundWidgets.views.generative_pair import (
    headline,
    modePixels,
    named,
    pairOfSquares,
    plane,
    radiusIn,
    square,
)
from ELMEDPlaygroundWidgets.views.generative_view import DATA, ROW, GenerativeView, dotLegend, dots
from ELMEDPlaygroundWidgets.views.images_painting import BLUE, INK, Box, picture

if TYPE_CHECKING:
    from collections.abc import Mapping


class GeneratorWarpView(GenerativeView):
    """The square in the colours of the modes that its places lead to, and its grid in the plane."""

    name = "generator-warp"
    title = "Generator's warp"
    help = (
        "On the left all latent numbers, in the colour of the mode that they become (white: none). "
        "On the right the same square as the generator bends it: where its grid is dense, many "
        "points are made. When modes collapse, all of it lies on one of them."
    )
    models = ("gan",)

    def paint(self, painter: Any, data: Mapping[str, Any], width: int, height: int) -> None:
        """Draw both squares, the modes covered above, and a legend below."""
        one, other = pairOfSquares(width, height)
        picture(painter, one, modePixels(data["modes_at"]))
        painter.setRenderHint(qt.QPainter.Antialiasing)
        scale = square(data["extent"], other)
        painter.save()
        painter.setClipRect(other.rect)
        plane(painter, scale, data["data"])
        lines(painter, scale, data["across"], BLUE)
        lines(painter, scale, data["down"], BLUE)
        dots(painter, scale, data["points"], INK, radiusIn(other))
        painter.restore()
        named(painter, one, ("Latent numbers, −1 to 1", "Latent numbers"))
        named(painter, other, ("What the generator makes of them", "Made of them"))
        modes, share = f"{data['covered']} of {len(data['modes'])} modes", 100 * data["largest"]
        text = (
            f"{modes} covered; {share:.0f} % of the points in the fullest one",
            f"{modes}; {share:.0f} % in the fullest",
        )
        headline(painter, width, text)
        legend = ((DATA, "data"), (BLUE, "grid of latent numbers"), (INK, "points"))
        dotLegend(painter, Box(8, height - ROW - 2, width - 16, ROW), legend)
