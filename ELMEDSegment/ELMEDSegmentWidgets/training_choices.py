"""What to train on, who validates, what to start from, how long, and where it is kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import qt
import slicer

from ELMEDLib.errors import ELMEDError
from ELMEDSegmentLib.catalogue import DEFAULT_MODEL, available_models
from ELMEDSegmentLib.training.cases import find_cases
from ELMEDSegmentLib.training.follow import state_of
from ELMEDSegmentLib.training.split import check_split, patient_of, proposed
from ELMEDSegmentLib.training.start import SCRATCH
from ELMEDSegmentWidgets.training_study_list import StudyList

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import SimpleNamespace

    from ELMEDSegmentLib.training.follow import RunState

DATA_SETTING = "ELMED/TrainingData"
OUTPUT_SETTING = "ELMED/TrainingOutput"
"""Settings of the computer: scenes travel, folders do not."""

MINUTES, STEPS = 0, 1
"""Rows of the combo box for the unit of the length."""


class TrainingChoices:
    """The choices of one run; of a run that was begun, as they were then."""

    def __init__(self, ui: SimpleNamespace, onChange: Callable[[], None]) -> None:
        """Connect the widgets.

        Args:
            ui: the widgets by name.
            onChange: called when anything was chosen.
        """
        self._ui = ui
        self._onChange = onChange
        self._problem = ""
        self.state: RunState | None = None
        self.studies = StudyList(ui.studiesListWidget, self._changed)
        ui.trainingDataPathLineEdit.currentPath = slicer.util.settingsValue(DATA_SETTING, "")
        ui.trainingOutputPathLineEdit.currentPath = slicer.util.settingsValue(OUTPUT_SETTING, "")
        ui.trainingDataPathLineEdit.connect("currentPathChanged(QString)", self._dataChosen)
        ui.trainingOutputPathLineEdit.connect("currentPathChanged(QString)", self._outputChosen)
        for widget, signal in (
            (ui.startFromComboBox, "currentIndexChanged(int)"),
            (ui.lengthSpinBox, "valueChanged(int)"),
            (ui.lengthUnitComboBox, "currentIndexChanged(int)"),
        ):
            widget.connect(signal, self._changed)
        self.offerModels()
        self._readData()
        self.readOutput()

    @property
    def output(self) -> Path | None:
        """The folder of the run, None while none is chosen."""
        path = self._ui.trainingOutputPathLineEdit.currentPath.strip()
        return Path(path) if path else None

    @property
    def missing(self) -> str:
        """What keeps training from starting, a sentence; "" when nothing does."""
        if self._problem:
            return self._problem
        if self.state is not None:
            return self.state.over and f"{self.state.over} Install it, or choose another folder."
        if not self.studies.studies:
            return self._dataProblem or "Choose a folder with labelled studies."
        try:
            check_split(self.studies.studies, self.studies.heldOut)
        except ELMEDError as error:
            return str(error)
        if self.output is None:
            return "Choose an output folder."
        return ""

    def arguments(self, device: str) -> dict[str, Any]:
        """Return the arguments of the worker's task `train`."""
        arguments: dict[str, Any] = {"output": str(self.output), "device": device}
        if self.state is not None:
            return arguments
        ui = self._ui
        recipe = {
            "validate_every": 0,
            "validate_first": True,
            "keep_best": True,
            "patience": ui.patienceSpinBox.value,
        }
        if ui.lengthUnitComboBox.currentIndex == STEPS:
            recipe["steps"] = ui.lengthSpinBox.value
        else:
            arguments["minutes"] = float(ui.lengthSpinBox.value)
        return {
            **arguments,
            "sources": [[ui.trainingDataPathLineEdit.currentPath, 1.0]],
            "held_out": self.studies.heldOut,
            "start_from": ui.startFromComboBox.currentData,
            "recipe": recipe,
        }

    def offerModels(self) -> None:
        """Fill the list of what to start from, keeping the choice."""
        combo = self._ui.startFromComboBox
        chosen = combo.currentData or DEFAULT_MODEL
        wasBlocked = combo.blockSignals(True)
        combo.clear()
        try:
            for entry in available_models():
                combo.addItem(f"{entry.title} (fine-tune)", entry.name)
        except ELMEDError:  # the panel's own list of models tells of it
            pass
        combo.addItem("Scratch: random weights", SCRATCH)
        combo.setCurrentIndex(max(combo.findData(chosen), 0))
        combo.blockSignals(wasBlocked)

    def readOutput(self) -> None:
        """Look whether the output folder holds a run, and show that run's choices."""
        self._problem = ""
        try:
            self.state = state_of(self.output) if self.output else None
        except ELMEDError as error:
            self.state, self._problem = None, str(error)
        self._ui.trainingChoices.enabled = self.state is None
        if self.state is not None:
            self._showRecord()
        else:
            self._showSplit()

    def _showRecord(self) -> None:
        ui, record = self._ui, self.state.record
        blocked = [
            (widget, widget.blockSignals(True))
            for widget in (
                ui.trainingDataPathLineEdit,
                ui.startFromComboBox,
                ui.lengthSpinBox,
                ui.lengthUnitComboBox,
            )
        ]
        if record.sources:
            ui.trainingDataPathLineEdit.currentPath = record.sources[0][0]
        ui.startFromComboBox.setCurrentIndex(ui.startFromComboBox.findData(record.start_from))
        ui.lengthUnitComboBox.setCurrentIndex(STEPS)
        ui.lengthSpinBox.setValue(self.state.steps)
        ui.patienceSpinBox.setValue(record.recipe["patience"])
        for widget, was in blocked:
            widget.blockSignals(was)
        names = sorted([*(name for name, _ in record.studies), *record.held_out])
        self.studies.show(names, record.held_out)
        self._showSplit()

    def _dataChosen(self, *_) -> None:
        qt.QSettings().setValue(DATA_SETTING, self._ui.trainingDataPathLineEdit.currentPath)
        self._readData()
        self._onChange()

    def _readData(self) -> None:
        path = self._ui.trainingDataPathLineEdit.currentPath.strip()
        self._dataProblem = ""
        names, heldOut = [], []
        if path:
            try:
                names = [case.name for case in find_cases(path)]
                heldOut = proposed(names)
            except ELMEDError as error:
                self._dataProblem = str(error)
                names = []
        self.studies.show(names, heldOut)
        self._showSplit()

    def _outputChosen(self, *_) -> None:
        qt.QSettings().setValue(OUTPUT_SETTING, self._ui.trainingOutputPathLineEdit.currentPath)
        hadRun = self.state is not None
        self.readOutput()
        if hadRun and self.state is None:
            self._readData()
        self._onChange()

    def _changed(self, *_) -> None:
        self._showSplit()
        self._onChange()

    def _showSplit(self) -> None:
        names, heldOut = self.studies.studies, self.studies.heldOut
        label = self._ui.splitLabel
        label.visible = bool(names)
        if not names:
            return
        validating = len({patient_of(name) for name in heldOut})
        training = len({patient_of(name) for name in names if name not in heldOut})
        trains = _counted(training, "trains", "train")
        text = f"{trains}, {_counted(validating, 'validates', 'validate')}."
        try:
            warning = check_split(names, heldOut)
        except ELMEDError:  # what is missing tells of it
            warning = ""
        label.text = f"{text} {warning}".strip()


def _counted(patients: int, one: str, more: str) -> str:
    return f"1 patient {one}" if patients == 1 else f"{patients} patients {more}"
