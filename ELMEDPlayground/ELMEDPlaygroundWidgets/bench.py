"""The experiment on the bench: what goes on, in a worker that may be let go or die."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import CancelledError, WorkerError
from ELMEDPlaygroundWidgets.bench_choices import BenchChoices

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ELMEDLib.errors import ELMEDError
    from ELMEDPlaygroundWidgets.laboratory import Laboratory

FRAME_S = 0.03
"""How long the worker trains between two frames: with computing and drawing the views, more than
15 frames come in a second."""

SAVE_S = 2.0
"""How much training is lost at the most when the worker dies."""

RESTORED = (
    "The worker process ended, and a new one was started. "
    "The experiment is back as it was at step {}; press Run to go on."
)


class Bench(BenchChoices):
    """Has the experiment made of the choices, pulls frames from the worker, and tells of them.

    Attributes:
        latest: the latest answer of the worker with its numbers.
        history: the rows of loss and accuracy so far.
        stopAt: the step at which the training pauses by itself, 0 for none.
        views: the panes; `views.show([names])` shows other views.
    """

    def __init__(self, laboratory: Laboratory) -> None:
        super().__init__()
        self.laboratory = laboratory
        self.latest: dict[str, Any] = {}
        self.history: list[dict[str, Any]] = []
        self.stopAt = 0
        self.views: Any = None
        self.viewsWanted: Callable[[], dict[str, Any]] = dict
        self._savedAt = 0.0
        self._home: int | None = None
        self._restoring = False
        self._leaving = False
        self._away = False
        self._until = 0
        self._advancing = -1

    def lay(self, spec: Mapping[str, Any], state: Mapping[str, Any] | None) -> None:
        """Lay an experiment on the bench; the worker that was about to go need not save."""
        if self._leaving:
            self.close()
        super().lay(spec, state)

    # What goes on

    def create(self) -> None:
        """Make the experiment in the worker: from its state when there is one, else anew."""
        self._settle()
        if self._away:  # it is made when somebody comes back
            return
        self.pause()
        self._generation += 1
        self.summary = None
        if self.state is None:
            task, arguments, self._live = "create", dict(self.spec), {}
        else:
            task, arguments = "load", {"state": self.state}
        self._ask(task, {**arguments, "views": {}}, self._created)

    def reset(self) -> None:
        """Begin anew with the same choices."""
        self.state = None
        self.create()

    def run(self) -> None:
        """Train until somebody pauses or the criterion is met."""
        if not self.running and not self._away:
            self.troubled("")
            self._createIfNeeded()
            if self.summary is not None or self.laboratory.busy:
                self._setRunning(True)
            if self.summary is not None:
                self._advance()

    def pause(self) -> None:
        """Let the training rest after the frame that is being computed."""
        if self.running:
            self._setRunning(False)
            self.save()

    def step(self, steps: int = 1) -> None:
        """Train for some steps, and rest."""
        self._createIfNeeded()
        self.pause()
        self._ask("advance", {"steps": steps, "views": self.viewsWanted()}, self._stepped)
        self.refresh()  # views that are slow may lag behind the first time

    def act(self, step: str) -> None:
        """Do one of the seven steps."""
        self._createIfNeeded()
        self.pause()
        self._ask("act", {"step": step, "views": self.viewsWanted()}, self._stepped)

    def refresh(self) -> None:
        """Fetch the views that are on screen; while the training goes on they come anyway."""
        if not self.running and self.summary is not None:
            self._ask("view", {"views": self.viewsWanted()}, self._take)

    def save(self, then: Callable[[], None] | None = None) -> None:
        """Fetch the state, so that it outlives the worker."""
        self._savedAt = time.monotonic()
        live = self._live

        def keep(answer: Mapping[str, Any]) -> None:
            self.state = answer["state"]
            if self._live is live:
                self._live = {}
            self._tell("saved")
            if then is not None:
                then()

        if self.summary is not None:
            self._ask("save", {}, keep)
        elif then is not None:
            then()

    def takeAway(
        self,
        take: Callable[[Mapping[str, Any], Mapping[str, Any] | None], None],
        lost: Callable[[], None],
    ) -> None:
        """Fetch the experiment as it is now, also where another begins before there is an answer.

        Args:
            take: called with the choices and the state; the latter is None where none is yet.
            lost: called instead when the worker does not answer; it is not called when the worker
                is let go meanwhile.
        """
        spec, generation = dict(self.spec), self._generation

        def failed(error: ELMEDError) -> None:
            lost()
            if generation == self._generation:
                self._failed(error)

        if self.summary is None:
            take(spec, self.state)
        else:
            self.laboratory.ask("save", {}, lambda answer: take(spec, answer["state"]), failed)

    def ask(
        self,
        task: str,
        arguments: Mapping[str, Any],
        onAnswer: Callable[[dict[str, Any]], None],
        onProgress: Callable[[str, float, str], None] | None = None,
    ) -> None:
        """Ask for another task of the engine; errors are shown as troubles.

        The answer is dropped when the experiment is another one meanwhile.
        """
        self._ask(task, arguments, onAnswer, onProgress)

    def leave(self) -> None:
        """Let the worker go, with the state in safe keeping; `stay` takes it back."""
        self._settle()
        self.pause()
        self._leaving = self._away = True
        self.save(then=self._closeIfLeft)

    def stay(self) -> None:
        """Keep the worker: who was about to leave has come back."""
        self._leaving = self._away = False

    def close(self) -> None:
        """Let the worker go now."""
        self._leaving = False
        self._generation += 1
        self._settle()
        self._setRunning(False)
        self.summary = None
        self.laboratory.close()

    # The machinery

    def _tellLive(self, settings: Mapping[str, Any]) -> None:
        if self.summary is not None:
            self._ask("set", settings, self._stepped)
        elif not self.laboratory.busy:  # else they are told as soon as there is an experiment
            self._createSoon()

    def _closeIfLeft(self) -> None:
        if self._leaving:
            self.close()

    def _createIfNeeded(self) -> None:
        """Wait no longer for more choices, and try again what failed: somebody wants to go on."""
        if self._unsettled or (self.summary is None and not self.laboratory.busy):
            self.create()

    def _ask(
        self,
        task: str,
        arguments: Mapping[str, Any],
        onAnswer: Callable[[dict[str, Any]], None],
        onProgress: Callable[[str, float, str], None] | None = None,
    ) -> None:
        if self._away and not self._leaving:
            return
        generation = self._generation

        def answered(answer: dict[str, Any]) -> None:
            if generation == self._generation:
                onAnswer(answer)

        def failed(error: ELMEDError) -> None:
            if generation == self._generation:
                self._failed(error)

        self.laboratory.ask(task, arguments, answered, failed, onProgress)

    def _created(self, answer: dict[str, Any]) -> None:
        restored, self._restoring = self._restoring, False
        self._home = self.laboratory.workerProcessID
        self.summary = answer["summary"]
        self.history = []
        step = self.state["step"] if self.state else 0
        self.troubled(RESTORED.format(step) if restored else "")
        self._tell("created", self.summary)
        self._take(answer)
        if self._live:
            self._ask("set", self._live, self._stepped)
        if self.running:
            self._advance()
        else:
            self.refresh()

    def _advance(self) -> None:
        """Ask for the next frame, unless one is on its way: who presses Pause and Run gets one."""
        if self._advancing == self._generation:
            return
        self._advancing = self._generation
        arguments: dict[str, Any] = {"seconds": FRAME_S, "views": self.viewsWanted()}
        self._until = self.stopAt if self.stopAt > self.latest.get("step", 0) else 0
        if self._until:
            arguments["until"] = self._until
        self._ask("advance", arguments, self._frame)

    def _stepped(self, answer: dict[str, Any]) -> None:
        self._take(answer)
        if not self.running:
            self.save()

    def _frame(self, answer: dict[str, Any]) -> None:
        self._advancing = -1
        self.latest = answer
        rests = bool(answer.get("stopped")) or 0 < self._until <= answer["step"]
        if rests:
            self._until = 0
            self._setRunning(False)
        if self.running and time.monotonic() - self._savedAt > SAVE_S:
            self.save()
        if self.running:
            # Before drawing: the worker computes the next frame while this one is drawn.
            self._advance()
        self._take(answer)
        if rests:
            self.save()
        # When it rests: what is slow may have lagged behind, or somebody has chosen something.
        self.refresh()

    def _take(self, answer: dict[str, Any]) -> None:
        self.latest = answer
        # Rows are told once; initialising takes back those there were.
        self.history[answer.get("history_from", len(self.history)) :] = answer.get("history", ())
        self._tell("answered", answer)

    def _failed(self, error: ELMEDError) -> None:
        self._advancing = -1
        self._setRunning(False)
        if self.summary is None:
            # Whatever else was asked has no experiment to be answered from.
            self._generation += 1
        if self._leaving:
            # Nobody needs the worker any more, and the state of some seconds ago is kept.
            self.close()
            return
        if isinstance(error, CancelledError):
            return
        gone = self._home is not None and self.laboratory.workerProcessID != self._home
        if (gone or isinstance(error, WorkerError)) and not self._restoring:
            self._restoring = True
            self.create()
            return
        self._restoring = False
        self.troubled(str(error))
