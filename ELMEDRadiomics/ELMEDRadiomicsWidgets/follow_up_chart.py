"""Sizes over time as table, plot series and chart nodes of the scene."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import qt
import slicer

from ELMEDLib.bridge.tables import setTable
from ELMEDRadiomicsLib.follow_up.criteria import THRESHOLDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TABLE = "Response over time"
CHART = "Tumour over time"
WEEKS, PRODUCTS, VOLUME = "Weeks since baseline", "Sum of products (%)", "Volume (%)"
PARTIAL, PROGRESSION = "Partial response", "Progression"
SERIES = {
    PRODUCTS: ("Sum of products", (0.0, 0.45, 0.70)),
    VOLUME: ("Volume", (0.84, 0.37, 0.0)),
    PARTIAL: ("Partial response", (0.0, 0.62, 0.45)),
    PROGRESSION: ("Progression", (0.55, 0.55, 0.55)),
}
"""Title and colour (Okabe and Ito's) of each column that is drawn."""

VIEW = "ELMEDFollowUp"

CONTENT = "ELMED.FollowUp"
"""The table's attribute that holds the whole result, as JSON."""

CHARTED = "ELMED.Chart"
"""The table's reference to its chart."""


class FollowUpChart:
    """Makes the nodes when there is something to show."""

    def __init__(self, layout: Any) -> None:
        """Prepare; `layout` of the panel receives the view."""
        self._layout = layout
        self._view: Any = None
        self._viewNode: Any = None
        self.tableNode: slicer.vtkMRMLTableNode | None = None
        self.chartNode: slicer.vtkMRMLPlotChartNode | None = None

    def show(self, result: Mapping[str, Any]) -> None:
        """Fill the table, and draw sizes in percent of the baseline where it has any."""
        columns = columnsOf(result)
        if self.tableNode is None or not slicer.mrmlScene.IsNodePresent(self.tableNode):
            self.tableNode = _newNode("vtkMRMLTableNode", TABLE)
            self.chartNode = None
        setTable(self.tableNode, columns)
        self.tableNode.SetLocked(True)
        self.tableNode.SetAttribute(CONTENT, json.dumps(result))
        if self.chartNode is None or not slicer.mrmlScene.IsNodePresent(self.chartNode):
            self._makeChart()
        self.chartNode.Modified()
        self._showView()

    def takeUp(self) -> dict[str, Any] | None:
        """Return the result that the scene holds, None for none, and show it from now on."""
        for node in slicer.util.getNodesByClass("vtkMRMLTableNode"):
            content = node.GetAttribute(CONTENT)
            if content:
                self.tableNode, self.chartNode = node, node.GetNodeReference(CHARTED)
                return json.loads(content)
        return None

    def sceneClosed(self) -> None:
        """Let go of nodes that are gone."""
        self.chartNode = self._viewNode = self.tableNode = None
        if self._view is not None:
            self._view.setMRMLPlotViewNode(None)

    def _makeChart(self) -> None:
        chart = _newNode("vtkMRMLPlotChartNode", CHART)
        chart.SetXAxisTitle(WEEKS)
        chart.SetYAxisTitle("Percent of the baseline")
        chart.SetTitleVisibility(False)
        chart.SetLegendVisibility(False)
        for column in SERIES:
            _addSeries(chart, self.tableNode, column)
        self.chartNode = chart
        self.tableNode.SetNodeReferenceID(CHARTED, chart.GetID())

    def _showView(self) -> None:
        if self._view is None:
            self._view = slicer.qMRMLPlotView()
            self._view.setMRMLScene(slicer.mrmlScene)
            self._view.setMinimumHeight(220)
            self._view.setToolTip("Sizes over time, with the thresholds of the chosen method.")
            self._layout.addWidget(self._view)
            self._layout.addWidget(_legend())
        if self._viewNode is None or not slicer.mrmlScene.IsNodePresent(self._viewNode):
            self._viewNode = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLPlotViewNode", VIEW)
            self._viewNode.SetLayoutName(VIEW)
            self._viewNode.SetHideFromEditors(True)
            self._viewNode.SetSaveWithScene(False)
            self._view.setMRMLPlotViewNode(self._viewNode)
        if self._viewNode.GetPlotChartNodeID() != self.chartNode.GetID():
            self._viewNode.SetPlotChartNodeID(self.chartNode.GetID())
        self._view.fitToContent()


def columnsOf(result: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the columns of the table node: sizes, changes, categories, and what is drawn."""
    entries = result["assessments"]
    base = next(entry for entry in entries if entry["role"] == "baseline")
    start = date.fromisoformat(base["day"])
    rule = THRESHOLDS[result["method"]]
    drawn = PRODUCTS if result["method"] == "2d" else VOLUME
    columns: dict[str, list[Any]] = {
        "Date": [entry["day"] for entry in entries],
        "Sum of products (mm²)": [round(entry["sum_mm2"], 1) for entry in entries],
        "Volume (ml)": [round(entry["volume_ml"], 3) for entry in entries],
        "Proposed": [entry["label"] for entry in entries],
        WEEKS: [(date.fromisoformat(entry["day"]) - start).days / 7 for entry in entries],
        PRODUCTS: _percents(entries, "sum_mm2", base["sum_mm2"]),
        VOLUME: _percents(entries, "volume_ml", base["volume_ml"]),
        PARTIAL: [100 * (1 - rule.partial)] * len(entries),
    }
    columns[PROGRESSION] = _progression(columns[drawn], entries, rule.progression)
    return columns


def _percents(entries: Sequence[Mapping[str, Any]], field: str, base: float) -> list[float]:
    return [100.0 * entry[field] / base if base > 0 else 0.0 for entry in entries]


def _progression(
    percents: Sequence[float], entries: Sequence[Mapping[str, Any]], threshold: float
) -> list[float]:
    """Return what each scan would have to reach to be progression, against the nadir before it."""
    limits: list[float] = []
    nadir: float | None = None
    for percent, entry in zip(percents, entries, strict=True):
        limits.append((100.0 if nadir is None else nadir) * (1 + threshold))
        if entry["role"] != "before":
            nadir = percent if nadir is None else min(nadir, percent)
    return limits


def _legend() -> qt.QLabel:
    words = []
    for title, colour in SERIES.values():
        code = "#" + "".join(f"{round(255 * part):02x}" for part in colour)
        words.append(
            f'<span style="color: {code}">\u25a0</span>&nbsp;{title.replace(" ", "&nbsp;")}'
        )
    label = qt.QLabel(" &nbsp; ".join(words))
    label.setToolTip("Which curve is which. Progression is held against the nadir before a scan.")
    label.setWordWrap(True)
    label.setAlignment(qt.Qt.AlignCenter)
    return label


def _newNode(className: str, name: str) -> slicer.vtkMRMLNode:
    return slicer.mrmlScene.AddNewNodeByClass(className, slicer.mrmlScene.GenerateUniqueName(name))


def _addSeries(
    chart: slicer.vtkMRMLPlotChartNode, tableNode: slicer.vtkMRMLTableNode, column: str
) -> None:
    title, colour = SERIES[column]
    kinds = slicer.vtkMRMLPlotSeriesNode
    threshold = column in (PARTIAL, PROGRESSION)
    series = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLPlotSeriesNode", title)
    series.SetAndObserveTableNodeID(tableNode.GetID())
    series.SetXColumnName(WEEKS)
    series.SetYColumnName(column)
    # A line over its own x values is called scatter in Slicer.
    series.SetPlotType(kinds.PlotTypeScatter)
    series.SetLineStyle(kinds.LineStyleDash if threshold else kinds.LineStyleSolid)
    series.SetLineWidth(1 if threshold else 2)
    series.SetMarkerStyle(kinds.MarkerStyleNone if threshold else kinds.MarkerStyleCircle)
    series.SetMarkerSize(7)
    series.SetColor(*colour)
    chart.AddAndObservePlotSeriesNodeID(series.GetID())
