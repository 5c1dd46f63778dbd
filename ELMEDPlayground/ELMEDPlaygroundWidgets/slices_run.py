"""New slices of volumes of the scene, fetched in steps short enough for the main thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import SimpleITK as sitk

from ELMEDLib.bridge.runs import Run
from ELMEDLib.bridge.segment_images import segmentImage

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    import slicer

    from ELMEDLib.worker.client import WorkerProcess

TASK = "ELMEDPlaygroundLib.generate_slices"
COPIED, COMPUTED = 0.05, 0.97


@dataclass(frozen=True)
class SlicesWish:
    """What is asked for.

    Attributes:
        volumes: by name.
        apart: whether each is a subject of its own; else they are contrasts of one.
        segment: segmentation node and segment ID, which the classes come from; None for thirds.
        settings: as the engine takes them.
    """

    volumes: Mapping[str, slicer.vtkMRMLScalarVolumeNode]
    apart: bool
    segment: tuple[Any, str] | None
    settings: Mapping[str, Any]


class SlicesRun(Run):
    """Copies volumes and a segment, has slices made, and reads the new volumes."""

    def __init__(
        self,
        worker: WorkerProcess,
        wish: SlicesWish,
        onProgress: Callable[[str, float, str], None] | None = None,
        onEnd: Callable[[SlicesRun], None] | None = None,
    ) -> None:
        """Prepare a run; see `Run`.

        Args:
            worker: not busy.
            wish: what is asked for.
            onProgress: called with stage, fraction and message.
            onEnd: called once with the run.
        """
        super().__init__(worker, onProgress, onEnd)
        self.wish = wish

    def steps(self) -> Generator[None, None, tuple[dict[str, Any], dict[str, sitk.Image]]]:
        """Go the whole way, and return the report and the new volumes by name."""
        wish = self.wish
        files = yield from self.copyVolumes(wish.volumes, COPIED)
        paths = {name: str(path) for name, path in files.items()}
        labels = {}
        if wish.segment is not None:
            labels["labels"] = str(self.folder / "segment.nrrd")
            image = segmentImage(*wish.segment)
            yield from self.inBackground(sitk.WriteImage, image, labels["labels"])
        names = ["volume"] if wish.apart else list(paths)
        arguments = {
            "subjects": subjectsOf(paths, wish.apart, labels),
            "settings": dict(wish.settings),
            "outputs": {
                name: str(self.folder / f"new-{number}.nrrd") for number, name in enumerate(names)
            },
        }
        report = yield from self.ask(TASK, arguments, COPIED, COMPUTED)
        images = {}
        for name, path in report["outputs"].items():
            images[name] = yield from self.inBackground(sitk.ReadImage, path)
        return report, images


def subjectsOf(
    paths: Mapping[str, str], apart: bool, labels: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return subjects as the engine takes them.

    Args:
        paths: of the volumes by name.
        apart: whether each is a subject of its own.
        labels: `labels`, the path of the segment's image; {} without one.
    """
    if apart:
        return [{"images": {"volume": path}, **labels} for path in paths.values()]
    return [{"images": dict(paths), **labels}]
