"""One piece of work on a scan at a time, with its progress and a button to cancel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt

from ELMEDLib.bridge.task_runs import TaskRun
from ELMEDLib.bridge.workplace import Workplace
from ELMEDLib.errors import CancelledError, ELMEDError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ROOM = "ELMEDPlaygroundLib"
FULL = 1000


class ScanWork:
    """The line at the foot of the page; it owns the worker that scans are looked at in.

    That worker is not the experiment's: looking into a scan neither stops a training nor loses it.
    """

    def __init__(self, prefix: str = "scan") -> None:
        """Make the line.

        Args:
            prefix: of the names of its widgets, which each page has for itself.
        """
        self.place = Workplace()
        self.controls: Sequence[Any] = ()
        """Widgets that cannot be used while something goes on."""
        self.onAnswer: Callable[[str, Mapping[str, Any]], None] = lambda _task, _answer: None
        """Called with the name of a task and what it answered."""
        self.widget = qt.QWidget()
        row = qt.QHBoxLayout(self.widget)
        row.setContentsMargins(0, 0, 0, 0)
        self.statusLabel = qt.QLabel()
        self.statusLabel.setObjectName(f"{prefix}StatusLabel")
        self.statusLabel.setWordWrap(True)
        self.statusLabel.setToolTip("What goes on, and what came of it.")
        self.progressBar = qt.QProgressBar()
        self.progressBar.setObjectName(f"{prefix}ProgressBar")
        self.progressBar.setToolTip("How far the work is.")
        self.progressBar.setRange(0, FULL)
        self.progressBar.setMaximumWidth(110)
        self.cancelButton = qt.QPushButton("Cancel")
        self.cancelButton.setObjectName(f"{prefix}CancelButton")
        self.cancelButton.setToolTip("Stop the work; nothing is changed.")
        self.cancelButton.connect("clicked(bool)", self.cancel)
        row.addWidget(self.statusLabel, 1)
        row.addWidget(self.progressBar)
        row.addWidget(self.cancelButton)
        self._showIdle()

    @property
    def running(self) -> bool:
        """Whether something goes on."""
        return self.place.running

    def start(self, makeRun: Callable[..., Any], onResult: Callable[[Any], str]) -> None:
        """Start a run.

        Args:
            makeRun: called with the worker, `onProgress` and `onEnd`; returns the run.
            onResult: called with the result of a run that succeeded; returns a sentence.
        """

        def ended(run: Any) -> None:
            self._showIdle()
            if run.error is None:
                self.say(onResult(run.result()))
            elif isinstance(run.error, CancelledError):
                self.say("Cancelled. Nothing was changed.")
            else:
                self.say(str(run.error))

        try:
            self.place.begin(lambda worker: makeRun(worker, self._progress, ended))
        except ELMEDError as error:
            self.say(str(error))
            return
        self.progressBar.setValue(0)
        self.progressBar.visible = self.cancelButton.visible = True
        for control in self.controls:
            control.enabled = False

    def ask(self, task: str, arguments: Mapping[str, Any], onAnswer: Callable[[Any], str]) -> None:
        """Start a task of this room's engine, by its name; see `start` for `onAnswer`."""
        self.start(
            lambda worker, onProgress, onEnd: TaskRun(
                worker, f"{ROOM}.{task}", arguments, onProgress, onEnd
            ),
            onAnswer,
        )

    def say(self, sentence: str) -> None:
        """Show a sentence."""
        self.statusLabel.text = sentence
        self.statusLabel.visible = bool(sentence)

    def cancel(self, *_) -> None:
        """Stop what goes on."""
        if self.running:
            self.place.run.cancel()

    def leave(self) -> None:
        """Let the worker go as soon as it has nothing to do."""
        if self.running:
            self.place.leave()
        else:
            self.close()

    def stay(self) -> None:
        """Keep the worker: who had left has come back."""
        self.place.stay()

    def close(self) -> None:
        """End what goes on and the worker."""
        self.place.close()
        self._showIdle()

    def _progress(self, stage: str, fraction: float, message: str) -> None:  # noqa: ARG002
        self.progressBar.setValue(round(FULL * fraction))
        self.say(message)

    def _showIdle(self) -> None:
        self.progressBar.visible = self.cancelButton.visible = False
        for control in self.controls:
            control.enabled = True
        self.say("")
