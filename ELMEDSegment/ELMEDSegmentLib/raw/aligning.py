"""From scans on their own grids, with skull, to brains on one grid, and the way back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from ELMEDLib.errors import InputError
from ELMEDLib.progress import Progress, no_progress, within
from ELMEDSegmentLib.geometry import Grid
from ELMEDSegmentLib.heads import shows_skull
from ELMEDSegmentLib.labels import CHANNEL_TITLES
from ELMEDSegmentLib.preparation import bounding_box, lps_grid, smoothed
from ELMEDSegmentLib.raw import recording
from ELMEDSegmentLib.raw.brain import (
    BUNDLED,
    HALF,
    SMALLEST_BRAIN_ML,
    brain_of_method,
    chosen_method,
    find_brain,
    in_one_piece,
    volume_ml,
)
from ELMEDSegmentLib.raw.registration import Registration, Scan, register
from ELMEDSegmentLib.raw.steps import History, as_transform

if TYPE_CHECKING:
    from ELMEDSegmentLib.inputs.study import Study
    from ELMEDSegmentLib.preparation import Preparation

PREPARE = ("auto", "never", "always")
"""When scans are prepared: where it is needed, never, or whatever they look like."""

COMMON_SPACING_MM = 1.0
"""Voxel size of the prepared study, as in the studies that networks are trained on."""

MARGIN_MM = 4.0

SKIPPED = "Nothing had to be prepared: registration and brain extraction were skipped."
NOT_WANTED = "Registration and brain extraction were switched off: the volumes were used as given."


@dataclass(frozen=True)
class Aligning:
    """How scans are prepared.

    Attributes:
        prepare: one of `PREPARE`.
        brain_extraction: one of `brain.METHODS`.
        seed: of the registration's samples.
        threads: of the registration. One by default: then it is the same to the last bit.
        device: PyTorch's name of the device that a program for brain extraction may use.
    """

    prepare: str = "auto"
    brain_extraction: str = "auto"
    seed: int = 0
    threads: int = 1
    device: str = "cpu"

    def needed(self, study: Study) -> bool:
        """Return whether `study` is to be prepared.

        Raises:
            InputError: `prepare` is unknown.
        """
        if self.prepare not in PREPARE:
            raise InputError(
                f"'{self.prepare}' does not say when to prepare a study.",
                f"Choose one of {', '.join(PREPARE)}.",
            )
        return self.prepare == "always" or (self.prepare == "auto" and not study.prepared)


@dataclass(frozen=True)
class Aligned:
    """A study of brains on one grid, and how it came about.

    Attributes:
        study: in the space of the reference volume.
        sentences: what was done, or why nothing was.
        warnings: what is doubtful, a sentence each.
        history: the steps; None when nothing was done.
        brain: uint8 mask on the study's grid; None when nothing was done.
        registrations: of each channel but the reference.
        own_brains: probability of brain as found in each channel by itself.
    """

    study: Study
    sentences: list[str]
    warnings: list[str] = field(default_factory=list)
    history: History | None = None
    brain: sitk.Image | None = None
    registrations: dict[str, Registration] = field(default_factory=dict)
    own_brains: dict[str, sitk.Image] = field(default_factory=dict)

    def returning(self, preparation: Preparation) -> Preparation:
        """Return `preparation` of the aligned study with its way back to the scan's own grid."""
        if self.history is None or self.brain is None:
            return preparation
        native = self.history.native[self.history.reference]
        brain = native.resample(sitk.Cast(self.brain, sitk.sitkFloat32))
        start, size = bounding_box(sitk.GetArrayViewFromImage(brain) > 0)
        return replace(
            preparation, reference=native, brain_start=start, brain=native.part(start, size)
        )


