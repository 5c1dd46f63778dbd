"""A walk in the latent plane: where one stands, and what that place is read as."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import qt

from ELMEDPlaygroundWidgets.views.charts import lines
from ELMEDPlaygroundWidgets.views.generative_pair import (
    cross,
    headline,
    named,
    pairOfSquares,
    plane,
    radiusIn,
    square,
)
from ELMEDPlaygroundWidgets.views.generative_view import DATA, ROW, GenerativeView, dotLegend, dots
from ELMEDPlaygroundWidgets.views.images_painting import BLUE, INK, ORANGE, Box
from ELMEDPlaygroundWidgets.views.images_view import offer

if TYPE_CHECKING:
    from collections.abc import Mapping

LATENT = "latent plane"


class LatentWalkView(GenerativeView):
    """A place that a click chooses, or a way between two points that buttons lead along."""

    name = "latent-walk"
    title = "Latent walk"
    help = (
        "Click into the plane of latent numbers on the left, or draw the mouse through it: the "
        "cross on the right is the point that the place is read as. Or choose two modes, and go "
        "from a point of one to a point of the other with the buttons."
    )
    models = ("vae",)

    def __init__(self) -> None:
        """Add the choice of the two ends, and the buttons that lead along the way."""
        super().__init__()
        self.latent: list[float] | None = None
        self.step = 0
        self._waits = False
        self._asked: list[float] | None = None
        self.canvas.follows = True
        self.startCombo = self.addCombo("Begin the way at a point of this mode.", self._newWay)
        self.endCombo = self.addCombo("End the way at a point of this mode.", self._newWay)
        self.backButton = self.addButton("◀", "Go a step back.", lambda: self.goTo(self.step - 1))
        self.onButton = self.addButton("▶", "Go a step on.", lambda: self.goTo(self.step + 1))
        self.bar.addStretch(1)

    def suits(self, summary: Mapping[str, Any]) -> bool:
        """Suit autoencoders of points; the ends to choose from are the modes."""
        suits = super().suits(summary)
        if suits:
            modes = [(name, place) for place, name in enumerate(summary["classes"])]
            offer(self.startCombo, modes, 0)
            offer(self.endCombo, modes, len(modes) // 2)
        return suits

    def clear(self) -> None:
        """Forget the place, too."""
        super().clear()
        self.latent, self.step, self._waits = None, 0, False

    def show(self, data: Mapping[str, Any]) -> None:
        """Paint, and go on where the mouse has gone meanwhile."""
        super().show(data)
        if self._waits:
            self._waits = False
            if self.latent is not None and self.latent != self._asked:
                self._ask()

    def request(self) -> dict[str, Any]:
        """Ask for the place, or for the step on the way."""
        ends = {"start": self.startCombo.currentData or 0, "end": self.endCombo.currentData or 0}
        return {"latent": self.latent, "step": self.step, **ends}

    def goTo(self, step: int) -> None:
        """Go to a step of the way, as near to it as there is one."""
        if self.data is not None:
            self.latent, self.step = None, min(max(step, 0), len(self.data["way"]) - 1)
            self.changed()

    def clicked(self, what: Any) -> None:
        """Go to the place that was clicked."""
        if what == LATENT and self.data is not None:
            x, y = self.canvas.place
            extent = self.data["latent_extent"]
            self.latent = [extent * (2 * x - 1), extent * (1 - 2 * y)]
            if not self._waits:
                self._ask()

    def keyPressed(self, key: Any) -> bool:
        """Go along the way with the arrow keys."""
        steps = {qt.Qt.Key_Left: -1, qt.Qt.Key_Right: 1}
        if key in steps:
            self.goTo(self.step + steps[key])
        return key in steps

    def paint(self, painter: Any, data: Mapping[str, Any], width: int, height: int) -> None:
        """Draw the latent plane and the plane of points, with the way and the place in both."""
        painter.setRenderHint(qt.QPainter.Antialiasing)
        one, other = pairOfSquares(width, height)
        latent, scale = square(data["latent_extent"], one), square(data["extent"], other)
        dots(painter, latent, data["latent"], data["targets"], radiusIn(one))
        plane(painter, scale, data["data"])
        for box, at, way, here in (
            (one, latent, data["way"], data["here"]),
            (other, scale, data["way_read"], data["read"]),
        ):
            painter.save()
            painter.setClipRect(box.rect)
            lines(painter, at, way[None], ORANGE)
            dots(painter, at, way, ORANGE, radiusIn(box))
            if np.isfinite(here).all():
                cross(painter, at.point(*map(float, here)), INK)
            painter.restore()
        named(painter, one, ("Latent plane: click into it", "Latent plane"))
        named(painter, other, ("What the place is read as", "Read as"))
        self.canvas.spot(one, LATENT)
        headline(painter, width, self.sentences(data))
        legend = ((BLUE, "points, by mode"), (DATA, "data"), (ORANGE, "the way"))
        dotLegend(painter, Box(8, height - ROW - 2, width - 16, ROW), legend)

    @staticmethod
    def sentences(data: Mapping[str, Any]) -> tuple[str, ...]:
        """Return where one stands, and how much of the way leads through no data."""
        x, y = (f"{float(number):.2f}".replace("-", "−") for number in data["read"])
        place = f"far from all data: ({x}, {y})" if data["stray"] else f"read as ({x}, {y})"
        off = f"{100 * data['off']:.0f} % of the way"
        return (
            f"The place is {place}; {off} leads through no data",
            f"{place}; {off} off the data",
            f"{off} off the data",
        )

    def _ask(self) -> None:
        # One question at a time: the mouse may move faster than the worker answers.
        self._waits, self._asked = True, self.latent
        self.changed()

    def _newWay(self) -> None:
        self.latent, self.step = None, 0
        self.changed()
