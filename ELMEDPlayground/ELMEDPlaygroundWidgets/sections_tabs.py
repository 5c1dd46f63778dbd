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
            page = qt.QWidget()
            layout = qt.QVBoxLayout(page)
            layout.setContentsMargins(0, 0, 0, 0)
            layout.addWidget(section.widget)
            tabWidget.addTab(page, section.title)
            tabWidget.setTabToolTip(number, section.help)
        tabWidget.setSizePolicy(qt.QSizePolicy.Preferred, qt.QSizePolicy.Maximum)
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
            section.widget.visible = number == current
        self._tabs.updateGeometry()
