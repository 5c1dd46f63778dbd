"""The pages as tabs, each as high as it needs to be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ELMEDPlaygroundWidgets.section import Section


class SectionsTabs:
    """Puts sections into a tab widget."""

    def __init__(self, tabWidget: Any, sections: Sequence[Section]) -> None:
        """Add a tab for each section.

        Args:
            tabWidget: empty.
            sections: in the order of their tabs.
        """
        self._tabs = tabWidget
        self._sections = list(sections)
        for number, section in enumerate(self._sections):
            tabWidget.addTab(section.widget, section.title)
            tabWidget.setTabToolTip(number, section.help)
        tabWidget.connect("currentChanged(int)", self._fit)
        self._fit()

    def open(self, title: str) -> None:
        """Open the page of this title."""
        for number, section in enumerate(self._sections):
            if section.title == title:
                self._tabs.setCurrentIndex(number)

    def _fit(self, *_) -> None:
        """Let the shown page alone decide on the height: the views get what is left."""
        current = self._tabs.currentIndex
        for number, section in enumerate(self._sections):
            vertical = qt.QSizePolicy.Preferred if number == current else qt.QSizePolicy.Ignored
            section.widget.setSizePolicy(qt.QSizePolicy.Preferred, vertical)
        self._tabs.setSizePolicy(qt.QSizePolicy.Preferred, qt.QSizePolicy.Maximum)
