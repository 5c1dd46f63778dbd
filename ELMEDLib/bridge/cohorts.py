"""The section 'Cohort' of a panel: many patients in one go, resumed, each with its state."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import qt
import slicer

from ELMEDLib.bridge.cohort_table import CohortTable
from ELMEDLib.bridge.messages import showError, unforeseen
from ELMEDLib.bridge.panels import FULL
from ELMEDLib.bridge.task_runs import TaskPlace, TaskRun
from ELMEDLib.cohort.record import Journal
from ELMEDLib.errors import CancelledError, ELMEDError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import SimpleNamespace

    from ELMEDLib.cohort.case import Case

LOOK_MS = 300
"""How often the table is brought up to date."""


class CohortSection:
    """Fills a collapsible section with life once it is first opened.

    A room's section says which cases there are, and what is asked of the worker.
    """

    title = "ELMED: cohort"
    """Of the windows that show errors."""

    uiFile = Path()
    """Made for Qt Designer; the widgets that all rooms have are named `cohort...`."""

    task = ""
    """Of the worker: `Room.task`."""

    settingPrefix = "ELMED/Cohort"
    """Of the settings that keep the chosen paths: scenes travel, folders do not."""

    def __init__(self, section: Any) -> None:
        """Prepare the section; it is built when it is opened, to cost nothing before.

        Args:
            section: the empty `ctkCollapsibleButton`.
        """
        self.place = TaskPlace()
        self.ui: SimpleNamespace | None = None
        self.cases: list[Case] = []
        self._section = section
        self._problem = ""
        self._ticker: Any = None
        section.connect("contentsCollapsed(bool)", self._toggled)

    # For the room

    def readCases(self, source: Path) -> Sequence[Case]:
        """Return the cases of a table or a folder.

        Raises:
            InputError: it holds none, or cannot be read.
        """
        raise NotImplementedError

    def arguments(self) -> dict[str, Any]:
        """Return what the room's task is asked, besides source, output and where it is done."""
        return {}

    def prepare(self) -> bool:
        """Install what is missing; False when the user did not want it.

        Raises:
            ELMEDError: it cannot be installed.
        """
        return True

    def missing(self) -> str:
        """Return what of the panel's other choices keeps the cohort from starting."""
        return ""

    def built(self) -> None:
        """Connect the room's own widgets."""

    def shown(self) -> None:
        """Bring the room's own widgets up to date."""

    # Life cycle

    @property
    def running(self) -> bool:
        """Whether a cohort is being worked on."""
        return self.place.running

    def enter(self) -> None:
        """Take up what has changed while another module was open."""
        self.place.stay()
        if self.ui and not self.running:
            self.readSource()

    def exit(self) -> None:
        """Let the worker go when it has nothing to do."""
        self.place.leave()

    def cleanup(self) -> None:
        """End everything; what is done stays, and the next run goes on from there."""
        self._stopTicker()
        self.place.close()

    def _toggled(self, collapsed: bool) -> None:
        if not collapsed and self.ui is None:
            self._build()
        elif not collapsed:
            self.check()

    def _build(self) -> None:
        widget = slicer.util.loadUI(str(self.uiFile))
        self._section.layout().addWidget(widget)
        self.ui = ui = slicer.util.childWidgetVariables(widget)
        widget.setMRMLScene(slicer.mrmlScene)
        self.table = CohortTable(ui.cohortTableWidget)
        for line, key in (
            (ui.cohortSourcePathLineEdit, "Source"),
            (ui.cohortOutputPathLineEdit, "Output"),
        ):
            line.currentPath = slicer.util.settingsValue(f"{self.settingPrefix}{key}", "")
            line.connect("currentPathChanged(QString)", self._pathChosen)
        ui.cohortRetryCheckBox.connect("toggled(bool)", lambda *_: self.check())
        ui.cohortStartButton.connect("clicked(bool)", self._start)
        ui.cohortCancelButton.connect("clicked(bool)", self._cancel)
        self.built()
        self.readSource()

    # What is shown

    @property
    def output(self) -> Path | None:
        """The folder for the results, None while none is chosen."""
        return _path(self.ui.cohortOutputPathLineEdit)

    @property
    def source(self) -> Path | None:
        """The table or folder of cases, None while none is chosen."""
        return _path(self.ui.cohortSourcePathLineEdit)

    def readSource(self) -> None:
        """Read the cases again, and what has become of them."""
        self.cases, self._problem = [], ""
        if self.source is not None:
            try:
                self.cases = list(self.readCases(self.source))
            except (ELMEDError, OSError) as error:
                self._problem = str(error)
        self.table.show(self.cases, self.output)
        self.check()

    def _pathChosen(self, *_) -> None:
        settings = qt.QSettings()
        ui = self.ui
        settings.setValue(f"{self.settingPrefix}Source", ui.cohortSourcePathLineEdit.currentPath)
        settings.setValue(f"{self.settingPrefix}Output", ui.cohortOutputPathLineEdit.currentPath)
        self.readSource()

    def check(self, *_) -> None:
        """Let be pressed what can be pressed, and say what is missing."""
        if self.ui is None:
            return
        ui, running, missing = self.ui, self.running, self._whatIsMissing()
        ui.cohortReadinessLabel.text = "" if running else missing
        ui.cohortReadinessLabel.visible = bool(missing) and not running
        ui.cohortStartButton.enabled = not running and not missing
        ui.cohortStartButton.text = "Continue" if self.table.records else "Start"
        ui.cohortStartButton.toolTip = missing or (
            "Work on the cases that wait. What was done before stays as it is."
        )
        ui.cohortCancelButton.enabled = running
        ui.cohortProgressBar.visible = running
        ui.cohortChoices.enabled = not running
        ui.cohortCountsLabel.text = self._counts()
        ui.cohortTableWidget.visible = bool(self.cases)
        self.shown()

    def _counts(self) -> str:
        if not self.cases:
            return ""
        done = len(self.table.records) - self.table.failed
        failed = f", {self.table.failed} failed" if self.table.failed else ""
        waiting = f", {self.table.waiting} waiting" if self.table.waiting else ""
        return f"{len(self.cases)} cases: {done} done{failed}{waiting}."

    def _whatIsMissing(self) -> str:
        if self.source is None:
            return "Choose a table (CSV) or a folder of cases."
        if self._problem:
            return self._problem
        if self.output is None:
            return "Choose an output folder."
        missing = self.missing()
        if missing:
            return missing
        again = self.table.failed and self.ui.cohortRetryCheckBox.checked
        if not self.table.waiting and not again:
            failed = " Tick the box to try the failed ones again." if self.table.failed else ""
            return f"All cases are done.{failed}"
        return ""

    def say(self, sentence: str) -> None:
        """Show a sentence in the section's status line."""
        self.ui.cohortStatusLabel.text = sentence
        self.ui.cohortStatusLabel.visible = bool(sentence)

    # Runs

    def _start(self, *_) -> None:
        ui = self.ui
        self.begin(
            self.task,
            {
                **self.arguments(),
                "source": str(self.source),
                "output": str(self.output),
                "retry_failed": ui.cohortRetryCheckBox.checked,
                "workers": ui.cohortWorkersSpinBox.value,
                "scheduler": ui.cohortSchedulerLineEdit.text.strip(),
            },
        )

    def begin(self, task: str, arguments: dict[str, Any]) -> None:
        """Let the worker do a task of the section, and show how far it is."""
        self.ui.cohortStartButton.enabled = False
        try:
            if not self.prepare():
                self.check()
                return
            if task == self.task and arguments.get("retry_failed"):
                self._forgetFailed()
            self.place.start(task, arguments, self._heard, self._ended)
        except Exception as error:
            self.check()
            known = isinstance(error, ELMEDError)
            self.showError(error if known else unforeseen(error, "Starting a cohort"))
            return
        self.ui.cohortProgressBar.setRange(0, FULL)
        self.ui.cohortProgressBar.setValue(0)
        self.say("Starting the worker")
        self._ticker = qt.QTimer()
        self._ticker.setInterval(LOOK_MS)
        self._ticker.connect("timeout()", self._look)
        self._ticker.start()
        self.check()

    def _forgetFailed(self) -> None:
        """Remove the records of failures: the table would take them for the new ones."""
        journal = Journal(self.output)
        for case in self.cases:
            record = self.table.records.get(case.name)
            if record and record.failed:
                journal.forget(case)
        self.table.forget(failedOnly=True)

    def _cancel(self, *_) -> None:
        if self.running:
            self.place.run.cancel()

    def _heard(self, _stage: str, fraction: float, message: str) -> None:
        self.ui.cohortProgressBar.setValue(round(FULL * fraction))
        self.say(message)

    def _look(self) -> None:
        self.table.look()
        self.ui.cohortCountsLabel.text = self._counts()

    def _ended(self, run: TaskRun) -> None:
        self._stopTicker()
        self.table.look()
        self.check()
        if run.error is None:
            self.say(self.succeeded(run.task, run.result()))
        elif isinstance(run.error, CancelledError):
            self.say("Cancelled. What is done is kept, and Continue goes on from there.")
        else:
            self.say("Stopped by an error. What is done is kept.")
            self.showError(run.error)

    def succeeded(self, task: str, result: dict[str, Any]) -> str:  # noqa: ARG002 - for the room
        """Return a sentence that says what came of a task."""
        notes = " ".join(result["notes"])
        return f"All cases are done. The table is '{Path(result['summary']).name}'. {notes}".strip()

    def _stopTicker(self) -> None:
        if self._ticker:
            self._ticker.stop()
        self._ticker = None

    def showError(self, error: ELMEDError) -> None:
        """Show an error in a window, with the worker's log for a developer."""
        showError(error, self.title, self.place.workerLog)


def _path(line: Any) -> Path | None:
    text = line.currentPath.strip()
    return Path(text) if text and text != "." else None
