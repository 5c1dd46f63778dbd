"""The panel's section 'Charts': intensities, shape and texture matrices of one patient."""

from __future__ import annotations

import html
from pathlib import Path
from typing import TYPE_CHECKING, Any

import qt

from ELMEDLib.bridge.charts import COLOURS, ChartView, drawChart
from ELMEDLib.bridge.sections import WorkSection
from ELMEDRadiomicsWidgets.chart_curves import (
    RADAR_LABELS,
    boxCurves,
    histogramCurves,
    matrixPicture,
    radarCurves,
)
from ELMEDRadiomicsWidgets.charts_run import ChartsPlace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import slicer

    from ELMEDRadiomicsWidgets.charts_run import ChartsRun
    from ELMEDRadiomicsWidgets.extraction import Request


UI_FILE = Path(__file__).resolve().parent.parent / "Resources" / "UI" / "ELMEDRadiomicsCharts.ui"

HISTOGRAM, BOXES, RADAR = "histogram", "boxes", "radar"
MATRICES = {
    "glcm": ("Co-occurrence matrix", "left to right: grey level of the neighbour"),
    "glrlm": ("Run length matrix", "left to right: length of the run"),
    "glszm": ("Zone size matrix", "left to right: voxels in the zone"),
    "gldm": ("Dependence matrix", "left to right: dependent voxels"),
}
CHARTS = {
    HISTOGRAM: "Histograms of intensities",
    BOXES: "Box plots across volumes",
    RADAR: "Shape",
    **{kind: title for kind, (title, _) in MATRICES.items()},
}
HEIGHT = 260
PICTURE = 240
"""In pixels: of the plot and of a matrix."""

NAMES = {HISTOGRAM: "Intensities", BOXES: "Box plots", RADAR: "Shape"}
"""Of the chart nodes."""


