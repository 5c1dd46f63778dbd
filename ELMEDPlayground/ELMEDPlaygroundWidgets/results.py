"""Loss and accuracy as nodes of the scene."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import slicer

from ELMEDLib.bridge.tables import setTable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COLUMNS = {
    "Step": "step",
    "Training loss": "train_loss",
    "Test loss": "test_loss",
    "Training accuracy": "train_accuracy",
    "Test accuracy": "test_accuracy",
}

BLUE, ORANGE = (0.0, 0.447, 0.698), (0.835, 0.369, 0.0)
QUANTITIES = ("Loss", "Accuracy")


def tableOfHistory(
    history: Sequence[Mapping[str, Any]], tableNode: slicer.vtkMRMLTableNode | None
) -> slicer.vtkMRMLTableNode:
    """Put the rows of a training into the table, or into a new one, and return it."""
    scene = slicer.mrmlScene
    if tableNode is None or not scene.IsNodePresent(tableNode):
        name = scene.GenerateUniqueName("Playground training")
        tableNode = scene.AddNewNodeByClass("vtkMRMLTableNode", name)
    columns = {title: [_number(row.get(key)) for row in history] for title, key in COLUMNS.items()}
    setTable(tableNode, columns)
    return tableNode


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


def _number(value: Any) -> float:
    return float("nan") if value is None else float(value)
