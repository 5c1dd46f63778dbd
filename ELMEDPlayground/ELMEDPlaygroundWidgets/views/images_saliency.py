"""Which pixels a prediction rests on: saliency and Grad-CAM."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDPlaygroundWidgets.views.images_features import verdict
from ELMEDPlaygroundWidgets.views.images_painting import (
    INK,
    PALE,
    Box,
    bars,
    glow,
    left,
    picture,
    words,
)
from ELMEDPlaygroundWidgets.views.images_view import ImageView, offer
from ELMEDPlaygroundWidgets.views.legend import SCALE, glowScale

if TYPE_CHECKING:
    from collections.abc import Mapping

TITLE = 24
CAPTION = 20
BARS = 200
OPACITY = 0.75
PREDICTED = "the predicted class"


class ExplanationView(ImageView):
    """The image, a map of what mattered, and both on each other."""

    mapTitle = ""

    def __init__(self) -> None:
        """Offer the classes."""
        super().__init__()
        self.classCombo = self.addCombo("The class that is asked about: what speaks for it?")

    def clear(self) -> None:
        """Forget the classes."""
        wasBlocked = self.classCombo.blockSignals(True)
        self.classCombo.clear()
        self.classCombo.blockSignals(wasBlocked)
        super().clear()

    def request(self) -> dict[str, Any]:
        """Ask about the chosen class."""
        number = self.classCombo.currentData if self.classCombo.count else None
        return {**super().request(), "class": None if number in (None, -1) else number}

    def show(self, data: Mapping[str, Any]) -> None:
        """Offer the classes, too."""
        classes = [(f"class {name}", number) for number, name in enumerate(data["classes"])]
        offer(self.classCombo, [(PREDICTED, -1), *classes])
        super().show(data)

    def pictures(self, data: Mapping[str, Any]) -> list[tuple[str, np.ndarray]]:
        """Return what is shown side by side: captions and pixels."""
        strength = data["map"][..., None]
        image = data["picture"]
        colour = image if image.ndim == 3 else np.repeat(image[..., None], 3, axis=2)  # noqa: PLR2004
        share = OPACITY * np.sqrt(strength)
        over = np.rint(colour * (1 - share) + glow(data["map"]) * share).astype(np.uint8)
        return [("image", image), (self.mapTitle, glow(data["map"])), ("both", over)]

    def paint(self, painter: Any, data: Mapping[str, Any], width: int, height: int) -> None:
        """Draw the pictures, and the probabilities beside or below them."""
        words(painter, Box(8, 0, width - 16, TITLE), verdict(data), 14, INK, left(), bold=True)
        asked = f"what speaks for class {data['classes'][data['class']]}{self.detail(data)}"
        words(painter, Box(8, TITLE - 2, width - 16, CAPTION), asked, 12, PALE, left())
        box = Box(8, TITLE + CAPTION, width - 16, height - TITLE - CAPTION - SCALE - 4)
        shown = self.pictures(data)
        aside = box.width - BARS > len(shown) * (box.height - CAPTION) * 0.75
        if aside:
            room = Box(box.x, box.y, box.width - BARS, box.height)
            table = Box(box.x + box.width - BARS + 10, box.y + CAPTION, BARS - 14, box.height)
        else:
            side = min(box.width / len(shown), box.height * 0.62)
            room = Box(box.x, box.y, box.width, side + CAPTION)
            table = Box(box.x, box.y + side + CAPTION + 8, min(box.width, 420), 0)
            table = Box(table.x, table.y, table.width, box.y + box.height - table.y)
        side = min(room.width / len(shown), room.height - CAPTION)
        for number, (caption, pixels) in enumerate(shown):
            at = Box(room.x + number * side, room.y + CAPTION, side, side).grown(-3)
            words(painter, Box(at.x, room.y, at.width, CAPTION), caption, 12, PALE)
            picture(painter, _proportioned(at, pixels), pixels)
        bars(painter, table, data["classes"], data["probabilities"], data["truth"], data["class"])
        scale = Box(8, height - SCALE, width - 16, SCALE)
        glowScale(painter, scale, "nothing", "most", "how much it speaks for the class")

    def detail(self, data: Mapping[str, Any]) -> str:
        """Return what else is to be said of the map."""
        raise NotImplementedError


class SaliencyView(ExplanationView):
    """The gradient of a class with respect to the pixels."""

    name = "saliency"
    title = "Saliency"
    help = (
        "Shows how much each pixel would change the answer: the gradient of the class's logit. "
        "Smooth takes the mean over noisy copies of the image (SmoothGrad)."
    )
    mapTitle = "saliency"

    def __init__(self) -> None:
        """Offer to smooth."""
        super().__init__()
        self.smoothBox = self.addFlag(
            "Smooth", "Take the mean of the gradients of noisy copies: SmoothGrad."
        )
        self.bar.addStretch(1)

    def request(self) -> dict[str, Any]:
        """Ask with or without smoothing."""
        return {**super().request(), "smooth": self.smoothBox.checked}

    def detail(self, data: Mapping[str, Any]) -> str:
        """Name the method."""
        return ": SmoothGrad" if data["smooth"] else ": input gradient"


class GradCamView(ExplanationView):
    """Where a convolution sees what speaks for a class."""

    name = "grad-cam"
    title = "Grad-CAM"
    help = (
        "Shows where a layer sees what speaks for a class: its maps, weighted by their gradients "
        "(Selvaraju et al. 2017). Deeper layers are coarser and mean more."
    )
    mapTitle = "Grad-CAM"

    def __init__(self) -> None:
        """Offer the layers."""
        super().__init__()
        self.layerCombo = self.addCombo("The layer whose maps are weighted.")
        self.bar.addStretch(1)

    def suits(self, summary: Mapping[str, Any]) -> bool:
        """Suit networks with a convolution."""
        kinds = [row["kind"] for row in summary["layers"]]
        return super().suits(summary) and "conv" in kinds

    def clear(self) -> None:
        """Forget the layers."""
        wasBlocked = self.layerCombo.blockSignals(True)
        self.layerCombo.clear()
        self.layerCombo.blockSignals(wasBlocked)
        super().clear()

    def request(self) -> dict[str, Any]:
        """Ask for the chosen layer; without one, the engine takes the last convolution."""
        layer = self.layerCombo.currentData if self.layerCombo.count else None
        return {**super().request(), "layer": layer}

    def show(self, data: Mapping[str, Any]) -> None:
        """Offer the layers, too."""
        offer(self.layerCombo, [(name, name) for name in data["layers"]], data["layer"])
        super().show(data)

    def detail(self, data: Mapping[str, Any]) -> str:
        """Name the layer and its grid."""
        rows, columns = data["coarse"].shape
        return f": seen by {data['layer']} ({rows} × {columns})"


def _proportioned(box: Box, pixels: np.ndarray) -> Box:
    side = min(box.width / pixels.shape[1], box.height / pixels.shape[0])
    return Box(box.x, box.y, side * pixels.shape[1], side * pixels.shape[0])
