"""Loss, accuracy and the confusion matrix as nodes of the scene."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import slicer

from ELMEDLib.bridge.tables import setTable
from ELMEDPlaygroundLib.experiment.tables import confusion_columns, history_columns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BLUE, ORANGE = (0.0, 0.447, 0.698), (0.835, 0.369, 0.0)
QUANTITIES = ("Loss", "Accuracy")


def tableOfHistory(
    history: Sequence[Mapping[str, Any]], tableNode: slicer.vtkMRMLTableNode | None
) -> slicer.vtkMRMLTableNode:
    """Put the rows of a training into the table, or into a new one, and return it."""
    return _filled(tableNode, "Playground training", history_columns(history))


def tableOfConfusion(
    confusion: Mapping[str, Any], tableNode: slicer.vtkMRMLTableNode | None
) -> slicer.vtkMRMLTableNode:
    """Put a confusion matrix into the table, or into a new one, and return it."""
    return _filled(tableNode, "Playground confusion matrix", confusion_columns(confusion))


def chartOfHistory(tableNode: slicer.vtkMRMLTableNode) -> list[slicer.vtkMRMLPlotChartNode]:
    """Draw a table's losses into one chart and its accuracies into another, and return both."""
    charts = []
    for quantity in QUANTITIES:
        scene = slicer.mrmlScene
        name = scene.GenerateUniqueName(f"Playground {quantity.lower()}")
        chart = scene.AddNewNodeByClass("vtkMRMLPlotChartNode", name)
        for share, colour in (("Training", BLUE), ("Test", ORANGE)):
            title = f"{share} {quantity.lower()}"
            series = scene.AddNewNodeByClass("vtkMRMLPlotSeriesNode", title)
            series.SetAndObserveTableNodeID(tableNode.GetID())
            series.SetXColumnName("Step")
            series.SetYColumnName(title)
            series.SetPlotType(slicer.vtkMRMLPlotSeriesNode.PlotTypeScatter)
            series.SetMarkerStyle(slicer.vtkMRMLPlotSeriesNode.MarkerStyleNone)
            series.SetLineWidth(2)
            series.SetColor(*colour)
            chart.AddAndObservePlotSeriesNodeID(series.GetID())
        chart.SetTitle(quantity)
        chart.SetXAxisTitle("Step")
        chart.SetYAxisTitle(quantity)
        charts.append(chart)
    return charts


def _filled(
    tableNode: slicer.vtkMRMLTableNode | None, name: str, columns: Mapping[str, Sequence[Any]]
) -> slicer.vtkMRMLTableNode:
    scene = slicer.mrmlScene
    if tableNode is None or not scene.IsNodePresent(tableNode):
        tableNode = scene.AddNewNodeByClass("vtkMRMLTableNode", scene.GenerateUniqueName(name))
    setTable(tableNode, columns)
    return tableNode
