"""The tumour on a slice of the scene, fetched in steps short enough for the main thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import SimpleITK as sitk

from ELMEDLib.bridge.runs import Run
from ELMEDSegmentWidgets.glioma_labels import labelsOf

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    import slicer

    from ELMEDLib.worker.client import WorkerProcess


class SliceMaskRun(Run):
    """Copies a segmentation and its volume, and asks the worker for the tumour on a slice."""

    def __init__(
        self,
        worker: WorkerProcess,
        segmentation: slicer.vtkMRMLSegmentationNode,
        volume: slicer.vtkMRMLScalarVolumeNode,
        height: float,
        brain: str,
        onProgress: Callable[[str, float, str], None] | None = None,
        onEnd: Callable[[SliceMaskRun], None] | None = None,
    ) -> None:
        """Prepare a run; see `Run`.

        Args:
            worker: not busy.
            segmentation: of a glioma.
            volume: whose grid the segmentation lies on; it shows where the brain is.
            height: of the slice in mm, superior.
            brain: name of the brain that the tumour is fitted into.
            onProgress: called with stage, fraction and message.
            onEnd: called once with the run.
        """
        super().__init__(worker, onProgress, onEnd)
        self._segmentation = segmentation
        self._volume = volume
        self._height = height
        self._brain = brain

    def steps(self) -> Generator[None, None, dict[str, Any]]:
        """Go the whole way, yielding where the application may do something else."""
        labels = labelsOf(self._segmentation, self._volume)
        yield
        files = yield from self.copyVolumes({"volume": self._volume}, 0.3)
        path = str(self.folder / "labels.nrrd")
        yield from self.inBackground(sitk.WriteImage, labels, path)
        arguments = {
            "labels": path,
            "volume": str(files["volume"]),
            "height_mm": self._height,
            "brain": self._brain,
        }
        return (yield from self.ask("ELMEDPlaygroundLib.tumour_mask", arguments, 0.3, 1.0))
