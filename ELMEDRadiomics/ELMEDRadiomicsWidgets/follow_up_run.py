"""One assessment over time, from segmentations to what the engine proposes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import SimpleITK as sitk

from ELMEDLib.bridge.runs import Run
from ELMEDLib.bridge.segment_images import segmentImage, segmentNames
from ELMEDLib.bridge.workplace import Workplace
from ELMEDLib.errors import InputError
from ELMEDRadiomicsLib.burden.label_map import label_map
from ELMEDRadiomicsWidgets.burden_choices import guessPart
from ELMEDRadiomicsWidgets.burden_corrections import correctionsOf

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from ELMEDLib.worker.client import WorkerProcess
    from ELMEDRadiomicsWidgets.follow_up_points import ScenePoint

TASK = "ELMEDRadiomicsLib.follow_up"
COPIED = 0.15


class FollowUpRun(Run):
    """Copies segments and volumes of each scan, and lets the worker assess them."""

    def __init__(
        self,
        worker: WorkerProcess,
        points: Sequence[ScenePoint],
        method: str,
        kind: str,
        onProgress: Callable[[str, float, str], None] | None = None,
        onEnd: Callable[[FollowUpRun], None] | None = None,
    ) -> None:
        """Prepare a run.

        Args:
            worker: not busy.
            points: two or more, each with a day.
            method: "2d" or "volume".
            kind: "auto", "enhancing" or "non-enhancing".
            onProgress: called with stage, fraction and message as work goes on.
            onEnd: called once, when the run has succeeded, failed or been cancelled.
        """
        super().__init__(worker, onProgress, onEnd)
        self._points = list(points)
        self._method, self._kind = method, kind

    def steps(self) -> Generator[None, None, dict[str, Any]]:
        """Do the work; the answer is that of the task `follow_up`."""
        volumes = {
            str(number): point.volume
            for number, point in enumerate(self._points)
            if point.volume is not None
        }
        files = (yield from self.copyVolumes(volumes, COPIED)) if volumes else {}
        records = []
        for number, point in enumerate(self._points):
            self.report("copying", COPIED, "Copying the segments")
            yield
            path = self.folder / f"labels-{number}.nrrd"
            yield from self.inBackground(_write, _partsOf(point), path)
            image = files.get(str(number))
            files_of = {"labels": str(path), "image": image and str(image)}
            corrections = correctionsOf(point.node)
            records.append({**point.details, **files_of, "corrections": corrections})
        self.report("starting", COPIED, "Starting the worker")
        yield
        arguments = {"points": records, "method": self._method, "kind": self._kind}
        return (yield from self.ask(TASK, arguments, COPIED, 1.0))


class FollowUpWorkplace(Workplace):
    """Where time points are assessed."""

    def start(self, *arguments: Any) -> FollowUpRun:
        """Start an assessment and return its run; see `FollowUpRun` for the arguments.

        Raises:
            WorkerError: the chosen Python cannot be used.
            RuntimeError: another run still goes on.
        """
        return self.begin(lambda worker: FollowUpRun(worker, *arguments))


def _partsOf(point: ScenePoint) -> dict[str, sitk.Image]:
    parts = {}
    for segmentID, name in segmentNames(point.node).items():
        part = guessPart(segmentID, name)
        if part and part not in parts:
            parts[part] = segmentImage(point.node, segmentID)
    if not parts:
        raise InputError(
            f"No segment of '{point.node.GetName()}' is called enhancing, core or oedema.",
            "Rename its segments, or leave this scan out.",
        )
    return parts


def _write(parts: dict[str, sitk.Image], path: Any) -> None:
    sitk.WriteImage(label_map(parts, empty=True), str(path))
