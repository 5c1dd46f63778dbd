"""What a tumour is painted with: brush and size, clear, and masks to begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt
import slicer

from ELMEDLib.bridge.glioma import GLIOMA_SEGMENTS
from ELMEDPlaygroundWidgets.buttons import pushButton
from ELMEDPlaygroundWidgets.tumour_pad import ERASER

if TYPE_CHECKING:
    from collections.abc import Callable

    from ELMEDPlaygroundWidgets.tumour_pad import TumourPad

SIZES = (1, 10)
"""Of the brush's radius, in pixels of 2 mm."""


class TumourTools:
    """A column of controls beside the pad.

    Attributes:
        widget: the column.
        segmentationSelector: the segmentation whose slice may become the mask.
    """

    def __init__(
        self,
        pad: TumourPad,
        onClear: Callable[[], None],
        onExample: Callable[[], None],
        onScan: Callable[[], None],
    ) -> None:
        """Make the controls.

        Args:
            pad: that is painted on.
            onClear: called to remove all paint.
            onExample: called for an example.
            onScan: called for the slice of the chosen segmentation.
        """
        self._pad = pad
        self.widget = qt.QWidget()
        column = qt.QVBoxLayout(self.widget)
        column.setContentsMargins(0, 0, 0, 0)
        self.brushCombo = qt.QComboBox()
        self.brushCombo.setObjectName("tumourBrushComboBox")
        self.brushCombo.setToolTip("What the mouse paints.")
        for kind in reversed(GLIOMA_SEGMENTS):
            self.brushCombo.addItem(_swatch(kind.colour), kind.name, kind.label)
        self.brushCombo.addItem("Eraser", ERASER)
        self.brushCombo.connect("currentIndexChanged(int)", self._brushChosen)
        _addRow(column, "Brush:", self.brushCombo)
        self.sizeSlider = qt.QSlider(qt.Qt.Horizontal)
        self.sizeSlider.setObjectName("tumourBrushSizeSlider")
        self.sizeSlider.setToolTip("The radius of the brush, from 2 to 20 mm.")
        self.sizeSlider.setRange(*SIZES)
        self.sizeSlider.setValue(pad.radius)
        self.sizeSlider.connect("valueChanged(int)", self._sizeChosen)
        _addRow(column, "Size:", self.sizeSlider)
        self.clearButton = pushButton(
            "tumourClearButton", "Clear", "Remove all paint: the brain is healthy.", onClear
        )
        column.addWidget(self.clearButton)
        self.exampleButton = pushButton(
            "tumourExampleButton",
            "Example",
            "Paint a core in an enhancing rim, with oedema around; another one each time.",
            onExample,
        )
        column.addWidget(self.exampleButton)
        self._addSegmentation(column, onScan)
        column.addStretch(1)

    def _addSegmentation(self, column: Any, onScan: Callable[[], None]) -> None:
        self.segmentationSelector = slicer.qMRMLNodeComboBox()
        self.segmentationSelector.setObjectName("tumourSegmentationSelector")
        self.segmentationSelector.nodeTypes = ["vtkMRMLSegmentationNode"]
        self.segmentationSelector.noneEnabled = True
        self.segmentationSelector.addEnabled = self.segmentationSelector.removeEnabled = False
        self.segmentationSelector.setMRMLScene(slicer.mrmlScene)
        self.segmentationSelector.setToolTip("A segmentation of a glioma in the scene.")
        label = qt.QLabel("Or a segmentation of the scene:")
        label.setToolTip(self.segmentationSelector.toolTip)
        column.addWidget(label)
        column.addWidget(self.segmentationSelector)
        self.scanButton = pushButton(
            "tumourScanButton",
            "Take its slice",
            "Take the tumour on the slice that the axial view shows, fitted into this brain.",
            onScan,
        )
        self.scanButton.enabled = False
        self.segmentationSelector.connect(
            "currentNodeChanged(vtkMRMLNode*)", self._segmentationChosen
        )
        column.addWidget(self.scanButton)

    def _brushChosen(self, *_) -> None:
        self._pad.brush = self.brushCombo.currentData

    def _sizeChosen(self, size: int) -> None:
        self._pad.radius = size

    def _segmentationChosen(self, *_) -> None:
        self.scanButton.enabled = self.segmentationSelector.currentNode() is not None


def _addRow(column: Any, title: str, control: Any) -> None:
    row = qt.QHBoxLayout()
    label = qt.QLabel(title)
    label.setToolTip(control.toolTip)
    row.addWidget(label)
    row.addWidget(control, 1)
    column.addLayout(row)


def _swatch(colour: tuple[float, float, float]) -> Any:
    pixmap = qt.QPixmap(16, 16)
    pixmap.fill(qt.QColor(*(round(255 * part) for part in colour)))
    return qt.QIcon(pixmap)
