"""A list of things with a check box each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class CheckList:
    """Rows of a `QListWidget` that can be checked, each with a key."""

    def __init__(self, widget: qt.QListWidget, onChange: Callable[[], None]) -> None:
        """Take over a list.

        Args:
            widget: empty.
            onChange: called when the user has checked or unchecked a row.
        """
        self._widget = widget
        self._onChange = onChange
        self._keys: list[str] = []
        widget.connect("itemChanged(QListWidgetItem*)", self._changed)

    @property
    def keys(self) -> list[str]:
        """The keys of all rows."""
        return list(self._keys)

    @property
    def checked(self) -> list[str]:
        """The keys of the checked rows."""
        return [
            key
            for row, key in enumerate(self._keys)
            if self._widget.item(row).checkState() == qt.Qt.Checked
        ]

    def show(self, rows: Iterable[tuple[str, str, str, bool]]) -> None:
        """Show rows: key, text, help and whether it is checked. No change is told.

        Rows that stay are kept: one of them may be what the user is just clicking on.
        """
        rows = list(rows)
        wasBlocked = self._widget.blockSignals(True)
        if [key for key, *_ in rows] != self._keys:
            self._widget.clear()
            for _, text, *_ in rows:
                self._widget.addItem(text)
            self._keys = [key for key, *_ in rows]
        for number, (_, text, toolTip, on) in enumerate(rows):
            item = self._widget.item(number)
            item.setText(text)
            item.setToolTip(toolTip)
            item.setCheckState(qt.Qt.Checked if on else qt.Qt.Unchecked)
        self._widget.blockSignals(wasBlocked)

    def _changed(self, *_) -> None:
        self._onChange()
