"""What is done with a finished segmentation: compared with a reference, and exported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import SimpleITK as sitk

from ELMEDLib.bridge.runs import Run
from ELMEDLib.bridge.workplace import Workplace
from ELMEDSegmentWidgets.glioma_labels import labelsOf

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    import slicer

    from ELMEDLib.worker.client import WorkerProcess

COPIED = 0.3
"""Share of the whole way until the labels are copied."""


class LabelsRun(Run):
    """Copies the labels of some nodes, and lets the worker do a task with them."""

    def __init__(
        self,
        worker: WorkerProcess,
        task: str,
        nodes: Mapping[str, slicer.vtkMRMLNode],
        volume: slicer.vtkMRMLScalarVolumeNode | None,
        arguments: Mapping[str, Any],
        onEnd: Callable[[LabelsRun], None],
    ) -> None:
        """Prepare a run.

        Args:
            worker: not busy.
            task: `Room.task`.
            nodes: segmentations or label maps, by the name of the argument that takes their file.
            volume: whose grid the labels of segmentations are on.
            arguments: of the task, besides.
            onEnd: called once, when the run has succeeded, failed or been cancelled.
        """
        super().__init__(worker, None, onEnd)
        self._task = task
        self._nodes = dict(nodes)
        self._volume = volume
        self._arguments = dict(arguments)

    def steps(self) -> Generator[None, None, dict[str, Any]]:
        """Go the whole way, yielding where the application may do something else."""
        files = {}
        for name, node in self._nodes.items():
            labels = labelsOf(node, self._volume)
            files[name] = str(self.folder / f"{name}.nrrd")
            yield from self.inBackground(sitk.WriteImage, labels, files[name])
        arguments = {**self._arguments, **files}
        return (yield from self.ask(self._task, arguments, COPIED, 1.0))


class ResultWorkplace(Workplace):
    """A worker beside the one that segments; it needs neither PyTorch nor much memory."""

    def compare(
        self,
        segmentationNode: slicer.vtkMRMLSegmentationNode,
        reference: slicer.vtkMRMLNode,
        volume: slicer.vtkMRMLScalarVolumeNode | None,
        onEnd: Callable[[LabelsRun], None],
    ) -> LabelsRun:
        """Start to compare a segmentation with a reference."""
        nodes = {"found": segmentationNode, "expected": reference}
        return self.begin(
            lambda worker: LabelsRun(worker, "ELMEDSegmentLib.evaluate", nodes, volume, {}, onEnd)
        )

    def export(
        self,
        segmentationNode: slicer.vtkMRMLSegmentationNode,
        volume: slicer.vtkMRMLScalarVolumeNode | None,
        arguments: Mapping[str, Any],
        onEnd: Callable[[LabelsRun], None],
    ) -> LabelsRun:
        """Start to export a segmentation; `arguments` are the task's, without the labels."""
        nodes = {"labels": segmentationNode}
        return self.begin(
            lambda worker: LabelsRun(
                worker, "ELMEDSegmentLib.export", nodes, volume, arguments, onEnd
            )
        )
