"""The part of the panel that shows what came of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt
import slicer

from ELMEDLib.bridge.panels import ResultsBox
from ELMEDRadiomicsLib.layouts import LAYOUTS, LONG
from ELMEDRadiomicsLib.map_settings import has_map
from ELMEDRadiomicsLib.robustness.stability import STABLE_CHANGE, STABLE_ICC
from ELMEDRadiomicsWidgets.map_run import MapRequest
from ELMEDRadiomicsWidgets.results import (
    COLUMNS,
    PROVENANCE,
    extractionOf,
    layoutOf,
    robustnessOf,
    saveTable,
    setLayout,
)
from ELMEDRadiomicsWidgets.robustness_run import robustnessRequest
from ELMEDRadiomicsWidgets.sources import segmentationOf, segmentID, showSource, volumesOf

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import SimpleNamespace

    from ELMEDRadiomicsWidgets.extraction import Request, RunResult

WIDEST = {"Segment": 122, "Feature": 148, "Value": 80}
"""In pixels, so that the value is seen beside the name; the user can widen the columns."""

ROW = 22
"""Height in pixels: a table of features is long."""

ALL_COLUMNS = -1

GREY = "#a0a0a0"
RULE = (
    f"an intraclass correlation below {STABLE_ICC:g} over slightly smaller, larger and shifted "
    f"segments and noisier volumes; with a single target, a change of more than "
    f"{100 * STABLE_CHANGE:.0f} %."
)


class ResultsView(ResultsBox):
    """The table of features, the warnings, and what can be done with them."""

    def __init__(
        self,
        ui: SimpleNamespace,
        say: Callable[[str], None],
        onMap: Callable[[MapRequest], None],
        onRobustness: Callable[[Request], None],
    ) -> None:
        """Connect the widgets.

        Args:
            ui: the panel's widgets.
            say: shows a sentence.
            onMap: called when the user asks for a feature's map.
            onRobustness: called when the user asks how stable the features are.
        """
        super().__init__(ui, ui.featuresTableView)
        self._say = say
        self._onMap = onMap
        self._onRobustness = onRobustness
        self._tableNode: slicer.vtkMRMLTableNode | None = None
        view = ui.featuresTableView
        rows = view.verticalHeader()
        rows.setVisible(False)
        rows.setDefaultSectionSize(ROW)
        for key, text in LAYOUTS.items():
            ui.layoutComboBox.addItem(text, key)
        ui.layoutComboBox.connect("currentIndexChanged(int)", self._layoutChosen)
        ui.resultsSearchBox.connect("textChanged(QString)", self._search)
        view.connect("selectionChanged()", self._rowSelected)
        ui.copyButton.connect("clicked(bool)", self._copy)
        ui.saveButton.connect("clicked(bool)", self._save)
        ui.mapButton.connect("clicked(bool)", self._mapAsked)
        ui.robustnessButton.connect("clicked(bool)", self._robustnessAsked)
        self.show(None)

    @property
    def tableNode(self) -> slicer.vtkMRMLTableNode | None:
        """The table of features that is shown."""
        return self._tableNode

    @property
    def layout(self) -> str:
        """The layout that the user has chosen."""
        return self.ui.layoutComboBox.currentData

    def show(self, tableNode: slicer.vtkMRMLTableNode | None) -> None:
        """Show a table of features, or nothing."""
        if tableNode is not None and tableNode.GetAttribute(PROVENANCE) is None:
            tableNode = None
        self._tableNode = tableNode
        if self.showTable(tableNode):
            self._fitColumns()
            if tableNode is not None:
                combo = self.ui.layoutComboBox
                wasBlocked = combo.blockSignals(True)
                combo.setCurrentIndex(combo.findData(layoutOf(tableNode)))
                combo.blockSignals(wasBlocked)
            self.showRobustness()
            self._rowSelected()

    def announce(self, result: RunResult) -> None:
        """Show a new result with its warnings."""
        self.show(result.tableNode)
        self.showRobustness()
        self._fitColumns()
        self.showWarnings(result.warnings)

    def cleanup(self) -> None:
        """Let go of the node."""
        super().cleanup()
        self._tableNode = None

    def _fitColumns(self) -> None:
        view = self.ui.featuresTableView
        view.resizeColumnsToContents()
        if self._tableNode is None or layoutOf(self._tableNode) != LONG:
            return
        for column, title in enumerate(COLUMNS):
            if title in WIDEST and view.columnWidth(column) > WIDEST[title]:
                view.setColumnWidth(column, WIDEST[title])

    # Looking

    def showRobustness(self, fit: bool = False) -> None:
        """Grey the rows of features that are not stable, and say how many there are.

        Args:
            fit: whether columns have come, so that all need their widths anew.
        """
        if fit:
            self._fitColumns()
        node, label = self._tableNode, self.ui.robustnessLabel
        found = robustnessOf(node) if node is not None else {}
        label.visible = bool(found)
        unstable = {name for name, one in found.items() if not one["stable"]}
        some = f"{len(unstable)} of {len(found)} features are unstable and grey: {RULE}"
        none = f"All {len(found)} features are stable: none has {RULE}"
        label.text = some if unstable else none
        if not unstable or layoutOf(node) != LONG:
            return
        view = self.ui.featuresTableView
        model = view.tableModel()
        # A changed item would be taken for an edited one, and its text written into the table.
        wasBlocked = model.blockSignals(True)
        names = node.GetTable().GetColumnByName("Feature")
        grey = qt.QBrush(qt.QColor(GREY))
        for row in range(node.GetNumberOfRows()):
            if names.GetValue(row) in unstable:
                for column in range(model.columnCount()):
                    item = model.item(row, column)
                    if item is not None:
                        item.setForeground(grey)
        model.blockSignals(wasBlocked)
        view.viewport().update()

    def _robustnessAsked(self, *_) -> None:
        request = robustnessRequest(self._tableNode) if self._tableNode is not None else None
        if request is None:
            self._say("The segmentation or a volume of this table is gone.")
        else:
            self._onRobustness(request)

    def _layoutChosen(self, *_) -> None:
        if self._tableNode is not None:
            setLayout(self._tableNode, self.layout)
            self.showRobustness()
            self._fitColumns()
            self._rowSelected()

    def _search(self, text: str) -> None:
        proxy = self.ui.featuresTableView.sortFilterProxyModel()
        proxy.filterKeyColumn = ALL_COLUMNS
        proxy.filterCaseSensitivity = qt.Qt.CaseInsensitive
        proxy.setFilterFixedString(text)

    def _shownRows(self) -> list[int]:
        """The numbers of the rows that the search box lets through, in the order shown."""
        proxy = self.ui.featuresTableView.sortFilterProxyModel()
        return [proxy.mapToSource(proxy.index(row, 0)).row() for row in range(proxy.rowCount())]

    def _selected(self) -> dict[str, str]:
        """The image, segment and feature of the row that is selected; empty for none."""
        node, view = self._tableNode, self.ui.featuresTableView
        index = view.currentIndex()
        if node is None or layoutOf(node) != LONG or not index.isValid():
            return {}
        row = view.sortFilterProxyModel().mapToSource(index).row()
        if not 0 <= row < node.GetNumberOfRows():
            return {}
        table = node.GetTable()
        return {
            title: table.GetColumnByName(title).GetValue(row)
            for title in ("Image", "Segment", "Feature")
        }

    def _rowSelected(self, *_) -> None:
        found = self._selected()
        self.ui.mapButton.enabled = bool(found) and has_map(found["Feature"])
        if found:
            showSource(self._tableNode, found["Image"], found["Segment"])

    def _mapAsked(self, *_) -> None:
        request = self._mapRequest()
        if request is None:
            self._say("The volume or the segment of this row is gone.")
        else:
            self._onMap(request)

    def _mapRequest(self) -> MapRequest | None:
        node, found = self._tableNode, self._selected()
        if not found:
            return None
        volume = volumesOf(node).get(found["Image"])
        segmentation = segmentationOf(node)
        key = segmentID(segmentation, found["Segment"]) if segmentation else None
        if volume is None or key is None:
            return None
        about = extractionOf(node)
        profile = about.options.get("profile") or "pyradiomics"
        return MapRequest(volume, segmentation, key, found["Feature"], about.settings, profile)

    # Taking away

    def _copy(self, *_) -> None:
        if self._tableNode is None:
            return
        table = self._tableNode.GetTable()
        columns = [table.GetColumn(number) for number in range(table.GetNumberOfColumns())]
        lines = [[column.GetName() for column in columns]]
        lines += [[_cell(column.GetValue(row)) for column in columns] for row in self._shownRows()]
        slicer.app.clipboard().setText("\n".join("\t".join(line) for line in lines))
        self._say(f"{len(lines) - 1} rows copied, as a spreadsheet takes them.")

    def _save(self, *_) -> None:
        if self._tableNode is None:
            return
        dialog = qt.QFileDialog()
        dialog.setWindowTitle("Save the features")
        dialog.setAcceptMode(qt.QFileDialog.AcceptSave)
        dialog.setNameFilter("Table (*.csv);;Workbook (*.xlsx);;Everything (*.json)")
        dialog.setDefaultSuffix("csv")
        dialog.selectFile(f"{self._tableNode.GetName()}.csv")
        if not dialog.exec_():
            return
        with slicer.util.tryWithErrorDisplay("The features were not saved.", waitCursor=True):
            written = saveTable(self._tableNode, dialog.selectedFiles()[0])
            self._say(f"Saved: {', '.join(path.name for path in written)}.")


def _cell(value: Any) -> str:
    """Return a cell's text; an undefined number is empty."""
    return "" if value != value else str(value)  # noqa: PLR0124 - NaN
