"""Work in steps short enough for the main thread: nodes in, a worker's answer, nodes out."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import qt
import SimpleITK as sitk
import slicer

from ELMEDLib import errors
from ELMEDLib.bridge.messages import unforeseen
from ELMEDLib.bridge.volumes import imageFromVolume
from ELMEDLib.errors import CancelledError, ELMEDError
from ELMEDLib.worker.protocol import Failed, Finished

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from ELMEDLib.worker.client import WorkerProcess

INTERVAL_MS = 20
TURN_S = 0.001

FOLDER_PREFIX = "elmed-run-"
FORGOTTEN_S = 24 * 3600


class Run:
    """One piece of work; a room's own run says in `steps` what is done.

    A timer takes one short step after the other: the window stays responsive, and nothing but the
    main thread touches nodes. Files are written and read by a thread of their own. The scene
    changes at the very end only; a run that fails or is cancelled leaves it as it was.
    """

    def __init__(
        self,
        worker: WorkerProcess,
        onProgress: Callable[[str, float, str], None] | None = None,
        onEnd: Callable[[Any], None] | None = None,
    ) -> None:
        """Prepare a run.

        Args:
            worker: not busy.
            onProgress: called with stage, fraction and message as work goes on.
            onEnd: called once with the run, when it has succeeded, failed or been cancelled.
        """
        self.running = False
        self.fraction = 0.0
        self.folder: Path | None = None
        self.afterwards: Callable[[], None] | None = None
        """Called when all is over, by whoever waits for that: also where nobody is told."""
        self._worker = worker
        self._onProgress = onProgress
        self._onEnd = onEnd
        self._error: ELMEDError | None = None
        self._result: Any = None
        self._started = 0.0
        self._files = ThreadPoolExecutor(max_workers=1, thread_name_prefix="elmed-files")
        self._steps: Generator[None, None, Any] | None = None
        self._tidying: threading.Thread | None = None
        self._timer = qt.QTimer()
        self._timer.setInterval(INTERVAL_MS)
        self._timer.connect("timeout()", self._takeStep)

    def steps(self) -> Generator[None, None, Any]:
        """Do the work, yielding where the application may do something else; return the result."""
        raise NotImplementedError

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started

    @property
    def error(self) -> ELMEDError | None:
        """Why the run has no result, None while it runs and when it has one."""
        return self._error

    def result(self) -> Any:
        """Return the result of a run that has ended.

        Raises:
            ELMEDError: the run failed or was cancelled.
        """
        if self._error:
            raise self._error
        if self._result is None:
            raise CancelledError("The work has not ended yet.")
        return self._result

    def wait(self) -> Any:
        """Let the application go on until the run has ended, and return its result.

        Raises:
            ELMEDError: the run failed or was cancelled.
        """
        while self.running:
            slicer.app.processEvents()
            time.sleep(TURN_S)
        return self.result()

    def start(self) -> None:
        """Begin; the rest happens while the application handles its events."""
        self.running = True
        self._started = time.monotonic()
        self._steps = self._prepared()
        self._timer.start()

    def cancel(self) -> None:
        """End the run now; the worker's processes are gone within two seconds."""
        if self.running:
            self._end(error=CancelledError("Cancelled; nothing was changed."))

    def abandon(self) -> None:
        """End the run without telling anybody: who started it is gone."""
        self._onProgress = self._onEnd = None
        self.cancel()

    # For the steps of a room's own run

    def report(self, stage: str, fraction: float, message: str) -> None:
        """Tell how far the work is; it never goes back."""
        self.fraction = max(self.fraction, fraction)
        if self._onProgress:
            self._onProgress(stage, self.fraction, message)

    def inBackground(
        self, function: Callable[..., Any], *arguments: Any
    ) -> Generator[None, None, Any]:
        """Call what touches neither nodes nor Qt in the files' thread, and return its answer."""
        work = self._files.submit(function, *arguments)
        while not work.done():
            yield
        return work.result()

    def copyVolumes(
        self, volumes: Mapping[str, slicer.vtkMRMLVolumeNode], until: float
    ) -> Generator[None, None, dict[str, Path]]:
        """Copy one volume at a time, and return the files by name when all are written.

        Args:
            volumes: nodes by name; the files are numbered.
            until: share of the whole way that is done then.
        """
        files, writes = {}, []
        for number, (name, node) in enumerate(volumes.items()):
            self.report("copying", until * number / len(volumes), "Copying the volumes")
            yield
            image = imageFromVolume(node)
            # NRRD stores the geometry without rounding, and uncompressed it is written quickly.
            files[name] = self.folder / f"volume-{number}.nrrd"
            writes.append(self._files.submit(sitk.WriteImage, image, str(files[name])))
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

    def ask(
        self, task: str, arguments: Mapping[str, Any], start: float, end: float
    ) -> Generator[None, None, dict[str, Any]]:
        """Let the worker do a task, and return its answer.

        Args:
            task: `Room.task`.
            arguments: what JSON can carry.
            start: share of the whole way before the task.
            end: and after it.
        """
        self._worker.send(task, arguments)
        while True:
            for event in self._worker.poll():
                if isinstance(event, Finished):
                    return event.result
                if isinstance(event, Failed):
                    raise errorOf(event)
                self.report(event.stage, start + (end - start) * event.fraction, event.message)
            yield

    # The machinery

    def _prepared(self) -> Generator[None, None, Any]:
        self.folder = Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX))
        self._files.submit(_removeForgottenFolders)
        return (yield from self.steps())

    def _takeStep(self) -> None:
        # Slicer may keep Python's lock while it waits for events; here the threads get their turn.
        time.sleep(TURN_S)
        if not self.running:
            if not (self._tidying and self._tidying.is_alive()):
                self._timer.stop()
            return
        try:
            next(self._steps)
        except StopIteration as finished:
            self._end(result=finished.value)
        except ELMEDError as error:
            self._end(error=error)
        except Exception as error:
            self._end(error=unforeseen(error, "A run"))

    def _end(self, result: Any = None, error: ELMEDError | None = None) -> None:
        self.running = False
        self._result, self._error = result, error
        ending = self._worker.cancel() if self._worker.busy else None
        self._steps = None
        self._tidying = threading.Thread(target=self._tidy, args=(ending,))
        self._tidying.start()
        try:
            if self._onEnd:
                self._onEnd(self)
        finally:
            if self.afterwards:
                self.afterwards()

    def _tidy(self, ending: threading.Thread | None) -> None:
        """Remove the temporary folder once nobody can write into it any more."""
        if ending:
            ending.join()
        self._files.shutdown(wait=True)
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)


def _removeForgottenFolders() -> None:
    """Remove copies of volumes that a crash of the application has left behind."""
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER_PREFIX}*"):
        with contextlib.suppress(OSError):
            if time.time() - folder.stat().st_mtime > FORGOTTEN_S:
                shutil.rmtree(folder, ignore_errors=True)


def errorOf(event: Failed) -> ELMEDError:
    """Return the error that a worker's answer tells of, of its own class where that is known."""
    kind: Any = getattr(errors, event.kind, ELMEDError)
    if not (isinstance(kind, type) and issubclass(kind, ELMEDError)):
        kind = ELMEDError
    return kind(event.message, event.advice)
