"""What the worker can be asked to do in this room."""

from __future__ import annotations

import json
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import OutputError
from ELMEDLib.files import spare_inputs, written_whole
from ELMEDLib.progress import Progress, within
from ELMEDSegmentLib.catalogue import find_model
from ELMEDSegmentLib.label_files import write_image
from ELMEDSegmentLib.labels import CHANNELS, REGIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from ELMEDSegmentLib.inputs.study import Study
    from ELMEDSegmentLib.manifest import Manifest
    from ELMEDSegmentLib.model import Model

IMAGE_EXTENSIONS = (".nii.gz", ".nii", ".nrrd", ".mha")

UNCERTAINTY = "uncertainty"


def segment_files(arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Segment a study given as files, and write labels and report.

    Args:
        arguments: `volumes` (path by channel) or `folder` (see `folder_study`) or both, where
            volumes go first; `output` (image file for the labels), and optionally `report` (JSON
            file), `probabilities` (folder for a file a region), `uncertainty` (image file),
            `prepared` (folder for registered volumes and the brain's mask, see `raw.writing`),
            `model` (name or path of a manifest), `reference` (channel) and `options` (of
            `segment.Options`).
        progress: told about every stage; may raise `CancelledError`.

    Returns:
        `output`, `report`, `probabilities` (file by region), `uncertainty`, `prepared` (file by
        name), `preparation` (sentences), `volumes_ml`, `warnings`, `model`, `device` and `seconds`.

    Raises:
        ELMEDError: the study, the model or the output cannot be used; nothing is written then.
    """
    output, report = Path(arguments["output"]), arguments.get("report")
    maps = _map_files(arguments)
    _check_outputs(arguments, [output, *maps.values()])
    # Opening the outputs first: a folder that cannot be written is told before the work, not after.
    with ExitStack() as files:
        temporary = files.enter_context(written_whole(output))
        temporary_maps = {n: files.enter_context(written_whole(path)) for n, path in maps.items()}
        temporary_report = files.enter_context(written_whole(report)) if report else None
        result = _segment(arguments, within(progress, 0.0, 0.95))
        progress("writing", 0.95, "Writing the segmentation")
        write_image(_as_file(result.labels, output), temporary)
        for name, image in _maps(result).items():
            write_image(image, temporary_maps[name])
        prepared = _write_prepared(arguments, result)
        if temporary_report:
            text = json.dumps(result.report.as_dict(), indent=2) + "\n"
            temporary_report.write_text(text, encoding="utf-8")
    progress("writing", 1.0, "Done")
    return {
        "output": str(output),
        "report": str(report) if report else None,
        "probabilities": {name: str(path) for name, path in maps.items() if name != UNCERTAINTY},
        "uncertainty": str(maps[UNCERTAINTY]) if UNCERTAINTY in maps else None,
        "prepared": prepared,
        "preparation": result.aligned.sentences,
        "volumes_ml": result.report.volumes_ml,
        "warnings": result.report.warnings,
        "model": result.report.model["name"],
        "device": result.report.environment["device"],
        "seconds": result.report.seconds,
    }


def _check_outputs(arguments: dict[str, Any], images: list[Path]) -> None:
    """Refuse outputs that cannot be what they are asked to be, before any work.

    Raises:
        OutputError: a file's name says no image format, a file would be replaced that is read,
            two outputs are one file, or the folder for prepared volumes is a file.
    """
    for image in images:
        if not image.name.lower().endswith(IMAGE_EXTENSIONS):
            raise OutputError(
                f"'{image.name}' does not end in an image format that can be written.",
                f"Use one of {', '.join(IMAGE_EXTENSIONS)}.",
            )
    prepared = arguments.get("prepared")
    if prepared and Path(prepared).is_file():
        raise OutputError(f"'{prepared}' is a file, not a folder.", "Name a folder, or a new one.")
    report = arguments.get("report")
    outputs = [*images, *([Path(report)] if report else [])]
    spare_inputs(outputs, _files_read(arguments, outputs))


def _files_read(arguments: dict[str, Any], outputs: list[Path]) -> list[Path]:
    """Return the study's files, those in its folder only where an output would replace one."""
    from ELMEDSegmentLib.inputs.folder_study import find_study

    volumes = arguments.get("volumes") or {}
    files = [Path(path) for path in volumes.values() if path]
    folder = Path(arguments.get("folder") or "")
    within = [path for path in outputs if folder.resolve() in path.resolve().parents]
    if arguments.get("folder") and folder.is_dir() and any(path.exists() for path in within):
        files += [file for volume in find_study(folder).chosen().values() for file in volume.files]
    return files


def _map_files(arguments: dict[str, Any]) -> dict[str, Path]:
    """Return the files for the probabilities, by region, and for the uncertainty."""
    files = {}
    if folder := arguments.get("probabilities"):
        files = {region: Path(folder) / f"probability-{region}.nii.gz" for region in REGIONS}
    if file := arguments.get("uncertainty"):
        files[UNCERTAINTY] = Path(file)
    return files


def _as_file(labels: Any, output: Path) -> Any:
    """Return labels as the image that `output` is to hold."""
    if not output.name.lower().endswith(".seg.nrrd"):
        return labels
    import SimpleITK as sitk

    from ELMEDSegmentLib.exporting.seg_nrrd import as_segmentation
    from ELMEDSegmentLib.geometry import Grid

    return as_segmentation(sitk.GetArrayFromImage(labels), Grid.of(labels))


def _maps(result: Any) -> dict[str, Any]:
    """Return the images that go into `_map_files`."""
    maps = dict(result.probabilities)
    if result.uncertainty is not None:
        maps[UNCERTAINTY] = result.uncertainty
    return maps


def _write_prepared(arguments: dict[str, Any], result: Any) -> dict[str, str]:
    """Write what registration and brain extraction made, if it is wanted; return the files."""
    from ELMEDSegmentLib.raw.writing import write_aligned

    folder = arguments.get("prepared")
    return write_aligned(result.aligned, folder) if folder else {}


def _segment(arguments: dict[str, Any], progress: Progress) -> Any:
    from ELMEDSegmentLib.model import read_manifest
    from ELMEDSegmentLib.segment import Options, segment

    manifest = find_model(arguments.get("model"))
    progress("reading", 0.0, "Reading the volumes")
    known = read_manifest(manifest)
    preparing = (arguments.get("options") or {}).get("prepare") != "never"
    study = _read(arguments, known, preparing=preparing)
    progress("model", 0.1, "Loading the model")
    model = _model(manifest.resolve(), manifest.stat().st_mtime_ns)
    options = Options(
        probabilities=bool(arguments.get("probabilities")),
        uncertainty=bool(arguments.get("uncertainty")),
        **(arguments.get("options") or {}),
    )
    return segment(study, model, options, within(progress, 0.2, 1.0))


def _read(arguments: dict[str, Any], manifest: Manifest, *, preparing: bool) -> Study:
    """Read the study, from its folder or from its files, for the model of the manifest."""
    from ELMEDSegmentLib.inputs.folder_study import read_folder_study
    from ELMEDSegmentLib.inputs.study import lacking, read_study

    volumes, folder = arguments.get("volumes") or {}, arguments.get("folder")
    reference, optional = arguments.get("reference"), manifest.copes_without
    working_mm = manifest.spacing_mm
    if folder:
        return read_folder_study(
            folder,
            optional,
            reference,
            preparing=preparing,
            named=volumes,
            working_mm=working_mm,
        )
    given = [name for name in CHANNELS if volumes.get(name)]
    channels = CHANNELS if lacking(given, optional) else tuple(given)
    return read_study(volumes, channels, reference, preparing=preparing, working_mm=working_mm)


@lru_cache(maxsize=1)
def _model(manifest: Path, changed: int) -> Model:  # noqa: ARG001 - a changed file is read again
    """Load a model, or return the last one: a warm worker does not read it twice."""
    from ELMEDSegmentLib.model import load_model

    return load_model(manifest)


def train(arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Train a network; see `training.service.train_in_folder`."""
    from ELMEDSegmentLib.training.service import train_in_folder

    return train_in_folder(arguments, progress)


def install_training(arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Install a trained network as a model; see `training.service.install_training`."""
    from ELMEDSegmentLib.training import service

    return service.install_training(arguments, progress)


def devices(arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:  # noqa: ARG001
    """Return every kind of `device`, tried, with a `sentence` about each, and how many threads."""
    from ELMEDSegmentLib.device import find_devices, threads_beside_a_window

    progress("devices", 0.0, "Looking for devices")
    found = [
        {"name": device.name, "works": device.works, "sentence": device.sentence()}
        for device in find_devices()
    ]
    return {"devices": found, "threads": threads_beside_a_window()}


def cohort(arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Segment a cohort; see `cohort.service.segment_cohort`."""
    from ELMEDSegmentLib.cohort.service import segment_cohort

    return segment_cohort(arguments, progress)


def identify(arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Find the four contrasts in a folder; see `identifying.identify_folder`."""
    from ELMEDSegmentLib.inputs.identifying import identify_folder

    return identify_folder(arguments, progress)


def evaluate(arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Compare the label file `found` with the label file `expected`; see `evaluation`.

    Returns:
        `scores` by measure and region, and `note`, "" unless something was changed to compare.
    """
    from ELMEDSegmentLib.evaluation import compare_files

    progress("evaluation", 0.0, "Comparing with the reference")
    comparison = compare_files(arguments["found"], arguments["expected"])
    return {"scores": comparison.scores, "note": comparison.note}


def export_labels(arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Export a label file; see `exporting.service.export`."""
    from ELMEDSegmentLib.exporting.service import export

    return export(arguments, progress)


def install_model(arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Download and install a model after consent; see `models.service.install_model`."""
    from ELMEDSegmentLib.models import service

    return service.install_model(arguments, progress)


def add_model(arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Install a model from disk; see `models.service.add_model`."""
    from ELMEDSegmentLib.models import service

    return service.add_model(arguments, progress)


def prepare(arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Register a study and extract the brain; see `raw.service.prepare_files`."""
    from ELMEDSegmentLib.raw.service import prepare_files

    return prepare_files(arguments, progress)


TASKS: dict[str, Callable[[dict[str, Any], Progress], dict[str, Any]]] = {
    "segment": segment_files,
    "identify": identify,
    "prepare": prepare,
    "devices": devices,
    "evaluate": evaluate,
    "export": export_labels,
    "train": train,
    "install_training": install_training,
    "install_model": install_model,
    "add_model": add_model,
    "cohort": cohort,
}
