"""Loss, distance from the data and modes covered, while a generator learns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import qt

from ELMEDPlaygroundLib.generative.measures import against_noise
from ELMEDPlaygroundWidgets.views.charts import Scale, axes, line
from ELMEDPlaygroundWidgets.views.generative_view import ROW, GenerativeView, dotLegend
from ELMEDPlaygroundWidgets.views.images_painting import BLUE, INK, ORANGE, Box, left, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HEAD, SIDE, BELOW = 22, 52, 38
FIFTH = 0.2
"""The share of noise's distance that is good enough for the lesson."""

LOSSES = {
    "loss": ("loss", BLUE),
    "generator_loss": ("generator", BLUE),
    "discriminator_loss": ("discriminator", ORANGE),
    "reconstruction": ("reconstruction", BLUE),
    "divergence": ("divergence", ORANGE),
}
"""What each is called, and its colour."""

LEGEND_SIDE = 40
"""How far left of the chart the legend begins."""

HIGHEST = 95.0
"""The percentile of the losses that the chart has room for."""

TOP = 1.5
"""Distances of more times noise's are drawn no higher."""


class GenerativeCurvesView(GenerativeView):
    """Two charts over the steps: the loss, and how far the points are from the data."""

    name = "generative-curves"
    title = "Loss, distance"
    help = (
        "What is learnt by, and how far the points are from the data. The losses of a GAN do not "
        "tell how good it is, that of a diffusion model soon hardly falls; the distance tells. "
        "Dashed: a fifth of the distance of noise."
    )

    def paint(self, painter: Any, data: Mapping[str, Any], width: int, height: int) -> None:
        """Draw two charts beside each other, or one below the other, and the numbers above."""
        painter.setRenderHint(qt.QPainter.Antialiasing)
        steps, noise = data["step"].astype(float), max(float(data["energy_noise"]), 1e-9)
        last = max(float(steps[-1]), 1.0)
        wide = width > 1.3 * height
        each = (width / 2, height - HEAD) if wide else (width, (height - HEAD) / 2)
        shares = np.minimum(data["energy"] / noise, TOP)
        losses = [(data[name], *LOSSES[name]) for name in data["losses"]]
        everything = np.concatenate([values for values, *_ in losses])
        finite = everything[np.isfinite(everything)]
        # The first rows may be far above all others: they may leave the chart.
        tops = (1.2 * float(np.percentile(finite, HIGHEST)) if len(finite) else 1.0, TOP)
        titles = (_lossTitle(data["losses"]), ("Distance from the data", "Distance"))
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
                self._losses(painter, scale, steps, losses)
        share = against_noise(float(data["energy"][-1]), noise)
        modes = f"{int(data['modes'][-1])} of {data['mode_count']} modes"
        text = (
            f"step {int(steps[-1]):,}: distance {share}; {modes} covered",
            f"{share}; {modes}",
        )
        words(painter, Box(8, 2, width - 16, HEAD), text, 12, INK, left(), bold=True)

    @staticmethod
    def _losses(painter: Any, scale: Scale, steps: np.ndarray, losses: list[Any]) -> None:
        """Draw each loss in its colour, and name them where there are several."""
        room = scale.box
        painter.save()
        painter.setClipRect(room.rect)
        for values, _, colour in losses:
            line(painter, scale, steps, values, colour, False)
        painter.restore()
        if len(losses) > 1:
            entries = [(colour, name) for _, name, colour in losses]
            dotLegend(painter, Box(room.x - LEGEND_SIDE, room.y - 21, room.width, ROW), entries)


def _lossTitle(names: Sequence[str]) -> tuple[str, ...]:
    """Return what stands above the losses; several are named by a legend in its place."""
    return ("Loss (error in the noise)", "Loss") if list(names) == ["loss"] else ("",)
