"""`qMRMLNodeComboBox`: choose a node of the scene, or add, rename, remove one."""

from __future__ import annotations

from typing import Any

import slicer
import vtk
from PySide6.QtCore import Property as QtProperty
from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QInputDialog, QWidget

from host.pythonqt.classes import stands_in
from host.widgets.declare import stored
from host.widgets.mrml_widget import Observations


@stands_in
class qMRMLNodeComboBox(QWidget):
    """A combo box of the scene's nodes of some classes."""

    currentNodeChanged = Signal((object,), (bool,))
    currentNodeIDChanged = Signal(str)
    currentNodeRenamed = Signal(str)
    nodeActivated = Signal(object)
    nodeAdded = Signal(object)
    nodeAddedByUser = Signal(object)
    nodeAboutToBeRemoved = Signal(object)
    nodeAboutToBeEdited = Signal(object)

    def __init__(self, *args: Any) -> None:
        super().__init__(next((a for a in args if isinstance(a, QWidget)), None))
        self._scene: Any = None
        self._node: Any = None
        self._attributes: list[tuple[str, str, str | None]] = []
        self._labels: dict[str, str] = {}
        self._observations = Observations(self)
        self._combo = QComboBox(self)
        self._combo.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._combo)
        self._combo.activated.connect(self._activated)

    def _rebuild(self) -> None:
        """Show what the scene and the settings say now; keep the node when it may stay."""
        nodes = self._nodes()
        kept = self._node if any(node is self._node for node in nodes) else None
        if kept is None and nodes and not self.noneEnabled:
            kept = nodes[0]
        with QSignalBlocker(self._combo):
            self._combo.clear()
            if self.noneEnabled:
                self._combo.addItem(self.noneDisplay, None)
            for node in nodes:
                self._combo.addItem(node.GetName(), node.GetID())
            for text, action in self._actions(kept):
                self._combo.addItem(text, action)
            self._show(kept)
        self._become(kept)

    def _show(self, node: Any) -> None:
        index = self._combo.findData(node.GetID()) if node is not None else -1
        if node is None and self.noneEnabled:
            index = 0
        self._combo.setCurrentIndex(index)

    def _become(self, node: Any) -> None:
        if node is self._node:
            return
        self._node = node
        self.currentNodeChanged[object].emit(node)
        self.currentNodeChanged[bool].emit(node is not None)
        self.currentNodeIDChanged.emit(node.GetID() if node is not None else "")

    addEnabled = stored(bool, "addEnabled", True, _rebuild)
    removeEnabled = stored(bool, "removeEnabled", True, _rebuild)
    renameEnabled = stored(bool, "renameEnabled", False, _rebuild)
    editEnabled = stored(bool, "editEnabled", False, _rebuild)
    noneEnabled = stored(bool, "noneEnabled", False, _rebuild)
    noneDisplay = stored(str, "noneDisplay", "None", _rebuild)
    nodeTypes = stored("QStringList", "nodeTypes", [], _rebuild)
    hideChildNodeTypes = stored("QStringList", "hideChildNodeTypes", [], _rebuild)
    showChildNodeTypes = stored(bool, "showChildNodeTypes", True, _rebuild)
    showHidden = stored(bool, "showHidden", False, _rebuild)
    selectNodeUponCreation = stored(bool, "selectNodeUponCreation", True)
    baseName = stored(str, "baseName", "")
    interactionNodeSingletonTag = stored(str, "interactionNodeSingletonTag", "")
    sizeAdjustPolicy = stored(int, "sizeAdjustPolicy", 0)

    def _accepts(self, node: Any) -> bool:
        if node.GetHideFromEditors() and not self.showHidden:
            return False
        if any(node.IsA(kind) for kind in self.hideChildNodeTypes):
            return False
        return any(self._is_of(node, kind) and self._has(node, kind) for kind in self.nodeTypes)

    def _is_of(self, node: Any, kind: str) -> bool:
        return node.IsA(kind) if self.showChildNodeTypes else node.GetClassName() == kind

    def _has(self, node: Any, kind: str) -> bool:
        wanted = [(name, value) for on, name, value in self._attributes if on == kind]
        return all(
            node.GetAttribute(name) is not None and value in (None, node.GetAttribute(name))
            for name, value in wanted
        )

    def _nodes(self) -> list[Any]:
        if self._scene is None:
            return []
        count = self._scene.GetNumberOfNodes()
        nodes = [self._scene.GetNthNode(index) for index in range(count)]
        return [node for node in nodes if self._accepts(node)]

    def _label(self, kind: str) -> str:
        if kind in self._labels:
            return self._labels[kind]
        node = self._scene.CreateNodeByClass(kind)
        if node is None:
            return kind
        node.UnRegister(None)
        return node.GetNodeTagName()

    def _actions(self, current: Any) -> list[tuple[str, tuple[str, str]]]:
        if self._scene is None or not self.nodeTypes:
            return []
        label = self._label(self.nodeTypes[0])
        offered = [
            (self.editEnabled and current is not None, "Edit current ", "edit"),
            (self.renameEnabled and current is not None, "Rename current ", "rename"),
            (self.removeEnabled and current is not None, "Delete current ", "remove"),
        ]
        actions = [(text + label, (action, "")) for wanted, text, action in offered if wanted]
        if self.addEnabled:
            actions += [
                (f"Create new {self._label(kind)}", ("add", kind)) for kind in self.nodeTypes
            ]
        return actions

    def _activated(self, index: int) -> None:
        data = self._combo.itemData(index)
        if isinstance(data, tuple | list):
            self._show(self._node)
            {
                "add": lambda: self._add_by_user(data[1]),
                "rename": self.renameCurrentNode,
                "remove": self.removeCurrentNode,
                "edit": self.editCurrentNode,
            }[data[0]]()
            return
        node = self._scene.GetNodeByID(data) if data else None
        self._become(node)
        self.nodeActivated.emit(node)

    def setMRMLScene(self, scene: Any) -> None:
        """Take the scene and follow its nodes."""
        if scene is self._scene:
            return
        self._observations.remove()
        self._scene = scene
        if scene is not None:
            kinds = slicer.vtkMRMLScene
            self._observations.add_for_nodes(scene, kinds.NodeAddedEvent, self._added)
            self._observations.add_for_nodes(scene, kinds.NodeAboutToBeRemovedEvent, self._leaving)
            self._observations.add_for_nodes(scene, kinds.NodeRemovedEvent, self._removed)
            self._observations.add(scene, kinds.EndBatchProcessEvent, self._rebuild)
            for index in range(scene.GetNumberOfNodes()):
                self._watch(scene.GetNthNode(index))
        self._rebuild()

    def _watch(self, node: Any) -> None:
        self._observations.add(node, vtk.vtkCommand.ModifiedEvent, lambda: self._renamed(node))

    def _renamed(self, node: Any) -> None:
        index = self._combo.findData(node.GetID())
        if (index >= 0) != self._accepts(node):
            self._rebuild()
        elif index >= 0 and self._combo.itemText(index) != node.GetName():
            with QSignalBlocker(self._combo):
                self._combo.setItemText(index, node.GetName())
            if node is self._node:
                self.currentNodeRenamed.emit(node.GetName())

    def _added(self, node: Any) -> None:
        self._watch(node)
        if self._scene.IsBatchProcessing() or not self._accepts(node):
            return
        self._rebuild()
        self.nodeAdded.emit(node)

    def _leaving(self, node: Any) -> None:
        if self._accepts(node):
            self.nodeAboutToBeRemoved.emit(node)

    def _removed(self, node: Any) -> None:
        self._observations.remove(node)
        if not self._scene.IsBatchProcessing() or node is self._node:
            self._rebuild()

    def mrmlScene(self) -> Any:
        """Return the scene."""
        return self._scene

    def currentNode(self) -> Any:
        """Return the chosen node, or None."""
        return self._node

    def setCurrentNode(self, node: Any) -> None:
        """Choose a node; one that the widget does not offer, or None, leaves none chosen."""
        if node is not None and not isinstance(node, slicer.vtkMRMLNode):
            raise TypeError(f"setCurrentNode takes a node, not {node!r}")
        if node is not None and not any(node is offered for offered in self._nodes()):
            node = None
        if node is None and not self.noneEnabled and self._nodes() and self._node is not None:
            # as in Slicer: without a "None" entry, nothing at all is shown as chosen
            with QSignalBlocker(self._combo):
                self._combo.setCurrentIndex(-1)
        with QSignalBlocker(self._combo):
            self._show(node)
        changed = node is not self._node
        self._become(node)
        if changed and self._actions(node):
            self._rebuild_actions(node)

    def _rebuild_actions(self, node: Any) -> None:
        with QSignalBlocker(self._combo):
            for index in reversed(range(self._combo.count())):
                if isinstance(self._combo.itemData(index), tuple | list):
                    self._combo.removeItem(index)
            for text, action in self._actions(node):
                self._combo.addItem(text, action)
            self._show(node)

    def setCurrentNodeID(self, node_id: str) -> None:
        """Choose the node of an ID."""
        self.setCurrentNode(self._scene.GetNodeByID(node_id) if self._scene and node_id else None)

    def setCurrentNodeIndex(self, index: int) -> None:
        """Choose by place."""
        self.setCurrentNode(self.nodeFromIndex(index))

    def _node_id(self) -> str:
        return self._node.GetID() if self._node is not None else ""

    currentNodeID = QtProperty(str, _node_id, setCurrentNodeID)
    currentNodeId = QtProperty(str, _node_id, setCurrentNodeID)

    def nodeCount(self) -> int:
        """Return how many nodes are offered."""
        return len(self._nodes())

    def nodeFromIndex(self, index: int) -> Any:
        """Return the node at a place."""
        nodes = self._nodes()
        return nodes[index] if 0 <= index < len(nodes) else None

    def addAttribute(self, kind: str, name: str, value: Any = None) -> None:
        """Offer only nodes of a class that have an attribute (with a value)."""
        self._attributes.append((kind, name, None if value is None else str(value)))
        self._rebuild()

    def removeAttribute(self, kind: str, name: str) -> None:
        """Undo `addAttribute`."""
        self._attributes = [entry for entry in self._attributes if entry[:2] != (kind, name)]
        self._rebuild()

    def setNodeTypeLabel(self, label: str, kind: str) -> None:
        """Name a node class in the menu."""
        self._labels[kind] = label
        self._rebuild()

    def nodeTypeLabel(self, kind: str) -> str:
        """Return the name of a node class in the menu."""
        return self._label(kind)

    def addNode(self, kind: str | None = None) -> Any:
        """Add a node to the scene and return it."""
        kind = kind or self.nodeTypes[0]
        node = self._scene.CreateNodeByClass(kind)
        node.UnRegister(None)
        node.SetName(self._scene.GetUniqueNameByString(self.baseName or self._label(kind)))
        for on, name, value in self._attributes:
            if on == kind:
                node.SetAttribute(name, value or "")
        self._scene.AddNode(node)
        if self.selectNodeUponCreation:
            self.setCurrentNode(node)
        return node

    def _add_by_user(self, kind: str) -> None:
        self.nodeAddedByUser.emit(self.addNode(kind))

    def removeCurrentNode(self) -> None:
        """Remove the chosen node from the scene."""
        if self._node is not None:
            self._scene.RemoveNode(self._node)

    def renameCurrentNode(self) -> None:
        """Ask for a new name of the chosen node."""
        if self._node is None:
            return
        name, accepted = QInputDialog.getText(
            self, "Rename", "New name:", text=self._node.GetName()
        )
        if accepted and name:
            self._node.SetName(name)

    def editCurrentNode(self) -> None:
        """Ask the application to open the chosen node's own module."""
        self.nodeAboutToBeEdited.emit(self._node)
