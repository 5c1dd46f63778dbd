"""The panel: choices in, one run at a time, and what came of it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import qt
import slicer
import vtk
from slicer.util import VTKObservationMixin

from ELMEDLib.bridge.segment_images import segmentNames
from ELMEDLib.errors import CancelledError, ELMEDError
from ELMEDRadiomicsWidgets import installation
from ELMEDRadiomicsWidgets.check_list import CheckList
from ELMEDRadiomicsWidgets.extraction import Request
from ELMEDRadiomicsWidgets.readiness import whatIsMissing
from ELMEDRadiomicsWidgets.results_view import ResultsView
from ELMEDRadiomicsWidgets.settings_choice import FROM_FILE, SettingsChoice
from ELMEDRadiomicsWidgets.volumes import imageNames, recognised, sceneVolumes

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import SimpleNamespace

    from ELMEDRadiomicsWidgets.extraction import ExtractionRun
    from ELMEDRadiomicsWidgets.parameters import ELMEDRadiomicsParameterNode

logger = logging.getLogger(__name__)

FULL = 1000
"""The progress bar's maximum: fine enough to be seen moving."""

READY = "Measure the checked segments in the checked volumes."


class RadiomicsPanel(VTKObservationMixin):
    """Connects the widgets of `ELMEDRadiomics.ui` with the parameters and the extractor."""

    def __init__(self, ui: SimpleNamespace, logic, isEntered: Callable[[], bool]) -> None:
        """Connect the widgets.

        Args:
            ui: the widgets by name.
            logic: gives the parameter node and the extractor.
            isEntered: whether the module is the one that the user sees.
        """
        super().__init__()
        self.ui = ui
        self.logic = logic
        self.parameters: ELMEDRadiomicsParameterNode | None = None
        self._isEntered = isEntered
        self._guiTag = None
        self._ticker = None
        self._message = ""
        self._observedSegmentation = None
        self.segments = CheckList(ui.segmentsListWidget, self._segmentsChecked)
        self.volumes = CheckList(ui.volumesListWidget, self._volumesChecked)
        self.settings = SettingsChoice(ui, self._check)
        self.results = ResultsView(ui, self._say)
        self._connect()
        self._showIdle()
        self._useParameters(logic.getParameterNode())

    def _connect(self) -> None:
        self.ui.applyButton.connect("clicked(bool)", self._applyOrCancel)
        scene = slicer.mrmlScene
        self.addObserver(scene, scene.StartCloseEvent, self._sceneStartsToClose)
        self.addObserver(scene, scene.EndCloseEvent, self._sceneHasClosed)
        self.addObserver(scene, scene.EndImportEvent, self._sceneHasLoaded)
        self.addObserver(scene, scene.NodeAddedEvent, self._nodesChanged)
        self.addObserver(scene, scene.NodeRemovedEvent, self._nodesChanged)

    # Life cycle

    def enter(self) -> None:
        """Take up what has changed while another module was open."""
        if self.parameters is None:
            self._useParameters(self.logic.getParameterNode())
        self._refresh()

    def exit(self) -> None:
        """Let the worker go when it has nothing to do."""
        if not self.logic.extractor.running:
            self.logic.extractor.close()

    def cleanup(self) -> None:
        """End everything: the panel is about to be deleted."""
        self._useParameters(None)
        self.removeObservers()
        self._stopTicker()
        self.logic.extractor.close()
        self.results.cleanup()

    def _sceneStartsToClose(self, *_) -> None:
        if self.logic.extractor.run:
            self.logic.extractor.run.abandon()
        self._useParameters(None)
        self._showIdle()

    def _sceneHasClosed(self, *_) -> None:
        if self._isEntered():
            self._useParameters(self.logic.getParameterNode())

    def _sceneHasLoaded(self, *_) -> None:
        # The choices came before the nodes that they name; take them up again.
        if self._isEntered() and not self.logic.extractor.running:
            self._useParameters(self.logic.getParameterNode())

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def _nodesChanged(self, _scene, _event, node) -> None:
        if node.IsA("vtkMRMLScalarVolumeNode") or node.IsA("vtkMRMLSegmentationNode"):
            # The node is not complete yet: its name and its voxels come after the event.
            qt.QTimer.singleShot(0, self._refresh)

    # Choices

    def _useParameters(self, parameters: ELMEDRadiomicsParameterNode | None) -> None:
        if self.parameters is not None:
            self.parameters.disconnectGui(self._guiTag)
            self.removeObserver(self.parameters, "ModifiedEvent", self._check)
        self.parameters = parameters
        self.settings.show(parameters)
        if parameters is not None:
            self._guiTag = parameters.connectGui(self.ui)
            self.addObserver(parameters, "ModifiedEvent", self._check)
            self._check()
        else:
            self._observeSegments(None)

    def _refresh(self) -> None:
        """Choose what there is no doubt about, and show the scene's volumes and segments."""
        if self.parameters is None or not self._isEntered() or self.logic.extractor.running:
            return
        segmentations = slicer.util.getNodesByClass("vtkMRMLSegmentationNode")
        if self.parameters.segmentation is None and len(segmentations) == 1:
            self.parameters.segmentation = segmentations[0]
        if not self.parameters.volumesChosen:
            guessed = recognised(sceneVolumes())
            if guessed != self._chosenVolumes():
                self.parameters.volumes = guessed
        self._check()

    def _chosenVolumes(self) -> list[slicer.vtkMRMLScalarVolumeNode]:
        return [node for node in self.parameters.volumes if node is not None]

    def _volumesChecked(self) -> None:
        if self.parameters is not None:
            nodes = {node.GetID(): node for node in sceneVolumes()}
            # Read first: each change of a parameter shows the parameters again.
            chosen = [nodes[key] for key in self.volumes.checked if key in nodes]
            self.parameters.volumesChosen = True
            self.parameters.volumes = chosen

    def _segmentsChecked(self) -> None:
        if self.parameters is not None:
            checked = self.segments.checked
            keys = [key for key in self.segments.keys if key not in checked]
            self.parameters.leftOutSegments = keys

    def _check(self, *_) -> None:
        """Show the choices; let Apply be pressed when nothing is missing, else say what is."""
        if self.parameters is None or self.logic.extractor.running:
            return
        self._showSegments()
        self._showVolumes()
        self.settings.show(self.parameters)
        missing = whatIsMissing(
            self.parameters.segmentation, self.segments, self.volumes, self.settings
        )
        self.ui.applyButton.enabled = not missing
        self.ui.applyButton.toolTip = missing or READY
        self.ui.readinessLabel.text = missing
        self.ui.readinessLabel.visible = bool(missing)
        self.results.show(self.parameters.table)

    def _showSegments(self) -> None:
        node = self.parameters.segmentation
        self._observeSegments(node.GetSegmentation() if node else None)
        leftOut = list(self.parameters.leftOutSegments)
        names = segmentNames(node) if node else {}
        self.segments.show(
            (key, name, "Check it to measure this segment.", key not in leftOut)
            for key, name in names.items()
        )

    def _observeSegments(self, segmentation: slicer.vtkSegmentation | None) -> None:
        if segmentation is self._observedSegmentation:
            return
        for event in self._segmentEvents():
            if self._observedSegmentation is not None:
                self.removeObserver(self._observedSegmentation, event, self._check)
            if segmentation is not None:
                self.addObserver(segmentation, event, self._check)
        self._observedSegmentation = segmentation

    @staticmethod
    def _segmentEvents() -> tuple[int, ...]:
        kinds = slicer.vtkSegmentation
        return kinds.SegmentAdded, kinds.SegmentRemoved, kinds.SegmentModified

    def _showVolumes(self) -> None:
        chosen = self._chosenVolumes()
        names = {node.GetID(): name for name, node in imageNames(chosen).items()}
        rows = []
        for node in sceneVolumes():
            called = names.get(node.GetID())
            text = node.GetName()
            if called is not None and called != text:
                text = f"{text}  ({called})"
            tip = f"Called '{called}' in the table." if called else "Check it to measure in it."
            rows.append((node.GetID(), text, tip, called is not None))
        self.volumes.show(rows)

    # Runs

    def _applyOrCancel(self, *_) -> None:
        extractor = self.logic.extractor
        if extractor.running:
            extractor.run.cancel()
            return
        # The button stays as it is until the run has begun: a dialog may be open meanwhile.
        self.ui.applyButton.enabled = False
        try:
            if installation.ensurePackages(self.settings, self._parameterFile()):
                self._start()
            else:
                self._showIdle()
        except ELMEDError as error:
            self._showIdle()
            self._showError(error)

    def _parameterFile(self) -> str:
        return self.parameters.parameterFile if self.parameters.preset == FROM_FILE else ""

    def _start(self) -> None:
        parameters = self.parameters
        self.results.clearMessages()
        request = Request(
            parameters.segmentation,
            imageNames(self._chosenVolumes()),
            self.segments.checked,
            parameters.preset,
            self._parameterFile(),
            parameters.table,
        )
        self.logic.extractor.start(request, self._showProgress, self._ended)
        self._showBusy()

    def _ended(self, run: ExtractionRun) -> None:
        self._showIdle()
        if run.error is None:
            result = run.result()
            self.parameters.table = result.tableNode
            self.results.announce(result)
            self._say(f"{result.values} values computed in {result.seconds:.0f} s.")
        elif isinstance(run.error, CancelledError):
            self._say("Cancelled. Nothing was changed.")
        else:
            self._say("There is no new result; what was there before is unchanged.")
            self._showError(run.error)
        if not self._isEntered():
            self.exit()

    def _showError(self, error: ELMEDError) -> None:
        details = self.logic.extractor.workerLog
        logger.error("%s", error.kind)
        slicer.util.errorDisplay(
            f"{error.message}\n\n{error.advice}",
            windowTitle="ELMED Radiomics",
            detailedText=details or str(error.__cause__ or error),
        )

    # What the user sees of a run

    def _enableChoices(self, enabled: bool) -> None:
        self.ui.inputsCollapsibleButton.enabled = enabled
        self.ui.featuresCollapsibleButton.enabled = enabled

    def _showBusy(self) -> None:
        ui = self.ui
        ui.applyButton.text = "Cancel"
        ui.applyButton.toolTip = "Stop the computation; nothing is changed."
        ui.applyButton.enabled = True
        self._enableChoices(False)
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
        run = self.logic.extractor.run
        if run and run.running:
            minutes, seconds = divmod(int(run.elapsed), 60)
            self.ui.statusLabel.text = f"{self._message} ({minutes}:{seconds:02d})"

    def _showIdle(self) -> None:
        self._stopTicker()
        self.ui.applyButton.text = "Apply"
        self.ui.progressBar.visible = False
        self._enableChoices(True)
        self._say("")
        self._check()

    def _stopTicker(self) -> None:
        if self._ticker:
            self._ticker.stop()
        self._ticker = None

    def _say(self, sentence: str) -> None:
        self.ui.statusLabel.text = sentence
