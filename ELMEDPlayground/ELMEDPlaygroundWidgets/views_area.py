"""Where the views are: panes below the pages, or in a window of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt

from ELMEDPlaygroundLib.arrays import decode
from ELMEDPlaygroundWidgets.follower import Follower
from ELMEDPlaygroundWidgets.view_pane import ViewPane
from ELMEDPlaygroundWidgets.views import makeViews

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ELMEDPlaygroundWidgets.bench import Bench
    from ELMEDPlaygroundWidgets.views.base import View

COUNTS = (1, 2, 4)
PANE_HEIGHT = 300
WINDOW_SIZE = (1200, 900)


class ViewsArea(Follower):
    """Shows some of the views that suit the experiment, each in a pane."""

    def __init__(self, bench: Bench, frame: Any, views: Sequence[View] | None = None) -> None:
        """Fill the frame.

        Args:
            bench: the experiment.
            frame: an empty widget.
            views: all there are.
        """
        self.bench = bench
        self.views = list(makeViews() if views is None else views)
        self._fitting: list[View] = []
        self._pending: dict[str, Any] = {}
        self._frame = frame
        self._window: Any = None
        self._build()
        for view in self.views:
            view.onChange = bench.refresh
        bench.viewsWanted = self.wanted
        self._drawing = qt.QTimer()
        self._drawing.setInterval(0)
        self._drawing.connect("timeout()", self._drawNext)

    # What is shown

    @property
    def shown(self) -> list[str]:
        """The names of the views in the panes, in order."""
        return [view.name for view in self.onScreen()]

    def onScreen(self) -> list[View]:
        """Return the views in the panes, in order."""
        return [pane.view for pane in self._used() if pane.view is not None]

    @property
    def drawn(self) -> bool:
        """Whether all that came has been drawn."""
        return not self._pending

    def show(self, names: Sequence[str]) -> None:
        """Show the views of these names, one in each pane, as many as there are panes for."""
        wanted = [view for name in names for view in self._fitting if view.name == name]
        count = next((count for count in COUNTS if count >= len(wanted)), COUNTS[-1])
        if count > self._countCombo.currentData:
            self._countCombo.setCurrentIndex(COUNTS.index(count))
        for pane, view in zip(self._used(), wanted, strict=False):
            self._put(pane, view)
        self.bench.refresh()

    def showCount(self, count: int) -> None:
        """Show so many panes: 1, 2 or 4."""
        self._countCombo.setCurrentIndex(COUNTS.index(count))

    def wanted(self) -> dict[str, Any]:
        """Return the options of the views that are on screen, by name."""
        return {view.name: view.request() for view in self.onScreen()}

    def created(self, summary: Mapping[str, Any]) -> None:
        """Offer the views that suit the new experiment, and keep those that are shown."""
        self._pending.clear()
        self._fitting = [view for view in self.views if view.suits(summary)]
        for view in self._fitting:
            view.clear()
        for pane in self._panes:
            pane.offer(self._fitting)
        for pane in self._panes:
            if pane.view not in self._fitting:
                self._put(pane, next(iter(self._free()), None))

    def answered(self, answer: Mapping[str, Any]) -> None:
        """Draw what came, one view after the other."""
        self._pending.update(answer.get("views") or {})
        if self._pending:
            self._drawing.start()

    def cleanup(self) -> None:
        """Let go of everything."""
        self._drawing.stop()
        self._pending.clear()
        for view in self.views:
            view.onChange = None
        if self._window is not None:
            self._window.hide()
            self._window.deleteLater()
            self._window = None

    def _drawNext(self) -> None:
        """Draw one view: between two of them the application handles its events."""
        if not self._pending:
            self._drawing.stop()
            return
        name = next(iter(self._pending))
        data = decode(self._pending.pop(name))
        for view in self.onScreen():
            if view.name == name:
                view.show(data)

    # Panes

    def _build(self) -> None:
        layout = qt.QVBoxLayout(self._frame)
        layout.setContentsMargins(0, 0, 0, 0)
        header = qt.QHBoxLayout()
        self._countCombo = qt.QComboBox()
        self._countCombo.setObjectName("viewCountComboBox")
        for count in COUNTS:
            self._countCombo.addItem("1 view" if count == 1 else f"{count} views", count)
        self._countCombo.setCurrentIndex(1)
        self._countCombo.setToolTip("How many views are shown side by side.")
        self._countCombo.connect("currentIndexChanged(int)", self._countChanged)
        self.windowButton = qt.QPushButton("Larger window")
        self.windowButton.setObjectName("viewWindowButton")
        self.windowButton.setCheckable(True)
        self.windowButton.setToolTip(
            "Show the views in a window of their own, to enlarge them or to move them to another "
            "screen. Closing it brings them back."
        )
        self.windowButton.connect("toggled(bool)", self._detach)
        header.addWidget(self._countCombo)
        header.addStretch(1)
        header.addWidget(self.windowButton)
        layout.addLayout(header)
        self._home = layout
        self.grid = qt.QWidget()
        self._gridLayout = qt.QGridLayout(self.grid)
        self._gridLayout.setContentsMargins(0, 0, 0, 0)
        self._panes = [ViewPane(number, self._chosen) for number in range(COUNTS[-1])]
        layout.addWidget(self.grid, 1)
        self._arrange()

    def _used(self) -> list[ViewPane]:
        return self._panes[: self._countCombo.currentData]

    def _free(self) -> list[View]:
        taken = [pane.view for pane in self._panes]
        return [view for view in self._fitting if view not in taken]

    def _arrange(self) -> None:
        """Lay the panes out: below each other where two would be too narrow."""
        used = self._used()
        stacked = len(used) == COUNTS[1] and self._window is None
        columns = 1 if stacked or len(used) == 1 else 2
        for number, pane in enumerate(self._panes):
            self._gridLayout.removeWidget(pane.widget)
            pane.widget.visible = pane in used
            if pane in used:
                self._gridLayout.addWidget(pane.widget, number // columns, number % columns)
        # Equal parts, whatever the views would like to have.
        for number in range(2):
            self._gridLayout.setColumnStretch(number, int(number < columns))
        self.grid.setMinimumHeight(PANE_HEIGHT * -(-len(used) // columns))

    def _countChanged(self, *_) -> None:
        self._arrange()
        self.bench.refresh()

    def _chosen(self, pane: ViewPane, view: View) -> None:
        """Show the view in the pane; the pane that had it takes what was here."""
        self._put(pane, view)
        self.bench.refresh()

    def _put(self, pane: ViewPane, view: View | None) -> None:
        before = pane.view
        other = next((p for p in self._panes if p is not pane and p.view is view), None)
        if other is not None and view is not None:
            other.put(None)
        pane.put(view)
        if other is not None and view is not None:
            other.put(before if before in self._fitting else None)

    # The window

    def _detach(self, on: bool) -> None:
        if on and self._window is None:
            self._window = qt.QDialog()
            self._window.setWindowTitle("ELMED Playground: views")
            self._window.setWindowFlags(qt.Qt.Window)
            layout = qt.QVBoxLayout(self._window)
            layout.addWidget(self.grid)
            self._window.resize(*WINDOW_SIZE)
            self._window.connect("finished(int)", self._windowClosed)
            self._arrange()
            self._window.show()
        elif not on and self._window is not None:
            self._takeHome()

    def _windowClosed(self, *_) -> None:
        self.windowButton.setChecked(False)

    def _takeHome(self) -> None:
        window, self._window = self._window, None
        self._home.addWidget(self.grid, 1)
        self._arrange()
        window.hide()
        window.deleteLater()
