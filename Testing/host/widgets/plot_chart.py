"""A VTK chart of what a plot chart node says."""

from __future__ import annotations

from typing import Any

import slicer
import vtk


def chart_of(chart_node: Any) -> Any:
    """Return a `vtkChartXY` of a `vtkMRMLPlotChartNode`."""
    chart = vtk.vtkChartXY()
    if chart_node.GetTitleVisibility():
        chart.SetTitle(chart_node.GetTitle() or "")
    chart.SetShowLegend(bool(chart_node.GetLegendVisibility()))
    chart.GetAxis(vtk.vtkAxis.BOTTOM).SetTitle(chart_node.GetXAxisTitle() or "")
    chart.GetAxis(vtk.vtkAxis.LEFT).SetTitle(chart_node.GetYAxisTitle() or "")
    for index in range(chart_node.GetNumberOfPlotSeriesNodes()):
        _add_series(chart, chart_node.GetNthPlotSeriesNode(index))
    return chart


def _add_series(chart: Any, series: Any) -> None:
    table_node = series.GetTableNode() if series is not None else None
    if table_node is None:
        return
    kinds = slicer.vtkMRMLPlotSeriesNode
    plot_type = series.GetPlotType()
    bars = plot_type == kinds.PlotTypeBar
    plot = chart.AddPlot(vtk.vtkChart.BAR if bars else vtk.vtkChart.LINE)
    table = table_node.GetTable()
    y_name, x_name = series.GetYColumnName(), series.GetXColumnName()
    if x_name and plot_type == kinds.PlotTypeScatter:
        plot.SetInputData(table, x_name, y_name)
    else:
        plot.SetInputData(table, "", y_name)
        plot.SetUseIndexForXSeries(True)
    plot.SetLabel(series.GetName() or "")
    plot.SetColorF(*series.GetColor())
    if series.GetLabelColumnName():
        plot.SetIndexedLabels(table.GetColumnByName(series.GetLabelColumnName()))
