"""The panel: choices in, one run at a time, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt
import slicer

from ELMEDLib.bridge.panels import RunPanel
from ELMEDLib.bridge.workplace import PYTHON_SETTING
from ELMEDLib.errors import ELMEDError
from ELMEDSegmentLib.catalogue import available_models
from ELMEDSegmentLib.inputs.study import default_reference
from ELMEDSegmentLib.labels import CHANNELS
from ELMEDSegmentLib.model import read_manifest
from ELMEDSegmentWidgets import installation
from ELMEDSegmentWidgets.cohort_section import SegmentCohortSection
from ELMEDSegmentWidgets.device_label import DeviceLabel
from ELMEDSegmentWidgets.inputs_section import InputsSection, chosenVolumes
from ELMEDSegmentWidgets.models_section import ModelsSection
from ELMEDSegmentWidgets.readiness import whatIsMissing
from ELMEDSegmentWidgets.results_view import ResultsView
from ELMEDSegmentWidgets.training_section import TrainingSection

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import SimpleNamespace

    from ELMEDLib.bridge.runs import Run
    from ELMEDLib.worker.client import WorkerProcess
    from ELMEDSegmentLib.catalogue import ModelEntry
    from ELMEDSegmentLib.manifest import Manifest
    from ELMEDSegmentWidgets.run import SegmentationRun


class SegmentPanel(RunPanel):
    """Connects the widgets of `ELMEDSegment.ui` with the parameters and the segmenter."""

    title = "ELMED Segment"
    followedNodes = ("vtkMRMLScalarVolumeNode",)
    choices = (
        "inputsCollapsibleButton",
        "outputsCollapsibleButton",
        "advancedCollapsibleButton",
    )

    def __init__(self, ui: SimpleNamespace, logic, isEntered: Callable[[], bool]) -> None:
        """Connect the widgets.

        Args:
            ui: the widgets by name.
            logic: gives the parameter node and the segmenter.
            isEntered: whether the module is the one that the user sees.
        """
        super().__init__(ui, logic, logic.segmenter, isEntered)
        self.problem: ELMEDError | None = None
        self._models = {}
        self._optional: tuple[str, ...] = ()
        self._workingMm: float | None = None
        self.inputs = InputsSection(ui, self)
        self.results = ResultsView(ui, self._studyVolumes)
        self.devices = DeviceLabel(ui)
        self.cohort = SegmentCohortSection(ui.cohortCollapsibleButton, self._cohortChoices)
        self.training = TrainingSection(
            ui.trainingCollapsibleButton, self._deviceName, self._offerModels
        )
        self.models = ModelsSection(ui.modelsCollapsibleButton, self._modelsHaveChanged)
        ui.modelComboBox.connect("currentIndexChanged(int)", self._modelChosen)
        ui.workerPythonPathLineEdit.currentPath = slicer.util.settingsValue(PYTHON_SETTING, "")
        ui.workerPythonPathLineEdit.connect("currentPathChanged(QString)", self._pythonChosen)
        self.begin()

    # Life cycle

    def enter(self) -> None:
        """Take up what has changed while another module was open."""
        self._offerModels()
        super().enter()
        self.check()
        self.training.enter()
        self.cohort.enter()
        self.models.enter()

    def exit(self) -> None:
        """Let the workers go when they have nothing to do."""
        super().exit()
        self.results.exit()
        self.training.exit()
        self.cohort.exit()
        self.models.exit()

    def cleanup(self) -> None:
        """End everything: the panel is about to be deleted."""
        super().cleanup()
        self.inputs.cleanup()
        self.results.cleanup()
        self.devices.cleanup()
        self.training.cleanup()
        self.cohort.cleanup()
        self.models.cleanup()

    def sceneClosed(self) -> None:
        """Forget what was said about the scene that is gone."""
        self.problem = None
        self.inputs.sceneClosed()
        self.training.sceneClosed()

    def parametersChanged(self) -> None:
        """Follow another parameter node, or none."""
        if self.parameters is not None:
            self._offerModels()

    # Choices

    def _offerModels(self) -> None:
        """Fill the list of models, keeping the choice."""
        try:
            self._models = {entry.name: entry for entry in available_models()}
            self.problem = None
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

    def _modelsHaveChanged(self) -> None:
        """Offer the models that there are now; a choice that was removed becomes the default."""
        self._offerModels()
        if self.parameters and self.parameters.model not in self._models:
            self.parameters.model = ""

    def _modelChosen(self, *_) -> None:
        if self.parameters and self.ui.modelComboBox.currentIndex >= 0:
            self.parameters.model = self.ui.modelComboBox.currentData
        self._showModel()

    def _showModel(self) -> None:
        entry = self._models.get(self.ui.modelComboBox.currentData)
        self.ui.modelDescriptionLabel.text = entry.description if entry else ""
        self.ui.modelDescriptionLabel.visible = bool(entry and entry.description)
        manifest = _manifestOf(entry)
        self._optional = manifest.copes_without if manifest else ()
        self._workingMm = manifest.spacing_mm if manifest else None
        self.check()

    def _pythonChosen(self, path: str) -> None:
        qt.QSettings().setValue(PYTHON_SETTING, path)
        self.problem = None
        self.check()

    def refresh(self) -> None:
        """Choose volumes for the channels that have none yet."""
        if self.parameters and self._isEntered() and not self.place.running:
            self.inputs.refresh()

    def check(self, *_) -> None:
        """Let Apply be pressed when nothing is missing, and else say what is."""
        if self.parameters is None or self.place.running:
            return
        unusable = self.inputs.check(self._optional, self._workingMm)
        missing = whatIsMissing(self.parameters, bool(self._models), self.problem, self._optional)
        self.showReadiness(missing or unusable, "Segment the tumour in the chosen volumes.")
        self.results.show(self.parameters.segmentation, self.parameters.volumesTable)

    def _studyVolumes(self) -> list[slicer.vtkMRMLScalarVolumeNode]:
        if self.parameters is None:
            return []
        return [node for node in (getattr(self.parameters, name) for name in CHANNELS) if node]

    def _cohortChoices(self) -> dict[str, Any]:
        parameters = self.parameters
        return {
            "model": parameters.model or None,
            "options": {
                "device": parameters.device.value,
                "postprocess": parameters.postprocess,
                "mirror": parameters.mirror,
                "prepare": parameters.prepare.value,
                "brain_extraction": parameters.brainExtraction.value,
            },
        }

    def _deviceName(self) -> str:
        return self.parameters.device.value if self.parameters else "auto"

    # Runs

    def runBeside(self, makeRun: Callable[[WorkerProcess, Callable], Run]) -> None:
        """Start another run than a segmentation; Apply cancels it meanwhile.

        Args:
            makeRun: makes the run for the worker, and for what shows its progress.
        """
        try:
            self.place.begin(lambda worker: makeRun(worker, self._showProgress))
            self._showBusy()
        except ELMEDError as error:
            self.showError(error)

    def prepare(self) -> bool:
        """Install what is missing; False when the user did not want it."""
        return installation.ensurePackages()

    def start(self, onProgress: Callable[..., None], onEnd: Callable[..., None]) -> None:
        """Segment the chosen volumes."""
        parameters = self.parameters
        self.results.clearMessages()
        volumes = chosenVolumes(parameters)
        self.logic.segmenter.start(
            volumes,
            onProgress,
            onEnd,
            model=parameters.model,
            reference=default_reference(volumes),
            device=parameters.device.value,
            postprocess=parameters.postprocess,
            mirror=parameters.mirror,
            regions=parameters.regions,
            probabilities=parameters.probabilities,
            uncertainty=parameters.uncertainty,
            prepare=parameters.prepare.value,
            brainExtraction=parameters.brainExtraction.value,
            keepPrepared=parameters.keepPrepared,
            segmentationNode=parameters.segmentation,
            tableNode=parameters.volumesTable,
        )

    def succeeded(self, run: SegmentationRun) -> str:
        """Show the segmentation with its volumes."""
        result = run.result()
        self.parameters.segmentation = result.segmentationNode
        self.parameters.volumesTable = result.tableNode
        self.results.announce(result, list(run.volumes.values()))
        entry = self._models.get(result.model)
        model = entry.title if entry else result.model
        return f"Segmented in {result.seconds:.0f} s with {model} on {result.device.upper()}."


def _manifestOf(entry: ModelEntry | None) -> Manifest | None:
    """Return what is known about a model, None where it cannot be read."""
    try:
        return read_manifest(entry.manifest) if entry else None
    except ELMEDError:
        return None
