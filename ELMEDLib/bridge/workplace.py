"""Where a room's runs take place: one warm worker, one run at a time."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import slicer

from ELMEDLib.interpreter import own_python, worker_python
from ELMEDLib.worker.client import WorkerProcess

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ELMEDLib.bridge.runs import Run

PYTHON_SETTING = "ELMED/WorkerPython"
"""The user's choice of Python. A setting of the computer: scenes travel, paths do not."""


def chosenPython() -> Path:
    """Return the interpreter for the worker.

    Raises:
        WorkerError: the chosen one is missing or is not a program.
    """
    return worker_python(slicer.util.settingsValue(PYTHON_SETTING, ""))


class Workplace:
    """Keeps the worker between runs."""

    def __init__(self) -> None:
        self.run: Run | None = None
        self._worker: WorkerProcess | None = None

    @property
    def running(self) -> bool:
        """Whether a run goes on."""
        return self.run is not None and self.run.running

    @property
    def workerLog(self) -> str:
        """What the worker said besides its answers; for a developer."""
        return self._worker.log if self._worker else ""

    @property
    def workerProcessID(self) -> int | None:
        """The number of the worker's process, None when there is none."""
        return self._worker.process_id if self._worker else None

    def begin(self, makeRun: Callable[[WorkerProcess], Run]) -> Run:
        """Start the run that `makeRun` makes for the worker, and return it.

        Raises:
            WorkerError: the chosen Python cannot be used.
            RuntimeError: another run still goes on.
        """
        if self.running:
            raise RuntimeError("another run still goes on")
        self.run = makeRun(self.readyWorker())
        self.run.start()
        return self.run

    def leave(self) -> None:
        """Let the worker go as soon as it has nothing to do: it holds much memory."""
        if self.run is not None and self.run.running:
            self.run.afterwards = self.leave
        else:
            self.close()

    def stay(self) -> None:
        """Keep the worker when the run has ended: who had left has come back."""
        if self.run is not None:
            self.run.afterwards = None

    def close(self) -> None:
        """End what runs and the worker too."""
        if self.run:
            self.run.abandon()
            self.run = None
        if self._worker:
            self._worker.close()
            self._worker = None

    def readyWorker(self) -> WorkerProcess:
        """Return the worker of the chosen Python, kept from before or a new one.

        Raises:
            WorkerError: the chosen Python cannot be used.
        """
        python = chosenPython()
        if self._worker is None or self._worker.python != python:
            if self._worker:
                self._worker.close()
            own = python == own_python()
            # Slicer's variables would lead another Python to Slicer's own libraries.
            environment = dict(os.environ) if own else slicer.util.startupEnvironment()
            self._worker = WorkerProcess(python, environment)
        return self._worker
