"""`qMRMLTableView`: a table node as a table."""

from __future__ import annotations

from typing import Any

import vtk
from PySide6.QtCore import QSortFilterProxyModel, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QTableView

from host.pythonqt.classes import stands_in
from host.widgets.declare import stored
from host.widgets.mrml_widget import HoldsScene, Observations


@stands_in
class qMRMLTableView(HoldsScene, QTableView):
    """A view of a `vtkMRMLTableNode`."""

    mrmlSceneChanged = Signal(object)
    selectionChanged = Signal()

    def __init__(self, *args: Any) -> None:
        QTableView.__init__(self, *args)
        self._node: Any = None
        self._view_node: Any = None
        self._observations = Observations(self)
        self._model = QStandardItemModel(self)
        self._proxy = QSortFilterProxyModel(self)
        self._proxy.setSourceModel(self._model)
        self.setModel(self._proxy)
        self._model.itemChanged.connect(self._edited)
        self.selectionModel().selectionChanged.connect(self._selection_changed)

    def _fill(self) -> None:
        # Neither clearing nor adding columns tells of changed items; whoever holds a place in the
        # model must hear that it is gone.
        self._model.clear()
        table = self._node.GetTable() if self._node is not None else None
        if table is not None:
            for column in range(table.GetNumberOfColumns()):
                rows = range(table.GetNumberOfRows())
                self._model.appendColumn(
                    [QStandardItem(table.GetValue(row, column).ToString()) for row in rows]
                )
            titles = [table.GetColumnName(i) or "" for i in range(table.GetNumberOfColumns())]
            self._model.setHorizontalHeaderLabels(titles)

    def _selection_changed(self, *_: Any) -> None:
        self.selectionChanged.emit()

    def _edited(self, item: QStandardItem) -> None:
        self._node.SetCellText(item.row(), item.column(), item.text())

    transposed = stored(bool, "transposed", False)
    firstRowLocked = stored(bool, "firstRowLocked", False)
    firstColumnLocked = stored(bool, "firstColumnLocked", False)

    def setMRMLTableNode(self, node: Any) -> None:
        """Show a table node."""
        self._observations.remove()
        self._node = node
        if node is not None:
            modified = vtk.vtkCommand.ModifiedEvent
            self._observations.add(node, modified, self._fill)
        self._fill()

    def mrmlTableNode(self) -> Any:
        """Return the table node."""
        return self._node

    def setMRMLTableViewNode(self, node: Any) -> None:
        """Show the table node of a view node."""
        self._view_node = node
        self.setMRMLTableNode(node.GetTableNode() if node is not None else None)

    def mrmlTableViewNode(self) -> Any:
        """Return the view node."""
        return self._view_node

    def tableModel(self) -> QStandardItemModel:
        """Return the model of the cells."""
        return self._model

    def sortFilterProxyModel(self) -> QSortFilterProxyModel:
        """Return the model that sorts."""
        return self._proxy
