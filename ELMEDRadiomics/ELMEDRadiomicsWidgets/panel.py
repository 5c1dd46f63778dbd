"""The panel: choices in, one run at a time, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import slicer

from ELMEDLib.bridge.panels import RunPanel
from ELMEDLib.bridge.segment_images import segmentNames
from ELMEDLib.errors import ELMEDError
from ELMEDRadiomicsWidgets import installation
from ELMEDRadiomicsWidgets.burden_section import BurdenSection
from ELMEDRadiomicsWidgets.charts_section import ChartsSection
from ELMEDRadiomicsWidgets.check_list import CheckList
from ELMEDRadiomicsWidgets.cohort_section import RadiomicsCohortSection
from ELMEDRadiomicsWidgets.extraction import Request
from ELMEDRadiomicsWidgets.follow_up_section import FollowUpSection
from ELMEDRadiomicsWidgets.map_run import MapRun
from ELMEDRadiomicsWidgets.readiness import whatIsMissing
from ELMEDRadiomicsWidgets.regions import REGIONS, regionNames
from ELMEDRadiomicsWidgets.report_section import ReportSection
from ELMEDRadiomicsWidgets.results_view import ResultsView
from ELMEDRadiomicsWidgets.robustness_run import RobustnessRun
from ELMEDRadiomicsWidgets.settings_choice import FROM_FILE, SettingsChoice
from ELMEDRadiomicsWidgets.settings_details import SettingsDetails
from ELMEDRadiomicsWidgets.volumes import imageNames, recognised, sceneVolumes

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import SimpleNamespace

    from ELMEDRadiomicsWidgets.extraction import ExtractionRun
    from ELMEDRadiomicsWidgets.map_run import MapRequest

REGION_HELP = "Check it to measure these segments together, as if they were one."


class RadiomicsPanel(RunPanel):
    """Connects the widgets of `ELMEDRadiomics.ui` with the parameters and the extractor."""

    title = "ELMED Radiomics"
    followedNodes = ("vtkMRMLScalarVolumeNode", "vtkMRMLSegmentationNode")
    choices = (
        "inputsCollapsibleButton",
        "featuresCollapsibleButton",
        "settingsCollapsibleButton",
    )

    def __init__(self, ui: SimpleNamespace, logic, isEntered: Callable[[], bool]) -> None:
        """Connect the widgets.

        Args:
            ui: the widgets by name.
            logic: gives the parameter node and the extractor.
            isEntered: whether the module is the one that the user sees.
        """
        super().__init__(ui, logic, logic.extractor, isEntered)
        self._observedSegmentation = None
        self.segments = CheckList(ui.segmentsListWidget, self._segmentsChecked)
        self.volumes = CheckList(ui.volumesListWidget, self._volumesChecked)
        self.settings = SettingsChoice(ui, self.check)
        self.details = SettingsDetails(ui.settingsCollapsibleButton, self.settings)
        self.results = ResultsView(ui, self.say, self._startMap, self._startRobustness)
        self.cohort = RadiomicsCohortSection(
            ui.cohortCollapsibleButton, self._cohortChoices, self.settings.problem
        )
        self.charts = ChartsSection(ui.chartsCollapsibleButton, self._request, self._missing)
        self.followUp = FollowUpSection(ui.followUpCollapsibleButton)
        self.burden = BurdenSection(
            ui.burdenCollapsibleButton, self._segmentation, self.followUp.measurementsChanged
        )
        self.report = ReportSection(
            ui.reportCollapsibleButton, self.burden, lambda: self.results.tableNode
        )
        scene = slicer.mrmlScene
        self.addObserver(scene, scene.NodeRemovedEvent, self._nodesChanged)
        self.begin()

    def enter(self) -> None:
        """Take up what has changed while another module was open."""
        super().enter()
        for section in (self.charts, self.burden, self.followUp, self.report, self.cohort):
            section.enter()

    def exit(self) -> None:
        """Let the workers go when they have nothing to do."""
        super().exit()
        self.charts.exit()
        self.burden.exit()
        self.followUp.exit()
        self.report.exit()
        self.cohort.exit()

    def cleanup(self) -> None:
        """End everything: the panel is about to be deleted."""
        super().cleanup()
        self.results.cleanup()
        self.charts.cleanup()
        self.burden.cleanup()
        self.followUp.cleanup()
        self.report.cleanup()
        self.cohort.cleanup()

    def sceneClosed(self) -> None:
        """Forget what was said about the scene that is gone."""
        self.charts.sceneClosed()
        self.burden.sceneClosed()
        self.followUp.sceneClosed()
        self.report.sceneClosed()

    def _segmentation(self) -> slicer.vtkMRMLSegmentationNode | None:
        return self.parameters.segmentation if self.parameters is not None else None

    # Choices

    def parametersChanged(self) -> None:
        """Follow another parameter node, or none."""
        self.settings.show(self.parameters)
        if self.parameters is None:
            self._observeSegments(None)

    def refresh(self) -> None:
        """Choose what there is no doubt about, and show the scene's volumes and segments."""
        if self.parameters is None or not self._isEntered() or self.place.running:
            return
        segmentations = slicer.util.getNodesByClass("vtkMRMLSegmentationNode")
        if self.parameters.segmentation is None and len(segmentations) == 1:
            self.parameters.segmentation = segmentations[0]
        if not self.parameters.volumesChosen:
            guessed = recognised(sceneVolumes())
            if guessed != self._chosenVolumes():
                self.parameters.volumes = guessed
        self.check()

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
            keys = [key for key in self.segments.keys if key not in {*checked, *REGIONS}]
            # Read first: each change of a parameter shows the parameters again.
            regions = [key for key in checked if key in REGIONS]
            self.parameters.regions = regions
            self.parameters.leftOutSegments = keys

    def check(self, *_) -> None:
        """Show the choices; let Apply be pressed when nothing is missing, else say what is."""
        if self.parameters is None or self.place.running:
            return
        self._showSegments()
        self._showVolumes()
        self.settings.show(self.parameters)
        self.details.show()
        self.cohort.check()
        self.showReadiness(self._missing(), "Measure the checked segments in the checked volumes.")
        self.results.show(self.parameters.table)
        self.charts.check()
        self.burden.check()
        self.followUp.check()
        self.report.check()

    def _showSegments(self) -> None:
        node = self.parameters.segmentation
        self._observeSegments(node.GetSegmentation() if node else None)
        leftOut = list(self.parameters.leftOutSegments)
        names = segmentNames(node) if node else {}
        rows = [
            (key, name, "Check it to measure this segment.", key not in leftOut)
            for key, name in names.items()
        ]
        rows += [
            (key, f"{name}  (segments together)", REGION_HELP, key in self.parameters.regions)
            for key, name in regionNames(node).items()
        ]
        self.segments.show(rows)

    def _observeSegments(self, segmentation: slicer.vtkSegmentation | None) -> None:
        if segmentation is self._observedSegmentation:
            return
        for event in self._segmentEvents():
            if self._observedSegmentation is not None:
                self.removeObserver(self._observedSegmentation, event, self.check)
            if segmentation is not None:
                self.addObserver(segmentation, event, self.check)
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

    def prepare(self) -> bool:
        """Install what is missing; False when the user did not want it."""
        return installation.ensurePackages(self.settings, self._parameterFile())

    def start(self, onProgress: Callable[..., None], onEnd: Callable[..., None]) -> None:
        """Measure the checked segments in the checked volumes."""
        self.results.clearMessages()
        self.logic.extractor.start(self._request(), onProgress, onEnd)

    def _missing(self) -> str:
        """Return what keeps the segments from being measured, "" when nothing does."""
        if self.parameters is None:
            return "Choose a segmentation."
        return whatIsMissing(
            self.parameters.segmentation, self.segments, self.volumes, self.settings
        )

    def _request(self) -> Request:
        """Return what is to be measured as it is chosen now."""
        parameters = self.parameters
        return Request(
            parameters.segmentation,
            imageNames(self._chosenVolumes()),
            self.segments.checked,
            parameters.preset,
            self._parameterFile(),
            self.settings.content(),
            self.settings.profile,
            parameters.table,
            self.results.layout,
        )

    def _startMap(self, request: MapRequest) -> None:
        """Compute a feature map."""
        self._begin(lambda worker: MapRun(worker, request, self._showProgress, self._ended))

    def _startRobustness(self, request: Request) -> None:
        """Find out how stable the table's features are."""
        self._begin(lambda worker: RobustnessRun(worker, request, self._showProgress, self._ended))

    def _begin(self, makeRun: Callable[[Any], Any]) -> None:
        """Start another run than Apply's; Apply cancels it as it does any."""
        place = self.logic.extractor
        if place.running:
            return
        try:
            place.begin(makeRun)
        except ELMEDError as error:
            self.showError(error)
            return
        self._showBusy()

    def succeeded(self, run: ExtractionRun | MapRun) -> str:
        """Show the table of features, or what more was found out about it."""
        if isinstance(run, MapRun):
            display = run.result().GetDisplayNode()
            # Rounding leaves what is nothing as a tiny number, or as -0.
            ends = (display.GetLowerThreshold(), display.GetUpperThreshold())
            lowest, highest = (round(value, 9) + 0.0 for value in ends)
            return (
                f"'{run.result().GetName()}' lies over the slices: from {lowest:.3g} (dark) to "
                f"{highest:.3g} (bright)."
            )
        if isinstance(run, RobustnessRun):
            self.results.showRobustness(fit=True)
            self.results.showWarnings(run.warnings)
            return f"Robustness of {len(run.result())} features checked in {run.elapsed:.0f} s."
        result = run.result()
        self.parameters.table = result.tableNode
        self.results.announce(result)
        return f"{result.values} values computed in {result.seconds:.0f} s."

    def _cohortChoices(self) -> dict[str, Any]:
        return {
            "preset": self.parameters.preset or None,
            "settings": self.settings.content() or self._parameterFile() or None,
            "profile": self.settings.profile,
        }

    def _parameterFile(self) -> str:
        return self.parameters.parameterFile if self.parameters.preset == FROM_FILE else ""
