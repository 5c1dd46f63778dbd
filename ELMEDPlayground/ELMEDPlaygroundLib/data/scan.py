"""Patches and slices of the scans that are open in Slicer, labelled by what they show."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDLib.errors import InputError
from ELMEDPlaygroundLib import checked
from ELMEDPlaygroundLib.data import scan_patches as patches
from ELMEDPlaygroundLib.data.examples import Examples, reads
from ELMEDPlaygroundLib.data.scan_subjects import (
    MOST_SUBJECTS,
    TISSUES,
    Subject,
    read_subject,
    tissue_classes,
    well_inside,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

TASKS = ("plane", "tissue", "segment")
SPACINGS_MM = {"plane": 2.0, "tissue": 1.5, "segment": 2.0}
GAP_MM = 6.0
MOST_CENTRES = 20_000
"""Places of one class that are looked at; thousands of times what is drawn."""

LEAST_BRAIN = 0.5
"""The share of a patch that must be brain, for it to show something."""

SEGMENT_SHARE_OF_SLICE = 0.01
LONGEST_LABEL = 10


@dataclass(frozen=True)
class ScanPatches:
    """Examples with the places that they were cut from.

    Attributes:
        examples: for the dataset.
        places: boxes, planes and subjects, an entry for each example.
        spacing_mm: a voxel's length in the boxes.
        gap_mm: what held-out boxes are at least away from the others of their subject.
    """

    examples: Examples
    places: patches.Candidates
    spacing_mm: float
    gap_mm: float


@reads(
    "subjects",
    "task",
    "label_names",
    "planes",
    "cut",
    "patch",
    "spacing_mm",
    "split",
    "gap_mm",
    "segment_name",
)
def scan(spec: Mapping[str, Any]) -> Examples:
    """Return patches or slices of scans, `(n, channel, row, column)`; see `cut_scan`."""
    return cut_scan(spec).examples


def cut_scan(spec: Mapping[str, Any]) -> ScanPatches:
    """Cut labelled patches or slices out of scans.

    Args:
        spec: `subjects`: a list of {`images`: {channel: path}, `labels`: path};
            `task`: "plane" (which way was it cut), "tissue" (of the voxel in the middle: by labels
            where `label_names` names them {value: name}, and else three classes of intensity, see
            `scan_subjects.tissue_classes`), or "segment" (is the middle inside the labels);
            `cut`: "patches" or "slices"; `planes`: list of axial, coronal, sagittal;
            `patch`: side in pixels; `spacing_mm`: length of a pixel;
            `split`: "blocks" or "subjects"; `gap_mm`: what lies between the two parts.

    Raises:
        InputError: the spec says something that is not allowed, or the scans do not give it.
    """
    plan = _Plan.of(spec)
    entries = checked.items(spec.get("subjects"), "the list of scans", MOST_SUBJECTS)
    if not entries:
        raise InputError("There is no scan to learn from.", "Choose a volume on the page Scan.")
    subjects = [read_subject(entry, plan.spacing_mm) for entry in entries]
    if len({subject.array.shape[0] for subject in subjects}) > 1:
        raise InputError(
            "The subjects have different numbers of volumes.",
            "Choose the same contrasts for each subject.",
        )
    generator = np.random.default_rng([plan.seed, 7])
    names, found = _candidates(plan, subjects, spec, generator)
    gap = max(math.ceil(plan.gap_mm / plan.spacing_mm / 2), 1)
    if plan.split == "subjects":
        found, held = patches.part_by_subject(found, plan.share, generator)
    else:
        edge = plan.side or round(24 / plan.spacing_mm)
        found, held = patches.part_by_blocks(
            found, plan.share, edge + edge // 2 + 2 * gap, gap, plan.side == 0, generator
        )
    chosen = patches.drawn_evenly(found.target, held, plan.count, plan.share, names, generator)
    places, test = found.take(chosen), held[chosen]
    images = np.stack([_image(subjects, places, n, plan) for n in range(len(places))])
    examples = Examples(images.astype(np.float32), places.target, names, test=test)
    return ScanPatches(examples, places, plan.spacing_mm, 2 * gap * plan.spacing_mm)


@dataclass(frozen=True)
class _Plan:
    """The spec, checked; `side` is 0 for whole slices, `pixels` the side of what is shown."""

    task: str
    planes: tuple[str, ...]
    side: int
    pixels: int
    spacing_mm: float
    split: str
    gap_mm: float
    count: int
    share: float
    seed: int

    @classmethod
    def of(cls, spec: Mapping[str, Any]) -> _Plan:
        task = checked.choice(spec.get("task", "plane"), "the task", TASKS)
        usual = list(patches.PLANES) if task == "plane" else ["axial"]
        planes = checked.items(spec.get("planes") or usual, "the list of planes", len(usual) + 3)
        for plane in planes:
            checked.choice(plane, "the plane", patches.PLANES)
        cut = checked.choice(spec.get("cut", "patches"), "the cut", ("patches", "slices"))
        pixels = checked.whole(spec.get("patch", 16), "the patch's side", 6, 64)
        usual_mm = SPACINGS_MM[task]
        plan = cls(
            task,
            tuple(dict.fromkeys(planes)),
            pixels if cut == "patches" else 0,
            pixels,
            checked.number(spec.get("spacing_mm") or usual_mm, "the pixel's length", 0.5, 6.0),
            checked.choice(spec.get("split", "blocks"), "the split", ("blocks", "subjects")),
            checked.number(spec.get("gap_mm", GAP_MM), "the gap in mm", 2.0, 40.0),
            checked.whole(spec.get("count") or 600, "the number of examples", 20, 20_000),
            checked.number(spec.get("test_share", 0.3), "the test share", 0.05, 0.95),
            checked.whole(spec.get("seed", 0), "the data's seed", 0, 2**31 - 1),
        )
        plan._check()
        return plan

    def _check(self) -> None:
        if self.side == 0 and self.task == "tissue":
            raise InputError("A whole slice shows all tissues.", "Take patches for this task.")
        if self.side == 0 and self.split == "blocks" and len(self.planes) > 1:
            raise InputError(
                "Slices of different planes cross each other, so blocks cannot keep them apart.",
                "Take patches, slices of one plane, or split by subject.",
            )
        if self.task == "plane" and len(self.planes) < 2:  # noqa: PLR2004
            raise InputError(
                "With a single plane there is nothing to tell apart.", "Choose two or three planes."
            )


def _candidates(
    plan: _Plan, subjects: list[Subject], spec: Mapping[str, Any], generator: np.random.Generator
) -> tuple[tuple[str, ...], patches.Candidates]:
    """Return the classes' names, and all places where examples of them may be taken."""
    names, maps = _classes(plan, subjects, spec)
    parts: list[tuple[np.ndarray, np.ndarray, int, np.ndarray, int]] = []
    for number, (subject, classes) in enumerate(zip(subjects, maps, strict=True)):
        for position, plane in enumerate(plan.planes):
            axis = patches.PLANES[plane]
            centres, targets = _places(plan, subject, classes, axis, generator)
            if plan.task == "plane":
                targets = np.full(len(centres), position)
            low, high = patches.boxes(centres, axis, plan.side, subject.brain.shape)
            inside = ((low >= 0) & (high <= subject.brain.shape)).all(axis=1)
            parts.append((low[inside], high[inside], axis, targets[inside], number))
    if not sum(len(part[3]) for part in parts):
        raise InputError("The scan is smaller than one patch.", "Take smaller patches.")
    return names, patches.Candidates(
        np.concatenate([low for low, *_ in parts]),
        np.concatenate([high for _, high, *_ in parts]),
        np.concatenate([np.full(len(part[3]), part[2]) for part in parts]),
        np.concatenate([part[3] for part in parts]).astype(np.int64),
        np.concatenate([np.full(len(part[3]), part[4]) for part in parts]),
    )


