"""Work on scans, in steps short enough for the main thread."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import SimpleITK as sitk

from ELMEDLib.bridge.geometry import ijkToWorld
from ELMEDLib.bridge.runs import FOLDER_PREFIX, Run
from ELMEDLib.bridge.segment_images import segmentImage

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Generator, Mapping, Sequence

    import slicer

    from ELMEDLib.worker.client import WorkerProcess

ROOM = "ELMEDPlaygroundLib"
COPIED, OPENED, COMPUTED = 0.15, 0.35, 0.95


@dataclass(frozen=True)
class Question:
    """What is asked about an open scan.

    Attributes:
        task: of the engine; "" to open the scan and nothing else.
        arguments: what JSON can carry.
        outputs: the names of the image files that the task writes.
        segment: segmentation node and segment ID, whose voxels go along as `segment`.
    """

    task: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    outputs: Sequence[str] = ()
    segment: tuple[slicer.vtkMRMLSegmentationNode, str] | None = None


@dataclass(frozen=True)
class Reply:
    """What came back: of opening (None where it was open), of the task, and the images."""

    opened: dict[str, Any] | None
    answer: dict[str, Any]
    images: dict[str, sitk.Image]


class ScanRun(Run):
    """Opens a scan in the worker where it is not open there, and asks one thing about it."""

    def __init__(
        self,
        worker: WorkerProcess,
        volumes: Mapping[str, slicer.vtkMRMLScalarVolumeNode],
        isOpen: bool,
        question: Question,
        onProgress: Callable[[str, float, str], None] | None = None,
        onEnd: Callable[[ScanRun], None] | None = None,
    ) -> None:
        """Prepare a run; see `Run`.

        Args:
            worker: not busy.
            volumes: by channel.
            isOpen: whether the worker has them.
            question: what is to be asked.
            onProgress: called with stage, fraction and message.
            onEnd: called once with the run.
        """
        super().__init__(worker, onProgress, onEnd)
        self.volumes = dict(volumes)
        self.question = question
        self._isOpen = isOpen

    def steps(self) -> Generator[None, None, Reply]:
        """Go the whole way, yielding where the application may do something else."""
        opened = None
        if not self._isOpen:
            files = yield from self.copyVolumes(self.volumes, COPIED)
            arguments = {"volumes": {name: str(file) for name, file in files.items()}}
            opened = yield from self.ask(f"{ROOM}.scan_open", arguments, COPIED, OPENED)
        question = self.question
        if not question.task:
            return Reply(opened, {}, {})
        arguments = dict(question.arguments)
        outputs = {name: str(self.folder / f"{name}.nrrd") for name in question.outputs}
        if question.segment is not None:
            image = segmentImage(*question.segment)
            arguments["segment"] = str(self.folder / "segment.nrrd")
            yield from self.inBackground(sitk.WriteImage, image, arguments["segment"])
        task = f"{ROOM}.{question.task}"
        answer = yield from self.ask(task, {**arguments, **outputs}, OPENED, COMPUTED)
        images = {}
        for name, path in outputs.items():
            images[name] = yield from self.inBackground(sitk.ReadImage, path)
        return Reply(opened, answer, images)


class CopyRun(Run):
    """Copies volumes and a segment into a folder that stays, for an experiment to learn from.

    Attributes:
        goal: the folder; where the run fails, is cancelled or abandoned it does not stay.
    """

    def __init__(
        self,
        worker: WorkerProcess,
        volumes: Mapping[str, slicer.vtkMRMLScalarVolumeNode],
        segments: Mapping[str, tuple[slicer.vtkMRMLSegmentationNode, str]],
        onProgress: Callable[[str, float, str], None] | None = None,
        onEnd: Callable[[CopyRun], None] | None = None,
    ) -> None:
        """Prepare a run; see `Run`.

        Args:
            worker: not busy; it is not asked anything.
            volumes: by name.
            segments: by name, which may not be a volume's.
            onProgress: called with stage, fraction and message.
            onEnd: called once with the run.
        """
        super().__init__(worker, onProgress, onEnd)
        self._volumes = dict(volumes)
        self._segments = dict(segments)
        self.goal: Path | None = None

    def steps(self) -> Generator[None, None, dict[str, str]]:
        """Copy, and return the files by name."""
        self.goal = Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX))
        files = yield from self.copyVolumes(self._volumes, 0.8)
        for number, (name, segment) in enumerate(self._segments.items()):
            image = segmentImage(*segment)
            files[name] = self.folder / f"segment-{number}.nrrd"
            yield from self.inBackground(sitk.WriteImage, image, str(files[name]))
        kept = {name: self.goal / path.name for name, path in files.items()}
        for name, path in files.items():
            yield from self.inBackground(shutil.move, str(path), str(kept[name]))
        return {name: str(path) for name, path in kept.items()}

    def _tidy(self, ending: threading.Thread | None) -> None:
        super()._tidy(ending)
        if self._result is None and self.goal is not None:
            shutil.rmtree(self.goal, ignore_errors=True)


def stateOf(volumes: Mapping[str, slicer.vtkMRMLScalarVolumeNode]) -> tuple[Any, ...]:
    """Return what tells whether volumes are still those that were copied, at their place.

    Raises:
        InputError: a volume lies under a transform that bends it.
    """
    return tuple(
        (name, node.GetID(), _changedAt(node), ijkToWorld(node).tobytes())
        for name, node in volumes.items()
    )


def _changedAt(node: slicer.vtkMRMLScalarVolumeNode) -> int:
    """Return when the voxels were changed last; 0 for a volume that has none yet."""
    imageData = node.GetImageData()
    return 0 if imageData is None else imageData.GetMTime()
