"""The table of a cohort's cases: what has become of each, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt

from ELMEDLib.cohort.record import Journal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ELMEDLib.cohort.case import Case
    from ELMEDLib.cohort.record import Record

COLUMNS = ("Case", "State", "Seconds", "What to know")
WAITING = "waiting"
ROW_PIXELS = 22


class CohortTable:
    """Rows of a `QTableWidget`, one a case, brought up to date from the records on disk."""

    def __init__(self, widget: qt.QTableWidget) -> None:
        """Take over an empty table."""
        self._widget = widget
        self._cases: list[Case] = []
        self._journal: Journal | None = None
        self.records: dict[str, Record] = {}
        widget.setColumnCount(len(COLUMNS))
        widget.setHorizontalHeaderLabels(list(COLUMNS))
        widget.verticalHeader().hide()
        widget.verticalHeader().setDefaultSectionSize(ROW_PIXELS)
        widget.horizontalHeader().setStretchLastSection(True)

    @property
    def waiting(self) -> int:
        """How many cases have not been done."""
        return len(self._cases) - len(self.records)

    @property
    def failed(self) -> int:
        """How many cases have failed."""
        return sum(record.failed for record in self.records.values())

    def show(self, cases: Sequence[Case], output: Path | None) -> None:
        """Show other cases, or the same with the records of another folder."""
        self._cases = list(cases)
        self._journal = Journal(output) if output else None
        self.records = {}
        self._widget.setRowCount(len(self._cases))
        for row, case in enumerate(self._cases):
            self._fill(row, (case.name, WAITING, "", case.problem))
        self.look()
        self._widget.resizeColumnsToContents()
        self._widget.horizontalHeader().setStretchLastSection(True)

    def forget(self, failedOnly: bool) -> None:
        """Show cases as waiting again that are about to be done again."""
        for row, case in enumerate(self._cases):
            record = self.records.get(case.name)
            if record and (record.failed or not failedOnly):
                del self.records[case.name]
                self._fill(row, (case.name, WAITING, "", ""))

    def look(self) -> None:
        """Show the cases that have been done since the last look."""
        if self._journal is None:
            return
        # One look at the folder, not one for each case that waits: a network may lie between.
        written = self._journal.written()
        for row, case in enumerate(self._cases):
            if case.name not in self.records and self._journal.path(case).name in written:
                record = self._journal.read(case)
                if record:
                    self.records[case.name] = record
                    self._fill(row, _texts(record))

    def _fill(self, row: int, texts: Sequence[str]) -> None:
        for column, text in enumerate(texts):
            item = qt.QTableWidgetItem(text)
            item.setToolTip(text)
            self._widget.setItem(row, column, item)


def _texts(record: Record) -> tuple[str, ...]:
    told = " ".join((record.reason, record.advice)) if record.failed else " ".join(record.warnings)
    return record.name, record.state, f"{record.seconds:.1f}", told.strip()
