"""Where an experiment lives: a warm worker that is asked one short question after the other."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import qt
import slicer

from ELMEDLib.bridge.runs import TURN_S, errorOf
from ELMEDLib.bridge.workplace import Workplace
from ELMEDLib.errors import CancelledError, ELMEDError
from ELMEDLib.worker.protocol import Failed, Finished

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ELMEDLib.worker.protocol import Event

ROOM = "ELMEDPlaygroundLib"

INTERVAL_MS = 4
"""How often the worker's answer is looked for: short against the time of a frame."""


@dataclass(frozen=True)
class Question:
    """What the worker is asked, and who wants to know."""

    task: str
    arguments: Mapping[str, Any]
    onAnswer: Callable[[dict[str, Any]], None]
    onError: Callable[[ELMEDError], None]
    onProgress: Callable[[str, float, str], None] | None = None


class Laboratory(Workplace):
    """Asks the worker in turn; nothing here waits, and callbacks come on the main thread."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: deque[Question] = deque()
        self._asked: Question | None = None
        self._timer = qt.QTimer()
        self._timer.setInterval(INTERVAL_MS)
        self._timer.connect("timeout()", self._look)

    @property
    def busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._asked is not None or bool(self._waiting)

    def ask(
        self,
        task: str,
        arguments: Mapping[str, Any],
        onAnswer: Callable[[dict[str, Any]], None],
        onError: Callable[[ELMEDError], None],
        onProgress: Callable[[str, float, str], None] | None = None,
    ) -> None:
        """Ask for a task of the playground's engine, after what was asked before.

        Args:
            task: its name in `ELMEDPlaygroundLib.tasks`.
            arguments: what JSON can carry.
            onAnswer: called with the answer.
            onError: called instead when there is none.
            onProgress: called with stage, fraction and message meanwhile.
        """
        self._waiting.append(Question(task, arguments, onAnswer, onError, onProgress))
        if self._asked is None:
            self._askNext()

    def askAndWait(self, task: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Ask, let the application go on until there is an answer, and return it.

        Raises:
            ELMEDError: there is none.
        """
        answers: list[dict[str, Any]] = []
        errors: list[ELMEDError] = []
        self.ask(task, arguments, answers.append, errors.append)
        while self.busy and not answers and not errors:
            slicer.app.processEvents()
            time.sleep(TURN_S)
        if errors:
            raise errors[0]
        if not answers:  # closed meanwhile
            raise CancelledError("The worker was closed before it had an answer.")
        return answers[0]

    def close(self) -> None:
        """Forget what was asked, and end the worker."""
        self._waiting.clear()
        self._asked = None
        self._timer.stop()
        super().close()

    def _askNext(self) -> None:
        while self._waiting and self._asked is None:
            question = self._waiting.popleft()
            try:
                self.readyWorker().send(f"{ROOM}.{question.task}", question.arguments)
            except ELMEDError as error:
                question.onError(error)
            else:
                self._asked = question
                self._timer.start()
        if self._asked is None:
            self._timer.stop()

    def _look(self) -> None:
        # Slicer may keep Python's lock while it waits for events; here the threads get their turn.
        time.sleep(TURN_S)
        try:
            # The one that was asked, also where another Python was chosen meanwhile.
            for event in self._worker.poll() if self._asked and self._worker else ():
                question = self._asked
                if question is None:  # an answer's taker has closed the laboratory
                    return
                self._tell(question, event)
        finally:
            # Also where an answer's taker has failed: the others wait.
            if self._asked is None:
                self._askNext()

    def _tell(self, question: Question, event: Event) -> None:
        if isinstance(event, Finished | Failed):
            self._asked = None
        if isinstance(event, Finished):
            question.onAnswer(event.result)
        elif isinstance(event, Failed):
            question.onError(errorOf(event))
        elif question.onProgress:
            question.onProgress(event.stage, event.fraction, event.message)
