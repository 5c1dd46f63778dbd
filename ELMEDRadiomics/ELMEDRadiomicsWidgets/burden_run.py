"""One measurement of a tumour's burden, from segments to what the engine says."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import SimpleITK as sitk

from ELMEDLib.bridge.runs import Run
from ELMEDLib.bridge.segment_images import segmentImage
from ELMEDLib.bridge.workplace import Workplace
from ELMEDRadiomicsLib.burden.label_map import label_map

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    import slicer

    from ELMEDLib.worker.client import WorkerProcess

TASK = "ELMEDRadiomicsLib.burden"
COPIED = 0.1


@dataclass(frozen=True)
class BurdenRequest:
    """What is measured.

    Attributes:
        segmentationNode: holds the segments.
        parts: segment ID of `enhancing`, `core` and `oedema`; "" where there is none.
        options: of the engine: `plane` and `rule`.
        volumeNode: shows the brain, to find the place; None when it is not asked for.
        atlasNode: the user's own regions, in the world; they go before the template.
        atlasNames: path of a file with their names, "" for those of the node's colours.
    """

    segmentationNode: slicer.vtkMRMLSegmentationNode
    parts: Mapping[str, str]
    options: Mapping[str, Any]
    volumeNode: slicer.vtkMRMLScalarVolumeNode | None = None
    atlasNode: slicer.vtkMRMLLabelMapVolumeNode | None = None
    atlasNames: str = ""


class BurdenRun(Run):
    """Copies the segments, and lets the worker measure them."""

    def __init__(self, worker: WorkerProcess, request: BurdenRequest, onProgress=None, onEnd=None):
        """Prepare a run; see `Run` for the arguments."""
        super().__init__(worker, onProgress, onEnd)
        self.request = request

    def steps(self) -> Generator[None, None, dict[str, Any]]:
        """Do the work; the answer is that of the task `burden`."""
        request = self.request
        parts = {}
        for name, segmentID in request.parts.items():
            self.report("copying", 0.0, "Copying the segments")
            yield
            if segmentID:
                parts[name] = segmentImage(request.segmentationNode, segmentID)
        labels = self.folder / "labels.nrrd"
        yield from self.inBackground(_write, parts, labels)
        arguments = {"labels": str(labels), "options": dict(request.options)}
        volumes = {"image": request.volumeNode, "atlas": request.atlasNode}
        volumes = {name: node for name, node in volumes.items() if node is not None}
        files = (yield from self.copyVolumes(volumes, COPIED)) if volumes else {}
        arguments.update({name: str(path) for name, path in files.items()})
        if request.atlasNode is not None:
            arguments["atlas_names"] = request.atlasNames or self._namesOfColours()
        self.report("starting", COPIED, "Starting the worker")
        yield
        return (yield from self.ask(TASK, arguments, COPIED, 1.0))

    def _namesOfColours(self) -> str | None:
        """Write the names that the atlas's colours have, None where they are Slicer's own."""
        display = self.request.atlasNode.GetDisplayNode()
        colours = display.GetColorNode() if display is not None else None
        if colours is None or colours.GetType() not in (colours.User, colours.File):
            return None
        named = {n: colours.GetColorName(n) for n in range(1, colours.GetNumberOfColors())}
        path = self.folder / "names.json"
        path.write_text(json.dumps({n: name for n, name in named.items() if name}))
        return str(path)


class BurdenWorkplace(Workplace):
    """Where burdens are measured."""

    def start(
        self,
        request: BurdenRequest,
        onProgress: Callable[[str, float, str], None] | None = None,
        onEnd: Callable[[BurdenRun], None] | None = None,
    ) -> BurdenRun:
        """Start a measurement and return its run.

        Raises:
            WorkerError: the chosen Python cannot be used.
            RuntimeError: another run still goes on.
        """
        return self.begin(lambda worker: BurdenRun(worker, request, onProgress, onEnd))


def _write(parts: Mapping[str, sitk.Image], path: Any) -> None:
    sitk.WriteImage(label_map(parts), str(path))
