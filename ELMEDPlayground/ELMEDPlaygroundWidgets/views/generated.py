"""What a generator makes, over the data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt

from ELMEDPlaygroundLib.generative.measures import against_noise
from ELMEDPlaygroundWidgets.views.charts import PLANE_BELOW, PLANE_SIDE, Scale, planeAxes
from ELMEDPlaygroundWidgets.views.generative_view import (
    DATA,
    ROW,
    STRAY,
    GenerativeView,
    dotLegend,
    dots,
)
from ELMEDPlaygroundWidgets.views.images_painting import BLUE, INK, Box, frame, left, words

if TYPE_CHECKING:
    from collections.abc import Mapping

HEAD = 22


class GeneratedView(GenerativeView):
    """Generated points, each in the colour of the mode that it belongs to."""

    name = "generated"
    title = "Generated points"
    help = (
        "Grey are data that were never learnt from; coloured are the points that are generated "
        "now, by the mode that they belong to; hollow ones are far from all data."
    )
    asks = True

    def paint(self, painter: Any, data: Mapping[str, Any], width: int, height: int) -> None:
        """Draw data and points, the numbers above, and a legend below."""
        painter.setRenderHint(qt.QPainter.Antialiasing)
        words(
            painter, Box(8, 2, width - 16, HEAD), self.sentences(data), 12, INK, left(), bold=True
        )
        high = height - HEAD - 8 - PLANE_BELOW - ROW
        room = Box(6 + PLANE_SIDE, HEAD + 4, width - 18 - PLANE_SIDE, high).square()
        extent = data["extent"]
        scale = Scale(room, (-extent, extent), (-extent, extent))
        radius = min(max(room.width / 160, 1.4), 2.6)
        dots(painter, scale, data["data"], DATA, radius)
        dots(painter, scale, data["points"], data["targets"], radius)
        frame(painter, room)
        planeAxes(painter, scale, ("x", "y"))
        legend = ((DATA, "data"), (BLUE, "generated"), (STRAY, "far off"))
        dotLegend(painter, Box(8, height - ROW - 2, width - 16, ROW), legend)

    @staticmethod
    def sentences(data: Mapping[str, Any]) -> tuple[str, ...]:
        """Return what is measured, in words that get shorter."""
        if data["hits"] is not None:
            wanted = data["modes"][data["mode"]]
            hits, spread = f"{100 * data['hits']:.0f} %", f"{data['spread']:.3f}"
            return (
                f"Asked for {wanted}: {hits} hit it; mean distance from their middle {spread}",
                f"{hits} hit {wanted}; spread {spread}",
                f"{hits} hit; spread {spread}",
            )
        share = against_noise(data["energy"], data["energy_noise"])
        modes = f"{data['covered']} of {len(data['modes'])} modes"
        return (
            f"{modes} covered; energy distance {data['energy']:.4f}, {share}",
            f"{modes}; distance {share}",
            f"{modes}; {share}",
        )
