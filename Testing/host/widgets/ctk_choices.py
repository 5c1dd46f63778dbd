"""CTK's combo boxes."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QIcon, QStandardItem
from PySide6.QtWidgets import QComboBox

from host.pythonqt.classes import stands_in
from host.widgets.declare import stored


@stands_in
class ctkComboBox(QComboBox):
    """A combo box with a text of its own while nothing is chosen."""

    def _show_default(self) -> None:
        self.setPlaceholderText(self.defaultText)

    defaultText = stored(str, "defaultText", "", _show_default)
    defaultIcon = stored(QIcon, "defaultIcon", QIcon())
    forceDefault = stored(bool, "forceDefault", False)
    elideMode = stored(int, "elideMode", 3)
    scrollWheelEffect = stored(int, "scrollWheelEffect", 2)


@stands_in
class ctkCheckableComboBox(QComboBox):
    """A combo box whose items are checked, several at a time."""

    checkedIndexesChanged = Signal()

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.model().rowsInserted.connect(self._make_checkable)
        self.model().itemChanged.connect(lambda *_: self.checkedIndexesChanged.emit())

    def _make_checkable(self, _parent: QModelIndex, first: int, last: int) -> None:
        self.model().blockSignals(True)
        for row in range(first, last + 1):
            item: QStandardItem = self.model().item(row)
            if item is not None:
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                item.setData(Qt.CheckState.Unchecked.value, Qt.ItemDataRole.CheckStateRole)
        self.model().blockSignals(False)

    def checkableModel(self) -> Any:
        """Return the model whose items are checked."""
        return self.model()

    def checkState(self, index: QModelIndex) -> Qt.CheckState:
        """Return whether an item is checked."""
        return self.model().itemFromIndex(index).checkState()

    def setCheckState(self, index: QModelIndex, state: Any) -> None:
        """Check an item, or not."""
        self.model().itemFromIndex(index).setCheckState(Qt.CheckState(state))

    def checkedIndexes(self) -> list[QModelIndex]:
        """Return the checked items."""
        items = [self.model().item(row) for row in range(self.count())]
        return [item.index() for item in items if item.checkState() == Qt.CheckState.Checked]

    def allChecked(self) -> bool:
        """Tell whether all items are checked."""
        return len(self.checkedIndexes()) == self.count()

    def noneChecked(self) -> bool:
        """Tell whether no item is checked."""
        return not self.checkedIndexes()
