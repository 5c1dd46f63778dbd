"""The main window: module selector on top, panel left, views right."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Property, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QGridLayout,
    QLabel,
    QMainWindow,
    QScrollArea,
    QSplitter,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from host import session
from host.pythonqt.classes import stands_in


@stands_in
class qSlicerModuleSelectorToolBar(QToolBar):
    """Chooses the module whose panel is shown."""

    moduleSelected = Signal(str)

    def __init__(self, window: Any) -> None:
        super().__init__(window)
        self.setMovable(False)
        self._window = window
        self._selected = ""
        self._combo = QComboBox(self)
        self._combo.setMinimumWidth(240)
        self._combo.setToolTip("The module whose panel is shown on the left")
        self.addWidget(QLabel(" Module: "))
        self.addWidget(self._combo)
        self._combo.activated.connect(lambda i: self.selectModule(self._combo.itemData(i)))

    selectedModule = Property(str, lambda self: self._selected)

    def offer(self, name: str, title: str) -> None:
        """Add a module to the choice."""
        if self._combo.findData(name) < 0:
            self._combo.addItem(title, name)

    def selectModule(self, name: str) -> None:
        """Leave the present module and come to another."""
        module = session.current().module_manager.module(name)
        if name == self._selected or (name and module is None):
            return
        if self._selected:
            self._window.leave()
        self._selected = name
        self._combo.setCurrentIndex(self._combo.findData(name))
        if name:
            self._window.come_to(module.widgetRepresentation())
        self.moduleSelected.emit(name)


@stands_in
class qSlicerMainWindow(QMainWindow):
    """The window that `slicer.util.mainWindow()` finds."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("qSlicerMainWindow")
        self._selector = qSlicerModuleSelectorToolBar(self)
        self._selector.setObjectName("ModuleSelectorToolBar")
        self.addToolBar(Qt.ToolBarArea.TopToolBarArea, self._selector)
        self._shown: Any = None
        self._panel = QScrollArea()
        self._panel.setObjectName("ModulePanel")
        self._panel.setWidgetResizable(True)
        self._panel.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._panel.setMinimumWidth(430)
        self._holder = QWidget()
        QVBoxLayout(self._holder)
        self._panel.setWidget(self._holder)
        self._splitter = QSplitter()
        self._splitter.addWidget(self._panel)
        self.setCentralWidget(self._splitter)
        self.statusBar()

    def add_views(self) -> None:
        """Put the four views to the right of the panel."""
        views = QWidget()
        grid = QGridLayout(views)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(2)
        manager = session.current().layout_manager
        grid.addWidget(manager.sliceWidget("Red"), 0, 0)
        grid.addWidget(manager.threeDWidget(0), 0, 1)
        grid.addWidget(manager.sliceWidget("Green"), 1, 0)
        grid.addWidget(manager.sliceWidget("Yellow"), 1, 1)
        self._splitter.addWidget(views)
        self._splitter.setStretchFactor(1, 1)

    def add_file_menu(self) -> None:
        """Add what a preview needs to load and save."""
        menu = self.menuBar().addMenu("File")
        menu.addAction("Load...", self._load)
        menu.addAction("Save scene...", self._save)
        menu.addAction("Close scene", lambda: session.current().close_scene())
        menu.addAction("Quit", self.close)

    def _load(self) -> None:
        import slicer

        for path in QFileDialog.getOpenFileNames(self, "Load volumes, segmentations or a scene")[0]:
            slicer.util.loadNodeFromFile(path)

    def _save(self) -> None:
        import slicer

        path = QFileDialog.getSaveFileName(self, "Save scene", "", "Slicer bundle (*.mrb)")[0]
        if path:
            slicer.util.saveScene(path)

    def moduleSelector(self) -> qSlicerModuleSelectorToolBar:
        """Return the module selector."""
        return self._selector

    def shown_panel(self) -> Any:
        """Return the panel that is shown, or None."""
        return self._shown

    def come_to(self, widget: Any) -> None:
        """Show a module's panel."""
        self._shown = widget
        if widget is not None:
            self._holder.layout().addWidget(widget)
            widget.setVisible(True)
            widget.enter()

    def leave(self) -> None:
        """Hide the module's panel."""
        if self._shown is not None:
            self._shown.exit()
            self._shown.setVisible(False)
            self._shown = None
