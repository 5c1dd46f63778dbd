"""What a segmentation is asked for, and where it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ELMEDLib.bridge.workplace import Workplace
from ELMEDSegmentLib.device import threads_beside_a_window
from ELMEDSegmentLib.labels import CHANNELS
from ELMEDSegmentWidgets.run import SegmentationRun

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import slicer


@dataclass
class Request:
    """What is to be segmented, and how.

    Attributes:
        volumes: volume node of each channel.
        model: name in the catalogue or path of a manifest; "" for the default.
        reference: the channel whose grid the result lies on.
        device: the engine's name of it.
        postprocess: whether islands too small to be a tumour are removed.
        mirror: whether the network sees the mirror image, too.
        regions: whether whole tumour and tumour core become segments, too.
        probabilities: whether the probability of each region becomes a volume.
        uncertainty: whether the network's uncertainty becomes a volume.
        prepare: when volumes are registered and freed of the skull, the engine's name.
        brainExtraction: what extracts the brain, the engine's name.
        keepPrepared: whether prepared volumes and the brain's mask come into the scene.
        segmentationNode: receives the result; a new one is made for None.
        tableNode: receives the volumes; a new one is made for None.
    """

    volumes: Mapping[str, slicer.vtkMRMLScalarVolumeNode]
    model: str = ""
    reference: str = "t1c"
    device: str = "auto"
    postprocess: bool = True
    mirror: bool = False
    regions: bool = False
    probabilities: bool = False
    uncertainty: bool = False
    prepare: str = "auto"
    brainExtraction: str = "auto"
    keepPrepared: bool = False
    segmentationNode: slicer.vtkMRMLSegmentationNode | None = None
    tableNode: slicer.vtkMRMLTableNode | None = None

    def arguments(self, files: Mapping[str, Path], output: Path) -> dict[str, Any]:
        """Return the engine's arguments for this request."""
        return {
            "volumes": {channel: str(files[channel]) for channel in CHANNELS if channel in files},
            "model": self.model or None,
            "reference": self.reference,
            "output": str(output),
            "report": str(output.with_name("report.json")),
            "probabilities": str(output.parent) if self.probabilities else None,
            "uncertainty": str(output.with_name("uncertainty.nrrd")) if self.uncertainty else None,
            "prepared": str(output.with_name("prepared")) if self.keepPrepared else None,
            "options": {
                "device": self.device,
                "postprocess": self.postprocess,
                "mirror": self.mirror,
                "prepare": self.prepare,
                "brain_extraction": self.brainExtraction,
                "threads": threads_beside_a_window(),
            },
        }


class Segmenter(Workplace):
    """Where segmentations run: one warm worker, one run at a time."""

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
        request = Request(volumes, **options)
        return self.begin(lambda worker: SegmentationRun(worker, request, onProgress, onEnd))
