"""`qMRMLSegmentsTableView`: the segments of a segmentation, with colours and visibility."""

from __future__ import annotations

from typing import Any

import slicer
import vtk
from PySide6.QtCore import Property as QtProperty
from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from host.pythonqt.classes import stands_in
from host.widgets.ctk_buttons import ctkMenuButton
from host.widgets.declare import stored
from host.widgets.mrml_widget import HoldsScene, Observations

_COLUMNS = ("", "", "Opacity", "Name", "Status")
_VISIBLE, _COLOUR, _OPACITY, _NAME, _STATUS = range(5)


@stands_in
class qMRMLSegmentsTableView(HoldsScene, QWidget):
    """A table with one row for each segment."""

    mrmlSceneChanged = Signal(object)
    selectionChanged = Signal(QItemSelection, QItemSelection)
    segmentAboutToBeModified = Signal(str)

    def __init__(self, *args: Any) -> None:
        QWidget.__init__(self, *args)
        self._node: Any = None
        self._observations = Observations(self)
        self._table = QTableWidget(0, len(_COLUMNS), self)
        self._table.setHorizontalHeaderLabels(list(_COLUMNS))
        self._table.verticalHeader().setVisible(False)
        self._table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._table.setColumnHidden(_STATUS, True)
        self._table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self._table.horizontalHeader().setStretchLastSection(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._table)
        self._table.selectionModel().selectionChanged.connect(self.selectionChanged)
        self._table.cellChanged.connect(self._edited)

    def setSegmentationNode(self, node: Any) -> None:
        """Show a segmentation's segments."""
        self._observations.remove()
        self._node = node
        if node is not None:
            kinds = slicer.vtkSegmentation
            for event in (kinds.SegmentAdded, kinds.SegmentRemoved, kinds.SegmentModified):
                self._observations.add(node.GetSegmentation(), event, self._fill)
            if node.GetDisplayNode() is not None:
                modified = vtk.vtkCommand.ModifiedEvent
                self._observations.add(node.GetDisplayNode(), modified, self._fill)
        self._fill()

    def segmentationNode(self) -> Any:
        """Return the segmentation."""
        return self._node

    def _ids(self) -> list[str]:
        return list(self._node.GetSegmentation().GetSegmentIDs()) if self._node else []

    def _fill(self) -> None:
        self._table.blockSignals(True)
        self._table.setRowCount(len(self._ids()))
        display = self._node.GetDisplayNode() if self._node is not None else None
        for row, segment_id in enumerate(self._ids()):
            segment = self._node.GetSegmentation().GetSegment(segment_id)
            for column in range(len(_COLUMNS)):
                item = QTableWidgetItem()
                item.setData(Qt.ItemDataRole.UserRole, segment_id)
                self._table.setItem(row, column, item)
            self._table.item(row, _NAME).setText(segment.GetName())
            self._table.item(row, _COLOUR).setBackground(QColor.fromRgbF(*segment.GetColor()))
            shown = display is None or display.GetSegmentVisibility(segment_id)
            state = Qt.CheckState.Checked if shown else Qt.CheckState.Unchecked
            self._table.item(row, _VISIBLE).setCheckState(state)
            opacity = display.GetSegmentOpacity3D(segment_id) if display is not None else 1.0
            self._table.item(row, _OPACITY).setText(f"{opacity:.2f}")
        self._table.blockSignals(False)

    def _edited(self, row: int, column: int) -> None:
        segment_id = self.segmentIDForRow(row)
        item = self._table.item(row, column)
        if column == _NAME:
            self.segmentAboutToBeModified.emit(segment_id)
            self._node.GetSegmentation().GetSegment(segment_id).SetName(item.text())
        elif column == _VISIBLE and self._node.GetDisplayNode() is not None:
            on = item.checkState() == Qt.CheckState.Checked
            self._node.GetDisplayNode().SetSegmentVisibility(segment_id, on)

    segmentCount = QtProperty(int, lambda self: len(self._ids()))
    filterBarVisible = stored(bool, "filterBarVisible", False)
    layerColumnVisible = stored(bool, "layerColumnVisible", False)
    jumpToSelectedSegmentEnabled = stored(bool, "jumpToSelectedSegmentEnabled", False)
    textFilter = stored(str, "textFilter", "")
    useTerminologySelector = stored(bool, "useTerminologySelector", True)

    def _apply_read_only(self) -> None:
        none, every = (
            QAbstractItemView.EditTrigger.NoEditTriggers,
            (QAbstractItemView.EditTrigger.AllEditTriggers),
        )
        self._table.setEditTriggers(none if self.readOnly else every)

    readOnly = stored(bool, "readOnly", False, _apply_read_only)

    def setReadOnly(self, on: bool) -> None:
        """Allow no edits, or allow them."""
        self.readOnly = on

    def _apply_selection_mode(self) -> None:
        self._table.setSelectionMode(QAbstractItemView.SelectionMode(self.selectionMode))

    selectionMode = stored(int, "selectionMode", 3, _apply_selection_mode)

    def setSelectionMode(self, mode: int) -> None:
        """Choose how many rows can be selected."""
        self.selectionMode = int(getattr(mode, "value", mode))

    def _column_property(column: int) -> Any:  # type: ignore[misc]
        return QtProperty(
            bool,
            lambda self: not self._table.isColumnHidden(column),
            lambda self, shown: self._table.setColumnHidden(column, not shown),
        )

    visibilityColumnVisible = _column_property(_VISIBLE)
    colorColumnVisible = _column_property(_COLOUR)
    opacityColumnVisible = _column_property(_OPACITY)
    statusColumnVisible = _column_property(_STATUS)
    headerVisible = QtProperty(
        bool,
        lambda self: not self._table.horizontalHeader().isHidden(),
        lambda self, shown: self._table.horizontalHeader().setVisible(shown),
    )

    def tableWidget(self) -> QTableWidget:
        """Return the table."""
        return self._table

    def rowForSegmentID(self, segment_id: str) -> int:
        """Return the row of a segment."""
        return self._ids().index(segment_id)

    def segmentIDForRow(self, row: int) -> str:
        """Return the segment of a row."""
        return self._table.item(row, _NAME).data(Qt.ItemDataRole.UserRole)

    def displayedSegmentIDs(self) -> list[str]:
        """Return the segments in the table."""
        return self._ids()

    def selectedSegmentIDs(self) -> list[str]:
        """Return the selected segments."""
        rows = sorted({index.row() for index in self._table.selectionModel().selectedIndexes()})
        return [self.segmentIDForRow(row) for row in rows]

    def setSelectedSegmentIDs(self, segment_ids: list[str]) -> None:
        """Select segments."""
        self._table.clearSelection()
        select = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        for segment_id in segment_ids:
            index = self._table.model().index(self.rowForSegmentID(segment_id), 0)
            self._table.selectionModel().select(index, select)

    def clearSelection(self) -> None:
        """Select nothing."""
        self._table.clearSelection()


@stands_in
class qMRMLSegmentationShow3DButton(ctkMenuButton):
    """A button that shows a segmentation in 3D."""

    locked = stored(bool, "locked", False)

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.setText("Show 3D")
        self.setCheckable(True)
        self._node: Any = None
        self.toggled.connect(self._show)

    def setSegmentationNode(self, node: Any) -> None:
        """Take a segmentation."""
        self._node = node
        self.setEnabled(node is not None)
        closed = "Closed surface"
        shown = node is not None and node.GetSegmentation().ContainsRepresentation(closed)
        self.blockSignals(True)
        self.setChecked(bool(shown))
        self.blockSignals(False)

    def segmentationNode(self) -> Any:
        """Return the segmentation."""
        return self._node

    def _show(self, on: bool) -> None:
        if self._node is None:
            return
        if on:
            self._node.CreateClosedSurfaceRepresentation()
        else:
            self._node.RemoveClosedSurfaceRepresentation()
