"""The table of models, and the text about the selected one."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

import qt

from ELMEDLib.errors import ELMEDError
from ELMEDSegmentLib.models.listing import all_models

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import SimpleNamespace

    from ELMEDSegmentLib.models.listing import Row

COLUMNS = ("Model", "State", "Size")
"""Licence, source and checksum of the selected model stand below the table."""

ROW_HEIGHT = 22

ADDRESS = re.compile(r"https://[^\s()]+")


class ModelsTable:
    """Rows of a `QTableWidget`, one a model."""

    def __init__(self, ui: SimpleNamespace, onSelect: Callable[[], None]) -> None:
        """Take over an empty table.

        Args:
            ui: the widgets by name.
            onSelect: called when another model was selected.
        """
        self._table = ui.modelsTableWidget
        self._details = ui.modelDetailsTextBrowser
        self._onSelect = onSelect
        self.rows: list[Row] = []
        self._table.setColumnCount(len(COLUMNS))
        self._table.setHorizontalHeaderLabels(list(COLUMNS))
        self._table.verticalHeader().hide()
        self._table.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self._table.connect("itemSelectionChanged()", self._selected)

    @property
    def selected(self) -> Row | None:
        """The model of the selected row."""
        row = self._table.currentRow()
        return self.rows[row] if 0 <= row < len(self.rows) else None

    def show(self, name: str = "") -> str:
        """Show what there is now; return what is wrong with it, "" for nothing.

        Args:
            name: of the model to select; the one that was selected when empty.
        """
        wanted = name or (self.selected.name if self.selected else "")
        problem = ""
        try:
            self.rows = all_models()
        except ELMEDError as error:
            self.rows, problem = [], str(error)
        wasBlocked = self._table.blockSignals(True)
        self._table.setRowCount(len(self.rows))
        for number, row in enumerate(self.rows):
            self._fill(number, row)
        self._table.resizeColumnsToContents()
        names = [row.name for row in self.rows]
        if names:
            self._table.selectRow(names.index(wanted) if wanted in names else 0)
        self._table.blockSignals(wasBlocked)
        self._selected()
        return problem

    def _fill(self, number: int, row: Row) -> None:
        texts = (row.title, row.state, row.size)
        for column, text in enumerate(texts):
            item = qt.QTableWidgetItem(text)
            item.setToolTip(text)
            self._table.setItem(number, column, item)

    def _selected(self, *_: Any) -> None:
        row = self.selected
        self._details.setHtml(detailsOf(row) if row else "")
        self._onSelect()


def detailsOf(row: Row) -> str:
    """Return all that is known about a model as HTML; addresses become links."""
    facts = (
        ("State", row.state),
        ("Version", row.version or "not stated"),
        ("Size", row.size),
        ("Licence", row.licence),
        ("From", row.source),
        ("Checksum", row.checksum),
    )
    lines = [f"<b>{html.escape(row.title)}</b>"]
    lines += [f"{title}: {_linked(text)}" for title, text in facts if text]
    lines += [_linked(text) for text in row.details]
    return "<br>".join(lines)


def _linked(text: str) -> str:
    return ADDRESS.sub(r'<a href="\g<0>">\g<0></a>', html.escape(text))
