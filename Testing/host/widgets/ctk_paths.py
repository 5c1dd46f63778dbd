"""CTK's widgets for files and folders."""

from __future__ import annotations

from enum import Flag
from pathlib import Path
from typing import Any

from PySide6.QtCore import Property as QtProperty
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QPushButton, QToolButton, QWidget

from host.pythonqt.classes import stands_in
from host.widgets.declare import stored


class PathFilter(Flag):
    """What a path may name, with the values of Qt's `QDir::Filter`."""

    Dirs = 0x001
    Files = 0x002
    Drives = 0x004
    NoSymLinks = 0x008
    AllEntries = 0x007
    TypeMask = 0x00F
    Readable = 0x010
    Writable = 0x020
    Executable = 0x040
    Modified = 0x080
    Hidden = 0x100
    System = 0x200
    AllDirs = 0x400
    CaseSensitive = 0x800
    NoDot = 0x2000
    NoDotDot = 0x4000
    NoDotAndDotDot = 0x6000


@stands_in
class ctkPathLineEdit(QWidget):
    """A path that is typed, chosen from what was used before, or browsed for."""

    Filter = PathFilter
    locals().update(PathFilter.__members__)
    validInputChanged = Signal(bool)
    currentPathChanged = Signal(str)

    def __init__(self, *args: Any) -> None:
        super().__init__(next((a for a in args if isinstance(a, QWidget)), None))
        self._combo = QComboBox(self)
        self._combo.setEditable(True)
        self._combo.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._button = QToolButton(self)
        self._button.setText("...")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._combo, 1)
        layout.addWidget(self._button)
        self._combo.editTextChanged.connect(self.currentPathChanged)
        self._button.clicked.connect(self.browse)

    def setCurrentPath(self, path: str) -> None:
        """Set the path."""
        if path != self._combo.currentText():
            self._combo.setEditText(path)

    currentPath = QtProperty(str, lambda self: self._combo.currentText(), setCurrentPath)
    filters = stored(int, "filters", 0x007)
    options = stored(int, "options", 0)
    label = stored(str, "label", "")
    settingKey = stored(str, "settingKey", "")
    nameFilters = stored("QStringList", "nameFilters", [])
    minimumContentsLength = stored(int, "minimumContentsLength", 0)
    sizeAdjustPolicy = stored(int, "sizeAdjustPolicy", 0)
    showHistoryButton = stored(bool, "showHistoryButton", True)
    showBrowseButton = QtProperty(
        bool, lambda self: not self._button.isHidden(), lambda self, v: self._button.setVisible(v)
    )

    def comboBox(self) -> QComboBox:
        """Return the combo box inside."""
        return self._combo

    def addCurrentPathToHistory(self) -> None:
        """Remember the path."""
        path = self._combo.currentText()
        if path and self._combo.findText(path) < 0:
            self._combo.addItem(path)

    def browse(self) -> None:
        """Ask for a path."""
        here = self._combo.currentText()
        if self.filters & PathFilter.Files.value:
            ask = (
                QFileDialog.getSaveFileName
                if self.filters & PathFilter.Writable.value
                else QFileDialog.getOpenFileName
            )
            chosen = ask(self, self.label, here, ";;".join(self.nameFilters))[0]
        else:
            chosen = QFileDialog.getExistingDirectory(self, self.label, here)
        if chosen:
            self.setCurrentPath(chosen)


@stands_in
class ctkDirectoryButton(QWidget):
    """A button that names a folder and asks for another."""

    directoryChanged = Signal(str)
    directorySelected = Signal(str)

    def __init__(self, *args: Any) -> None:
        super().__init__(next((a for a in args if isinstance(a, QWidget)), None))
        self._button = QPushButton(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._button)
        self._directory = ""
        self.setDirectory(str(Path.cwd()))
        self._button.clicked.connect(self.browse)

    def setDirectory(self, directory: str) -> None:
        """Set the folder."""
        if directory != self._directory:
            self._directory = directory
            self._button.setText(directory)
            self.directoryChanged.emit(directory)

    directory = QtProperty(str, lambda self: self._directory, setDirectory)
    caption = stored(str, "caption", "")
    text = stored(str, "text", "")

    def browse(self) -> None:
        """Ask for a folder."""
        chosen = QFileDialog.getExistingDirectory(self, self.caption, self._directory)
        if chosen:
            self.setDirectory(chosen)
            self.directorySelected.emit(chosen)
