"""The main job from end to end: four volumes in, files, a scene and pictures out."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from demo import scene as scenes
from demo.pictures import Swatch, annotated, sheet
from demo.views import ORIENTATIONS, Extent, SlicePictures, SurfacePictures, render_without_screen
from demo.volumes import VolumeRow, volume_rows, write_volumes
from ELMEDLib.errors import InputError, OutputError
from ELMEDLib.progress import Progress, within
from ELMEDSegmentLib.labels import CHANNELS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import SimpleITK as sitk
    from PIL import Image

SAMPLE_STUDY = Path(__file__).resolve().parents[2] / "Resources" / "SampleStudy"
PICTURE_SIZE = 480
SURFACES = {"front": ("Surfaces, from the front", 25), "side": ("Surfaces, from the side", 110)}
"""Title of each picture, and degrees from the front towards the side where the tumour is."""
NOTICE = "Research use only; not for diagnosis or treatment decisions."


@dataclass(frozen=True)
class Outcome:
    """What a demonstration left behind.

    Attributes:
        folder: where the files are.
        rows: the sub-region volumes.
        warnings: what the run found doubtful.
    """

    folder: Path
    rows: list[VolumeRow]
    warnings: list[str]


def sample_files() -> dict[str, Path]:
    """Return the sample study's four volumes by channel.

    Raises:
        InputError: this installation has no sample study.
    """
    files = {channel: SAMPLE_STUDY / f"{channel}.nii.gz" for channel in CHANNELS}
    if not all(path.is_file() for path in files.values()):
        raise InputError(
            "The sample study is not here: it comes with a checkout of the project.",
            "Run this from a checkout, or give four files of your own.",
        )
    return files


def demonstrate(
    files: Mapping[str, Path], folder: Path, progress: Progress, *, simulated: bool
) -> Outcome:
    """Segment a study and leave everything that can be shown of it in a folder.

    Args:
        files: the four volumes by channel.
        folder: where results go; results of an earlier run there are replaced when all is done.
        progress: told about every stage.
        simulated: whether the patient is a simulated one, as the pictures say then.

    Raises:
        ELMEDError: the study cannot be segmented or the results cannot be written.
    """
    import SimpleITK as sitk

    from ELMEDSegmentLib.tasks import TASKS

    try:
        folder.mkdir(parents=True, exist_ok=True)
        workplace = tempfile.TemporaryDirectory(prefix=".elmed-", dir=folder)
    except OSError as error:
        raise OutputError(
            f"'{folder}' cannot be written: {error.strerror or error}.",
            "Choose a folder that you may write to.",
        ) from error
    with workplace as name:
        work = Path(name)
        labels, results = work / "labels.nii.gz", work / "results"
        results.mkdir()
        job = {
            "volumes": {channel: str(path) for channel, path in files.items()},
            "output": str(labels),
            "report": str(results / "report.json"),
        }
        answer = TASKS["segment"](job, within(progress, 0.0, 0.5))
        report = json.loads((results / "report.json").read_text(encoding="utf-8"))
        rows = volume_rows(answer["volumes_ml"], report["voxels"])
        progress("writing", 0.5, "Writing the table of volumes")
        write_volumes(rows, results / "volumes.csv")
        _Presentation(files, sitk.ReadImage(str(labels)), rows, simulated=simulated).write(
            results, within(progress, 0.5, 1.0)
        )
        _hand_over(results, folder)
    return Outcome(folder, rows, answer["warnings"])


def _hand_over(results: Path, folder: Path) -> None:
    """Move finished results into place, each in one step."""
    for path in sorted(results.rglob("*")):
        target = folder / path.relative_to(results)
        if path.is_dir():
            target.mkdir(exist_ok=True)
        else:
            path.replace(target)
    shutil.rmtree(results)


class _Presentation:
    """The scene of a segmented study, and the pictures of it."""

    def __init__(
        self,
        files: Mapping[str, Path],
        labels: sitk.Image,
        rows: list[VolumeRow],
        *,
        simulated: bool,
    ) -> None:
        self._files = files
        self._labels = labels
        self._rows = rows
        self._simulated = simulated

    def write(self, results: Path, progress: Progress) -> None:
        """Write segmentation, scene and pictures into a folder."""
        render_without_screen()
        progress("scene", 0.0, "Making the Slicer scene")
        app = scenes.start_slicer()
        self._volumes = scenes.add_volumes(app, self._files)
        reference = self._volumes["t1c"]
        slice_view = SlicePictures(app, PICTURE_SIZE, reference)
        self._segmentation = scenes.add_segmentation(self._labels, reference, "Tumour segmentation")
        scenes.add_table(self._rows)
        scenes.add_brain_surface(app, reference)
        scenes.save_segmentation(self._segmentation, results / "segmentation.seg.nrrd")
        progress("pictures", 0.4, "Drawing the pictures")
        (results / "pictures").mkdir()
        self._draw(app, slice_view, results / "pictures")
        progress("scene", 0.8, "Saving the Slicer scene")
        scenes.save_scene(app, results / "scene.mrb")
        progress("pictures", 1.0, "Done")

    def _draw(self, app: Any, slice_view: SlicePictures, folder: Path) -> None:
        brain = scenes.brain_extent(self._volumes["t1c"])
        position = scenes.tumour_position(self._labels) or brain.centre
        slices = self._slices(slice_view, brain, position)
        surfaces = self._surfaces(app, brain, position)
        for name, picture in {**slices, **surfaces}.items():
            picture.save(folder / f"{name}.png")
        overview = [slices[f"axial-{channel}"] for channel in CHANNELS]
        overview += [slices["coronal-flair"], slices["sagittal-t1c"], surfaces["surfaces-front"]]
        patient = "simulated patient, not a real one" if self._simulated else "four contrasts"
        page = sheet(
            overview,
            f"ELMED: glioma segmentation, {patient}",
            f"{NOTICE} Radiological convention: the patient's right is on the left.",
            self._swatches(),
            [row for row in self._rows if not row.code.startswith("label")],
        )
        page.save(folder / "overview.png")

    def _slices(
        self, view: SlicePictures, brain: Extent, position: tuple[float, float, float]
    ) -> dict[str, Image.Image]:
        pictures = {}
        for channel, volume in self._volumes.items():
            title = volume.GetName()
            for orientation in ORIENTATIONS:
                drawn = view.picture(volume, orientation, position, brain)
                pictures[f"{orientation}-{channel}"] = annotated(drawn, title, orientation)
        view.close()
        return pictures

    def _surfaces(
        self, app: Any, brain: Extent, position: tuple[float, float, float]
    ) -> dict[str, Image.Image]:
        view = SurfacePictures(app, PICTURE_SIZE)
        radius = max(brain.size(axis) for axis in range(3)) / 2
        to_the_right = position[0] > brain.centre[0]
        pictures = {
            f"surfaces-{name}": annotated(
                view.picture(brain.centre, -azimuth if to_the_right else azimuth, radius), title
            )
            for name, (title, azimuth) in SURFACES.items()
        }
        view.close()
        return pictures

    def _swatches(self) -> list[Swatch]:
        colours = scenes.segment_colours(self._segmentation)
        by_title = {row.title: row for row in self._rows if row.code.startswith("label")}
        return [
            Swatch(colours[title], title, row.millilitres)
            for title, row in by_title.items()
            if title in colours
        ]
