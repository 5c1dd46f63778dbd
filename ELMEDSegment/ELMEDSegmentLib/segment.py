"""The whole way from a study to its segmentation."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import SimpleITK as sitk

from ELMEDLib.errors import InputError
from ELMEDLib.progress import Progress, no_progress, within
from ELMEDSegmentLib import report as reporting
from ELMEDSegmentLib.device import choose_device
from ELMEDSegmentLib.doubts import doubts
from ELMEDSegmentLib.inference import LARGEST_TILE_VOXELS, Way, largest_tile
from ELMEDSegmentLib.labels import CHANNEL_TITLES
from ELMEDSegmentLib.memory import predict_in_memory
from ELMEDSegmentLib.outcome import Wanted, outcome_of
from ELMEDSegmentLib.preparation import prepare
from ELMEDSegmentLib.raw.aligning import Aligned, Aligning, align
from ELMEDSegmentLib.raw.recording import with_normalisation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ELMEDSegmentLib.inputs.study import Study
    from ELMEDSegmentLib.model import Manifest, Model

ALIGNED = 0.5
"""Share of the whole way until scans are registered and freed of the skull, by and large."""

MOST_THREADS = 1024
"""More is a slip of the keyboard, and systems refuse to make as many."""


@dataclass(frozen=True)
class Options:
    """How a study is segmented.

    Attributes:
        device: one of `device.DEVICES`.
        threads: number of CPU threads, PyTorch's own choice when None.
        postprocess: remove islands that are too small to be a tumour.
        largest_tile: voxels that are predicted in one piece.
        mirror: predict the mirror image, too, and take the mean; twice the time.
        probabilities: return the probability of each region.
        uncertainty: return how undecided the network is at each voxel.
        prepare: when scans are registered and freed of the skull, one of `aligning.PREPARE`.
        brain_extraction: by what, one of `brain.METHODS`.
    """

    device: str = "auto"
    threads: int | None = None
    postprocess: bool = True
    largest_tile: int = LARGEST_TILE_VOXELS
    mirror: bool = False
    probabilities: bool = False
    uncertainty: bool = False
    prepare: str = "auto"
    brain_extraction: str = "auto"


@dataclass(frozen=True)
class Result:
    """A segmentation with its report.

    Attributes:
        labels: image of uint8 labels (1, 2, 3) on the reference volume's grid.
        report: what ran and what it found.
        probabilities: of each region, float32 images on the same grid, if they were wanted.
        uncertainty: entropy in bits, a float32 image on the same grid, if it was wanted.
        aligned: the study as it was after registration and brain extraction.
    """

    labels: sitk.Image
    report: reporting.Report
    probabilities: dict[str, sitk.Image] = field(default_factory=dict)
    uncertainty: sitk.Image | None = None
    aligned: Aligned | None = None


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
        study: a checked study (see `inputs.study.check_study`).
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
    device, threads = _set_up(options)
    clock = _Clock()
    with clock.stage("preparation"):
        progress("preparation", 0.0, "Preparing the volumes")
        aligning = Aligning(options.prepare, options.brain_extraction, device=device)
        aligned = align(study, aligning, within(progress, 0.0, ALIGNED))
        prepared = prepare(
            aligned.study,
            manifest.channels,
            manifest.spacing_mm,
            manifest.normalisation,
            manifest.field_of_view,
        )
        preparation = aligned.returning(prepared.preparation)
    with clock.stage("inference"):
        prediction = predict_in_memory(
            model.network,
            manifest.architecture,
            prepared.array,
            device,
            within(progress, ALIGNED if aligned.history else 0.2, 0.8),
            Way(largest_tile(options.largest_tile, manifest.field_of_view), options.mirror),
        )
    with clock.stage("postprocessing"):
        progress("postprocessing", 0.8, "Turning probabilities into labels")
        outcome = outcome_of(
            dict(zip(manifest.regions, prediction.probabilities, strict=True)),
            preparation,
            Wanted(options.postprocess, options.probabilities, options.uncertainty),
        )
    progress("postprocessing", 1.0, "Done")
    labels = sitk.GetArrayViewFromImage(outcome.labels)
    voxels = reporting.count_voxels(labels)
    doubtful = doubts(labels, preparation.reference.spacing[::-1], outcome.confidence)
    report = reporting.Report(
        volumes_ml=reporting.volumes_ml(voxels, preparation.reference),
        voxels=voxels,
        seconds=clock.seconds,
        warnings=[*study.warnings, *aligned.warnings, *missing, *prediction.warnings, *doubtful],
        model=reporting.describe_model(manifest),
        geometry=reporting.describe_geometry(preparation),
        steps=[*aligned.sentences, *reporting.describe_steps(preparation)],
        environment=reporting.describe_environment(prediction.device, threads),
        confidence=outcome.confidence,
        history=with_normalisation(aligned.history, preparation.statistics),
        findings=[finding.as_dict() for finding in study.findings],
    )
    return Result(outcome.labels, report, outcome.probabilities, outcome.uncertainty, aligned)


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


def _set_up(options: Options) -> tuple[str, int]:
    """Choose the device, set the threads, and return both.

    Raises:
        InputError: there is no such device, or no thread is left to compute.
    """
    import torch

    if options.threads is not None and options.threads < 1:
        raise InputError(
            f"{options.threads} threads cannot compute anything.", "Choose at least one thread."
        )
    if options.threads is not None and options.threads > MOST_THREADS:
        raise InputError(
            f"{options.threads} threads are more than a computer can run.",
            "Choose no more than it has processor cores.",
        )
    device = choose_device(options.device)
    if options.threads:
        torch.set_num_threads(options.threads)
    return device, torch.get_num_threads()