class ChartsSection(WorkSection):
    """Draws charts of what is chosen in the panel."""

    title = "ELMED Radiomics: charts"
    uiFile = UI_FILE
    prefix = "charts"
    buttonName = "chartsButton"
    startText = "Draw charts"
    failedText = "There are no new charts; what was there before is unchanged."

    def __init__(
        self, section: Any, request: Callable[[], Request], missing: Callable[[], str]
    ) -> None:
        """Prepare the section.

        Args:
            section: the empty `ctkCollapsibleButton`.
            request: tells what is chosen in the panel.
            missing: tells what is missing for it, "" for nothing.
        """
        super().__init__(section, ChartsPlace())
        self.found: dict[str, Any] | None = None
        self._request = request
        self._missing = missing

    # Life cycle

    def forget(self) -> None:
        """Let go of what was found in the scene that is gone."""
        self.found = None
        if self.ui:
            self._view.sceneClosed()

    def built(self) -> None:
        """Connect the widgets."""
        ui = self.ui
        self._view = ChartView(
            ui.chartFrame.layout(), "ELMEDRadiomicsCharts", HEIGHT, "The chart that is chosen."
        )
        ui.matrixLabel.setAlignment(qt.Qt.AlignCenter)
        for key, text in CHARTS.items():
            ui.chartComboBox.addItem(text, key)
        for combo in (ui.chartComboBox, ui.chartVolumeComboBox, ui.chartSegmentComboBox):
            combo.connect("currentIndexChanged(int)", lambda *_: self.show())
        ui.chartsButton.connect("clicked(bool)", self.pressed)
        self.showIdle()
        self.show()

    # What is shown

    def check(self, *_) -> None:
        """Let be pressed what can be pressed, and say what is missing."""
        if self.ui is None or self.place.running:
            return
        missing = self._missing()
        self.ui.chartsButton.enabled = not missing
        self.say(missing)

    def show(self) -> None:
        """Show the chart that is chosen."""
        ui, found = self.ui, self.found
        kind = ui.chartComboBox.currentData
        matrix = kind in MATRICES
        ui.chartsResults.visible = ui.chartLegendLabel.visible = found is not None
        ui.chartFrame.visible = found is not None and not matrix
        ui.matrixLabel.visible = found is not None and matrix
        for combo, label, needed in (
            (ui.chartVolumeComboBox, ui.chartVolumeComboBoxLabel, matrix or kind == HISTOGRAM),
            (ui.chartSegmentComboBox, ui.chartSegmentComboBoxLabel, matrix),
        ):
            combo.visible = label.visible = needed
        if found is None:
            return
        if matrix:
            self._showMatrix(kind)
        else:
            self._view.show(self._chart(kind))

    def _chart(self, kind: str) -> slicer.vtkMRMLPlotChartNode:
        found, ui = self.found, self.ui
        image = ui.chartVolumeComboBox.currentText
        if kind == HISTOGRAM:
            histogram = found["histograms"].get(image, {})
            self._legend(histogram, "Share of each segment's voxels.")
            return drawChart(
                NAMES[kind], histogramCurves(histogram), f"Intensity in {image}", "Percent", False
            )
        if kind == BOXES:
            boxes = found["boxes"]
            names = list(dict.fromkeys(name for own in boxes.values() for name in own))
            order = ", ".join(boxes)
            self._legend(
                names,
                f"From left to right: {order}. Quartiles and median; whiskers reach 1.5 quartile "
                "ranges. Each volume is scaled by the spread of all its segments.",
            )
            return drawChart(NAMES[kind], boxCurves(boxes), "Volume", "Relative intensity", False)
        corners = ", ".join(RADAR_LABELS.values())
        self._legend(
            found["radar"],
            f"Clockwise from the top: {corners}. The last four are shares of the largest segment.",
        )
        return drawChart(NAMES[kind], radarCurves(found["radar"]), "", "", False)

    def _showMatrix(self, kind: str) -> None:
        ui = self.ui
        segments = self.found["matrices"][kind].get(ui.chartVolumeComboBox.currentText, {})
        matrix = segments.get(ui.chartSegmentComboBox.currentText)
        if matrix is None:
            ui.matrixLabel.clear()
            ui.chartLegendLabel.text = "This segment was not measured in this volume."
            return
        content, width, height = matrixPicture(matrix["counts"], PICTURE)
        picture = qt.QImage(content, width, height, qt.QImage.Format_RGBA8888)
        ui.matrixLabel.setPixmap(qt.QPixmap.fromImage(picture))
        rows, columns = matrix["rows"], matrix["columns"]
        ui.chartLegendLabel.text = (
            f"Bottom to top: grey level, {rows[0]:g} to {rows[-1]:g}; {MATRICES[kind][1]}, "
            f"{columns[0]:g} to {columns[-1]:g}. The brighter, the more often."
        )

    def _legend(self, names: Iterable[str], sentence: str) -> None:
        """Say which colour is which segment; names are text, never a part of the page."""
        words = []
        for number, name in enumerate(names):
            colour = COLOURS[number % len(COLOURS)]
            code = "#" + "".join(f"{round(255 * part):02x}" for part in colour)
            words.append(f'<span style="color: {code}">\u25a0</span>&nbsp;{html.escape(name)}')
        text = " &nbsp; ".join(words)
        self.ui.chartLegendLabel.text = f"{text}<br>{html.escape(sentence)}"

    # Runs

    def start(self, onProgress: Callable[..., None], onEnd: Callable[..., None]) -> None:
        """Compute what the charts show of what is chosen in the panel."""
        self.place.start(self._request(), onProgress, onEnd)

    def succeeded(self, run: ChartsRun) -> str:
        """Show the new charts."""
        self.found = run.result()
        self._fillChoices()
        self.show()
        return ""

    def _fillChoices(self) -> None:
        ui, found = self.ui, self.found
        for combo, names in (
            (ui.chartVolumeComboBox, found["histograms"]),
            (ui.chartSegmentComboBox, found["radar"]),
        ):
            wanted = combo.currentText
            wasBlocked = combo.blockSignals(True)
            combo.clear()
            for name in names:
                combo.addItem(name)
            combo.setCurrentIndex(max(combo.findText(wanted), 0))
            combo.blockSignals(wasBlocked)
