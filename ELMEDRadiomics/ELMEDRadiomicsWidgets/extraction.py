"""One extraction of features, from nodes to a table."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import SimpleITK as sitk

from ELMEDLib.bridge.runs import Run
from ELMEDLib.bridge.segment_images import segmentNames
from ELMEDLib.bridge.workplace import Workplace
from ELMEDLib.errors import ELMEDError, InputError
from ELMEDLib.masks import layers_on_grid
from ELMEDRadiomicsWidgets.regions import targetImage, targetNames
from ELMEDRadiomicsWidgets.results import importResult
from ELMEDRadiomicsWidgets.sources import rememberSources

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence
    from pathlib import Path

    import slicer

    from ELMEDLib.masks import Layer
    from ELMEDLib.worker.client import WorkerProcess

TASK = "ELMEDRadiomicsLib.extract"

COPIED = 0.05
"""Share of the whole way until the volumes are copied, by and large."""

PREPARED = 0.1
"""Share of the whole way until the segments lie on the volumes' grids."""

COMPUTED = 0.98
"""Share of the whole way until the worker is done."""

MOST_THREADS = 4


@dataclass
class Request:
    """What is to be measured, and how.

    Attributes:
        segmentationNode: holds the segments.
        segmentIDs: the segments and regions (see `regions`) to be measured; None for all segments.
        volumes: volume node by what it is called in the result.
        preset: name of a preset; used when there is no parameter file.
        parameterFile: path of a pyradiomics parameter file, "" for none.
        settings: content of a parameter file; it goes before file and preset.
        profile: whose definitions; None for the preset's.
        tableNode: receives the result; a new one is made for None.
        layout: of the table, `long` or `wide`.
    """

    segmentationNode: slicer.vtkMRMLSegmentationNode
    volumes: Mapping[str, slicer.vtkMRMLScalarVolumeNode]
    segmentIDs: Sequence[str] | None = None
    preset: str = "default"
    parameterFile: str = ""
    settings: Mapping[str, Any] | None = None
    profile: str | None = None
    tableNode: slicer.vtkMRMLTableNode | None = None
    layout: str = "long"


@dataclass(frozen=True)
class RunResult:
    """What a successful run has left in the scene."""

    tableNode: slicer.vtkMRMLTableNode
    values: int
    warnings: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class Part:
    """What the worker is asked at once: volumes on one grid, and segments that do not overlap."""

    images: dict[str, Path]
    mask: Path
    labels: dict[int, str]


