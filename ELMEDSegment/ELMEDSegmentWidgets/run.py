"""One segmentation, from nodes to nodes, in steps short enough for the main thread."""

from __future__ import annotations

import contextlib
import logging
import shutil
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import qt
import SimpleITK as sitk

from ELMEDLib import errors
from ELMEDLib.bridge.volumes import imageFromVolume
from ELMEDLib.errors import CancelledError, ELMEDError
from ELMEDLib.worker.protocol import Failed, Finished
from ELMEDSegmentWidgets.results import importResult

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    import slicer

    from ELMEDLib.worker.client import WorkerProcess
    from ELMEDSegmentWidgets.segmenter import Request

logger = logging.getLogger(__name__)

TASK = "ELMEDSegmentLib.segment"
INTERVAL_MS = 20
TURN_S = 0.001

FOLDER_PREFIX = "elmed-run-"
FORGOTTEN_S = 24 * 3600

COPIED = 0.05
"""Share of the whole way until the volumes are copied, by and large."""

COMPUTED = 0.97
"""Share of the whole way until the worker is done."""


@dataclass(frozen=True)
class RunResult:
    """What a successful run has left in the scene."""

    segmentationNode: slicer.vtkMRMLSegmentationNode
    tableNode: slicer.vtkMRMLTableNode
    referenceVolume: slicer.vtkMRMLScalarVolumeNode
    warnings: tuple[str, ...]
    model: str
    device: str
    seconds: float


