"""The table of scans, and the clinical inputs of the one that is selected."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING, Any

import qt

from ELMEDRadiomicsWidgets.follow_up_points import ScenePoint, scenePoints

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import SimpleNamespace

COLUMNS = ("Date", "Proposed", "Segmentation", "Aligned by")
WIDTHS = (112, 72, 108, 104)
HELP = (
    "The day of the scan; checked scans are assessed.",
    "The category that is proposed; ? is to be confirmed.",
    "The segmentation.",
    "The volume that the segmentation was drawn on; scans are aligned by it.",
)
STATES = {"": "Unknown", "improved": "Improved", "stable": "Stable", "worse": "Worse"}
NEW = {"": "As matching found", "yes": "Yes", "no": "No"}
METHODS = {"2d": "Two-dimensional (sum of products)", "volume": "Volumetric"}
KINDS = {"auto": "As the baseline has it", "enhancing": "Enhancing", "non-enhancing": "T2/FLAIR"}
ROW = 22
NO_DATE = "no date"


class FollowUpInputs:
    """Keeps rows, widgets and what is written with the segmentations together."""

    def __init__(self, ui: SimpleNamespace, onChange: Callable[[bool], None]) -> None:
        """Connect the widgets.

        Args:
            ui: the widgets by name.
            onChange: called when an input has changed, with whether scans must be assessed anew:
                steroids, state and new lesions change the reasoning alone.
        """
        self.ui = ui
        self.points: list[ScenePoint] = []
        self._onChange = onChange
        self._labels: dict[str, str] = {}
        self._showing = False
        for combo, texts in (
            (ui.followStateComboBox, STATES),
            (ui.followNewLesionComboBox, NEW),
            (ui.followMethodComboBox, METHODS),
            (ui.followKindComboBox, KINDS),
        ):
            for key, text in texts.items():
                combo.addItem(text, key)
        self._prepareTable()
        self._connect()

    @property
    def included(self) -> list[ScenePoint]:
        """The checked scans."""
        return [point for point in self.points if point.details["included"]]

    def problem(self) -> str:
        """Return what is wrong with the inputs, "" for nothing."""
        chosen = self.included
        if len(chosen) < 2:  # noqa: PLR2004 - a change needs two
            return "Load or segment two scans of the patient or more, and check them."
        if any(point.day is None for point in chosen):
            return "Give each checked scan a date: select it, and write it as 2024-05-31."
        if len({point.day for point in chosen}) < len(chosen):
            return "Two checked scans have one date; correct it, or leave one of them out."
        return ""

    def show(self, labels: dict[str, str] | None = None) -> None:
        """Show the scene's segmentations; `labels` are the proposed categories by day."""
        if labels is not None:
            self._labels = labels
        selected = self.selected()
        self.points = scenePoints()
        table = self.ui.followPointsTable
        self._showing = True
        table.setRowCount(len(self.points))
        for row, point in enumerate(self.points):
            self._showRow(row, point)
        rows = [n for n, p in enumerate(self.points) if selected and p.node is selected.node]
        if rows:
            table.selectRow(rows[0])
        self._showing = False
        self._showSelected()

    def selected(self) -> ScenePoint | None:
        """Return the selected scan, None when none is."""
        table = self.ui.followPointsTable
        row = table.currentRow()
        if not table.selectedItems() or not 0 <= row < len(self.points):
            return None
        return self.points[row]

    def _prepareTable(self) -> None:
        table = self.ui.followPointsTable
        table.setColumnCount(len(COLUMNS))
        table.setHorizontalHeaderLabels(list(COLUMNS))
        for column, (width, text) in enumerate(zip(WIDTHS, HELP, strict=True)):
            table.setColumnWidth(column, width)
            table.horizontalHeaderItem(column).setToolTip(text)
        table.setWordWrap(False)
        table.setTextElideMode(qt.Qt.ElideMiddle)
        table.verticalHeader().setVisible(False)
        table.verticalHeader().setDefaultSectionSize(ROW)
        table.setEditTriggers(qt.QAbstractItemView.NoEditTriggers)

    def _connect(self) -> None:
        ui = self.ui
        ui.followPointsTable.connect("itemSelectionChanged()", self._showSelected)
        ui.followPointsTable.connect("itemChanged(QTableWidgetItem*)", self._checked)
        ui.followDateLineEdit.connect("editingFinished()", lambda: self._entered("date"))
        ui.followSteroidsLineEdit.connect("editingFinished()", lambda: self._entered("steroids_mg"))
        ui.followWeeksLineEdit.connect(
            "editingFinished()", lambda: self._entered("weeks_since_radiotherapy")
        )
        ui.followStateComboBox.connect("currentIndexChanged(int)", lambda *_: self._chosen())
        ui.followNewLesionComboBox.connect("currentIndexChanged(int)", lambda *_: self._chosen())
        ui.followBaselineCheckBox.connect("toggled(bool)", self._baselineChosen)
        for combo in (ui.followMethodComboBox, ui.followKindComboBox):
            combo.connect("currentIndexChanged(int)", lambda *_: self._onChange(True))

    def _showRow(self, row: int, point: ScenePoint) -> None:
        volume = point.volume.GetName() if point.volume is not None else "nothing"
        day = point.day.isoformat() if point.day else NO_DATE
        label = self._labels.get(day, "")
        texts = (day, label, point.node.GetName(), volume)
        for column, text in enumerate(texts):
            item = self.ui.followPointsTable.item(row, column)
            if item is None:
                item = qt.QTableWidgetItem()
                self.ui.followPointsTable.setItem(row, column, item)
            item.setText(text.replace(" (to be confirmed)", " ?"))
            item.setToolTip(text)
            if column == 0:
                included = point.details["included"]
                item.setCheckState(qt.Qt.Checked if included else qt.Qt.Unchecked)

    def _showSelected(self, *_) -> None:
        if self._showing:
            return
        ui, point = self.ui, self.selected()
        ui.followPointGroupBox.enabled = point is not None
        details = point.details if point else {}
        self._showing = True
        ui.followDateLineEdit.text = details.get("date", "")
        ui.followSteroidsLineEdit.text = _text(details.get("steroids_mg"))
        ui.followWeeksLineEdit.text = _text(details.get("weeks_since_radiotherapy"))
        for combo, key in (
            (ui.followStateComboBox, "state"),
            (ui.followNewLesionComboBox, "new_lesion"),
        ):
            combo.setCurrentIndex(max(combo.findData(details.get(key, "")), 0))
        ui.followBaselineCheckBox.checked = bool(details.get("baseline"))
        self._showing = False

    def _checked(self, item: Any) -> None:
        if self._showing or item.column() != 0:
            return
        point = self.points[item.row()]
        point.change(included=item.checkState() == qt.Qt.Checked)
        self._onChange(True)

    def _entered(self, key: str) -> None:
        point = self.selected()
        if point is None or self._showing:
            return
        line = {
            "date": self.ui.followDateLineEdit,
            "steroids_mg": self.ui.followSteroidsLineEdit,
            "weeks_since_radiotherapy": self.ui.followWeeksLineEdit,
        }[key]
        text = line.text.strip()
        if _text(point.details.get(key)) == text:
            return
        if not _isRight(key, text):
            self._showSelected()  # as it was: what is written means nothing
            return
        value = text if key == "date" else (float(text.replace(",", ".")) if text else None)
        point.change(**{key: value})
        self._onChange(key != "steroids_mg")

    def _chosen(self) -> None:
        point = self.selected()
        if point is None or self._showing:
            return
        point.change(
            state=self.ui.followStateComboBox.currentData,
            new_lesion=self.ui.followNewLesionComboBox.currentData,
        )
        self._onChange(False)

    def _baselineChosen(self, on: bool) -> None:
        chosen = self.selected()
        if chosen is None or self._showing:
            return
        for point in self.points:
            if point is chosen or point.details.get("baseline"):
                point.change(baseline=bool(on) and point is chosen)
        self._onChange(True)


def _text(value: Any) -> str:
    if value is None or value == "":
        return ""
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)


def _isRight(key: str, text: str) -> bool:
    try:
        if key == "date":
            date.fromisoformat(text)
        elif text:
            return math.isfinite(float(text.replace(",", ".")))
    except ValueError:
        return False
    return True