class ExtractionRun(Run):
    """Copies volumes and segments, lets the worker measure, and fills the table."""

    task = TASK

    def __init__(self, worker: WorkerProcess, request: Request, onProgress=None, onEnd=None):
        """Prepare a run; see `Run` for the arguments."""
        super().__init__(worker, onProgress, onEnd)
        self.request = request
        self.warnings: list[str] = []

    def steps(self) -> Generator[None, None, Any]:
        """Do the work."""
        request = self.request
        files = yield from self.copyVolumes(request.volumes, COPIED)
        segments = yield from self._segments()
        parts = yield from self._parts(files, segments)
        answers = []
        for number, part in enumerate(parts):
            width = (COMPUTED - PREPARED) / len(parts)
            start = PREPARED + number * width
            self.report("starting", start, "Starting the worker")
            yield
            try:
                answer = yield from self.ask(self.task, self._arguments(part), start, start + width)
            except ELMEDError as error:
                raise _withNames(error, part.labels) from error
            answers.append(answer)
        self.report("showing", COMPUTED, "Showing the result")
        yield
        return self.finish(answers, {"images": list(files), "segments": list(segments)})

    def finish(
        self, answers: Sequence[Mapping[str, Any]], order: Mapping[str, Sequence[str]]
    ) -> Any:
        """Fill the table, and return what has come of it.

        Args:
            answers: the worker's, one for each part.
            order: of `images` and `segments`, by name.
        """
        request = self.request
        patient = request.segmentationNode.GetName()
        tableNode, values = importResult(request.tableNode, answers, order, request.layout, patient)
        rememberSources(tableNode, request.segmentationNode, request.volumes)
        for answer in answers:
            self.warnings += [text for text in answer["warnings"] if text not in self.warnings]
        return RunResult(tableNode, values, tuple(self.warnings), self.elapsed)

    def _segments(self) -> Generator[None, None, dict[str, sitk.Image]]:
        """Copy one segment at a time, and return the images by name."""
        node, wanted = self.request.segmentationNode, self.request.segmentIDs
        names = segmentNames(node) if wanted is None else targetNames(node)
        chosen = {key: name for key, name in names.items() if wanted is None or key in wanted}
        if not chosen:
            raise InputError("There is no segment to measure.", "Check at least one segment.")
        images = {}
        for segmentID, name in chosen.items():
            self.report("segments", COPIED, "Copying the segments")
            yield
            images[name] = targetImage(node, segmentID)
        return images

    def _parts(
        self, files: Mapping[str, Path], segments: Mapping[str, sitk.Image]
    ) -> Generator[None, None, list[Part]]:
        """Bring the segments onto each grid that there is."""
        grids: dict[Any, dict[str, Path]] = {}
        for name, path in files.items():
            grids.setdefault((yield from self.inBackground(_gridOf, path)), {})[name] = path
        parts: list[Part] = []
        for number, images in enumerate(grids.values()):
            self.report("segments", COPIED, "Bringing the segments onto the volumes' grid")
            yield
            title, path = next(iter(images.items()))
            found = yield from self.inBackground(_layers, segments, path, title)
            for name in found.empty:
                self.warnings.append(
                    f"The segment '{name}' holds no voxel of '{title}' and was left out."
                )
            for place, layer in enumerate(found.layers):
                mask = self.folder / f"mask-{number}-{place}.nrrd"
                yield from self.inBackground(_write, layer, mask)
                parts.append(Part(images, mask, layer.labels))
        if not parts:
            raise InputError(
                "All the segments are empty.", "Draw something in the Segment Editor first."
            )
        return parts

    def _arguments(self, part: Part) -> dict[str, Any]:
        """Return the engine's arguments for a part."""
        request = self.request
        return {
            "images": {name: str(path) for name, path in part.images.items()},
            "mask": str(part.mask),
            "labels": {str(label): name for label, name in part.labels.items()},
            "settings": request.settings or request.parameterFile or None,
            "preset": request.preset or None,
            "output": None,
            "options": {
                "threads": min(MOST_THREADS, os.cpu_count() or 1),
                "profile": request.profile,
            },
        }


class Extractor(Workplace):
    """Starts extractions."""

    def start(
        self,
        request: Request,
        onProgress: Callable[[str, float, str], None] | None = None,
        onEnd: Callable[[ExtractionRun], None] | None = None,
    ) -> ExtractionRun:
        """Start an extraction and return it.

        Raises:
            WorkerError: the chosen Python cannot be used.
            RuntimeError: another run still goes on.
        """
        return self.begin(lambda worker: ExtractionRun(worker, request, onProgress, onEnd))


def _withNames(error: ELMEDError, labels: Mapping[int, str]) -> ELMEDError:
    """Return an error that calls segments by their names, as the user knows no labels."""

    def name(match: re.Match[str]) -> str:
        label = int(match.group(1))
        return f"segment '{labels[label]}'" if label in labels else match.group()

    return type(error)(re.sub(r"segment with label (\d+)", name, error.message), error.advice)


def _gridOf(path: Path) -> tuple[Any, ...]:
    """Return size, spacing, origin and direction of a file, without reading its voxels."""
    reader = sitk.ImageFileReader()
    reader.SetFileName(str(path))
    reader.ReadImageInformation()
    return reader.GetSize(), reader.GetSpacing(), reader.GetOrigin(), reader.GetDirection()


def _layers(segments: Mapping[str, sitk.Image], path: Path, title: str):
    return layers_on_grid(segments, sitk.ReadImage(str(path)), title)


def _write(layer: Layer, path: Path) -> None:
    sitk.WriteImage(layer.mask, str(path))