class SegmentationRun:
    """Copies volumes, lets the worker segment them, and shows the result.

    A timer takes one short step after the other: the window stays responsive, and nothing but the
    main thread touches nodes. Files are written and read by a thread of their own. The scene
    changes at the very end only; a run that fails or is cancelled leaves it as it was.
    """

    def __init__(
        self,
        worker: WorkerProcess,
        request: Request,
        onProgress: Callable[[str, float, str], None] | None = None,
        onEnd: Callable[[SegmentationRun], None] | None = None,
    ) -> None:
        """Prepare a run.

        Args:
            worker: not busy.
            request: what is to be segmented.
            onProgress: called with stage, fraction and message as work goes on.
            onEnd: called once, when the run has succeeded, failed or been cancelled.
        """
        self.running = False
        self.fraction = 0.0
        self.volumes = dict(request.volumes)
        self._worker = worker
        self._request = request
        self._onProgress = onProgress
        self._onEnd = onEnd
        self._outcome: RunResult | ELMEDError | None = None
        self._started = 0.0
        self._folder: Path | None = None
        self._files = ThreadPoolExecutor(max_workers=1, thread_name_prefix="elmed-files")
        self._steps: Iterator[None] = iter(())
        self._tidying: threading.Thread | None = None
        self._timer = qt.QTimer()
        self._timer.setInterval(INTERVAL_MS)
        self._timer.connect("timeout()", self._takeStep)

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started

    @property
    def error(self) -> ELMEDError | None:
        """Why the run has no result, None while it runs and when it has one."""
        return self._outcome if isinstance(self._outcome, ELMEDError) else None

    def result(self) -> RunResult:
        """Return the result of a run that has ended.

        Raises:
            ELMEDError: the run failed or was cancelled.
        """
        if isinstance(self._outcome, RunResult):
            return self._outcome
        raise self._outcome or CancelledError("The segmentation has not ended yet.")

    def start(self) -> None:
        """Begin; the rest happens while the application handles its events."""
        self.running = True
        self._started = time.monotonic()
        self._steps = self._run()
        self._timer.start()

    def cancel(self) -> None:
        """End the run now; the worker's processes are gone within two seconds."""
        if self.running:
            self._end(CancelledError("Cancelled; nothing was changed."))

    def abandon(self) -> None:
        """End the run without telling anybody: who started it is gone."""
        self._onProgress = self._onEnd = None
        self.cancel()

    def _run(self) -> Iterator[None]:
        """The whole way, yielding where the application may do something else."""
        self._folder = Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX))
        self._files.submit(_removeForgottenFolders)
        files = yield from self._copyVolumes()
        output = self._folder / "labels.nrrd"
        self._report("starting", COPIED, "Starting the worker")
        yield
        self._worker.send(TASK, self._request.arguments(files, output))
        answer = yield from self._waitForAnswer()
        self._report("importing", COMPUTED, "Showing the result")
        reading = self._files.submit(sitk.ReadImage, str(output))
        while not reading.done():
            yield
        segmentationNode, tableNode = importResult(self._request, reading.result(), answer)
        yield
        self._end(
            RunResult(
                segmentationNode,
                tableNode,
                self.volumes[self._request.reference],
                tuple(answer["warnings"]),
                answer["model"],
                answer["device"],
                self.elapsed,
            )
        )

    def _copyVolumes(self) -> Generator[None, None, dict[str, Path]]:
        """Copy one volume at a time, and return the file of each channel when all are written."""
        files, writes = {}, []
        volumes = self._request.volumes
        for number, (channel, node) in enumerate(volumes.items()):
            self._report("copying", COPIED * number / len(volumes), "Copying the volumes")
            yield
            image = imageFromVolume(node)
            # NRRD stores the geometry without rounding, and uncompressed it is written quickly.
            files[channel] = self._folder / f"{channel}.nrrd"
            writes.append(self._files.submit(sitk.WriteImage, image, str(files[channel])))
            del image
        while not all(write.done() for write in writes):
            yield
        failures = [write.exception() for write in writes if write.exception()]
        if failures:
            raise errors.OutputError(
                "The volumes could not be copied to the temporary folder.",
                "Free some space on the disk and try again.",
            ) from failures[0]
        return files

    def _waitForAnswer(self) -> Generator[None, None, dict[str, Any]]:
        """Pass progress on until the worker has answered, and return its answer."""
        while True:
            for event in self._worker.poll():
                if isinstance(event, Finished):
                    return event.result
                if isinstance(event, Failed):
                    raise _errorOf(event)
                share = COPIED + (COMPUTED - COPIED) * event.fraction
                self._report(event.stage, share, event.message)
            yield

    def _takeStep(self) -> None:
        # Slicer may keep Python's lock while it waits for events; here the threads get their turn.
        time.sleep(TURN_S)
        if not self.running:
            if not (self._tidying and self._tidying.is_alive()):
                self._timer.stop()
            return
        try:
            next(self._steps)
        except StopIteration:
            pass
        except ELMEDError as error:
            self._end(error)
        except Exception as error:
            logger.exception("A segmentation failed.")
            unforeseen = ELMEDError(
                "Something went wrong that ELMED did not foresee; there is no result.",
                "Please report it with the details.",
            )
            unforeseen.__cause__ = error
            self._end(unforeseen)

    def _report(self, stage: str, fraction: float, message: str) -> None:
        self.fraction = max(self.fraction, fraction)
        if self._onProgress:
            self._onProgress(stage, self.fraction, message)

    def _end(self, outcome: RunResult | ELMEDError) -> None:
        self.running = False
        self._outcome = outcome
        ending = self._worker.cancel() if self._worker.busy else None
        self._steps = iter(())
        self._tidying = threading.Thread(target=self._tidy, args=(ending,))
        self._tidying.start()
        if self._onEnd:
            self._onEnd(self)

    def _tidy(self, ending: threading.Thread | None) -> None:
        """Remove the temporary folder once nobody can write into it any more."""
        if ending:
            ending.join()
        self._files.shutdown(wait=True)
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)


def _removeForgottenFolders() -> None:
    """Remove copies of volumes that a crash of the application has left behind."""
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER_PREFIX}*"):
        with contextlib.suppress(OSError):
            if time.time() - folder.stat().st_mtime > FORGOTTEN_S:
                shutil.rmtree(folder, ignore_errors=True)


def _errorOf(event: Failed) -> ELMEDError:
    """Return the error that a worker's answer tells of, of its own class where that is known."""
    kind: Any = getattr(errors, event.kind, ELMEDError)
    if not (isinstance(kind, type) and issubclass(kind, ELMEDError)):
        kind = ELMEDError
    return kind(event.message, event.advice)
