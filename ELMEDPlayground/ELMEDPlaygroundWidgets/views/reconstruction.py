"""Points that were never learnt from, and what they come back as."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt

from ELMEDPlaygroundWidgets.views.charts import PLANE_BELOW, PLANE_SIDE, Scale, planeAxes
from ELMEDPlaygroundWidgets.views.generative_view import DATA, ROW, GenerativeView, dotLegend, dots
from ELMEDPlaygroundWidgets.views.images_painting import BLUE, INK, Box, frame, left, words

if TYPE_CHECKING:
    from collections.abc import Mapping

HEAD = 22


class ReconstructionView(GenerativeView):
    """A line from each point to where it is after it was written down and read again."""

    name = "reconstruction"
    title = "Reconstruction"
    help = (
        "Grey are points that were never learnt from, coloured what each becomes when it is "
        "written down as two latent numbers and read again; a line joins the two. With a large "
        "beta all of them are drawn to the middle."
    )
    models = ("vae",)

    def paint(self, painter: Any, data: Mapping[str, Any], width: int, height: int) -> None:
        """Draw points, lines and reconstructions."""
        painter.setRenderHint(qt.QPainter.Antialiasing)
        nats = data["divergence"]
        told = "" if nats is None else f"; written down in {nats:.1f} nats"
        apart = f"{data['distance']:.3f}"
        text = (
            f"Mean distance of point and reconstruction: {apart}{told}",
            f"Mean distance {apart}{told.replace('written down in ', '')}",
            f"Mean distance {apart}",
        )
        words(painter, Box(8, 2, width - 16, HEAD), text, 12, INK, left(), bold=True)
        high = height - HEAD - 8 - PLANE_BELOW - ROW
        room = Box(6 + PLANE_SIDE, HEAD + 4, width - 18 - PLANE_SIDE, high).square()
        extent = data["extent"]
        scale = Scale(room, (-extent, extent), (-extent, extent))
        radius = min(max(room.width / 160, 1.4), 2.6)
        painter.setPen(qt.QPen(qt.QColor(DATA), 1))
        for start, end in zip(data["data"], data["read"], strict=True):
            painter.drawLine(scale.point(*map(float, start)), scale.point(*map(float, end)))
        dots(painter, scale, data["data"], DATA, radius)
        dots(painter, scale, data["read"], data["targets"], radius)
        frame(painter, room)
        planeAxes(painter, scale, ("x", "y"))
        legend = ((DATA, "point"), (BLUE, "its reconstruction, by mode"))
        dotLegend(painter, Box(8, height - ROW - 2, width - 16, ROW), legend)
