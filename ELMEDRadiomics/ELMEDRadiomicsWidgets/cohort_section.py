"""The panel's section 'Cohort': many patients measured, joined with clinical data, analysed."""

from __future__ import annotations

import html
from pathlib import Path
from typing import TYPE_CHECKING, Any

import qt
import slicer

from ELMEDLib import environment
from ELMEDLib.bridge.cohorts import CohortSection
from ELMEDLib.bridge.packages import ensurePackages
from ELMEDRadiomicsLib.cohort.names import CLINICAL, FEATURES, REPORT
from ELMEDRadiomicsLib.cohort.service import cases_to_measure
from ELMEDRadiomicsWidgets.cohort_columns import ColumnChoices
from ELMEDRadiomicsWidgets.readiness import chosenPath

if TYPE_CHECKING:
    from collections.abc import Callable

    from ELMEDLib.cohort.case import Case

UI_FILE = Path(__file__).resolve().parent.parent / "Resources" / "UI" / "ELMEDRadiomicsCohort.ui"

REPORT_TASK = "ELMEDRadiomicsLib.cohort_report"
CLINICAL_SETTING = "ELMED/RadiomicsCohortClinical"


class RadiomicsCohortSection(CohortSection):
    """Measures the cases of a table or a folder, and analyses what was measured."""

    title = "ELMED Radiomics: cohort"
    uiFile = UI_FILE
    task = "ELMEDRadiomicsLib.cohort"
    settingPrefix = "ELMED/RadiomicsCohort"

    def __init__(
        self, section: Any, choices: Callable[[], dict[str, Any]], problem: Callable[[], str]
    ) -> None:
        """Prepare the section.

        Args:
            section: the empty `ctkCollapsibleButton`.
            choices: tells `preset` and `settings` as the panel has them now.
            problem: tells what is wrong with them, "" for nothing.
        """
        super().__init__(section)
        self._choices = choices
        self._choicesProblem = problem
        self._analysing = False

    def readCases(self, source: Path) -> list[Case]:
        """Return the cases of a table or a folder."""
        return cases_to_measure(source)

    def arguments(self) -> dict[str, Any]:
        """Return the settings as they are chosen above."""
        return self._choices()

    def missing(self) -> str:
        """Return what is wrong with the settings."""
        return self._choicesProblem()

    def prepare(self) -> bool:
        """Install what analyses need; measuring needs nothing more than Slicer has."""
        return not self._analysing or ensurePackages(environment.ANALYSES, "ELMED Radiomics")

    def built(self) -> None:
        """Connect the widgets for the analyses."""
        ui = self.ui
        self.columns = ColumnChoices(ui)
        ui.clinicalPathLineEdit.currentPath = slicer.util.settingsValue(CLINICAL_SETTING, "")
        ui.clinicalPathLineEdit.connect("currentPathChanged(QString)", self._clinicalChosen)
        ui.analyseButton.connect("clicked(bool)", self._analyse)
        ui.openReportButton.connect("clicked(bool)", self._openReport)

    def shown(self) -> None:
        """Let analyses be asked for when something was measured."""
        ui, output = self.ui, self.output
        measured = output is not None and (output / FEATURES).is_file()
        problem = self.columns.show(self._clinicalTable())
        ui.clinicalProblemLabel.text = problem
        ui.clinicalProblemLabel.visible = bool(problem)
        ui.analyseButton.enabled = measured and not self.running and not problem
        ui.analyseButton.toolTip = problem or (
            "Join the features with the clinical table, analyse them and write report.html."
            if measured
            else "Measure the cases first."
        )
        ui.openReportButton.enabled = self._report() is not None
        ui.findingsTextBrowser.visible = bool(ui.findingsTextBrowser.plainText)

    def _clinicalChosen(self, path: str) -> None:
        qt.QSettings().setValue(CLINICAL_SETTING, path)
        self.check()

    def _clinical(self) -> str:
        """The path of the clinical table, "" for what the table of cases says itself."""
        return chosenPath(self.ui.clinicalPathLineEdit)

    def _clinicalTable(self) -> Path | None:
        """The file whose columns can be chosen."""
        own = self.output / CLINICAL if self.output else None
        if self._clinical():
            return Path(self._clinical())
        return own if own and own.is_file() else None

    def _analyse(self, *_) -> None:
        self._analysing = True
        try:
            self.begin(
                REPORT_TASK,
                {
                    "folder": str(self.output),
                    "clinical": self._clinical() or None,
                    "harmonise": self.ui.harmoniseCheckBox.checked,
                    **self.columns.arguments,
                },
            )
        finally:
            self._analysing = False

    def succeeded(self, task: str, result: dict[str, Any]) -> str:
        """Show what was found, or say where the table of features is."""
        if task != REPORT_TASK:
            return f"{super().succeeded(task, result)} The features are in '{FEATURES}'."
        # As text: what the tables hold must not become a part of the page.
        parts = [
            f"<p><b>{html.escape(title)}.</b> {html.escape(sentence)}</p>"
            for title, sentence in result["findings"]
        ]
        parts += [f"<p>{html.escape(sentence)}</p>" for sentence in result["mismatches"]]
        self.ui.findingsTextBrowser.setHtml("".join(parts))
        self.check()
        return f"{result['patients']} patients analysed. The page is '{REPORT}'."

    def _report(self) -> Path | None:
        path = self.output / REPORT if self.output else None
        return path if path and path.is_file() else None

    def _openReport(self, *_) -> None:
        path = self._report()
        if path:
            qt.QDesktopServices.openUrl(qt.QUrl.fromLocalFile(str(path.resolve())))
