"""The life of a panel: its scene and choices, and in most rooms one run at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt
import slicer
import vtk
from slicer.util import VTKObservationMixin

from ELMEDLib.bridge.messages import showError, unforeseen
from ELMEDLib.errors import CancelledError, ELMEDError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import SimpleNamespace

    from ELMEDLib.bridge.runs import Run
    from ELMEDLib.bridge.workplace import Workplace

FULL = 1000
"""The progress bar's maximum: fine enough to be seen moving."""

ELAPSED_MS = 250


class Panel(VTKObservationMixin):
    """Follows the scene, and keeps widgets and parameter node together.

    A room's panel says what it shows in `check`, and what it takes up from the scene in `refresh`.
    """

    title = "ELMED"
    """Of the windows that show errors."""

    followedNodes: Sequence[str] = ()
    """The classes of nodes for whose coming `refresh` is called."""

    def __init__(
        self, ui: SimpleNamespace, logic, place: Workplace, isEntered: Callable[[], bool]
    ) -> None:
        """Keep what the panel works with; the room's class calls `begin` when all is built.

        Args:
            ui: the widgets by name.
            logic: gives the parameter node.
            place: where the room's work is done.
            isEntered: whether the module is the one that the user sees.
        """
        super().__init__()
        self.ui = ui
        self.logic = logic
        self.place = place
        self.parameters: Any = None
        self._isEntered = isEntered
        self._guiTag = None

    def begin(self) -> None:
        """Follow the scene and show its choices."""
        scene = slicer.mrmlScene
        self.addObserver(scene, scene.StartCloseEvent, self._sceneStartsToClose)
        self.addObserver(scene, scene.EndCloseEvent, self._sceneHasClosed)
        self.addObserver(scene, scene.EndImportEvent, self._sceneHasLoaded)
        self.addObserver(scene, scene.NodeAddedEvent, self._nodesChanged)
        self.showIdle()
        self.useParameters(self.logic.getParameterNode())

    # For the room

    def check(self, *_) -> None:
        """Show the choices, and what is missing; called whenever a choice has changed."""

    def refresh(self) -> None:
        """Take up what the scene holds now; called on entering and when nodes have come."""
        self.check()

    def showIdle(self) -> None:
        """Show that nothing is at work."""

    def parametersChanged(self) -> None:
        """Follow another parameter node, or none; called before `check`."""

    def sceneClosed(self) -> None:
        """Forget what was said about the scene that is gone."""

    # Life cycle

    def enter(self) -> None:
        """Take up what has changed while another module was open."""
        self.place.stay()
        if self.parameters is None:
            self.useParameters(self.logic.getParameterNode())
        self.refresh()

    def exit(self) -> None:
        """Let the worker go when it has nothing to do; it holds much memory."""
        self.place.leave()

    def cleanup(self) -> None:
        """End everything: the panel is about to be deleted."""
        self.useParameters(None)
        self.removeObservers()
        self.place.close()

    def _sceneStartsToClose(self, *_) -> None:
        if self.place.run:
            self.place.run.abandon()
        self.useParameters(None)
        self.showIdle()

    def _sceneHasClosed(self, *_) -> None:
        self.sceneClosed()
        if self._isEntered():
            self.useParameters(self.logic.getParameterNode())

    def _sceneHasLoaded(self, *_) -> None:
        # The choices came before the nodes that they name; take them up again.
        if self._isEntered() and not self.place.running:
            self.useParameters(self.logic.getParameterNode())

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def _nodesChanged(self, _scene, _event, node) -> None:
        if any(node.IsA(name) for name in self.followedNodes):
            # The node is not complete yet: its name and its voxels come after the event.
            qt.QTimer.singleShot(0, self._refreshIfSeen)

    def _refreshIfSeen(self) -> None:
        if self.parameters is not None and self._isEntered() and not self.place.running:
            self.refresh()

    # Choices

    def useParameters(self, parameters: Any) -> None:
        """Connect the widgets with a parameter node, or with none."""
        if self.parameters is not None:
            self.parameters.disconnectGui(self._guiTag)
            self.removeObserver(self.parameters, "ModifiedEvent", self.check)
        self.parameters = parameters
        if parameters is not None:
            self._guiTag = parameters.connectGui(self.ui)
            self.addObserver(parameters, "ModifiedEvent", self.check)
        self.parametersChanged()
        if parameters is not None:
            self.check()

    # What the user is told

    def say(self, sentence: str) -> None:
        """Show a sentence in the status line."""
        self.ui.statusLabel.text = sentence

    def showReadiness(self, missing: str, help: str) -> None:  # noqa: A002 - what it is
        """Let Apply be pressed when nothing is missing, and else say what is."""
        self.ui.applyButton.enabled = not missing
        self.ui.applyButton.toolTip = missing or help
        self.ui.readinessLabel.text = missing
        self.ui.readinessLabel.visible = bool(missing)

    def showError(self, error: ELMEDError) -> None:
        """Show an error in a window, with the worker's log for a developer."""
        showError(error, self.title, self.place.workerLog)


