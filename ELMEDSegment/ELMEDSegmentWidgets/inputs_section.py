"""The panel's section of the four volumes: filling the selectors, and what was noticed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ELMEDLib.bridge.views import showVolume
from ELMEDLib.errors import CancelledError, InputError
from ELMEDSegmentLib.inputs.study import default_reference
from ELMEDSegmentLib.labels import CHANNELS
from ELMEDSegmentWidgets.channel_selectors import ChannelSelectors
from ELMEDSegmentWidgets.folder_run import FolderRun
from ELMEDSegmentWidgets.input_check import InputCheck
from ELMEDSegmentWidgets.study_volumes import visibleVolumes, volumesOfStudy

if TYPE_CHECKING:
    from types import SimpleNamespace

    from ELMEDSegmentWidgets.folder_run import LoadedStudy
    from ELMEDSegmentWidgets.panel import SegmentPanel


class InputsSection:
    """Fills the selectors from the scene, a study or a folder, and checks what is chosen."""

    def __init__(self, ui: SimpleNamespace, panel: SegmentPanel) -> None:
        """Connect the widgets.

        Args:
            ui: the panel's widgets by name.
            panel: has the parameters and the worker, and tells the user.
        """
        self._ui = ui
        self._panel = panel
        self.selectors = ChannelSelectors(ui)
        self.findings = InputCheck(ui.findingsLabel, panel.check)
        ui.guessButton.connect("clicked(bool)", self._guessAll)
        ui.studyButton.connect("clicked(bool)", self._guessStudy)
        ui.loadFolderButton.connect("clicked(bool)", self._loadFolder)
        ui.inputFolderPathLineEdit.connect("currentPathChanged(QString)", self._folderChosen)
        self._folderChosen()

    def cleanup(self) -> None:
        """End everything: the panel is about to be deleted."""
        self.selectors.cleanup()
        self.findings.cleanup()

    def sceneClosed(self) -> None:
        """Forget what was said about the scene that is gone."""
        self.selectors.forgetReasons()
        self.findings.forget()

    def refresh(self) -> None:
        """Choose volumes for the channels that have none yet."""
        sentence = self.selectors.guess(self._panel.parameters, keepChosen=True)
        if sentence:
            self._panel.say(sentence)

    def check(self, optional: tuple[str, ...], workingMm: float | None = None) -> str:
        """Look at the chosen volumes, and return what keeps them from being segmented.

        Args:
            optional: the channels that the model does without.
            workingMm: voxel size that it works on, None where it is not known.
        """
        parameters = self._panel.parameters
        self.selectors.follow(parameters)
        volumes = chosenVolumes(parameters)
        missing = [channel for channel in CHANNELS if channel not in volumes]
        without = missing[0] if len(missing) == 1 and missing[0] in optional else ""
        preparing = parameters.prepare.value != "never"
        self.findings.look(volumes, without, preparing, workingMm)
        return self.findings.problem

    # Filling the selectors

    def _guessAll(self, *_) -> None:
        nodes = visibleVolumes()
        if not nodes:
            self._panel.say("There are no volumes in the scene; load a study first.")
            return
        self._lookAt(nodes)

    def _guessStudy(self, *_) -> None:
        try:
            nodes = volumesOfStudy(getattr(self._panel.parameters, name) for name in CHANNELS)
        except InputError as error:
            self._panel.say(str(error))
            return
        self._lookAt(nodes)

    def _lookAt(self, nodes: list) -> None:
        self._panel.say("Looking at the volumes...")
        self.selectors.lookAtImages(self._panel.parameters, nodes, self._panel.say)

    def _folderChosen(self, *_) -> None:
        self._ui.loadFolderButton.enabled = bool(self._ui.inputFolderPathLineEdit.currentPath)

    def _loadFolder(self, *_) -> None:
        folder = Path(self._ui.inputFolderPathLineEdit.currentPath)
        self._panel.runBeside(
            lambda worker, onProgress: FolderRun(worker, folder, onProgress, self._loaded)
        )

    def _loaded(self, run: FolderRun) -> None:
        self._panel.showIdle()
        if run.error is None:
            self._panel.say(self._take(run.result()))
        elif isinstance(run.error, CancelledError):
            self._panel.say("Cancelled. Nothing was loaded.")
        else:
            self._panel.say("Nothing was loaded.")
            self._panel.showError(run.error)

    def _take(self, loaded: LoadedStudy) -> str:
        found = loaded.identification
        self.selectors.fill(self._panel.parameters, loaded.nodes, found, list(found.guesses))
        nodes = {channel: loaded.nodes[guess.index] for channel, guess in found.guesses.items()}
        showVolume(nodes[default_reference(nodes)], loaded.nodes)
        count = len(loaded.nodes)
        return f"Loaded {count} volume{'s' if count != 1 else ''}. Please check them."


def chosenVolumes(parameters) -> dict:
    """Return the chosen volume node of each channel that has one."""
    nodes = {channel: getattr(parameters, channel) for channel in CHANNELS}
    return {channel: node for channel, node in nodes.items() if node is not None}
