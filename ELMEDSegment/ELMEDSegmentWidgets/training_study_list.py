"""The list of studies: the ticked ones validate, the others train."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt

from ELMEDSegmentLib.training.split import with_all_studies_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence


class StudyList:
    """Rows of a `QListWidget`; all studies of a patient are ticked together."""

    def __init__(self, widget: qt.QListWidget, onChange: Callable[[], None]) -> None:
        """Take over an empty list.

        Args:
            widget: the list.
            onChange: called when the user has changed who validates.
        """
        self._widget = widget
        self._onChange = onChange
        self.studies: list[str] = []
        widget.connect("itemChanged(QListWidgetItem*)", self._changed)

    @property
    def heldOut(self) -> list[str]:
        """The names of the studies that validate."""
        return [
            name
            for row, name in enumerate(self.studies)
            if self._widget.item(row).checkState() == qt.Qt.Checked
        ]

    def show(self, studies: Sequence[str], heldOut: Collection[str]) -> None:
        """Show other studies; no change is told."""
        wasBlocked = self._widget.blockSignals(True)
        self._widget.clear()
        self.studies = list(studies)
        for row, name in enumerate(self.studies):
            self._widget.addItem(name)
            self._showRow(row, name in heldOut)
        self._widget.blockSignals(wasBlocked)

    def _changed(self, item) -> None:
        row = self._widget.row(item)
        validates = item.checkState() == qt.Qt.Checked
        together = with_all_studies_of(self.studies[row], self.studies)
        wasBlocked = self._widget.blockSignals(True)
        for other, name in enumerate(self.studies):
            if name in together:
                self._showRow(other, validates)
        self._widget.blockSignals(wasBlocked)
        self._onChange()

    def _showRow(self, row: int, validates: bool) -> None:
        item = self._widget.item(row)
        item.setCheckState(qt.Qt.Checked if validates else qt.Qt.Unchecked)
        item.setText(f"{self.studies[row]} – {'validates' if validates else 'trains'}")
        item.setToolTip(
            "Never trained on; tells how good the network is."
            if validates
            else "Trained on; tick it to validate on it instead."
        )
