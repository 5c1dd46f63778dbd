"""Loss, distance from the data and modes covered, while a generator learns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import qt

from ELMEDPlaygroundWidgets.views.charts import Scale, axes, line
from ELMEDPlaygroundWidgets.views.generative_view import GenerativeView
from ELMEDPlaygroundWidgets.views.images_painting import BLUE, INK, ORANGE, Box, left, words

if TYPE_CHECKING:
    from collections.abc import Mapping

HEAD, SIDE, BELOW = 22, 52, 38
FIFTH = 0.2
"""The share of noise's distance that is good enough for the lesson."""

TOP = 1.5
"""Distances of more times noise's are drawn no higher."""


class GenerativeCurvesView(GenerativeView):
    """Two charts over the steps: the loss, and how far the points are from the data."""

    name = "generative-curves"
    title = "Loss, distance"
    help = (
        "The loss hardly falls after a while, for noise cannot be foretold exactly; the distance "
        "of the points from the data goes on falling. Dashed: a fifth of the distance of noise."
    )

    def paint(self, painter: Any, data: Mapping[str, Any], width: int, height: int) -> None:
        """Draw two charts beside each other, or one below the other, and the numbers above."""
        painter.setRenderHint(qt.QPainter.Antialiasing)
        steps, noise = data["step"].astype(float), max(float(data["energy_noise"]), 1e-9)
        last = max(float(steps[-1]), 1.0)
        wide = width > 1.3 * height
        each = (width / 2, height - HEAD) if wide else (width, (height - HEAD) / 2)
        shares = np.minimum(data["energy"] / noise, TOP)
        finite = data["loss"][np.isfinite(data["loss"])]
        tops = (1.1 * float(finite.max()) if len(finite) else 1.0, TOP)
        titles = (("Loss (error in the noise)", "Loss"), ("Distance from the data", "Distance"))
        for number, (title, top) in enumerate(zip(titles, tops, strict=True)):
            x, y = (number * each[0], HEAD) if wide else (0, HEAD + number * each[1])
            box = Box(x + SIDE, y + 22, each[0] - SIDE - 22, each[1] - 22 - BELOW)
            scale = Scale(box, (0.0, last), (0.0, top))
            axes(painter, scale, title, "step", percent=number == 1)
            if number:
                bound = np.array([FIFTH, FIFTH])
                line(painter, scale, np.array([0.0, last]), bound, ORANGE, True)
                line(painter, scale, steps, shares, BLUE, False)
            else:
                line(painter, scale, steps, data["loss"], BLUE, False)
        share = 100 * float(data["energy"][-1]) / noise
        modes = f"{int(data['modes'][-1])} of {data['mode_count']} modes"
        text = (
            f"step {int(steps[-1]):,}: {share:.0f} % of the distance of noise; {modes} covered",
            f"{share:.0f} % of noise; {modes}",
        )
        words(painter, Box(8, 2, width - 16, HEAD), text, 12, INK, left(), bold=True)
