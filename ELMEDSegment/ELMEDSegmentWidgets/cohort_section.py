"""The panel's section 'Cohort': many patients segmented with the model chosen above."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDLib.bridge.cohorts import CohortSection
from ELMEDSegmentLib.cohort.service import cases_to_segment
from ELMEDSegmentWidgets import installation

if TYPE_CHECKING:
    from collections.abc import Callable

    from ELMEDLib.cohort.case import Case

UI_FILE = Path(__file__).resolve().parent.parent / "Resources" / "UI" / "ELMEDSegmentCohort.ui"


class SegmentCohortSection(CohortSection):
    """Segments the cases of a table or a folder."""

    title = "ELMED Segment: cohort"
    uiFile = UI_FILE
    task = "ELMEDSegmentLib.cohort"
    settingPrefix = "ELMED/SegmentCohort"

    def __init__(self, section: Any, choices: Callable[[], dict[str, Any]]) -> None:
        """Prepare the section.

        Args:
            section: the empty `ctkCollapsibleButton`.
            choices: tells `model` and `options` as the panel has them now.
        """
        super().__init__(section)
        self._choices = choices

    def readCases(self, source: Path) -> list[Case]:
        """Return the cases of a table or a folder."""
        return cases_to_segment(source)

    def arguments(self) -> dict[str, Any]:
        """Return model and options as they are chosen above."""
        return self._choices()

    def prepare(self) -> bool:
        """Install what segmentation needs."""
        return installation.ensurePackages()