def _classes(
    plan: _Plan, subjects: list[Subject], spec: Mapping[str, Any]
) -> tuple[tuple[str, ...], list[np.ndarray]]:
    """Return the classes' names, and a map `(z, y, x)` of classes for each subject, -1 for none."""
    if plan.task == "plane":
        return plan.planes, [np.where(subject.brain, 0, -1) for subject in subjects]
    wanted = checked.mapping(spec.get("label_names") or {}, "the labels' names")
    if plan.task == "tissue" and not wanted:
        return TISSUES, [tissue_classes(subject) for subject in subjects]
    maps = []
    for subject in subjects:
        if subject.labels is None:
            raise InputError(
                "A scan has no segmentation to take the classes from.",
                "Choose a segmentation for each subject.",
            )
        if plan.task == "segment":
            maps.append(np.where(subject.brain, (subject.labels > 0).astype(np.int64), -1))
            continue
        classes = np.full(subject.brain.shape, -1, np.int64)
        for place, value in enumerate(wanted):
            classes[subject.labels == _label(value)] = place
        maps.append(classes)
    if plan.task == "segment":
        inside = str(spec.get("segment_name") or "segment")
        return ("elsewhere", inside), maps
    if not any((classes >= 0).any() for classes in maps):
        raise InputError(
            "No segmentation has any of the labels that are to be told apart.",
            "Choose another segmentation, or learn from brightness without one.",
        )
    return tuple(str(name) for name in wanted.values()), maps


