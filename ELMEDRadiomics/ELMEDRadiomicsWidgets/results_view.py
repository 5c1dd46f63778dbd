"""The part of the panel that shows what came of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt
import slicer

from ELMEDLib.bridge.panels import ResultsBox
from ELMEDRadiomicsWidgets.results import COLUMNS, PROVENANCE, saveTable

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import SimpleNamespace

    from ELMEDRadiomicsWidgets.extraction import RunResult

WIDEST = {"Segment": 122, "Feature": 148, "Value": 80}
"""In pixels, so that the value is seen beside the name; the user can widen the columns."""

ROW = 22
"""Height in pixels: a table of features is long."""


class ResultsView(ResultsBox):
    """The table of features, the warnings, and the button for the file."""

    def __init__(self, ui: SimpleNamespace, say: Callable[[str], None]) -> None:
        super().__init__(ui, ui.featuresTableView)
        self._say = say
        self._tableNode: slicer.vtkMRMLTableNode | None = None
        rows = ui.featuresTableView.verticalHeader()
        rows.setVisible(False)
        rows.setDefaultSectionSize(ROW)
        ui.saveButton.connect("clicked(bool)", self._save)
        self.show(None)

    def show(self, tableNode: slicer.vtkMRMLTableNode | None) -> None:
        """Show a table of features, or nothing."""
        if tableNode is not None and tableNode.GetAttribute(PROVENANCE) is None:
            tableNode = None
        self._tableNode = tableNode
        if self.showTable(tableNode):
            self._fitColumns()

    def announce(self, result: RunResult) -> None:
        """Show a new result with its warnings."""
        self.show(result.tableNode)
        self._fitColumns()
        self.showWarnings(result.warnings)

    def cleanup(self) -> None:
        """Let go of the node."""
        super().cleanup()
        self._tableNode = None

    def _fitColumns(self) -> None:
        view = self.ui.featuresTableView
        view.resizeColumnsToContents()
        for column, title in enumerate(COLUMNS):
            if title in WIDEST and view.columnWidth(column) > WIDEST[title]:
                view.setColumnWidth(column, WIDEST[title])

    def _save(self, *_) -> None:
        if self._tableNode is None:
            return
        dialog = qt.QFileDialog()
        dialog.setWindowTitle("Save the features")
        dialog.setAcceptMode(qt.QFileDialog.AcceptSave)
        dialog.setNameFilter("Table (*.csv)")
        dialog.setDefaultSuffix("csv")
        dialog.selectFile(f"{self._tableNode.GetName()}.csv")
        if not dialog.exec_():
            return
        with slicer.util.tryWithErrorDisplay("The features were not saved.", waitCursor=True):
            written = saveTable(self._tableNode, dialog.selectedFiles()[0])
            self._say(f"Saved: {', '.join(path.name for path in written)}.")
