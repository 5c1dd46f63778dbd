"""Starting segmentations: one warm worker, one run at a time."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import slicer

from ELMEDLib.interpreter import own_python, worker_python
from ELMEDLib.worker.client import WorkerProcess
from ELMEDSegmentLib.labels import CHANNELS
from ELMEDSegmentWidgets.run import SegmentationRun

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

PYTHON_SETTING = "ELMED/WorkerPython"
"""The user's choice of Python. A setting of the computer: scenes travel, paths do not."""


def chosenPython() -> Path:
    """Return the interpreter for the worker.

    Raises:
        WorkerError: the chosen one is missing or is not a program.
    """
    return worker_python(slicer.util.settingsValue(PYTHON_SETTING, ""))


@dataclass
class Request:
    """What is to be segmented, and how.

    Attributes:
        volumes: volume node of each channel.
        model: name in the catalogue or path of a manifest; "" for the default.
        reference: the channel whose grid the result lies on.
        device: the engine's name of it.
        postprocess: whether islands too small to be a tumour are removed.
        segmentationNode: receives the result; a new one is made for None.
        tableNode: receives the volumes; a new one is made for None.
    """

    volumes: Mapping[str, slicer.vtkMRMLScalarVolumeNode]
    model: str = ""
    reference: str = "t1c"
    device: str = "auto"
    postprocess: bool = True
    segmentationNode: slicer.vtkMRMLSegmentationNode | None = None
    tableNode: slicer.vtkMRMLTableNode | None = None

    def arguments(self, files: Mapping[str, Path], output: Path) -> dict[str, Any]:
        """Return the engine's arguments for this request."""
        return {
            "volumes": {channel: str(files[channel]) for channel in CHANNELS if channel in files},
            "model": self.model or None,
            "reference": self.reference,
            "output": str(output),
            "report": None,
            "options": {"device": self.device, "postprocess": self.postprocess},
        }


@dataclass
class Segmenter:
    """Keeps the worker between runs."""

    run: SegmentationRun | None = None
    _worker: WorkerProcess | None = field(default=None, repr=False)

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

    def start(
        self,
        volumes: Mapping[str, slicer.vtkMRMLScalarVolumeNode],
        onProgress: Callable[[str, float, str], None] | None = None,
        onEnd: Callable[[SegmentationRun], None] | None = None,
        **options: Any,
    ) -> SegmentationRun:
        """Start a segmentation and return it; see `Request` for the options.

        Raises:
            WorkerError: the chosen Python cannot be used.
            RuntimeError: another run still goes on.
        """
        if self.running:
            raise RuntimeError("a segmentation is already running")
        request = Request(volumes, **options)
        self.run = SegmentationRun(self._readyWorker(), request, onProgress, onEnd)
        self.run.start()
        return self.run

    def close(self) -> None:
        """End what runs and the worker too."""
        if self.run:
            self.run.abandon()
            self.run = None
        if self._worker:
            self._worker.close()
            self._worker = None

    def _readyWorker(self) -> WorkerProcess:
        python = chosenPython()
        if self._worker is None or self._worker.python != python:
            if self._worker:
                self._worker.close()
            own = python == own_python()
            # Slicer's variables would lead another Python to Slicer's own libraries.
            environment = dict(os.environ) if own else slicer.util.startupEnvironment()
            self._worker = WorkerProcess(python, environment)
        return self._worker
