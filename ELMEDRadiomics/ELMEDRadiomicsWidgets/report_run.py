"""One report, from what the scene holds to a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import SimpleITK as sitk

from ELMEDLib.bridge.runs import Run
from ELMEDLib.bridge.segment_images import segmentImage
from ELMEDLib.bridge.workplace import Workplace
from ELMEDRadiomicsLib.burden.label_map import label_map
from ELMEDRadiomicsLib.writing import write_extraction

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence
    from pathlib import Path

    import slicer

    from ELMEDLib.worker.client import WorkerProcess
    from ELMEDRadiomicsLib.results import Extraction

TASK = "ELMEDRadiomicsLib.report"
COPIED = 0.2


@dataclass(frozen=True)
class ReportRequest:
    """What is reported.

    Attributes:
        output: the file; its ending says the kind of report.
        segmentationNode: holds the tumour, None where only features are reported.
        parts: segment ID of `enhancing`, `core` and `oedema`; "" where there is none.
        burden: of the engine, as it was measured and corrected; None to measure it now.
        location: of the engine, or None.
        extraction: the features, or None.
        volumeNode: behind the pictures, or None.
        patient: what the page calls the patient.
        series: files or folder of the DICOM series, empty for none.
    """

    output: str
    segmentationNode: slicer.vtkMRMLSegmentationNode | None
    parts: Mapping[str, str]
    burden: Mapping[str, Any] | None = None
    location: Mapping[str, Any] | None = None
    extraction: Extraction | None = None
    volumeNode: slicer.vtkMRMLScalarVolumeNode | None = None
    patient: str = ""
    series: Sequence[str] | str = ""


class ReportRun(Run):
    """Copies what the report shows, and lets the worker write it."""

    def __init__(self, worker: WorkerProcess, request: ReportRequest, onProgress=None, onEnd=None):
        """Prepare a run; see `Run` for the arguments."""
        super().__init__(worker, onProgress, onEnd)
        self.request = request

    def steps(self) -> Generator[None, None, dict[str, Any]]:
        """Do the work; the answer is that of the task `report`."""
        request = self.request
        arguments: dict[str, Any] = {
            "output": request.output,
            "patient": request.patient,
            "burden": request.burden,
            "location": request.location,
            "series": request.series or None,
        }
        parts = {}
        for name, segmentID in request.parts.items():
            self.report("copying", 0.0, "Copying the segments")
            yield
            if segmentID and request.segmentationNode is not None:
                parts[name] = segmentImage(request.segmentationNode, segmentID)
        if parts:
            arguments["labels"] = str(self.folder / "labels.nrrd")
            yield from self.inBackground(_writeLabels, parts, arguments["labels"])
        if request.volumeNode is not None:
            files = yield from self.copyVolumes({"image": request.volumeNode}, COPIED)
            arguments["image"] = str(files["image"])
        if request.extraction is not None:
            features = self.folder / "features.json"
            yield from self.inBackground(write_extraction, request.extraction, features)
            arguments["features"] = str(features)
        answer = yield from self.ask(TASK, arguments, COPIED, 1.0)
        return answer


class ReportPlace(Workplace):
    """Where reports are written."""

    def start(
        self,
        request: ReportRequest,
        onProgress: Callable[[str, float, str], None] | None = None,
        onEnd: Callable[[ReportRun], None] | None = None,
    ) -> ReportRun:
        """Start a run and return it.

        Raises:
            WorkerError: the chosen Python cannot be used.
            RuntimeError: another run still goes on.
        """
        return self.begin(lambda worker: ReportRun(worker, request, onProgress, onEnd))


def _writeLabels(parts: Mapping[str, sitk.Image], path: Path | str) -> None:
    sitk.WriteImage(label_map(parts), str(path))
