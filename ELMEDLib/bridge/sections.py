"""Collapsible sections of a panel: built when they are first opened, one run at a time each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import slicer

from ELMEDLib.bridge.messages import showError
from ELMEDLib.bridge.panels import FULL
from ELMEDLib.errors import CancelledError, ELMEDError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import SimpleNamespace

    from ELMEDLib.bridge.runs import Run
    from ELMEDLib.bridge.workplace import Workplace


class LazySection:
    """Fills a collapsible section with life once it is first opened; it costs nothing before."""

    uiFile = Path()
    """Made for Qt Designer."""

    def __init__(self, section: Any) -> None:
        """Prepare the section; `section` is the empty `ctkCollapsibleButton`."""
        self.ui: SimpleNamespace | None = None
        self._section = section
        section.connect("contentsCollapsed(bool)", self._toggled)

    def built(self) -> None:
        """Connect the widgets, which are in `ui`."""

    def _toggled(self, collapsed: bool) -> None:
        if collapsed or self.ui is not None:
            return
        widget = slicer.util.loadUI(str(self.uiFile))
        self._section.layout().addWidget(widget)
        self.ui = slicer.util.childWidgetVariables(widget)
        widget.setMRMLScene(slicer.mrmlScene)
        self.built()


class WorkSection(LazySection):
    """A section with work of its own, which a button starts and cancels."""

    title = "ELMED"
    """Of the windows that show errors."""

    prefix = ""
    """Of the names of `...ProgressBar` and `...StatusLabel`, and as there is one `...Choices`."""

    buttonName = ""
    """Of the button that starts and cancels."""

    startText = ""
    """Of that button, when nothing is at work."""

    cancelledText = "Cancelled. Nothing was changed."
    failedText = "There is no new result; what was there before is unchanged."

    def __init__(self, section: Any, place: Workplace) -> None:
        """Prepare the section.

        Args:
            section: the empty `ctkCollapsibleButton`.
            place: where its work is done.
        """
        super().__init__(section)
        self.place = place

    # For the section

    def check(self, *_) -> None:
        """Let be pressed what can be pressed, and say what is missing."""

    def show(self) -> None:
        """Show what was found, or that nothing was."""

    def forget(self) -> None:
        """Let go of all that the scene held, which is gone."""

    def start(self, onProgress: Callable[..., None], onEnd: Callable[..., None]) -> None:
        """Start the work as it is chosen now.

        Raises:
            ELMEDError: it cannot be started.
        """
        raise NotImplementedError

    def succeeded(self, run: Any) -> str:
        """Take up what came of a run, and return a sentence about it."""
        raise NotImplementedError

    # Life cycle

    def enter(self) -> None:
        """Take up what has changed while another module was open."""
        self.place.stay()
        self.check()

    def exit(self) -> None:
        """Let the worker go when it has nothing to do."""
        self.place.leave()

    def cleanup(self) -> None:
        """End everything: the panel is about to be deleted."""
        self.place.close()

    def sceneClosed(self) -> None:
        """Forget what was found in the scene that is gone."""
        if self.place.run:
            self.place.run.abandon()
        self.forget()
        if self.ui:
            self.showIdle()
            self.show()

    # Runs

    def pressed(self, *_) -> None:
        """Start the work, or cancel what is at work."""
        if self.place.running:
            self.place.run.cancel()
        else:
            self.begin()

    def begin(self) -> None:
        """Start the work and show how far it is."""
        try:
            self.start(self._progressed, self._ended)
        except ELMEDError as error:
            self.showError(error)
            return
        self._widget(self.buttonName).text = "Cancel"
        self._enableChoices(False)
        bar = self._widget(f"{self.prefix}ProgressBar")
        bar.setRange(0, FULL)
        bar.setValue(0)
        bar.visible = True

    def say(self, sentence: str) -> None:
        """Show a sentence in the section's status line."""
        label = self._widget(f"{self.prefix}StatusLabel")
        label.text = sentence
        label.visible = bool(sentence)

    def showIdle(self) -> None:
        """Show that nothing is at work."""
        self._widget(self.buttonName).text = self.startText
        self._enableChoices(True)
        self._widget(f"{self.prefix}ProgressBar").visible = False
        self.say("")
        self.check()

    def showError(self, error: ELMEDError) -> None:
        """Show an error in a window, with the worker's log for a developer."""
        showError(error, self.title, self.place.workerLog)

    def _progressed(self, _stage: str, fraction: float, message: str) -> None:
        self._widget(f"{self.prefix}ProgressBar").setValue(round(FULL * fraction))
        self.say(message)

    def _ended(self, run: Run) -> None:
        self.showIdle()
        if run.error is None:
            self.say(self.succeeded(run))
        elif isinstance(run.error, CancelledError):
            self.say(self.cancelledText)
        else:
            self.say(self.failedText)
            self.showError(run.error)

    def _enableChoices(self, on: bool) -> None:
        choices = getattr(self.ui, f"{self.prefix}Choices", None)
        if choices is not None:
            choices.enabled = on

    def _widget(self, name: str) -> Any:
        return getattr(self.ui, name)
