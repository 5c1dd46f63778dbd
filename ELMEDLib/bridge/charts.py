"""Curves as plot series and chart nodes, and a plot view inside a panel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import slicer

from ELMEDLib.bridge.tables import setTable

if TYPE_CHECKING:
    from collections.abc import Sequence

COLOURS = (
    (0.0, 0.45, 0.70),
    (0.84, 0.37, 0.0),
    (0.0, 0.62, 0.45),
    (0.80, 0.47, 0.65),
    (0.90, 0.62, 0.0),
    (0.34, 0.71, 0.91),
    (0.33, 0.33, 0.33),
)
"""Okabe and Ito's, which colour-blind readers tell apart."""

CHART = "ELMED.Chart"
"""The attribute that tells the nodes of a chart by its name."""


@dataclass(frozen=True)
class Curve:
    """A line through points.

    Attributes:
        title: in the legend.
        x: of the points.
        y: of the points, as many.
        colour: red, green, blue, from 0 to 1.
        width: of the line in pixels.
        faint: a guide rather than data.
    """

    title: str
    x: Sequence[float]
    y: Sequence[float]
    colour: tuple[float, float, float]
    width: float = 2.0
    faint: bool = False


def drawChart(
    name: str, curves: Sequence[Curve], xTitle: str, yTitle: str, legend: bool = True
) -> slicer.vtkMRMLPlotChartNode:
    """Draw curves into the chart of this name, which is made when there is none, and return it."""
    scene = slicer.mrmlScene
    charts = slicer.util.getNodesByClass("vtkMRMLPlotChartNode")
    chart = next((node for node in charts if node.GetAttribute(CHART) == name), None)
    if chart is None:
        chart = scene.AddNewNodeByClass("vtkMRMLPlotChartNode", name)
        chart.SetAttribute(CHART, name)
    _removeCurves(chart)
    with slicer.util.NodeModify(chart):
        for curve in curves:
            chart.AddAndObservePlotSeriesNodeID(_series(name, curve).GetID())
        chart.SetXAxisTitle(xTitle)
        chart.SetYAxisTitle(yTitle)
        chart.SetTitleVisibility(False)
        chart.SetLegendVisibility(legend)
    return chart


def _removeCurves(chart: slicer.vtkMRMLPlotChartNode) -> None:
    count = chart.GetNumberOfPlotSeriesNodes()
    old = [chart.GetNthPlotSeriesNode(number) for number in range(count)]
    chart.RemoveAllPlotSeriesNodeIDs()
    for series in old:
        if series is not None:
            table = series.GetTableNode()
            slicer.mrmlScene.RemoveNode(series)
            if table is not None:
                slicer.mrmlScene.RemoveNode(table)


def _series(name: str, curve: Curve) -> slicer.vtkMRMLPlotSeriesNode:
    scene = slicer.mrmlScene
    table = scene.AddNewNodeByClass("vtkMRMLTableNode", f"{name}: {curve.title}")
    table.SetHideFromEditors(True)
    table.SetAttribute(CHART, name)
    points = {"x": [float(value) for value in curve.x], "y": [float(value) for value in curve.y]}
    setTable(table, points)
    series = scene.AddNewNodeByClass("vtkMRMLPlotSeriesNode", curve.title)
    kinds = slicer.vtkMRMLPlotSeriesNode
    series.SetAttribute(CHART, name)
    series.SetAndObserveTableNodeID(table.GetID())
    series.SetXColumnName("x")
    series.SetYColumnName("y")
    # A line over its own x values is called scatter in Slicer.
    series.SetPlotType(kinds.PlotTypeScatter)
    series.SetMarkerStyle(kinds.MarkerStyleNone)
    series.SetLineStyle(kinds.LineStyleDot if curve.faint else kinds.LineStyleSolid)
    series.SetLineWidth(1.0 if curve.faint else curve.width)
    series.SetColor(*curve.colour)
    return series


class ChartView:
    """A plot view in a panel, made when there is something to show."""

    def __init__(self, layout: Any, name: str, height: int, toolTip: str) -> None:
        """Prepare.

        Args:
            layout: receives the view.
            name: of the view, one for each place.
            height: in pixels.
            toolTip: what is seen.
        """
        self._layout = layout
        self._name = name
        self._height = height
        self._toolTip = toolTip
        self._view: Any = None
        self._viewNode: Any = None

    def show(self, chart: slicer.vtkMRMLPlotChartNode) -> None:
        """Show a chart."""
        scene = slicer.mrmlScene
        if self._view is None:
            self._view = slicer.qMRMLPlotView()
            self._view.setMRMLScene(scene)
            self._view.setMinimumHeight(self._height)
            self._view.setToolTip(self._toolTip)
            self._layout.addWidget(self._view)
        if self._viewNode is None or not scene.IsNodePresent(self._viewNode):
            self._viewNode = scene.AddNewNodeByClass("vtkMRMLPlotViewNode", self._name)
            self._viewNode.SetLayoutName(self._name)
            self._viewNode.SetHideFromEditors(True)
            self._viewNode.SetSaveWithScene(False)
            self._view.setMRMLPlotViewNode(self._viewNode)
        self._viewNode.SetPlotChartNodeID(chart.GetID())
        self._view.visible = True
        self._view.fitToContent()

    def hide(self) -> None:
        """Take the view away."""
        if self._view is not None:
            self._view.visible = False

    def sceneClosed(self) -> None:
        """Let go of nodes that are gone."""
        self._viewNode = None
        if self._view is not None:
            self._view.setMRMLPlotViewNode(None)
            self._view.visible = False
