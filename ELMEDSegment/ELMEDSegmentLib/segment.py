"""The whole way from a study to its segmentation."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ELMEDLib.errors import InputError
from ELMEDLib.progress import Progress, no_progress, within
from ELMEDSegmentLib import report as reporting
from ELMEDSegmentLib.device import choose_device
from ELMEDSegmentLib.inference import LARGEST_TILE_VOXELS, predict
from ELMEDSegmentLib.labels import CHANNEL_TITLES
from ELMEDSegmentLib.postprocessing import labels_of, without_islands
from ELMEDSegmentLib.preparation import prepare

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    import SimpleITK as sitk

    from ELMEDSegmentLib.model import Manifest, Model
    from ELMEDSegmentLib.preparation import Prepared
    from ELMEDSegmentLib.study import Study

NOTHING_FOUND = (
    "No tumour was found. Check that each volume is in its place, "
    "and that the skull has been removed."
)


@dataclass(frozen=True)
class Options:
    """How a study is segmented.

    Attributes:
        device: one of `device.DEVICES`.
        threads: number of CPU threads, PyTorch's own choice when None.
        postprocess: remove islands that are too small to be a tumour.
        largest_tile: voxels that are predicted in one piece.
        mirror: predict the mirror image, too, and take the mean; twice the time.
    """

    device: str = "auto"
    threads: int | None = None
    postprocess: bool = True
    largest_tile: int = LARGEST_TILE_VOXELS
    mirror: bool = False


@dataclass(frozen=True)
class Result:
    """A segmentation with its report.

    Attributes:
        labels: image of uint8 labels (1, 2, 3) on the reference volume's grid.
        report: what ran and what it found.
    """

    labels: sitk.Image
    report: reporting.Report


@dataclass
class _Clock:
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - started, 3)


def segment(
    study: Study,
    model: Model,
    options: Options | None = None,
    progress: Progress = no_progress,
) -> Result:
    """Segment a study.

    Args:
        study: a checked study (see `study.check_study`).
        model: the network to use.
        options: how.
        progress: told about every stage; may raise `CancelledError`.

    Returns:
        Labels on the grid of the study's reference volume, and the report.

    Raises:
        InputError: the study lacks a channel that the model needs, or shows nothing.
    """
    options = options or Options()
    manifest = model.manifest
    missing = _missing(study, manifest)
    device, threads = _set_up(model, options)
    clock = _Clock()
    with clock.stage("preparation"):
        progress("preparation", 0.0, "Preparing the volumes")
        prepared = prepare(study, manifest.channels, manifest.spacing_mm)
    with clock.stage("inference"):
        probabilities = predict(
            model.network,
            manifest.architecture,
            prepared.array,
            device,
            within(progress, 0.2, 0.8),
            options.largest_tile,
            options.mirror,
        )
    with clock.stage("postprocessing"):
        progress("postprocessing", 0.8, "Turning probabilities into labels")
        labels = _labels(prepared, dict(zip(manifest.regions, probabilities, strict=True)), options)
    progress("postprocessing", 1.0, "Done")
    preparation = prepared.preparation
    voxels = reporting.count_voxels(labels)
    report = reporting.Report(
        volumes_ml=reporting.volumes_ml(voxels, preparation.reference),
        voxels=voxels,
        seconds=clock.seconds,
        warnings=[*study.warnings, *missing, *_doubts(voxels)],
        model=reporting.describe_model(manifest),
        geometry=reporting.describe_geometry(preparation),
        steps=reporting.describe_steps(preparation),
        environment=reporting.describe_environment(device, threads),
    )
    return Result(preparation.to_reference(labels), report)


def _missing(study: Study, manifest: Manifest) -> list[str]:
    """Return a warning for the channel that the study lacks, if the model copes without it.

    Raises:
        InputError: the model does not cope.
    """
    missing = [name for name in manifest.channels if name not in study.images]
    if not missing:
        return []
    title = CHANNEL_TITLES[missing[0]]
    if len(missing) > 1 or missing[0] not in manifest.copes_without:
        raise InputError(
            f"The model {manifest.title} needs a {title} volume, and the study has none.",
            "Add the volume.",
        )
    return [f"There was no {title} volume: the result is less exact than with all contrasts."]


def _set_up(model: Model, options: Options) -> tuple[str, int]:
    """Move the network to the chosen device, set the threads, and return both."""
    import torch

    device = choose_device(options.device)
    if options.threads:
        torch.set_num_threads(options.threads)
    model.network.to(device)
    return device, torch.get_num_threads()


def _labels(
    prepared: Prepared, probabilities: dict[str, np.ndarray], options: Options
) -> np.ndarray:
    """Return labels `(z, y, x)` on the brain grid for probabilities on the working grid."""
    preparation = prepared.preparation
    labels = labels_of(
        {region: preparation.to_brain(volume) for region, volume in probabilities.items()}
    )
    if options.postprocess:
        labels = without_islands(labels, preparation.brain.voxel_volume_ml)
    return labels


def _doubts(voxels: dict[str, int]) -> list[str]:
    if voxels["WT"] == 0:
        return [NOTHING_FOUND]
    return []
