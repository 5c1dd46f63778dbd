"""All slices of the scans, with what is known of each, parted into learnt and held out."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDLib.errors import InputError
from ELMEDPlaygroundLib import checked
from ELMEDPlaygroundLib.data.scan_subjects import MOST_CHANNELS, MOST_SUBJECTS
from ELMEDPlaygroundLib.generative.slices.holding_out import HELD, LEARNT, parts_of
from ELMEDPlaygroundLib.generative.slices.settings import CLASSES, SEGMENT_CLASSES
from ELMEDPlaygroundLib.generative.slices.stack import Stack, common_edge, make_stack

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

THIRDS = 3
FEWEST_LEARNT, FEWEST_HELD, FEWEST_OF_CLASS = 12, 3, 3
MUCH, TRACE = 0.01, 0.0
"""Shares of a slice: it has the segment above the one, and has it not at the other."""

NONE = -1


@dataclass(frozen=True)
class Slices:
    """Slices of one or several subjects.

    Attributes:
        stacks: a subject each; what is made has the geometry of the first.
        edge_mm: side of the squares.
        pictures: float32 `(n, channel, side, side)`, 0..1.
        positions: float32 `(n,)`, 0 to 1 along the stack.
        targets: int64 `(n,)`, the class; -1 for none.
        subjects: int64 `(n,)`.
        parts: int `(n,)`, see `holding_out`.
        classes: names.
    """

    stacks: tuple[Stack, ...]
    edge_mm: float
    pictures: np.ndarray
    positions: np.ndarray
    targets: np.ndarray
    subjects: np.ndarray
    parts: np.ndarray
    classes: tuple[str, ...]

    @property
    def learnt(self) -> np.ndarray:
        """Which slices are learnt, bool `(n,)`."""
        return self.parts == LEARNT

    @property
    def held(self) -> np.ndarray:
        """Which slices are held out, bool `(n,)`."""
        return self.parts == HELD


def read_slices(subjects: object, plane: str, side: int) -> Slices:
    """Read subjects and cut them into slices.

    Args:
        subjects: a list of {`images`: {channel: path}, `labels`: path of a label image}; with
            labels, the classes are with and without the segment, else thirds of the stack.
        plane: axial, coronal or sagittal.
        side: of the pictures, in pixels.

    Raises:
        InputError: a file is gone or cannot be used, or there are too few slices.
    """
    entries = checked.items(subjects, "the list of scans", MOST_SUBJECTS)
    if not entries:
        raise InputError("There is no scan to learn from.", "Choose a volume.")
    return slices_of([_read(entry, plane) for entry in entries], side)


def slices_of(stacks: Sequence[Stack], side: int) -> Slices:
    """Return the slices of stacks, see `read_slices`.

    Raises:
        InputError: the stacks do not fit together, or have too few slices.
    """
    if len({stack.arrays.shape[0] for stack in stacks}) > 1:
        raise InputError(
            "The subjects have different numbers of volumes.",
            "Choose the same contrasts for each subject.",
        )
    edge_mm = common_edge(stacks)
    positions = [stack.positions for stack in stacks]
    marked = [stack.marked for stack in stacks]
    with_segment = all(one is not None for one in marked)
    targets = [
        _segment_classes(one) if with_segment else _thirds(place)  # type: ignore[arg-type]
        for place, one in zip(positions, marked, strict=True)
    ]
    plane = stacks[0].plane
    slices = Slices(
        tuple(stacks),
        edge_mm,
        np.concatenate([stack.squares(side, edge_mm) for stack in stacks]),
        np.concatenate(positions),
        np.concatenate(targets),
        np.concatenate([np.full(len(one), n) for n, one in enumerate(positions)]),
        np.concatenate(
            [parts_of(stack.numbers, stack.spacing[0], n) for n, stack in enumerate(stacks)]
        ),
        SEGMENT_CLASSES if with_segment else CLASSES[plane],
    )
    _check(slices)
    return slices


def checksum_of(subjects: Sequence[Mapping[str, Any]]) -> str:
    """Return the SHA-256 of all files of subjects that `read_slices` has read."""
    from ELMEDSegmentLib.model import sha256

    digest = hashlib.sha256()
    for subject in subjects:
        labels = subject.get("labels")
        for path in (*subject["images"].values(), *([labels] if labels else [])):
            digest.update(sha256(Path(path)).encode())
    return digest.hexdigest()


def _read(entry: object, plane: str) -> Stack:
    import SimpleITK as sitk

    from ELMEDSegmentLib.inputs.study import read_volume

    subject: Mapping[str, Any] = checked.mapping(entry, "a subject")
    images = checked.mapping(subject.get("images"), "a scan's images")
    if not images or len(images) > MOST_CHANNELS:
        raise InputError(
            "A scan has no volume, or too many.", f"Choose 1 to {MOST_CHANNELS} volumes."
        )
    labels = subject.get("labels")
    paths = [*images.values(), *([labels] if labels else [])]
    if not all(isinstance(path, str) and Path(path).is_file() for path in paths):
        raise InputError(
            "The scan that the slices come from is not at hand any more.",
            "Open the page Generate, choose the volumes again and begin anew.",
        )
    read = {
        name: sitk.Cast(read_volume(path, name), sitk.sitkFloat32) for name, path in images.items()
    }
    return make_stack(read, plane, read_volume(labels, "label map") if labels else None)


def _thirds(positions: np.ndarray) -> np.ndarray:
    return np.minimum((positions * THIRDS).astype(np.int64), THIRDS - 1)


def _segment_classes(marked: np.ndarray) -> np.ndarray:
    """Return 1 with the segment, 0 without; a slice with a trace of it is neither."""
    return np.where(marked > MUCH, 1, np.where(marked <= TRACE, 0, NONE)).astype(np.int64)


def _check(slices: Slices) -> None:
    if slices.learnt.sum() < FEWEST_LEARNT or slices.held.sum() < FEWEST_HELD:
        raise InputError(
            f"The scan has only {len(slices.positions)} slices in this plane: too few to learn "
            "from, and to hold some out.",
            "Choose another plane, or several volumes.",
        )
    for place, name in enumerate(slices.classes):
        if (slices.learnt & (slices.targets == place)).sum() < FEWEST_OF_CLASS:
            raise InputError(
                f"Too few slices are '{name}' to learn what they look like.",
                "Choose a segment that some slices have and some have not, or none.",
            )
