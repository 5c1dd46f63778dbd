"""Label maps of brain regions, with names."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from ELMEDLib.errors import InputError
from ELMEDRadiomicsLib.reading import read_volume

if TYPE_CHECKING:
    from numpy.typing import NDArray

TEMPLATE = Path(__file__).resolve().parents[2] / "Resources" / "Templates" / "head.nii.gz"
"""The template that comes with ELMED; see the README beside it."""

LOBES = ("frontal lobe", "parietal lobe", "temporal lobe", "occipital lobe", "insula")
DEEP = ("thalamus", "basal ganglia", "hippocampus or amygdala", "brainstem")
OTHERS = ("cerebellum", "ventricle")

LEFT, RIGHT = 0, 20
HEAD = 60
"""In the template: other tissue of the head, which only helps to register."""

TEMPLATE_REGIONS = dict(enumerate((*LOBES, *DEEP, *OTHERS), start=1))
"""Names of the template's labels on the left side; on the right side they are 20 higher."""

ELOQUENT = (
    *("thalamus", "basal ganglia", "brainstem"),
    *("brain stem", "motor", "precentral", "corticospinal", "internal capsule"),
    *("language", "speech", "broca", "wernicke", "visual", "calcarine"),
)
"""Words in the names of structures that count as eloquent (Spetzler and Martin 1986, J Neurosurg
65:476; the basal ganglia as well). Those of the second and third line are for atlases of a user's
own: the template knows no motor or language cortex."""


@dataclass(frozen=True)
class Atlas:
    """A label map of regions.

    Attributes:
        labels: the regions, 0 where there is none.
        names: of the regions, by label.
        sides: "left", "right" or "" by label.
    """

    labels: sitk.Image
    names: dict[int, str]
    sides: dict[int, str]


def template() -> Atlas:
    """Return the template that comes with ELMED.

    Raises:
        InputError: the file is missing or damaged.
    """
    names = {}
    sides = {}
    for number, name in TEMPLATE_REGIONS.items():
        for offset, side in ((LEFT, "left"), (RIGHT, "right")):
            names[number + offset] = name
            sides[number + offset] = "" if name == "brainstem" else side
    return Atlas(read_volume(TEMPLATE, "template"), names, sides)


def brain_of(labels: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Return which voxels of the template belong to the brain."""
    brain: NDArray[np.bool_] = (labels > 0) & (labels < HEAD)
    return brain


def read_atlas(path: Path | str, names: Path | str | None = None) -> Atlas:
    """Read a user's own label map, in the patient's space.

    Args:
        path: the label map.
        names: text with a line `LABEL NAME` for each region (FreeSurfer's and ITK-SNAP's colour
            tables do, too), or JSON `{"LABEL": "NAME"}`; regions without one are numbered. A name
            that begins or ends with a word for a side (left, right, lh, rh, L, R) tells the side.

    Raises:
        InputError: a file cannot be read, or the label map holds no regions.
    """
    labels = read_volume(path, "atlas")
    found = [int(value) for value in np.unique(sitk.GetArrayViewFromImage(labels)) if value]
    if not found:
        raise InputError("The atlas holds no regions: all its voxels are 0.", "Choose another one.")
    given = _read_names(Path(names)) if names else {}
    known = {label: given.get(label, f"region {label}") for label in found}
    return Atlas(labels, known, {label: side_of(name) for label, name in known.items()})


def sided(side: str, name: str) -> str:
    """Return a region's name with its side before it, where the name does not say it itself."""
    return name if side_of(name) else f"{side} {name}".strip()


def side_of(name: str) -> str:
    """Return the side that a region's name tells, "" where it tells none."""
    words = name.replace("-", " ").replace("_", " ").replace(".", " ").split()
    if words[:1] == ["ctx"]:  # FreeSurfer's cortex: ctx-lh-precentral
        words = words[1:]
    for word in (words[0], words[-1]) if words else ():
        if word.lower() in ("left", "lh") or word == "L":
            return "left"
        if word.lower() in ("right", "rh") or word == "R":
            return "right"
    return ""


def _read_names(path: Path) -> dict[int, str]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        if path.suffix.lower() == ".json":
            return {int(label): str(name) for label, name in json.loads(text).items()}
        names = {}
        for line in text.splitlines():
            words = line.replace(",", " ").replace("\t", " ").split()
            if len(words) > 1 and words[0].isdigit():
                # Colour tables have columns of numbers beside the name.
                named = [word for word in words[1:] if not _is_number(word)]
                names[int(words[0])] = " ".join(named).strip('"')
        if not names:
            raise ValueError(path.name)
        return names
    except (OSError, ValueError, AttributeError) as error:
        raise InputError(
            f"The names in '{path.name}' cannot be read.",
            "Write a line for each region: its label, a space, its name.",
        ) from error


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True