def _label(name: str) -> int:
    """Return the label that a name stands for, as JSON has no numbers for names."""
    if not name.lstrip("-").isdecimal() or len(name) > LONGEST_LABEL:
        raise InputError(f"'{name[:40]}' is no label.", 'Give labels as {"1": "name", ...}.')
    return int(name)


def _places(
    plan: _Plan,
    subject: Subject,
    classes: np.ndarray,
    axis: int,
    generator: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Return centres `(n, 3)` and their classes."""
    if plan.side == 0:
        return _slices(plan, subject, classes, axis)
    sure = well_inside(classes) if plan.task == "tissue" else np.ones(classes.shape, bool)
    full = _share_of_brain(subject.brain, axis, plan.side) >= LEAST_BRAIN
    # One subject may lack what others have.
    centres, targets = [np.zeros((0, patches.AXES), np.int64)], [np.zeros(0, np.int64)]
    for label in range(int(classes.max()) + 1):
        places = np.argwhere((classes == label) & sure & full)
        places = places[generator.permutation(len(places))[:MOST_CENTRES]]
        centres.append(places)
        targets.append(np.full(len(places), label))
    return np.concatenate(centres), np.concatenate(targets)


def _slices(
    plan: _Plan, subject: Subject, classes: np.ndarray, axis: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return one centre for each slice that shows enough brain, and whether it has the segment."""
    across = tuple(other for other in range(patches.AXES) if other != axis)
    area = subject.brain.sum(axis=across)
    marked = ((classes > 0) & subject.brain).sum(axis=across)
    numbers = np.flatnonzero(area > 0.25 * area.max())
    targets = (marked[numbers] > SEGMENT_SHARE_OF_SLICE * area[numbers]).astype(np.int64)
    # Slices with a trace of it are neither.
    clear = targets.astype(bool) | (marked[numbers] == 0) | (plan.task == "plane")
    centres = np.zeros((len(numbers), patches.AXES), np.int64)
    centres[:, axis] = numbers
    return centres[clear], targets[clear]


def _share_of_brain(brain: np.ndarray, axis: int, side: int) -> np.ndarray:
    from scipy import ndimage

    size = [side] * patches.AXES
    size[axis] = 1
    share: np.ndarray = ndimage.uniform_filter(brain.astype(np.float32), size, mode="constant")
    return share


def _image(
    subjects: list[Subject], places: patches.Candidates, number: int, plan: _Plan
) -> np.ndarray:
    plane = int(places.plane[number])
    array = subjects[int(places.subject[number])].array
    image = patches.cut(array, places.low[number], places.high[number], plane)
    return image if plan.side else patches.squared(image, plan.pixels)
