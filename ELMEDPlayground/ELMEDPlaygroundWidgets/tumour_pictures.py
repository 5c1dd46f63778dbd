"""Four pictures of one slice, side by side: what the generator drew."""

from __future__ import annotations

from typing import Any

import numpy as np
import qt

from ELMEDLib.bridge.glioma import GLIOMA_SEGMENTS
from ELMEDPlaygroundLib.tumour.classes import SHAPE
from ELMEDPlaygroundWidgets.views.images_painting import Box, picture, words
from ELMEDSegmentLib.labels import CHANNEL_TITLES, CHANNELS

SHORT = {"t1c": "T1 + contrast"}
WORDS_HEIGHT = 18
GAP = 4
LEAST_WIDTH = 320

DARKEST, BRIGHTEST = {"t2": -1.8, "flair": -2.4}, {"t1c": 3.6, "t2": 3.4, "flair": 3.2}
"""The window of each contrast, in deviations from the brain's mean; -2.6 to 2.4 where not named."""

EMPTY = "Press Generate to see the slice in four contrasts."


class TumourPictures(qt.QWidget):
    """Shows the contrasts of a slice as large as there is room."""

    def __init__(self) -> None:
        super().__init__()
        self.slices: np.ndarray | None = None
        self.outlines = False
        self._mask = np.zeros(SHAPE, np.uint8)
        self.setMinimumWidth(LEAST_WIDTH)
        self.setFixedHeight(WORDS_HEIGHT + 164)

    def show_(self, slices: np.ndarray | None, mask: np.ndarray) -> None:
        """Show slices, float `(4, 96, 80)`, with the mask that they were drawn for."""
        self.slices, self._mask = slices, mask
        self.update()

    def outline(self, on: bool) -> None:
        """Draw the mask's edges over the pictures, or not."""
        self.outlines = on
        self.update()

    def paintEvent(self, event: Any) -> None:  # noqa: ARG002 - Qt's signature
        """Draw the pictures with their names."""
        painter = qt.QPainter(self)
        whole = Box(0, 0, self.width, self.height)
        if self.slices is None:
            words(painter, whole, EMPTY)
        else:
            for number, channel in enumerate(CHANNELS):
                self._paint(painter, whole.cell(0, number, 1, len(CHANNELS)), number, channel)
        painter.end()

    def _paint(self, painter: Any, cell: Box, number: int, channel: str) -> None:
        height = min(cell.height - WORDS_HEIGHT, (cell.width - GAP) * SHAPE[0] / SHAPE[1])
        width = height * SHAPE[1] / SHAPE[0]
        left = cell.x + (cell.width - width) / 2
        title = SHORT.get(channel, CHANNEL_TITLES[channel])
        words(painter, Box(cell.x, cell.y, cell.width, WORDS_HEIGHT), title)
        grey = asGrey(self.slices[number], channel)
        rgb = np.repeat(grey[..., None], 3, axis=2)
        if self.outlines:
            for kind in GLIOMA_SEGMENTS:
                rgb[_edge(self._mask == kind.label)] = [round(255 * part) for part in kind.colour]
        picture(painter, Box(left, cell.y + WORDS_HEIGHT, width, height), rgb)


def asGrey(contrast: np.ndarray, channel: str) -> np.ndarray:
    """Return a contrast, `(96, 80)` in deviations, as grey values, uint8; 0 outside the brain."""
    low, high = DARKEST.get(channel, -2.6), BRIGHTEST.get(channel, 2.4)
    grey = np.rint(255 * np.clip((contrast - low) / (high - low), 0, 1))
    return (grey * (contrast != 0)).astype(np.uint8)


def _edge(mask: np.ndarray) -> np.ndarray:
    """Return the pixels of a mask that touch others, above, below, left or right."""
    padded = np.pad(mask, 1)
    inner = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    return mask & ~inner
