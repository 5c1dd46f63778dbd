"""What was measured in a training, and the confusion matrix, as nodes of the scene."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import slicer

from ELMEDLib.bridge.tables import setTable
from ELMEDPlaygroundLib.experiment.tables import HISTORY, confusion_columns, history_columns
from ELMEDPlaygroundLib.generative.tables import samples_columns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COLOURS = ((0.0, 0.447, 0.698), (0.835, 0.369, 0.0), (0.0, 0.62, 0.451), (0.8, 0.475, 0.655))
"""Of the lines in a chart, in order."""

STEP = "Step"
TOGETHER = ("loss", "accuracy")
"""Columns whose titles end so are drawn into one chart; any other has its own."""


def tableOfHistory(
    history: Sequence[Mapping[str, Any]],
    tableNode: slicer.vtkMRMLTableNode | None,
    columns: Mapping[str, str] = HISTORY,
) -> slicer.vtkMRMLTableNode:
    """Put the rows of a training into the table, or into a new one, and return it."""
    return _filled(tableNode, "Playground training", history_columns(history, columns))


def tableOfConfusion(
    confusion: Mapping[str, Any], tableNode: slicer.vtkMRMLTableNode | None
) -> slicer.vtkMRMLTableNode:
    """Put a confusion matrix into the table, or into a new one, and return it."""
    return _filled(tableNode, "Playground confusion matrix", confusion_columns(confusion))


def tableOfSamples(
    shown: Mapping[str, Any], tableNode: slicer.vtkMRMLTableNode | None
) -> slicer.vtkMRMLTableNode:
    """Put generated points into the table, or into a new one, and return it."""
    return _filled(tableNode, "Playground samples", samples_columns(shown))


def chartOfHistory(tableNode: slicer.vtkMRMLTableNode) -> list[slicer.vtkMRMLPlotChartNode]:
    """Draw a table's losses into one chart, its accuracies into another, and return all."""
    table = tableNode.GetTable()
    titles = [table.GetColumnName(place) for place in range(table.GetNumberOfColumns())]
    quantities: dict[str, list[str]] = {}
    for title in titles:
        last = title.split()[-1].lower()
        name = last.capitalize() if last in TOGETHER else title
        if title != STEP:
            quantities.setdefault(name, []).append(title)
    return [_chart(tableNode, quantity, own) for quantity, own in quantities.items()]


def _chart(
    tableNode: slicer.vtkMRMLTableNode, quantity: str, titles: Sequence[str]
) -> slicer.vtkMRMLPlotChartNode:
    scene = slicer.mrmlScene
    name = scene.GenerateUniqueName(f"Playground {quantity.lower()}")
    chart = scene.AddNewNodeByClass("vtkMRMLPlotChartNode", name)
    for number, title in enumerate(titles):
        series = scene.AddNewNodeByClass("vtkMRMLPlotSeriesNode", title)
        series.SetAndObserveTableNodeID(tableNode.GetID())
        series.SetXColumnName(STEP)
        series.SetYColumnName(title)
        series.SetPlotType(slicer.vtkMRMLPlotSeriesNode.PlotTypeScatter)
        series.SetMarkerStyle(slicer.vtkMRMLPlotSeriesNode.MarkerStyleNone)
        series.SetLineWidth(2)
        series.SetColor(*COLOURS[number % len(COLOURS)])
        chart.AddAndObservePlotSeriesNodeID(series.GetID())
    chart.SetTitle(quantity)
    chart.SetXAxisTitle(STEP)
    chart.SetYAxisTitle(quantity)
    return chart


def _filled(
    tableNode: slicer.vtkMRMLTableNode | None, name: str, columns: Mapping[str, Sequence[Any]]
) -> slicer.vtkMRMLTableNode:
    scene = slicer.mrmlScene
    if tableNode is None or not scene.IsNodePresent(tableNode):
        tableNode = scene.AddNewNodeByClass("vtkMRMLTableNode", scene.GenerateUniqueName(name))
    setTable(tableNode, columns)
    return tableNode
