"""Points drawn by hand, beside the choice of what is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt

from ELMEDPlaygroundWidgets.draw_pad import COLOURS, DrawPad

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class DrawingRow:
    """A pad to draw points on, the class of the next ones, and a button that removes all.

    Attributes:
        widget: the row, to be shown and hidden.
        pad: holds the points.
        combo: the class of the points that are drawn next.
    """

    def __init__(self, layout: Any, prefix: str, word: str, onDrawn: Callable[[], None]) -> None:
        """Add the row to a layout.

        Args:
            layout: takes the row.
            prefix: what the names of the row's parts begin with.
            word: what a class of points is called here.
            onDrawn: called when points have come or gone.
        """
        self._onDrawn = onDrawn
        self.widget = qt.QWidget()
        row = qt.QHBoxLayout(self.widget)
        row.setContentsMargins(0, 0, 0, 0)
        self.pad = DrawPad(onDrawn)
        self.pad.setObjectName(f"{prefix}DrawPad")
        self.pad.setToolTip(f"Press the mouse and draw points of the chosen {word}.")
        row.addWidget(self.pad)
        column = qt.QVBoxLayout()
        self.combo = qt.QComboBox()
        self.combo.setObjectName(f"{prefix}{word.capitalize()}ComboBox")
        self.combo.setToolTip(f"The {word} of the points that are drawn next.")
        for number, colour in enumerate(COLOURS):
            pixmap = qt.QPixmap(16, 16)
            pixmap.fill(qt.QColor(colour))
            self.combo.addItem(qt.QIcon(pixmap), f"{word.capitalize()} {number + 1}", number)
        self.combo.connect("currentIndexChanged(int)", self._chosen)
        column.addWidget(self.combo)
        clear = qt.QPushButton("Clear")
        clear.setObjectName(f"{prefix}ClearButton")
        clear.setToolTip("Remove all points.")
        clear.connect("clicked(bool)", self._clear)
        column.addWidget(clear)
        column.addStretch(1)
        row.addLayout(column, 1)
        layout.addWidget(self.widget)

    def _chosen(self, *_) -> None:
        self.pad.currentClass = self.combo.currentData

    def _clear(self, *_) -> None:
        self.pad.setPoints([])
        self._onDrawn()
