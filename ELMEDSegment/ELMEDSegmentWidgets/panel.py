"""The panel: choices in, one run at a time, and what came of it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import qt
import slicer
import vtk
from slicer.util import VTKObservationMixin

from ELMEDLib.bridge.workplace import PYTHON_SETTING
from ELMEDLib.errors import CancelledError, ELMEDError
from ELMEDSegmentLib.catalogue import available_models
from ELMEDSegmentLib.labels import CHANNELS
from ELMEDSegmentWidgets import installation
from ELMEDSegmentWidgets.channel_selectors import ChannelSelectors
from ELMEDSegmentWidgets.readiness import whatIsMissing
from ELMEDSegmentWidgets.results_view import ResultsView

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import SimpleNamespace

    from ELMEDSegmentWidgets.parameters import ELMEDSegmentParameterNode
    from ELMEDSegmentWidgets.run import SegmentationRun

logger = logging.getLogger(__name__)

FULL = 1000
"""The progress bar's maximum: fine enough to be seen moving."""


class SegmentPanel(VTKObservationMixin):
    """Connects the widgets of `ELMEDSegment.ui` with the parameters and the segmenter."""

    def __init__(self, ui: SimpleNamespace, logic, isEntered: Callable[[], bool]) -> None:
        """Connect the widgets.

        Args:
            ui: the widgets by name.
            logic: gives the parameter node and the segmenter.
            isEntered: whether the module is the one that the user sees.
        """
        super().__init__()
        self.ui = ui
        self.logic = logic
        self.parameters: ELMEDSegmentParameterNode | None = None
        self.problem: ELMEDError | None = None
        self._isEntered = isEntered
        self._guiTag = None
        self._models = {}
        self.channels = ChannelSelectors(ui)
        self.results = ResultsView(ui)
        self._connect()
        self._showIdle()
        self._useParameters(logic.getParameterNode())

    def _connect(self) -> None:
        ui = self.ui
        ui.applyButton.connect("clicked(bool)", self._applyOrCancel)
        ui.guessButton.connect("clicked(bool)", self._guessAll)
        ui.modelComboBox.connect("currentIndexChanged(int)", self._modelChosen)
        ui.workerPythonPathLineEdit.currentPath = slicer.util.settingsValue(PYTHON_SETTING, "")
        ui.workerPythonPathLineEdit.connect("currentPathChanged(QString)", self._pythonChosen)
        scene = slicer.mrmlScene
        self.addObserver(scene, scene.StartCloseEvent, self._sceneStartsToClose)
        self.addObserver(scene, scene.EndCloseEvent, self._sceneHasClosed)
        self.addObserver(scene, scene.EndImportEvent, self._sceneHasLoaded)
        self.addObserver(scene, scene.NodeAddedEvent, self._nodeAdded)

    # Life cycle

    def enter(self) -> None:
        """Take up what has changed while another module was open."""
        self._offerModels()
        if self.parameters is None:
            self._useParameters(self.logic.getParameterNode())
        self._guessEmpty()
        self._check()

    def exit(self) -> None:
        """Let the worker go when it has nothing to do; it holds much memory."""
        if not self.logic.segmenter.running:
            self.logic.segmenter.close()

    def cleanup(self) -> None:
        """End everything: the panel is about to be deleted."""
        self._useParameters(None)
        self.removeObservers()
        self._stopTicker()
        self.logic.segmenter.close()
        self.results.cleanup()

    def _sceneStartsToClose(self, *_) -> None:
        if self.logic.segmenter.run:
            self.logic.segmenter.run.abandon()
        self._useParameters(None)
        self._showIdle()

    def _sceneHasClosed(self, *_) -> None:
        self.problem = None
        self.channels.forgetReasons()
        if self._isEntered():
            self._useParameters(self.logic.getParameterNode())

    def _sceneHasLoaded(self, *_) -> None:
        # The choices came before the nodes that they name; take them up again.
        if self._isEntered() and not self.logic.segmenter.running:
            self._useParameters(self.logic.getParameterNode())

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def _nodeAdded(self, _scene, _event, node) -> None:
        if node.IsA("vtkMRMLScalarVolumeNode"):
            # The node is not complete yet: its name and its voxels come after the event.
            qt.QTimer.singleShot(0, self._guessEmpty)

    # Choices

    def _useParameters(self, parameters: ELMEDSegmentParameterNode | None) -> None:
        if self.parameters is not None:
            self.parameters.disconnectGui(self._guiTag)
            self.removeObserver(self.parameters, "ModifiedEvent", self._check)
        self.parameters = parameters
        if parameters is not None:
            self._guiTag = parameters.connectGui(self.ui)
            self.addObserver(parameters, "ModifiedEvent", self._check)
            self._offerModels()
            self._check()

    def _offerModels(self) -> None:
        """Fill the list of models, keeping the choice."""
        try:
            self._models = {entry.name: entry for entry in available_models()}
        except ELMEDError as error:
            self._models = {}
            self.problem = error
        combo = self.ui.modelComboBox
        wasBlocked = combo.blockSignals(True)
        combo.clear()
        for entry in self._models.values():
            combo.addItem(entry.title, entry.name)
        wanted = self.parameters.model if self.parameters else ""
        combo.setCurrentIndex(max(combo.findData(wanted), 0) if self._models else -1)
        combo.blockSignals(wasBlocked)
        self._showModel()

    def _modelChosen(self, *_) -> None:
        if self.parameters and self.ui.modelComboBox.currentIndex >= 0:
            self.parameters.model = self.ui.modelComboBox.currentData
        self._showModel()

    def _showModel(self) -> None:
        entry = self._models.get(self.ui.modelComboBox.currentData)
        self.ui.modelDescriptionLabel.text = entry.description if entry else ""
        self.ui.modelDescriptionLabel.visible = bool(entry and entry.description)

    def _pythonChosen(self, path: str) -> None:
        qt.QSettings().setValue(PYTHON_SETTING, path)
        self.problem = None
        self._check()

    def _guessAll(self, *_) -> None:
        if self.parameters:
            self._say(self.channels.guess(self.parameters, keepChosen=False))

    def _guessEmpty(self) -> None:
        if self.parameters and self._isEntered() and not self.logic.segmenter.running:
            sentence = self.channels.guess(self.parameters, keepChosen=True)
            if sentence:
                self._say(sentence)

    def _check(self, *_) -> None:
        """Let Apply be pressed when nothing is missing, and else say what is."""
        if self.parameters is None or self.logic.segmenter.running:
            return
        missing = whatIsMissing(self.parameters, bool(self._models), self.problem)
        self.ui.applyButton.enabled = not missing
        self.ui.applyButton.toolTip = missing or "Segment the tumour in the chosen volumes."
        self.ui.readinessLabel.text = missing
        self.ui.readinessLabel.visible = bool(missing)
        self.results.show(self.parameters.segmentation, self.parameters.volumesTable)

    # Runs

    def _applyOrCancel(self, *_) -> None:
        segmenter = self.logic.segmenter
        if segmenter.running:
            segmenter.run.cancel()
            return
        # The button stays as it is until the run has begun: a dialog may be open meanwhile.
        self.ui.applyButton.enabled = False
        try:
            if installation.ensurePackages():
                self._start()
            else:
                self._showIdle()
        except ELMEDError as error:
            self._showIdle()
            self._showError(error)

    def _start(self) -> None:
        parameters = self.parameters
        self.results.clearMessages()
        self.logic.segmenter.start(
            {channel: getattr(parameters, channel) for channel in CHANNELS},
            self._showProgress,
            self._ended,
            model=parameters.model,
            device=parameters.device.value,
            postprocess=parameters.postprocess,
            segmentationNode=parameters.segmentation,
            tableNode=parameters.volumesTable,
        )
        self._showBusy()

    def _ended(self, run: SegmentationRun) -> None:
        self._showIdle()
        if run.error is None:
            result = run.result()
            self.parameters.segmentation = result.segmentationNode
            self.parameters.volumesTable = result.tableNode
            self.results.announce(result, list(run.volumes.values()))
            self._say(f"Segmented in {result.seconds:.0f} s with {result.model} ({result.device}).")
        elif isinstance(run.error, CancelledError):
            self._say("Cancelled. Nothing was changed.")
        else:
            self._say("There is no new result; what was there before is unchanged.")
            self._showError(run.error)
        if not self._isEntered():
            self.exit()

    def _showError(self, error: ELMEDError) -> None:
        details = self.logic.segmenter.workerLog
        # Not the sentence: it may name a volume, and thereby a patient.
        logger.error("The segmentation failed: %s", error.kind)
        slicer.util.errorDisplay(
            f"{error.message}\n\n{error.advice}",
            windowTitle="ELMED Segment",
            detailedText=details or str(error.__cause__ or error),
        )

    # What the user sees of a run

    def _showBusy(self) -> None:
        ui = self.ui
        ui.applyButton.text = "Cancel"
        ui.applyButton.toolTip = "Stop the segmentation; nothing is changed."
        ui.applyButton.enabled = True
        ui.inputsCollapsibleButton.enabled = False
        ui.outputsCollapsibleButton.enabled = False
        ui.advancedCollapsibleButton.enabled = False
        ui.progressBar.setRange(0, FULL)
        ui.progressBar.setValue(0)
        ui.progressBar.visible = True
        ui.readinessLabel.visible = False
        self._ticker = qt.QTimer()
        self._ticker.setInterval(250)
        self._ticker.connect("timeout()", self._showElapsed)
        self._message = "Copying the volumes"
        self._ticker.start()
        self._showElapsed()

    def _showProgress(self, stage: str, fraction: float, message: str) -> None:
        self.ui.progressBar.setValue(round(FULL * fraction))
        self.ui.progressBar.setFormat(f"%p% - {stage}")
        self._message = message
        self._showElapsed()

    def _showElapsed(self) -> None:
        run = self.logic.segmenter.run
        if run and run.running:
            minutes, seconds = divmod(int(run.elapsed), 60)
            self.ui.statusLabel.text = f"{self._message} ({minutes}:{seconds:02d})"

    def _showIdle(self) -> None:
        ui = self.ui
        self._stopTicker()
        ui.applyButton.text = "Apply"
        ui.progressBar.visible = False
        ui.inputsCollapsibleButton.enabled = True
        ui.outputsCollapsibleButton.enabled = True
        ui.advancedCollapsibleButton.enabled = True
        self._say("")
        self._check()

    def _stopTicker(self) -> None:
        ticker = getattr(self, "_ticker", None)
        if ticker:
            ticker.stop()
        self._ticker = None

    def _say(self, sentence: str) -> None:
        self.ui.statusLabel.text = sentence
