"""One place for a view, with the choice of which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ELMEDPlaygroundWidgets.views.base import View


class ViewPane:
    """A combo box of views above the chosen one."""

    def __init__(self, number: int, onChoose: Callable[[ViewPane, View], None]) -> None:
        """Make an empty pane.

        Args:
            number: of the pane, for its name.
            onChoose: called with the pane and the view that the user has chosen.
        """
        self.view: View | None = None
        self._offered: list[View] = []
        self._onChoose = onChoose
        self.widget = qt.QFrame()
        self.widget.setFrameShape(qt.QFrame.StyledPanel)
        self._layout = qt.QVBoxLayout(self.widget)
        self._layout.setContentsMargins(4, 4, 4, 4)
        self.combo = qt.QComboBox()
        self.combo.setObjectName(f"view{number}ComboBox")
        self.combo.setToolTip("Which view is shown here.")
        self.combo.connect("currentIndexChanged(int)", self._picked)
        self._layout.addWidget(self.combo)
        self._empty = qt.QLabel("Nothing to show yet.")
        self._empty.setAlignment(qt.Qt.AlignCenter)
        self._empty.setToolTip("A view appears here as soon as there is an experiment.")
        self._layout.addWidget(self._empty, 1)

    def offer(self, views: Sequence[View]) -> None:
        """Offer these views."""
        self._offered = list(views)
        wasBlocked = self.combo.blockSignals(True)
        self.combo.clear()
        for view in views:
            self.combo.addItem(view.title)
        self.combo.blockSignals(wasBlocked)
        self._showChoice()

    def put(self, view: View | None) -> None:
        """Show a view, or none."""
        if view is not self.view:
            self._remove(self.view)
            self.view = view
            if view is not None:
                self._layout.addWidget(view.widget, 1)
                view.widget.visible = True
        self._empty.visible = view is None
        self._showChoice()

    def _remove(self, view: View | None) -> None:
        if view is not None:
            self._layout.removeWidget(view.widget)
            view.widget.visible = False
            view.widget.setParent(None)

    def _showChoice(self) -> None:
        wasBlocked = self.combo.blockSignals(True)
        place = self._offered.index(self.view) if self.view in self._offered else -1
        self.combo.setCurrentIndex(place)
        self.combo.setToolTip(self.view.help if place >= 0 else "Which view is shown here.")
        self.combo.blockSignals(wasBlocked)

    def _picked(self, place: Any) -> None:
        if 0 <= place < len(self._offered):
            self._onChoose(self, self._offered[place])
