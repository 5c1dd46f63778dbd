"""Where a variational autoencoder writes points down, and how it reads the latent plane."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt

from ELMEDPlaygroundWidgets.views.charts import lines
from ELMEDPlaygroundWidgets.views.generative_pair import (
    GRID,
    headline,
    named,
    pairOfSquares,
    plane,
    radiusIn,
    square,
)
from ELMEDPlaygroundWidgets.views.generative_view import DATA, ROW, GenerativeView, dotLegend, dots
from ELMEDPlaygroundWidgets.views.images_painting import BLUE, INK, Box

if TYPE_CHECKING:
    from collections.abc import Mapping

SPREADS = (1.0, 2.0)
"""Circles of so many standard deviations are drawn: 39 % and 86 % of new points lie within."""


class LatentSpaceView(GenerativeView):
    """Encoded points in the latent plane, and the latent plane's grid among the data."""

    name = "latent-space"
    title = "Latent space"
    help = (
        "On the left where points are written down, in the colours of their modes; new points are "
        "drawn around the middle, most within the circles (one and two standard deviations). On "
        "the right what the grid is read as: it fills the gaps between the modes, too."
    )
    models = ("vae",)

    def paint(self, painter: Any, data: Mapping[str, Any], width: int, height: int) -> None:
        """Draw both squares, how many latent numbers are in use above, and a legend below."""
        painter.setRenderHint(qt.QPainter.Antialiasing)
        one, other = pairOfSquares(width, height)
        latent, scale = square(data["latent_extent"], one), square(data["extent"], other)
        for box, grid, across, down in (
            (one, latent, "grid_across", "grid_down"),
            (other, scale, "across", "down"),
        ):
            painter.save()
            painter.setClipRect(box.rect)
            if box is other:
                plane(painter, scale, data["data"])
            lines(painter, grid, data[across], GRID)
            lines(painter, grid, data[down], GRID)
            painter.restore()
        _circles(painter, latent)
        dots(painter, latent, data["latent"], data["targets"], radiusIn(one))
        named(painter, one, ("Latent numbers of points held out", "Latent numbers"))
        named(painter, other, ("What the grid is read as", "Grid, read"))
        used = f"{data['in_use']} of 2 latent numbers"
        spread = f"{float(data['spreads'].mean()):.2f}"
        text = (
            f"{used} tell the points apart; each is certain to about {spread}",
            f"{used} in use; certain to {spread}",
            f"{data['in_use']} of 2 in use",
        )
        headline(painter, width, text)
        legend = ((BLUE, "points, by mode"), (DATA, "data"), (GRID, "grid"))
        dotLegend(painter, Box(8, height - ROW - 2, width - 16, ROW), legend)


def _circles(painter: Any, scale: Any) -> None:
    """Draw where new points are made of: circles around the middle."""
    painter.setPen(qt.QPen(qt.QColor(INK), 1, qt.Qt.DashLine))
    painter.setBrush(qt.QBrush(qt.Qt.NoBrush))
    middle = scale.point(0.0, 0.0)
    for spread in SPREADS:
        radius = scale.point(spread, 0.0).x() - middle.x()
        painter.drawEllipse(middle, radius, radius)