def align(
    study: Study, options: Aligning | None = None, progress: Progress = no_progress
) -> Aligned:
    """Bring the scans of a study onto one grid, and take away what is not brain.

    Every contrast's brain is found by itself; the contrasts are registered brain upon brain; and
    the brain of the study is where most contrasts have it.

    Args:
        study: checked with `preparing=True`.
        options: how.
        progress: told about every stage; may raise `CancelledError`.

    Raises:
        InputError: a volume has no brain, or does not fit the reference.
        MissingPackageError: a chosen program is not there or does not work.
    """
    options = options or Aligning()
    if not options.needed(study):
        return Aligned(study, [NOT_WANTED if options.prepare == "never" else SKIPPED])
    method = chosen_method(options.brain_extraction)
    scans = _with_brains(study, within(progress, 0.0, 0.3))
    own = _by_program(study, method, options, within(progress, 0.3, 0.4))
    registrations = _registered(study, scans, options, within(progress, 0.4, 0.85))
    progress("resampling", 0.85, "Bringing the volumes onto one grid")
    matrices = {channel: found.matrix for channel, found in registrations.items()}
    matrices[study.reference] = np.eye(4)
    grid = _common_grid(own or scans[study.reference].brain)
    brain = _common_brain(scans, matrices, grid, own)
    native = {channel: Grid.of(image) for channel, image in study.images.items()}
    with_skull = sum(shows_skull(image) for image in study.images.values())
    steps = [
        *recording.registrations(registrations, study.reference),
        recording.extraction(method if own else BUNDLED, brain, with_skull, len(scans)),
        recording.resampling(grid),
    ]
    history = History(tuple(steps), native, study.reference)
    images = {}
    for channel, scan in scans.items():
        progress("resampling", 0.9, "Bringing the volumes onto one grid")
        sampled = history.to_prepared(smoothed(scan.image, COMMON_SPACING_MM), channel, grid)
        images[channel] = sitk.Mask(sampled, brain)
    progress("resampling", 1.0, "The volumes are prepared")
    warnings = [
        doubt
        for channel, found in registrations.items()
        for doubt in found.doubts(CHANNEL_TITLES[channel])
    ]
    return Aligned(
        replace(study, images=images, prepared=True),
        history.sentences(),
        warnings,
        history,
        brain,
        registrations,
        {channel: scan.brain for channel, scan in scans.items()},
    )


def _with_brains(study: Study, progress: Progress) -> dict[str, Scan]:
    scans = {}
    for number, (channel, image) in enumerate(study.images.items()):
        title = CHANNEL_TITLES[channel]
        progress("brain extraction", number / len(study.images), f"Finding the brain in {title}")
        values = sitk.Cast(image, sitk.sitkFloat32)
        brain = find_brain(values)
        if volume_ml(brain) < SMALLEST_BRAIN_ML:
            raise InputError(
                f"No brain was found in the {title} volume.",
                "Check that it shows a head; if so, prepare the volumes with other software.",
            )
        scans[channel] = Scan(values, brain)
    return scans


def _by_program(
    study: Study, method: str, options: Aligning, progress: Progress
) -> sitk.Image | None:
    """Return the brain that the user's program finds in the reference, or None without one."""
    message = "Extracting the brain with the chosen program"
    return brain_of_method(
        sitk.Cast(study.images[study.reference], sitk.sitkFloat32),
        method,
        options.device,
        lambda: progress("brain extraction", 0.0, message),
    )


def _registered(
    study: Study, scans: dict[str, Scan], options: Aligning, progress: Progress
) -> dict[str, Registration]:
    others = [channel for channel in scans if channel != study.reference]
    found = {}
    for number, channel in enumerate(others):
        title, reference = CHANNEL_TITLES[channel], CHANNEL_TITLES[study.reference]
        progress("registration", number / len(others), f"Registering {title} to {reference}")
        found[channel] = register(
            scans[study.reference], scans[channel], options.seed, options.threads
        )
        if found[channel].failed:
            raise InputError(
                f"The {title} volume could not be registered to the {reference} volume: "
                f"their brains overlap by {found[channel].agreement:.0%} only.",
                "Check that both show the same patient's head, or register them with other "
                "software.",
            )
    return found


def _common_grid(brain: sitk.Image) -> Grid:
    """Return the LPS grid around the reference's brain that the study is brought onto."""
    inside = sitk.GetArrayViewFromImage(brain) > HALF
    start, size = bounding_box(inside)
    box = lps_grid(Grid.of(brain).part(start, size), COMMON_SPACING_MM)
    margin = round(MARGIN_MM / COMMON_SPACING_MM)
    return box.part([-margin] * 3, [n + 2 * margin for n in box.size])


def _common_brain(
    scans: dict[str, Scan], matrices: dict[str, np.ndarray], grid: Grid, own: sitk.Image | None
) -> sitk.Image:
    """Return the brain on `grid`, uint8: a program's, or the mean of what the contrasts show."""
    if own is not None:
        return sitk.Cast(grid.resample(own) > HALF, sitk.sitkUInt8)
    total, weight = np.zeros(grid.size[::-1], np.float32), np.zeros(grid.size[::-1], np.float32)
    for channel, scan in scans.items():
        inverse = as_transform(matrices[channel]).GetInverse()
        looked = sitk.Cast(scan.image * 0 + 1, sitk.sitkUInt8)
        there = grid.resample(looked, sitk.sitkNearestNeighbor, through=inverse)
        seen = sitk.GetArrayFromImage(there)
        total += sitk.GetArrayFromImage(grid.resample(scan.brain, through=inverse)) * seen
        weight += seen
    mean = grid.place(np.divide(total, weight, out=np.zeros_like(total), where=weight > 0))
    return sitk.Cast(in_one_piece(mean) > HALF, sitk.sitkUInt8)