class RunPanel(Panel):
    """A panel with Apply: one run at a time, shown with its progress, cancelled on request."""

    choices: Sequence[str] = ()
    """The names of the sections that cannot be changed while a run goes on."""

    def __init__(
        self, ui: SimpleNamespace, logic, place: Workplace, isEntered: Callable[[], bool]
    ) -> None:
        super().__init__(ui, logic, place, isEntered)
        self._ticker: Any = None
        self._message = ""
        ui.applyButton.connect("clicked(bool)", self._applyOrCancel)

    # For the room

    def prepare(self) -> bool:
        """Install what is missing; False when the user did not want it.

        Raises:
            ELMEDError: it cannot be installed.
        """
        return True

    def start(self, onProgress: Callable[..., None], onEnd: Callable[[Any], None]) -> None:
        """Start the run that the choices ask for.

        Raises:
            ELMEDError: it cannot start.
        """
        raise NotImplementedError

    def succeeded(self, run: Any) -> str:
        """Show the result, and return a sentence that says what came of the run."""
        raise NotImplementedError

    # Runs

    def cleanup(self) -> None:
        """End everything: the panel is about to be deleted."""
        super().cleanup()
        self._stopTicker()

    def _applyOrCancel(self, *_) -> None:
        if self.place.running:
            self.place.run.cancel()
            return
        # The button stays as it is until the run has begun: a dialog may be open meanwhile.
        self.ui.applyButton.enabled = False
        try:
            if self.prepare():
                self.start(self._showProgress, self._ended)
                self._showBusy()
            else:
                self.showIdle()
        except ELMEDError as error:
            self.showIdle()
            self.showError(error)
        except Exception as error:
            self.showIdle()
            self.showError(unforeseen(error, "Starting a run"))

    def _ended(self, run: Run) -> None:
        self.showIdle()
        if run.error is None:
            self.say(self.succeeded(run))
        elif isinstance(run.error, CancelledError):
            self.say("Cancelled. Nothing was changed.")
        else:
            self.say("There is no new result; what was there before is unchanged.")
            self.showError(run.error)

    # What the user sees of a run

    def showIdle(self) -> None:
        """Show that nothing is at work."""
        self._stopTicker()
        self.ui.applyButton.text = "Apply"
        self.ui.progressBar.visible = False
        self._enableChoices(True)
        self.say("")
        self.check()

    def _showBusy(self) -> None:
        ui = self.ui
        ui.applyButton.text = "Cancel"
        ui.applyButton.toolTip = "Stop the run; nothing is changed."
        ui.applyButton.enabled = True
        self._enableChoices(False)
        ui.progressBar.setRange(0, FULL)
        ui.progressBar.setValue(0)
        ui.progressBar.visible = True
        ui.readinessLabel.visible = False
        self._ticker = qt.QTimer()
        self._ticker.setInterval(ELAPSED_MS)
        self._ticker.connect("timeout()", self._showElapsed)
        self._message = "Copying the volumes"
        self._ticker.start()
        self._showElapsed()

    def _enableChoices(self, enabled: bool) -> None:
        for name in self.choices:
            getattr(self.ui, name).enabled = enabled

    def _showProgress(self, stage: str, fraction: float, message: str) -> None:
        self.ui.progressBar.setValue(round(FULL * fraction))
        self.ui.progressBar.setFormat(f"%p% - {stage}")
        self._message = message
        self._showElapsed()

    def _showElapsed(self) -> None:
        run = self.place.run
        if run and run.running:
            minutes, seconds = divmod(int(run.elapsed), 60)
            self.say(f"{self._message} ({minutes}:{seconds:02d})")

    def _stopTicker(self) -> None:
        if self._ticker:
            self._ticker.stop()
        self._ticker = None


class ResultsBox:
    """The part of a panel that shows what came of a run: a table, and warnings."""

    def __init__(self, ui: SimpleNamespace, tableView: Any) -> None:
        self.ui = ui
        self._tableView = tableView
        self.clearMessages()

    def showTable(self, tableNode: slicer.vtkMRMLTableNode | None) -> bool:
        """Show a table, or hide the section; return whether it is another one than before."""
        self.ui.resultsCollapsibleButton.visible = tableNode is not None
        if self._tableView.mrmlTableNode() is tableNode:
            return False
        self._tableView.setMRMLTableNode(tableNode)
        return True

    def showWarnings(self, warnings: Sequence[str]) -> None:
        """Open the section and show the warnings of a run."""
        self.ui.resultsCollapsibleButton.collapsed = False
        self.ui.warningsLabel.text = "\n".join(warnings)
        self.ui.warningsLabel.visible = bool(warnings)

    def clearMessages(self) -> None:
        """Take the warnings of the last run away."""
        self.ui.warningsLabel.text = ""
        self.ui.warningsLabel.visible = False

    def cleanup(self) -> None:
        """Let go of the table."""
        self._tableView.setMRMLTableNode(None)
