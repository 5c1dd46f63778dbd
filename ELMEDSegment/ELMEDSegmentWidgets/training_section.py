"""The panel's section 'Train': choices, the run, and what is seen of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import qt
import slicer

from ELMEDLib.bridge.messages import showError
from ELMEDLib.bridge.panels import FULL
from ELMEDLib.bridge.task_runs import TaskPlace, TaskRun
from ELMEDLib.errors import CancelledError, ELMEDError
from ELMEDSegmentLib.training import control
from ELMEDSegmentLib.training.curve import summary
from ELMEDSegmentLib.training.follow import MetricsFollower
from ELMEDSegmentLib.training.install import check_model_name
from ELMEDSegmentLib.training.seven_steps import PAUSED
from ELMEDSegmentWidgets import installation
from ELMEDSegmentWidgets.training_chart import TrainingChart
from ELMEDSegmentWidgets.training_choices import TrainingChoices
from ELMEDSegmentWidgets.training_picture import TrainingPicture
from ELMEDSegmentWidgets.training_steps import TrainingSteps

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import SimpleNamespace

UI_FILE = Path(__file__).resolve().parent.parent / "Resources" / "UI" / "ELMEDSegmentTraining.ui"

TITLE = "ELMED Segment: training"

TRAIN = "ELMEDSegmentLib.train"
INSTALL = "ELMEDSegmentLib.install_training"

LOOK_MS = 200
"""How often the screen is brought up to date."""


class TrainingSection:
    """Fills the collapsible section with life once it is first opened."""

    def __init__(
        self, section: Any, device: Callable[[], str], modelsChanged: Callable[[], None]
    ) -> None:
        """Prepare the section; it is built when it is opened, to cost nothing before.

        Args:
            section: the empty `ctkCollapsibleButton`.
            device: tells the engine's name of the device to train on.
            modelsChanged: called when a model was installed.
        """
        self.trainer = TaskPlace()
        self.ui: SimpleNamespace | None = None
        self._section = section
        self._device = device
        self._modelsChanged = modelsChanged
        self._asked = control.RUN
        self._message = ""
        self._fraction = 0.0
        self._follower: MetricsFollower | None = None
        self._ticker: Any = None
        section.connect("contentsCollapsed(bool)", self._toggled)

    @property
    def running(self) -> bool:
        """Whether a training goes on; one that is paused does."""
        return self.trainer.running

    # Life cycle

    def enter(self) -> None:
        """Take up what has changed while another module was open."""
        self.trainer.stay()
        if self.ui and not self.running:
            self.choices.offerModels()
            self._outputChanged()

    def exit(self) -> None:
        """Let the worker go when it does not train."""
        self.trainer.leave()

    def cleanup(self) -> None:
        """End everything; a run that goes on can be continued from its checkpoint."""
        self._stopTicker()
        self.trainer.close()

    def sceneClosed(self) -> None:
        """Show the curves again, with new nodes: training has nothing to do with the scene."""
        if self.ui:
            self.chart.sceneClosed()
            self._follow()

    def _toggled(self, collapsed: bool) -> None:
        if not collapsed and self.ui is None:
            self._build()

    def _build(self) -> None:
        widget = slicer.util.loadUI(str(UI_FILE))
        self._section.layout().addWidget(widget)
        self.ui = slicer.util.childWidgetVariables(widget)
        widget.setMRMLScene(slicer.mrmlScene)
        ui = self.ui
        self.steps = TrainingSteps(ui.sevenStepsGroupBox.layout())
        self.chart = TrainingChart(ui.trainingChartFrame.layout())
        self.picture = TrainingPicture(ui)
        self.choices = TrainingChoices(ui, self._chosen)
        ui.startTrainingButton.connect("clicked(bool)", self._start)
        ui.pauseTrainingButton.connect("clicked(bool)", self._pauseOrResume)
        ui.stopTrainingButton.connect("clicked(bool)", self._stop)
        ui.installModelButton.connect("clicked(bool)", self._install)
        ui.showChartButton.connect("clicked(bool)", lambda *_: self.chart.showInLayout())
        ui.modelNameLineEdit.connect("textChanged(QString)", lambda *_: self._check())
        self._outputChanged()

    # What is shown

    def _chosen(self) -> None:
        if self._followed() != self.choices.output:
            self._outputChanged()
        else:
            self._check()

    def _followed(self) -> Path | None:
        return self._follower.folder if self._follower else None

    def _outputChanged(self) -> None:
        """Show the run of another output folder, or none."""
        self.choices.readOutput()
        self.steps.clear()
        state = self.choices.state
        if state is not None:
            self.ui.modelNameLineEdit.text = state.record.name
        self._follow()
        self._check()
        if state is not None and not state.over:
            self._say(f"A training is here, at step {state.step} of {state.steps}: continue it.")
        else:
            self._say("")

    def _follow(self) -> None:
        folder = self.choices.output
        self._follower = MetricsFollower(folder) if folder else None
        self.picture.follow(folder)
        self._showMetrics(self._follower.news() or [] if self._follower else [])

    def _showMetrics(self, rows: list[dict[str, Any]]) -> None:
        ui = self.ui
        self.chart.show(rows)
        ui.showChartButton.visible = bool(rows)
        ui.trainingSummaryLabel.text = summary(rows)
        ui.trainingSummaryLabel.visible = bool(ui.trainingSummaryLabel.text)

    def _look(self) -> None:
        """Bring the screen up to date with the run."""
        self.steps.show()
        self.ui.trainingProgressBar.setValue(round(FULL * self._fraction))
        self._say(self._message)
        rows = self._follower.news() if self._follower else None
        if rows is not None:
            self._showMetrics(rows)
            self.picture.follow(self.choices.output)

    def _check(self) -> None:
        """Let be pressed what can be pressed, and say what is missing."""
        ui, running, state = self.ui, self.running, self.choices.state
        missing = "" if running else self.choices.missing
        ui.trainingReadinessLabel.text = missing
        ui.trainingReadinessLabel.visible = bool(missing)
        ui.startTrainingButton.text = "Start" if state is None else "Continue"
        ui.startTrainingButton.enabled = not running and not missing
        ui.trainingChoices.enabled = not running and state is None
        ui.trainingOutputPathLineEdit.enabled = not running
        training = running and self.trainer.run.task == TRAIN
        ui.pauseTrainingButton.enabled = training and self._asked != control.STOP
        ui.pauseTrainingButton.text = "Resume" if self._asked == control.PAUSE else "Pause"
        ui.stopTrainingButton.enabled = training and self._asked != control.STOP
        ui.trainingProgressBar.visible = running
        ui.sevenStepsGroupBox.visible = running or state is not None
        learnt = state is not None and state.learnt
        for widget in (ui.modelNameLabel, ui.modelNameLineEdit, ui.installModelButton):
            widget.visible = learnt
        reason = self._whyNotInstall()
        ui.installModelButton.enabled = not running and not reason
        ui.installModelButton.toolTip = reason or (
            "Install the best weights so far as a model of your own. "
            "It appears in the list of models at once."
        )

    def _whyNotInstall(self) -> str:
        try:
            check_model_name(self.ui.modelNameLineEdit.text)
        except ELMEDError as error:
            return str(error)
        return ""

    def _say(self, sentence: str) -> None:
        self.ui.trainingStatusLabel.text = sentence
        self.ui.trainingStatusLabel.visible = bool(sentence)

    # Runs

    def _start(self, *_) -> None:
        self.ui.startTrainingButton.enabled = False
        try:
            if not installation.ensurePackages():
                self._check()
                return
            control.set_wish(self.choices.output, control.RUN)
            self._begin(TRAIN, self.choices.arguments(self._device()), "Starting the worker")
        except ELMEDError as error:
            self._check()
            self._showError(error)

    def _install(self, *_) -> None:
        name = self.ui.modelNameLineEdit.text
        arguments = {"run": str(self.choices.output), "name": name}
        try:
            self._begin(INSTALL, arguments, "Installing the model")
        except ELMEDError as error:
            self._check()
            self._showError(error)

    def _begin(self, task: str, arguments: dict[str, Any], message: str) -> None:
        self._asked, self._message, self._fraction = control.RUN, message, 0.0
        self.trainer.start(task, arguments, self._heard, self._ended)
        self._ticker = qt.QTimer()
        self._ticker.setInterval(LOOK_MS)
        self._ticker.connect("timeout()", self._look)
        self._ticker.start()
        self._check()
        self._look()

    def _pauseOrResume(self, *_) -> None:
        self._ask(control.RUN if self._asked == control.PAUSE else control.PAUSE)

    def _stop(self, *_) -> None:
        self._ask(control.STOP)

    def _ask(self, wish: str) -> None:
        try:
            control.set_wish(self.choices.output, wish)
        except ELMEDError as error:
            self._showError(error)
            return
        self._asked = wish
        if wish != control.RUN:
            self._message = "Finishing the present step"
        self._check()

    def _heard(self, stage: str, fraction: float, message: str) -> None:
        self._fraction = fraction
        self.steps.take(stage, message)
        if stage == PAUSED:
            self._message = f"{message}. Resume, or stop and continue another day."
        elif self._asked == control.RUN:
            self._message = message

    def _ended(self, run: TaskRun) -> None:
        self._stopTicker()
        self._look()
        self.steps.rest()
        self.choices.readOutput()
        if run.error is None:
            self._say(self._succeeded(run))
        elif isinstance(run.error, CancelledError):
            self._say("Ended. Training can go on from its checkpoint.")
        else:
            installing = run.task == INSTALL
            self._say(
                "Nothing was installed."
                if installing
                else "Training has ended with an error; its checkpoint is kept."
            )
            self._showError(run.error)
        self._check()

    def _succeeded(self, run: TaskRun) -> str:
        result = run.result()
        if run.task == INSTALL:
            self.choices.offerModels()
            self._modelsChanged()
            return f"Installed as '{result['name']}': choose it in the list of models."
        # Of a run that is over, the line above the buttons tells.
        return "" if result["over"] else result["reason"]

    def _stopTicker(self) -> None:
        if self._ticker:
            self._ticker.stop()
        self._ticker = None

    def _showError(self, error: ELMEDError) -> None:
        showError(error, TITLE, self.trainer.workerLog)
