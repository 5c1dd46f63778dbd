"""One segmentation, from nodes to nodes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import SimpleITK as sitk

from ELMEDLib.bridge.runs import Run
from ELMEDSegmentWidgets.prepared_volumes import PREPARED
from ELMEDSegmentWidgets.result_maps import UNCERTAINTY, setMaps
from ELMEDSegmentWidgets.results import importResult

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    import slicer

    from ELMEDLib.worker.client import WorkerProcess
    from ELMEDSegmentWidgets.segmenter import Request

TASK = "ELMEDSegmentLib.segment"

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
    preparation: tuple[str, ...] = ()


class SegmentationRun(Run):
    """Copies volumes, lets the worker segment them, and shows the result."""

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
        super().__init__(worker, onProgress, onEnd)
        self.volumes = dict(request.volumes)
        self._request = request

    def steps(self) -> Generator[None, None, RunResult]:
        """Go the whole way, yielding where the application may do something else."""
        files = yield from self.copyVolumes(self.volumes, COPIED)
        output = self.folder / "labels.nrrd"
        self.report("starting", COPIED, "Starting the worker")
        yield
        arguments = self._request.arguments(files, output)
        answer = yield from self.ask(TASK, arguments, COPIED, COMPUTED)
        self.report("importing", COMPUTED, "Showing the result")
        labels = yield from self.inBackground(sitk.ReadImage, str(output))
        maps = {}
        for name, file in mapFiles(answer).items():
            maps[name] = yield from self.inBackground(sitk.ReadImage, file)
        prepared = {}
        for name in PREPARED.titles.keys() & answer["prepared"].keys():
            prepared[name] = yield from self.inBackground(sitk.ReadImage, answer["prepared"][name])
        report = Path(answer["report"]).read_text(encoding="utf-8")
        # From here on the scene changes: what takes long has been done, so that a run that is
        # cancelled has changed nothing.
        segmentationNode, tableNode = importResult(self._request, labels, answer, report)
        yield
        setMaps(segmentationNode, maps)
        yield
        PREPARED.give(segmentationNode, prepared)
        yield
        return RunResult(
            segmentationNode,
            tableNode,
            self.volumes[self._request.reference],
            tuple(answer["warnings"]),
            answer["model"],
            answer["device"],
            self.elapsed,
            tuple(answer["preparation"]),
        )


def mapFiles(answer: Mapping[str, Any]) -> dict[str, str]:
    """Return the files of the maps that the worker has written, by their names in `result_maps`."""
    files = dict(answer["probabilities"])
    if answer["uncertainty"]:
        files[UNCERTAINTY] = answer["uncertainty"]
    return files
