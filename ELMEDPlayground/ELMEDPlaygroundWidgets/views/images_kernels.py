"""Kernels: what a layer looks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDPlaygroundWidgets.views.images_painting import (
    INK,
    PALE,
    Box,
    diverging,
    grid,
    left,
    picture,
    right,
    words,
)
from ELMEDPlaygroundWidgets.views.images_view import ImageView, offer
from ELMEDPlaygroundWidgets.views.legend import SCALE, divergingScale

if TYPE_CHECKING:
    from collections.abc import Mapping

TITLE = 24
NAME = 15
MOST_SIDE = 150


class KernelsView(ImageView):
    """The weights of a layer as pictures."""

    name = "kernels"
    title = "Kernels"
    help = (
        "Shows what a layer looks for: its weights as pictures, positive orange, negative blue. "
        "Kernels of the first layer lie on the image; deeper ones have one picture for each "
        "channel of the layer before."
    )
    showsOneImage = False

    def __init__(self) -> None:
        """Offer a choice of layers, which the first answer fills."""
        super().__init__()
        self.layerCombo = self.addCombo("The layer whose kernels are shown.")
        self.bar.addStretch(1)

    def suits(self, summary: Mapping[str, Any]) -> bool:
        """Take up the layers that have kernels."""
        if not super().suits(summary):
            return False
        layers = [row for row in summary["layers"] if row["kind"] in ("conv", "dense")]
        return bool(layers)

    def clear(self) -> None:
        """Forget the layers."""
        wasBlocked = self.layerCombo.blockSignals(True)
        self.layerCombo.clear()
        self.layerCombo.blockSignals(wasBlocked)
        super().clear()

    def request(self) -> dict[str, Any]:
        """Ask for the chosen layer."""
        return {"layer": self.layerCombo.currentData if self.layerCombo.count else None}

    def show(self, data: Mapping[str, Any]) -> None:
        """Offer the layers, too."""
        offer(self.layerCombo, [(name, name) for name in data["layers"]], data["layer"])
        super().show(data)

    def paint(self, painter: Any, data: Mapping[str, Any], width: int, height: int) -> None:
        """Draw a picture for each filter, or a table: filters across, channels down."""
        weights = data["weights"]
        what = "kernels" if data["kind"] == "conv" else "neurons, a weight for each pixel"
        text = f"{data['layer']}: {data['filters']} {what}"
        if data["channels"] > 1 and "colours" not in data:
            text += f", each with {data['channels']} channels"
        if len(weights) < data["filters"]:
            text += f" (the first {len(weights)})"
        words(painter, Box(8, 0, width - 16, TITLE), text, 14, INK, left(), bold=True)
        box = Box(8, TITLE, width - 16, height - TITLE - SCALE)
        if "colours" in data:
            self._images(painter, box, np.rint(255 * data["colours"]).astype(np.uint8))
            note = "Each kernel as a colour image: grey is a weight of zero."
            words(painter, Box(8, height - SCALE, width - 16, SCALE), note, 12, PALE, left())
            return
        if weights.shape[1] == 1:
            pictures = [diverging(w[0], data["greatest"]) for w in weights]
            self._images(painter, box, pictures)
        else:
            self._table(painter, box, weights, data["greatest"])
        ends = f"−{data['greatest']:.2f}", f"+{data['greatest']:.2f}"
        divergingScale(painter, Box(8, height - SCALE, width - 16, SCALE), *ends, "weight")

    @staticmethod
    def _images(painter: Any, box: Box, pictures: Any) -> None:
        columns, _, side = grid(len(pictures), box.width, box.height, NAME)
        if side > MOST_SIDE:
            columns, side = int(box.width // MOST_SIDE), MOST_SIDE
        for number, pixels in enumerate(pictures):
            row, column = divmod(number, columns)
            place = Box(box.x + column * side, box.y + row * (side + NAME), side, side).grown(-3)
            picture(painter, place, pixels)
            name = Box(place.x, place.y + place.height, place.width, NAME)
            words(painter, name, str(number + 1), 11, PALE)

    @staticmethod
    def _table(painter: Any, box: Box, weights: np.ndarray, greatest: float) -> None:
        """Draw filters across, and the channels of the layer before down."""
        filters, channels = weights.shape[:2]
        side = min((box.width - 60) / filters, (box.height - 2 * NAME) / channels, MOST_SIDE)
        top, begin = box.y + 2 * NAME, box.x + 60
        size = int(max(min(side * 0.5, 11), 6))
        words(painter, Box(begin, box.y, filters * side, NAME), "filter", 11, PALE, left())
        for number in range(filters):
            at = Box(begin + number * side, box.y + NAME, side, NAME)
            words(painter, at, str(number + 1), size, PALE)
        for channel in range(channels):
            at = Box(box.x, top + channel * side, 56, side)
            text = f"channel {channel + 1}" if channel == 0 else str(channel + 1)
            words(painter, at, text, size if channel else 11, PALE, right())
        for number in range(filters):
            for channel in range(channels):
                place = Box(begin + number * side, top + channel * side, side, side)
                pixels = diverging(weights[number, channel], greatest)
                picture(painter, place.grown(-max(side * 0.04, 0.5)), pixels)
