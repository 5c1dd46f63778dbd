"""What the views of generators share: clouds of points, and the wish for a mode, and how strongly.

All of them show the same wish: whoever asks one for a mode asks the others as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import qt

from ELMEDPlaygroundWidgets.views.charts import TEXT
from ELMEDPlaygroundWidgets.views.images_painting import PALE, Box, left, textWidth, words
from ELMEDPlaygroundWidgets.views.images_view import ImageView, offer
from ELMEDPlaygroundWidgets.views.palette import colourOf

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ELMEDPlaygroundWidgets.views.charts import Scale

DATA = "#c3c8ce"
"""The colour of data behind what was generated."""

STRAY = "#404040"
"""The colour of points far from all data; they are hollow, for a mode may be black."""

FAR = 255
ASKED = ("diffusion",)
"""Models that can be asked for a mode."""

GUIDANCE = (0.0, 0.5, 1.0, 3.0, 8.0)
ROW, MARK, BETWEEN = 18, 14, 10


class GenerativeView(ImageView):
    """A view of a generator of points."""

    showsOneImage = False
    models: tuple[str, ...] = ()
    """Those that the view is for; without any it is for all generators of points."""

    asks = False
    """Whether the user can ask for a mode above the view."""

    wish: ClassVar[dict[str, Any]] = {"mode": None, "guidance": 0.0}

    def __init__(self) -> None:
        """Make the canvas and, where the view asks, the choice of mode and guidance."""
        super().__init__()
        if self.asks:
            self.modeCombo = self.addCombo(
                "Ask for points of one mode, or take what comes.", self._wished
            )
            self.guidanceCombo = self.addCombo(
                "How strongly to ask (classifier-free guidance): the more, the surer the mode, and "
                "the less various the points.",
                self._wished,
            )
            strengths = [(f"guidance {strength:g}", strength) for strength in GUIDANCE]
            offer(self.guidanceCombo, strengths)
            self.bar.addStretch(1)

    def suits(self, summary: Mapping[str, Any]) -> bool:
        """Suit generators; the modes to ask for are those of the data."""
        suits = bool(summary.get("plane"))
        suits = suits and (not self.models or summary["generates"] in self.models)
        if suits and self.asks:
            modes = [(name, place) for place, name in enumerate(summary["classes"])]
            offer(self.modeCombo, [("any mode", None), *modes])
            for combo in (self.modeCombo, self.guidanceCombo):
                combo.visible = summary["generates"] in ASKED
        return suits

    def clear(self) -> None:
        """Forget what was drawn and wished for."""
        super().clear()
        GenerativeView.wish.update(mode=None, guidance=0.0)
        self._showWish()

    def request(self) -> dict[str, Any]:
        """Ask for the mode that is wished for."""
        self._showWish()
        return dict(self.wish) if self.asks else {}

    def wishFor(self, mode: int | None, guidance: float = 0.0) -> None:
        """Ask for a mode in all views."""
        GenerativeView.wish.update(mode=mode, guidance=guidance)
        self.changed()

    def _wished(self, *_) -> None:
        self.wishFor(self.modeCombo.currentData, self.guidanceCombo.currentData or 0.0)

    def _showWish(self) -> None:
        """Show what another view was asked."""
        if self.asks:
            for combo, name in ((self.modeCombo, "mode"), (self.guidanceCombo, "guidance")):
                values = [combo.itemData(place) for place in range(combo.count)]
                wasBlocked = combo.blockSignals(True)
                if self.wish[name] in values:
                    combo.setCurrentIndex(values.index(self.wish[name]))
                combo.blockSignals(wasBlocked)
            self.guidanceCombo.enabled = self.wish["mode"] is not None


def dots(
    painter: Any, scale: Scale, points: np.ndarray, colours: str | np.ndarray, radius: float
) -> None:
    """Draw points (n, 2) that lie within the square.

    Args:
        painter: of the canvas.
        scale: where numbers lie.
        points: float (n, 2).
        colours: one for all, or the mode of each, uint8 (n,); 255 is none.
        radius: of the marks, in pixels.
    """
    inside = np.isfinite(points).all(axis=1) & (np.abs(points) <= scale.x[1]).all(axis=1)
    modes = np.zeros(len(points), int) if isinstance(colours, str) else colours
    for mode in np.unique(modes[inside]):
        colour = colours if isinstance(colours, str) else STRAY if mode == FAR else colourOf(mode)
        _dip(painter, colour)
        for x, y in points[inside & (modes == mode)]:
            painter.drawEllipse(scale.point(float(x), float(y)), radius, radius)


def _dip(painter: Any, colour: str) -> None:
    """Take up a colour: strays have a rim alone, all others none."""
    hollow = colour == STRAY
    painter.setPen(qt.QPen(qt.QColor(colour), 0.8) if hollow else qt.QPen(qt.Qt.NoPen))
    painter.setBrush(qt.QBrush(qt.Qt.NoBrush) if hollow else qt.QBrush(qt.QColor(colour)))


def dotLegend(painter: Any, box: Box, entries: Sequence[tuple[str, str]]) -> None:
    """Name colours in a row.

    Args:
        painter: of the canvas.
        box: where to, a row high.
        entries: colour and what it stands for.
    """
    x = box.x
    for colour, text in entries:
        width = textWidth(painter, text, TEXT) + 2
        _dip(painter, colour)
        painter.drawEllipse(qt.QPointF(x + 6, box.y + ROW / 2), 4.5, 4.5)
        words(painter, Box(x + MARK, box.y, width, ROW), text, TEXT, PALE, left())
        x += MARK + width + BETWEEN
