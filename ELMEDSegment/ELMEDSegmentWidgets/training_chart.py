"""The curves of a training run, as table, plot series and chart nodes of the scene."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt
import slicer

from ELMEDLib.bridge.tables import setTable
from ELMEDSegmentLib.training.curve import dice_columns, loss_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ELMEDSegmentLib.training.curve import Columns

LOSS_TABLE = "Training loss"
DICE_TABLE = "Training Dice"
CHART = "Training"

LOSS_COLOUR = (0.55, 0.55, 0.55)
SERIES = {
    "WT": ("Dice, whole tumour", (0.0, 0.45, 0.70)),
    "TC": ("Dice, tumour core", (0.84, 0.37, 0.0)),
    "ET": ("Dice, enhancing tumour", (0.0, 0.62, 0.45)),
}
"""Names and colours (Okabe and Ito's) of the curves of the regions."""


class TrainingChart:
    """Makes the nodes when there is something to show, and again when the scene was closed."""

    def __init__(self, layout: Any) -> None:
        """Prepare; nothing is added to the scene yet.

        Args:
            layout: of the panel, receives the view.
        """
        self._layout = layout
        self._view: Any = None
        self._legend: Any = None
        self._viewNode: Any = None
        self._tables: list[slicer.vtkMRMLTableNode] = []
        self.chartNode: slicer.vtkMRMLPlotChartNode | None = None

    def show(self, rows: Sequence[dict[str, Any]]) -> None:
        """Draw the curves of a run's metrics; none are drawn where there are none."""
        if not rows:
            self._hide()
            return
        if self.chartNode is None or not slicer.mrmlScene.IsNodePresent(self.chartNode):
            self._makeNodes()
        loss, dice = loss_columns(rows), dice_columns(rows)
        for tableNode, columns in zip(self._tables, (loss, dice), strict=True):
            setTable(tableNode, columns)
        self._addCurves(loss, dice)
        self.chartNode.Modified()
        self._showView()

    def showInLayout(self) -> None:
        """Show the chart large, in the views."""
        if self.chartNode is not None and slicer.mrmlScene.IsNodePresent(self.chartNode):
            self.chartNode.SetLegendVisibility(True)
            slicer.modules.plots.logic().ShowChartInLayout(self.chartNode)

    def sceneClosed(self) -> None:
        """Let go of nodes that are gone."""
        self.chartNode = self._viewNode = None
        self._tables = []
        if self._view is not None:
            self._view.setMRMLPlotViewNode(None)
        self._hide()

    def _hide(self) -> None:
        for widget in (self._view, self._legend):
            if widget is not None:
                widget.hide()

    def _makeNodes(self) -> None:
        self._tables = [_newNode("vtkMRMLTableNode", name) for name in (LOSS_TABLE, DICE_TABLE)]
        chart = _newNode("vtkMRMLPlotChartNode", CHART)
        chart.SetXAxisTitle("Step")
        chart.SetYAxisTitle("Loss, Dice")
        chart.SetTitleVisibility(False)
        # In the small view it would cover the curves; a line below the view says what they are.
        chart.SetLegendVisibility(False)
        self.chartNode = chart

    def _addCurves(self, loss: Columns, dice: Columns) -> None:
        """Add the curves that have become lines: charts cannot draw a single point."""
        lossTable, diceTable = self._tables
        drawn = self.chartNode.GetNumberOfPlotSeriesNodes()
        if drawn == 0 and len(loss["Step"]) > 1:
            _addSeries(self.chartNode, lossTable, "Loss", "Loss", LOSS_COLOUR, marked=False)
            drawn = 1
        if drawn == 1 and len(dice["Step"]) > 1:
            for column, (title, colour) in SERIES.items():
                _addSeries(self.chartNode, diceTable, column, title, colour, marked=True)

    def _showView(self) -> None:
        if self._view is None:
            self._view = slicer.qMRMLPlotView()
            self._view.setMRMLScene(slicer.mrmlScene)
            self._view.setMinimumHeight(240)
            self._view.setToolTip("Loss, and Dice of each region on the validated patients.")
            self._layout.addWidget(self._view)
            self._legend = _legend()
            self._layout.addWidget(self._legend)
        if self._viewNode is None or not slicer.mrmlScene.IsNodePresent(self._viewNode):
            self._viewNode = slicer.mrmlScene.AddNewNodeByClass(
                "vtkMRMLPlotViewNode", "ELMEDTraining"
            )
            self._viewNode.SetLayoutName("ELMEDTraining")
            self._viewNode.SetHideFromEditors(True)
            self._viewNode.SetSaveWithScene(False)
            self._view.setMRMLPlotViewNode(self._viewNode)
        if self._viewNode.GetPlotChartNodeID() != self.chartNode.GetID():
            self._viewNode.SetPlotChartNodeID(self.chartNode.GetID())
        self._view.show()
        self._legend.show()
        self._view.fitToContent()


def _legend() -> qt.QLabel:
    """Return a line of text with the names of the curves in their colours."""
    curves = [("Loss", LOSS_COLOUR), *SERIES.values()]
    colours = ["#" + "".join(f"{round(255 * part):02x}" for part in c) for _, c in curves]
    words = [
        f'<span style="color: {colour}">\u25a0</span>&nbsp;{title.replace(" ", "&nbsp;")}'
        for (title, _), colour in zip(curves, colours, strict=True)
    ]
    label = qt.QLabel(" &nbsp; ".join(words))
    label.setToolTip("Which curve is which.")
    label.setWordWrap(True)
    label.setAlignment(qt.Qt.AlignCenter)
    return label


def _newNode(className: str, name: str) -> slicer.vtkMRMLNode:
    return slicer.mrmlScene.AddNewNodeByClass(className, slicer.mrmlScene.GenerateUniqueName(name))


def _addSeries(
    chart: slicer.vtkMRMLPlotChartNode,
    tableNode: slicer.vtkMRMLTableNode,
    column: str,
    title: str,
    colour: tuple[float, float, float],
    *,
    marked: bool,
) -> None:
    series = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLPlotSeriesNode", title)
    series.SetAndObserveTableNodeID(tableNode.GetID())
    series.SetXColumnName("Step")
    series.SetYColumnName(column)
    # A line over its own x values is called scatter in Slicer.
    series.SetPlotType(slicer.vtkMRMLPlotSeriesNode.PlotTypeScatter)
    series.SetLineStyle(slicer.vtkMRMLPlotSeriesNode.LineStyleSolid)
    series.SetLineWidth(2)
    series.SetMarkerStyle(
        slicer.vtkMRMLPlotSeriesNode.MarkerStyleCircle
        if marked
        else slicer.vtkMRMLPlotSeriesNode.MarkerStyleNone
    )
    series.SetMarkerSize(6)
    series.SetColor(*colour)
    chart.AddAndObservePlotSeriesNodeID(series.GetID())
