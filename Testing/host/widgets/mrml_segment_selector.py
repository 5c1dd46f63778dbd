"""`qMRMLSegmentSelectorWidget`: choose a segmentation and one or more of its segments."""

from __future__ import annotations

from typing import Any

import slicer
from PySide6.QtCore import Property as QtProperty
from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QBoxLayout, QComboBox, QWidget

from host.pythonqt.classes import stands_in
from host.widgets.ctk_choices import ctkCheckableComboBox
from host.widgets.declare import forwarded, stored
from host.widgets.mrml_node_combo_box import qMRMLNodeComboBox
from host.widgets.mrml_widget import HoldsScene, Observations


@stands_in
class qMRMLSegmentSelectorWidget(HoldsScene, QWidget):
    """A segmentation's selector with a selector of its segments below it."""

    mrmlSceneChanged = Signal(object)
    currentNodeChanged = Signal((object,), (bool,))
    currentSegmentChanged = Signal(str)
    segmentSelectionChanged = Signal("QStringList")
    nodeAboutToBeEdited = Signal(object)

    def __init__(self, *args: Any) -> None:
        QWidget.__init__(self, *args)
        self._nodes = qMRMLNodeComboBox(self)
        self._nodes.nodeTypes = ["vtkMRMLSegmentationNode"]
        self._nodes.addEnabled = False
        self._nodes.removeEnabled = False
        self._single = QComboBox(self)
        self._several = ctkCheckableComboBox(self)
        self._several.setVisible(False)
        self._observations = Observations(self)
        layout = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        layout.setContentsMargins(0, 0, 0, 0)
        for part in (self._nodes, self._single, self._several):
            layout.addWidget(part)
        self._nodes.currentNodeChanged[object].connect(self._node_changed)
        self._single.currentIndexChanged.connect(self._segment_chosen)
        self._several.checkedIndexesChanged.connect(
            lambda: self.segmentSelectionChanged.emit(self.selectedSegmentIDs())
        )

    noneEnabled = forwarded(bool, "_nodes", "noneEnabled")
    editEnabled = forwarded(bool, "_nodes", "editEnabled")
    selectNodeUponCreation = forwarded(bool, "_nodes", "selectNodeUponCreation")

    def _apply_multi(self) -> None:
        self._single.setVisible(not self.multiSelection)
        self._several.setVisible(self.multiSelection)

    def _apply_layout(self) -> None:
        across = QBoxLayout.Direction.LeftToRight
        down = QBoxLayout.Direction.TopToBottom
        self.layout().setDirection(across if self.horizontalLayout else down)

    multiSelection = stored(bool, "multiSelection", False, _apply_multi)
    horizontalLayout = stored(bool, "horizontalLayout", False, _apply_layout)
    segmentationNodeSelectorVisible = QtProperty(
        bool, lambda self: not self._nodes.isHidden(), lambda self, v: self._nodes.setVisible(v)
    )

    def _scene_changed(self, scene: Any) -> None:
        self._nodes.setMRMLScene(scene)

    def _node_changed(self, node: Any) -> None:
        self._observations.remove()
        if node is not None:
            kinds = slicer.vtkSegmentation
            for event in (kinds.SegmentAdded, kinds.SegmentRemoved, kinds.SegmentModified):
                self._observations.add(node.GetSegmentation(), event, self._populate)
        self._populate()
        self.currentNodeChanged[object].emit(node)
        self.currentNodeChanged[bool].emit(node is not None)

    def _populate(self) -> None:
        chosen, checked = self.currentSegmentID(), set(self.selectedSegmentIDs())
        with QSignalBlocker(self._single), QSignalBlocker(self._several):
            self._single.clear()
            self._several.clear()
            if self.noneEnabled:
                self._single.addItem("None", "")
            for segment_id in self.segmentIDs():
                segment = self.currentNode().GetSegmentation().GetSegment(segment_id)
                self._single.addItem(segment.GetName(), segment_id)
                self._several.addItem(segment.GetName(), segment_id)
            self._single.setCurrentIndex(max(self._single.findData(chosen), 0))
        self.setSelectedSegmentIDs([i for i in self.segmentIDs() if i in checked])
        if self.currentSegmentID() != chosen:
            self.currentSegmentChanged.emit(self.currentSegmentID())

    def _segment_chosen(self, _index: int) -> None:
        self.currentSegmentChanged.emit(self.currentSegmentID())

    def currentNode(self) -> Any:
        """Return the segmentation, or None."""
        return self._nodes.currentNode()

    def currentNodeID(self) -> str:
        """Return the segmentation's ID."""
        return self._nodes.currentNodeID

    def setCurrentNode(self, node: Any) -> None:
        """Choose a segmentation."""
        self._nodes.setCurrentNode(node)

    def setCurrentNodeID(self, node_id: str) -> None:
        """Choose a segmentation by ID."""
        self._nodes.setCurrentNodeID(node_id)

    def segmentIDs(self) -> list[str]:
        """Return the IDs of the segments."""
        node = self.currentNode()
        return list(node.GetSegmentation().GetSegmentIDs()) if node is not None else []

    def currentSegmentID(self) -> str:
        """Return the ID of the chosen segment."""
        return self._single.currentData() or ""

    def setCurrentSegmentID(self, segment_id: str) -> None:
        """Choose a segment."""
        self._single.setCurrentIndex(self._single.findData(segment_id))

    def selectedSegmentIDs(self) -> list[str]:
        """Return the IDs of the checked segments."""
        return [self._several.itemData(i.row()) for i in self._several.checkedIndexes()]

    def setSelectedSegmentIDs(self, segment_ids: list[str]) -> None:
        """Check segments."""
        for row in range(self._several.count()):
            on = self._several.itemData(row) in segment_ids
            self._several.setCheckState(self._several.model().index(row, 0), 2 if on else 0)
