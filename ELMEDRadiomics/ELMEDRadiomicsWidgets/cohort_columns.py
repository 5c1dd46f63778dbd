"""The choice of a clinical table's columns: what is not chosen is told by titles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import ELMEDError
from ELMEDRadiomicsLib.cohort.titles import titles_of, told_by_titles

if TYPE_CHECKING:
    from pathlib import Path
    from types import SimpleNamespace

NOTHING = "none"


class ColumnChoices:
    """A combo box for each thing that a column can stand for."""

    def __init__(self, ui: SimpleNamespace) -> None:
        """Take over the combo boxes, which are empty."""
        self._combos = {
            "identifier": ui.clinicalIdentifierComboBox,
            "survival": ui.clinicalSurvivalComboBox,
            "event": ui.clinicalEventComboBox,
            "site": ui.clinicalSiteComboBox,
            "groups": ui.clinicalGroupsComboBox,
        }
        self._shown: tuple[str, ...] | None = None

    def show(self, path: Path | None) -> str:
        """Offer the columns of a table, keeping choices that it has too.

        Args:
            path: of the clinical table, None while there is none.

        Returns:
            What is wrong with the table, "" for nothing.
        """
        titles: list[str] = []
        problem = ""
        if path is not None:
            try:
                titles = titles_of(path)
            except ELMEDError as error:
                problem = str(error)
        if self._shown != tuple(titles):
            self._shown = tuple(titles)
            self._fill(titles)
        return problem

    @property
    def arguments(self) -> dict[str, Any]:
        """The columns that are chosen, as the task `cohort_report` takes them."""
        chosen = {role: combo.currentData or None for role, combo in self._combos.items()}
        groups = chosen.pop("groups")
        return {**chosen, "groups": [groups] if groups else None}

    def _fill(self, titles: list[str]) -> None:
        for role, told in told_by_titles(titles).items():
            combo = self._combos[role]
            wanted = combo.currentData
            combo.clear()
            combo.addItem(f"By its title: {', '.join(told) or NOTHING}", "")
            for title in titles:
                combo.addItem(title, title)
            combo.setCurrentIndex(max(combo.findData(wanted), 0))
            combo.enabled = bool(titles)
