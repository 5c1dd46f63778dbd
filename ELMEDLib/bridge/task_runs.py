"""Runs that touch no nodes: a worker of their own does one task, from beginning to end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ELMEDLib.bridge.runs import Run
from ELMEDLib.bridge.workplace import Workplace

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from ELMEDLib.worker.client import WorkerProcess


class TaskRun(Run):
    """Lets the worker do one task."""

    def __init__(
        self,
        worker: WorkerProcess,
        task: str,
        arguments: Mapping[str, Any],
        onProgress: Callable[[str, float, str], None] | None = None,
        onEnd: Callable[[TaskRun], None] | None = None,
    ) -> None:
        """Prepare a run.

        Args:
            worker: not busy.
            task: `Room.task`.
            arguments: of the task, as JSON can carry them.
            onProgress: called with stage, fraction and message as work goes on.
            onEnd: called once, when the run has succeeded, failed or been cancelled.
        """
        super().__init__(worker, onProgress, onEnd)
        self.task = task
        self._arguments = dict(arguments)

    def steps(self) -> Generator[None, None, dict[str, Any]]:
        """Ask the worker, and wait for its answer."""
        self.report("starting", 0.0, "Starting the worker")
        yield
        return (yield from self.ask(self.task, self._arguments, 0.0, 1.0))


class TaskPlace(Workplace):
    """Where such runs take place; what the panel does otherwise goes on beside them."""

    def start(
        self,
        task: str,
        arguments: Mapping[str, Any],
        onProgress: Callable[[str, float, str], None] | None = None,
        onEnd: Callable[[TaskRun], None] | None = None,
    ) -> TaskRun:
        """Start a task and return its run.

        Raises:
            WorkerError: the chosen Python cannot be used.
            RuntimeError: another run still goes on.
        """
        return self.begin(lambda worker: TaskRun(worker, task, arguments, onProgress, onEnd))
