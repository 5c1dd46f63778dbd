"""The page where data are chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ctk
import qt

from ELMEDPlaygroundWidgets.data_kinds import BY_KIND, DATA_KINDS
from ELMEDPlaygroundWidgets.drawing_row import DrawingRow
from ELMEDPlaygroundWidgets.form import Form
from ELMEDPlaygroundWidgets.section import Section

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ELMEDPlaygroundWidgets.bench import Bench

FEWEST = 2
"""Classes that must be drawn: with one there is nothing to tell apart."""


class DataSection(Section):
    """Kinds of data, each with what can be set for it."""

    title = "Data"
    help = "Choose what the network is to learn from."

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self.widget = qt.QWidget()
        layout = qt.QVBoxLayout(self.widget)
        self.kindCombo = qt.QComboBox()
        self.kindCombo.setObjectName("dataKindComboBox")
        self.kindCombo.setToolTip("The kind of data.")
        for entry in DATA_KINDS:
            self.kindCombo.addItem(entry.title, entry.kind)
        self.kindCombo.connect("currentIndexChanged(int)", self._kindChosen)
        layout.addWidget(self.kindCombo)
        self.helpLabel = qt.QLabel()
        self.helpLabel.setWordWrap(True)
        self.helpLabel.setToolTip("What these data are good for.")
        layout.addWidget(self.helpLabel)
        self._addFolder(layout)
        self.forms = {entry.kind: self._addForm(layout, entry) for entry in DATA_KINDS}
        self._addPad(layout)
        self.summaryLabel = qt.QLabel()
        self.summaryLabel.setWordWrap(True)
        self.summaryLabel.setToolTip("What there is to train on, and what is held out.")
        layout.addWidget(self.summaryLabel)
        layout.addStretch(1)

    def specChanged(self) -> None:
        """Show the chosen data."""
        data = self.bench.spec["data"]
        kind = data.get("kind", DATA_KINDS[0].kind)
        wasBlocked = self.kindCombo.blockSignals(True)
        self.kindCombo.setCurrentIndex(self.kindCombo.findData(kind))
        self.kindCombo.blockSignals(wasBlocked)
        self._showKind(kind)
        if kind in self.forms:
            self.forms[kind].show(data)
        if kind == "drawn":
            self.pad.setPoints(data.get("points") or [])
        if kind == "mnist" and data.get("folder"):
            wasBlocked = self.folderLine.blockSignals(True)
            self.folderLine.currentPath = data["folder"]
            self.folderLine.blockSignals(wasBlocked)

    def created(self, summary: Mapping[str, Any]) -> None:
        """Say how much there is for training, and of how many classes."""
        if summary.get("generates"):
            self.summaryLabel.text = "On the bench is a generator; see the page Generate."
            return
        counts = [summary.get(name) for name in ("train", "test")]
        if all(isinstance(count, int) for count in counts):
            names = ", ".join(str(name) for name in summary["classes"])
            self.summaryLabel.text = (
                f"{counts[0]:,} to train on, {counts[1]:,} held out; classes: {names}."
            )

    # Parts

    def _addForm(self, layout: Any, entry: Any) -> Form:
        form = Form(entry.fields, self._changed, self.bench.troubled)
        form.widget.setObjectName(f"{entry.kind}Form")
        layout.addWidget(form.widget)
        return form

    def _addFolder(self, layout: Any) -> None:
        self.folderLine = ctk.ctkPathLineEdit()
        self.folderLine.setObjectName("mnistFolderPathLineEdit")
        self.folderLine.filters = ctk.ctkPathLineEdit.Dirs
        self.folderLine.setToolTip(
            "The folder with the four MNIST files (train-images-idx3-ubyte and so on, with or "
            "without .gz)."
        )
        self.folderLine.connect("currentPathChanged(QString)", self._folderChosen)
        layout.addWidget(self.folderLine)

    def _addPad(self, layout: Any) -> None:
        row = DrawingRow(layout, "drawn", "class", self._drawn)
        self.padRow, self.pad, self.classCombo = row.widget, row.pad, row.combo

    # What the user does

    def _kindChosen(self, *_) -> None:
        kind = self.kindCombo.currentData
        self._showKind(kind)
        self._changed(self.forms[kind].values)

    def _showKind(self, kind: str) -> None:
        self.helpLabel.text = BY_KIND[kind].help if kind in BY_KIND else ""
        for name, form in self.forms.items():
            form.widget.visible = name == kind
        self.folderLine.visible = kind == "mnist"
        self.padRow.visible = kind == "drawn"

    def _changed(self, values: Mapping[str, Any]) -> None:
        kind = self.kindCombo.currentData
        data: dict[str, Any] = {"kind": kind, **values}
        for optional in ("limit_train", "canvas"):
            if not data.get(optional, True):
                del data[optional]
        if kind == "mnist":
            data["folder"] = self.folderLine.currentPath
            if not data["folder"]:
                self.bench.troubled("Choose the folder with the MNIST files.")
                return
        if kind == "drawn":
            data["points"] = [list(point) for point in self.pad.points]
            if len({label for _, _, label in self.pad.points}) < FEWEST:
                self.bench.troubled("Draw points of at least two classes with the mouse.")
                return
        self.bench.troubled("")
        self.bench.change(data=data)

    def _folderChosen(self, *_) -> None:
        self._changed(self.forms["mnist"].values)

    def _drawn(self) -> None:
        self._changed(self.forms["drawn"].values)
