"""`qMRMLCheckableNodeComboBox`: choose several nodes."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal

from host.pythonqt.classes import stands_in
from host.widgets.mrml_node_combo_box import qMRMLNodeComboBox


@stands_in
class qMRMLCheckableNodeComboBox(qMRMLNodeComboBox):
    """A combo box of nodes, each with a check box."""

    checkedNodesChanged = Signal()

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._checked: set[str] = set()
        self._combo.model().itemChanged.connect(self._item_changed)

    def _rebuild(self) -> None:
        super()._rebuild()
        self._decorate()

    def _decorate(self) -> None:
        model = self._combo.model()
        model.blockSignals(True)
        for row in range(self._combo.count()):
            node_id = self._combo.itemData(row)
            if isinstance(node_id, str):
                item = model.item(row)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                on = node_id in self._checked
                item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        model.blockSignals(False)

    def _item_changed(self, item: Any) -> None:
        node_id = item.data(Qt.ItemDataRole.UserRole)
        if isinstance(node_id, str):
            self._set(node_id, item.checkState() == Qt.CheckState.Checked)

    def _set(self, node_id: str, on: bool) -> None:
        if (node_id in self._checked) != on:
            self._checked ^= {node_id}
            self._decorate()
            self.checkedNodesChanged.emit()

    def check(self, node: Any) -> None:
        """Check a node."""
        self._set(node.GetID(), True)

    def uncheck(self, node: Any) -> None:
        """Uncheck a node."""
        self._set(node.GetID(), False)

    def checkState(self, node: Any) -> Qt.CheckState:
        """Return whether a node is checked."""
        on = node.GetID() in self._checked
        return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked

    def setCheckState(self, node: Any, state: Any) -> None:
        """Check a node, or not."""
        self._set(node.GetID(), Qt.CheckState(state) == Qt.CheckState.Checked)

    def checkedNodes(self) -> list[Any]:
        """Return the checked nodes."""
        return [node for node in self._nodes() if node.GetID() in self._checked]

    def uncheckedNodes(self) -> list[Any]:
        """Return the nodes that are not checked."""
        return [node for node in self._nodes() if node.GetID() not in self._checked]

    def allChecked(self) -> bool:
        """Tell whether all nodes are checked."""
        return not self.uncheckedNodes()

    def noneChecked(self) -> bool:
        """Tell whether no node is checked."""
        return not self.checkedNodes()
