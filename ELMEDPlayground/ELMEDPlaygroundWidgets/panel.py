"""The panel: pages for the choices, buttons for the training, panes for the views."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import qt
import slicer

from ELMEDLib.bridge.panels import Panel
from ELMEDLib.errors import ELMEDError
from ELMEDPlaygroundLib.speech.commands import SPOKEN
from ELMEDPlaygroundWidgets import installation
from ELMEDPlaygroundWidgets.bench import Bench
from ELMEDPlaygroundWidgets.follower import Follower
from ELMEDPlaygroundWidgets.readiness import whatIsMissing
from ELMEDPlaygroundWidgets.run_bar import RunBar
from ELMEDPlaygroundWidgets.saved_spec import readSpec, readState
from ELMEDPlaygroundWidgets.section import makeSections
from ELMEDPlaygroundWidgets.sections_tabs import SectionsTabs
from ELMEDPlaygroundWidgets.starting_point import startingSpec
from ELMEDPlaygroundWidgets.views_area import ViewsArea

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import SimpleNamespace
    from typing import Any

SPOKEN_PAGES = {
    "open-lessons": "Lessons",
    "next-lesson": "Lessons",
    "previous-lesson": "Lessons",
    "next-page": "Lessons",
    "open-data": "Data",
    "open-network": "Network",
}
"""The page that a spoken command opens."""

LONG = 300_000
"""Characters of a state that is not written anew while the training goes on: that takes time."""


class PlaygroundPanel(Panel, Follower):
    """Connects the widgets of `ELMEDPlayground.ui` with the bench and the scene."""

    title = "ELMED Playground"
    followedNodes = ("vtkMRMLScalarVolumeNode", "vtkMRMLSegmentationNode")

    def __init__(self, ui: SimpleNamespace, logic, isEntered: Callable[[], bool]) -> None:
        """Build the pages and the views.

        Args:
            ui: the widgets by name.
            logic: gives the parameter node and the laboratory.
            isEntered: whether the module is the one that the user sees.
        """
        super().__init__(ui, logic, logic.laboratory, isEntered)
        self.bench = Bench(logic.laboratory)
        self.bench.spec = startingSpec()
        self.runBar = RunBar(ui, self.bench)
        self.views = ViewsArea(self.bench, ui.viewsFrame)
        self.bench.views = self.views
        self.sections = makeSections(self.bench)
        self.tabs = SectionsTabs(ui.sectionsTabWidget, self.sections)
        self._trouble = ""
        self._viewsWanted: list[str] = []
        self._known: tuple[Any, ...] | None = None
        """What the scene's choices were when they were last written or taken up."""
        for follower in (self, self.runBar, *self.sections, self.views):
            self.bench.follow(follower)
        ui.installButton.connect("clicked(bool)", self._install)
        ui.stopAtCheckBox.connect("toggled(bool)", self._stopAtChanged)
        ui.stopAtLineEdit.connect("textEdited(QString)", self._stopAtChanged)
        scene = slicer.mrmlScene
        self.addObserver(scene, scene.StartSaveEvent, self._sceneStartsToSave)
        self.begin()
        for section in self.sections:
            section.specChanged()

    # Life cycle

    def exit(self) -> None:
        """Let the training rest and the worker go; the experiment waits in the panel."""
        for section in self.sections:
            section.exit()
        self.bench.leave()

    def cleanup(self) -> None:
        """End everything: the panel is about to be deleted."""
        self.bench.close()
        super().cleanup()
        for section in self.sections:
            section.cleanup()
        self.views.cleanup()

    def refresh(self) -> None:
        """Warm the worker up with the experiment, and take up new nodes."""
        for section in self.sections:
            section.enter()
        if self._isEntered():
            self.bench.stay()
            self.parametersChanged()
            if self.bench.summary is None and not self.bench.laboratory.busy:
                self._begin()
        self.check()

    def parametersChanged(self) -> None:
        """Take up the experiment of another scene; one that was added to ours may have none."""
        if self.parameters is None:
            self._known = None
            return
        if self._known == self._choices():
            return
        self._known = self._choices()
        spec = readSpec(_read(self.parameters.spec)) or startingSpec()
        state = readState(_read(self.parameters.state)) or None
        self.runBar.stopAt = self.parameters.stopAt
        self.bench.notes = _read(self.parameters.notes)
        self._viewsWanted = list(self.parameters.views)
        self.bench.lay(spec, state)
        if self._isEntered():
            self._begin()

    def sceneClosed(self) -> None:
        """Forget what belonged to the scene that is gone."""
        self.bench.close()
        for section in self.sections:
            section.sceneClosed()

    def _begin(self) -> None:
        if not self._missing():
            self.bench.create()

    def _choices(self) -> tuple[Any, ...]:
        kept = self.parameters
        return list(kept.views), kept.spec, kept.state, kept.notes, kept.stopAt

    def _sceneStartsToSave(self, *_) -> None:
        self._writeState()

    def _writeState(self) -> None:
        state = self.bench.state
        self._write(spec=json.dumps(self.bench.spec), state=json.dumps(state) if state else "")

    def _write(self, **choices: Any) -> None:
        if self.parameters is not None:
            for name, value in choices.items():
                setattr(self.parameters, name, value)
            self._known = self._choices()

    def _stopAtChanged(self, *_) -> None:
        self._write(stopAt=self.runBar.stopAt)

    # What the user is told

    def specChanged(self) -> None:
        """Remember the choices with the scene, and forget what was learnt with others."""
        self._write(spec=json.dumps(self.bench.spec))
        self._forgetState()

    def saved(self) -> None:
        """Keep the experiment with the scene, in whichever way that is saved."""
        rests = not self.bench.running
        if self.parameters is not None and (rests or len(self.parameters.state) < LONG):
            self._writeState()

    def answered(self, answer: Mapping[str, Any]) -> None:  # noqa: ARG002 - a follower's
        """Remember with the scene which views are shown."""
        shown = self.views.shown
        if self._known is not None and not self._viewsWanted and shown != self._known[0]:
            self._write(views=shown)

    def created(self, summary: Mapping[str, Any]) -> None:  # noqa: ARG002 - a follower's
        """Show the views that the scene names, when it was opened just now."""
        self._forgetState()
        wanted, self._viewsWanted = self._viewsWanted, []
        if wanted:
            # After all others have heard of the experiment: the panes must know what suits it.
            qt.QTimer.singleShot(0, lambda: self.views.show(wanted))

    def happened(self, task: str, answer: Mapping[str, Any]) -> None:
        """Open the page that a spoken command names."""
        if task == SPOKEN and answer["command"] in SPOKEN_PAGES:
            self.tabs.open(SPOKEN_PAGES[answer["command"]])

    def _forgetState(self) -> None:
        if self.bench.state is None:
            self._write(state="")

    def noted(self) -> None:
        """Remember with the scene what a page wants to keep."""
        self._write(notes=json.dumps(self.bench.notes))

    def troubled(self, sentence: str) -> None:
        """Show what keeps the experiment from going on."""
        self._trouble = sentence
        self.check()

    def check(self, *_) -> None:
        """Let training begin when nothing is missing, and else say what is."""
        missing = self._missing()
        sentence = missing or self._trouble
        self.ui.readinessLabel.text = sentence
        self.ui.readinessLabel.visible = bool(sentence)
        self.ui.installButton.visible = bool(missing) and installation.canInstall()
        self.runBar.allow(not missing)

    def _missing(self) -> str:
        return whatIsMissing()

    def _install(self, *_) -> None:
        self.ui.installButton.enabled = False
        try:
            if installation.ensurePackages():
                self._trouble = ""
                self._begin()
        except ELMEDError as error:
            self.showError(error)
        finally:
            self.ui.installButton.enabled = True
            self.check()


def _read(text: str) -> dict[str, Any]:
    """Return what a parameter holds; nothing where a newer or broken scene makes no sense."""
    try:
        value = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
