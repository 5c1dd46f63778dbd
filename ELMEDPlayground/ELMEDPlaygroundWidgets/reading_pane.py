"""A text to read that is as high as it needs to be."""

from __future__ import annotations

import qt

LOWEST, HIGHEST = 180, 480
"""Pixels: what is longer scrolls."""

NARROWEST = 100


class ReadingPane(qt.QTextBrowser):
    """A text browser that fits its height to its text whenever its width changes."""

    def __init__(self) -> None:
        super().__init__()
        self._fitted = 0

    def fit(self) -> None:
        """Be as high as the text."""
        width = max(self.viewport().width, NARROWEST)
        self._fitted = width
        document = self.document
        document.setTextWidth(width)
        height = int(document.size.height()) + 2 * self.frameWidth
        self.setFixedHeight(max(LOWEST, min(height, HIGHEST)))

    def resizeEvent(self, event: qt.QResizeEvent) -> None:
        """Fit the height to another width; a scroll bar that comes or goes changes it, too."""
        super().resizeEvent(event)
        if abs(self.viewport().width - self._fitted) > self.verticalScrollBar().sizeHint.width():
            self.fit()
