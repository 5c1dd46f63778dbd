"""The examples and the plane as a hidden layer sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import qt

from ELMEDPlaygroundWidgets.views.charts import (
    PLANE_BELOW,
    PLANE_SIDE,
    Scale,
    examples,
    lines,
    planeAxes,
)
from ELMEDPlaygroundWidgets.views.images_painting import PALE, Box, frame, left, words
from ELMEDPlaygroundWidgets.views.images_view import ImageView, offer
from ELMEDPlaygroundWidgets.views.legend import classLegend, legendHeight

if TYPE_CHECKING:
    from collections.abc import Mapping

GREY = "#9fb4c7"
MARGIN = 0.06
CAPTION = 20


class HiddenSpaceView(ImageView):
    """Where a layer puts each example, and how it bends a straight grid."""

    name = "hidden-space"
    title = "Hidden space"
    help = (
        "Where a layer puts each example, and how it bends the straight grid of the plane. When "
        "classes come apart here, a straight cut is enough: a good representation."
    )
    showsOneImage = False

    def __init__(self) -> None:
        """Offer the layers."""
        super().__init__()
        self.layerCombo = self.addCombo("The layer that is looked into.")
        self.bar.addStretch(1)

    def suits(self, summary: Mapping[str, Any]) -> bool:
        """Suit all that classify; the layers to choose from are those of the network."""
        if summary.get("generates"):
            return False
        names = [layer["name"] for layer in summary["layers"]]
        entries = [("last hidden layer", None), ("input", "input")]
        entries += [(name, name) for name in names[:-1]] + [("output", "logits")]
        offer(self.layerCombo, entries)
        return True

    def request(self) -> dict[str, Any]:
        """Ask for the chosen layer."""
        layer = self.layerCombo.currentData if self.layerCombo.count else None
        return {"layer": layer} if layer else {}

    def paint(self, painter: Any, data: Mapping[str, Any], width: int, height: int) -> None:
        """Draw the bent grid and the examples."""
        painter.setRenderHint(qt.QPainter.Antialiasing)
        below = legendHeight(painter, width - 12, data["classes"])
        high = height - 10 - CAPTION - PLANE_BELOW - below
        room = Box(6 + PLANE_SIDE, 4 + CAPTION, width - 18 - PLANE_SIDE, high).square()
        scale = spaceScale(room, data["points"])
        painter.save()
        painter.setClipRect(room.rect)
        if data.get("across") is not None:
            lines(painter, scale, data["across"], GREY)
            lines(painter, scale, data["down"], GREY)
        examples(painter, scale, data, min(max(room.width / 110, 2.0), 3.6))
        painter.restore()
        frame(painter, room)
        planeAxes(painter, scale, _directions(data))
        words(painter, Box(8, 2, width - 16, CAPTION), _caption(data), 12, PALE, left())
        classLegend(painter, Box(6, height - below, width - 12, below), data["classes"])


def spaceScale(room: Box, positions: np.ndarray) -> Scale:
    """Return a scale that shows all positions (n, 2), the same for both axes."""
    points = positions[np.isfinite(positions).all(axis=1)]
    if len(points) == 0:
        return Scale(room, (-1, 1), (-1, 1))
    low, high = points.min(axis=0), points.max(axis=0)
    middle, half = (low + high) / 2, max(float((high - low).max()) / 2, 1e-6) * (1 + 2 * MARGIN)
    return Scale(
        room,
        (float(middle[0]) - half, float(middle[0]) + half),
        (float(middle[1]) - half, float(middle[1]) + half),
    )


def _directions(data: Mapping[str, Any]) -> tuple[str, str]:
    """Return what x and y are of."""
    if data["is_projection"]:
        return "first principal component", "second"
    if data["layer"] == "input":
        return "x", "y"
    return "first number", "second number"


def _caption(data: Mapping[str, Any]) -> tuple[str, ...]:
    name = "output" if data["layer"] == "logits" else data["layer"]
    if not data["is_projection"]:
        return (f"{name}: its {data['neurons']} numbers as x and y",)
    share = f"{100 * data['explained']:.0f} % of the variance"
    count = f"{name}: {data['neurons']} numbers"
    long = f"{count}, seen along their first two principal components: {share}"
    return long, f"{count}, 2 components: {share}", f"{name}: {share}"
