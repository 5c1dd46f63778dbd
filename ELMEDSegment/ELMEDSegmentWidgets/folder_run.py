"""Loading a study from a folder: the worker tells the volumes apart, the scene receives them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import SimpleITK as sitk
import slicer

from ELMEDLib.bridge.runs import Run
from ELMEDLib.bridge.volumes import addVolumeFromImage
from ELMEDLib.errors import InputError
from ELMEDSegmentLib.inputs.channels import ChannelGuess, Identification
from ELMEDSegmentWidgets.study_volumes import INSTANCE_UIDS, putIntoStudy

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from ELMEDLib.worker.client import WorkerProcess

TASK = "ELMEDSegmentLib.identify"

FOUND = 0.8
"""Share of the whole way until the worker has read the volumes."""


@dataclass(frozen=True)
class LoadedStudy:
    """What a folder has brought into the scene.

    Attributes:
        nodes: the recognised volumes.
        identification: its indices are those of `nodes`.
    """

    nodes: list[slicer.vtkMRMLScalarVolumeNode]
    identification: Identification


class FolderRun(Run):
    """Finds the four contrasts in a folder, and loads them when all have been read."""

    def __init__(
        self,
        worker: WorkerProcess,
        source: Path,
        onProgress: Callable[[str, float, str], None] | None = None,
        onEnd: Callable[[FolderRun], None] | None = None,
    ) -> None:
        """Prepare a run.

        Args:
            worker: not busy.
            source: the study's folder.
            onProgress: called with stage, fraction and message as work goes on.
            onEnd: called once, when the run has succeeded, failed or been cancelled.
        """
        super().__init__(worker, onProgress, onEnd)
        self._source = Path(source)

    def steps(self) -> Generator[None, None, LoadedStudy]:
        """Go the whole way, yielding where the application may do something else."""
        self.report("starting", 0.0, "Looking into the folder")
        yield
        arguments = {"folder": str(self._source), "output": str(self.folder)}
        answer = yield from self.ask(TASK, arguments, 0.0, FOUND)
        if not answer["images"]:
            raise InputError(
                "None of the folder's volumes was recognised as one of the four contrasts.",
                "Load the volumes yourself and choose them.",
            )
        images = {}
        for channel, path in answer["images"].items():
            images[channel] = yield from self.inBackground(sitk.ReadImage, path)
        self.report("loading", FOUND, "Loading the volumes")
        yield
        rows = {row["channel"]: row for row in answer["volumes"] if row["channel"]}
        nodes = [_node(images[channel], rows[channel]) for channel in images]
        putIntoStudy(nodes, self._source.name)
        guesses = {channel: _guess(index, rows[channel]) for index, channel in enumerate(images)}
        return LoadedStudy(nodes, Identification(guesses, tuple(answer["remarks"])))


def _node(image: sitk.Image, row: dict[str, Any]) -> slicer.vtkMRMLScalarVolumeNode:
    # Two series of a study often have one name.
    node = addVolumeFromImage(image, slicer.mrmlScene.GenerateUniqueName(row["name"]))
    if row["instances"]:
        node.SetAttribute(INSTANCE_UIDS, " ".join(row["instances"]))
    return node


def _guess(index: int, row: dict[str, Any]) -> ChannelGuess:
    return ChannelGuess(index, row["confidence"], row["reason"], row["source"])
