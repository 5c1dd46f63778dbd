"""Where a tumour lies, in numbers and in words."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK as sitk

from ELMEDLib.errors import InputError
from ELMEDLib.progress import Progress, no_progress
from ELMEDRadiomicsLib.geometry import difference
from ELMEDRadiomicsLib.location.atlas import ELOQUENT, Atlas, sided, template
from ELMEDRadiomicsLib.location.registration import register_template
from ELMEDRadiomicsLib.location.words import describe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

TOUCHED_MM = 2.0
"""A structure is touched when the tumour comes this close to it."""

LEAST_SHOWN = 0.5
"""A volume or an atlas that covers less than this share of the tumour is another one's."""

OUTSIDE = (
    "Most of the tumour lies outside of the atlas's volume: check that the atlas lies in the "
    "patient's space."
)

CROSSING = 0.03
"""The midline is crossed when more than this share of the tumour lies on its other side."""


@dataclass(frozen=True)
class Overlap:
    """How much of the tumour lies in a region.

    Attributes:
        region: the region's name, without a side.
        side: "left", "right" or "".
        volume_ml: of the tumour in it.
        share: of the whole tumour, 0 to 1.
    """

    region: str
    side: str
    volume_ml: float
    share: float


@dataclass
class Location:
    """Where a tumour lies.

    Attributes:
        side: "left", "right", "both", or "" where the atlas knows no sides.
        crosses_midline: whether a good part lies on either side.
        overlaps: the regions that hold parts of it, most first.
        touched: structures that it touches or fills, such as ventricles, with their sides.
        eloquent: those of the regions and structures that count as eloquent.
        outside: share of the tumour that lies in no region.
        lesions: region of each lesion's centre, by the lesion's name.
        agreement: Dice of the brain and the template's; None for an atlas in the patient's space.
        sentences: all of it in words.
        method: in a sentence, how it was found.
    """

    side: str
    crosses_midline: bool
    overlaps: list[Overlap]
    touched: list[str]
    eloquent: list[str]
    outside: float
    lesions: dict[str, str] = field(default_factory=dict)
    agreement: float | None = None
    sentences: list[str] = field(default_factory=list)
    method: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return it as plain lists and dictionaries."""
        return asdict(self)


def locate_in_template(
    tumour: sitk.Image,
    image: sitk.Image,
    places: Mapping[str, tuple[float, float, float]] | None = None,
    progress: Progress = no_progress,
) -> Location:
    """Find a tumour's place by registering the template to a volume of the patient.

    Args:
        tumour: label map, not 0 in the tumour.
        image: a volume of the same space, with or without skull, in any contrast.
        places: points (LPS mm) whose regions are named, such as lesions' centres.
        progress: told how far the work is.

    Raises:
        InputError: the volume is empty, or nothing like a head, or shows another place.
    """
    if share_within(tumour, image) < LEAST_SHOWN:
        raise InputError(
            "The volume does not show the place where the tumour is.",
            "Choose a volume of the same examination as the segments.",
        )
    progress("registering", 0.0, "Registering the template to the brain")
    atlas = template()
    found = register_template(atlas, image)
    warped = sitk.Resample(atlas.labels, tumour, found.transform, sitk.sitkNearestNeighbor, 0)
    progress("locating", 0.9, "Finding the place of the tumour")
    location = locate(tumour, Atlas(warped, atlas.names, atlas.sides), places)
    location.agreement = found.agreement
    location.method = found.sentence
    location.sentences += found.doubts
    return location


def locate(
    tumour: sitk.Image,
    atlas: Atlas,
    places: Mapping[str, tuple[float, float, float]] | None = None,
) -> Location:
    """Find a tumour's place in an atlas that lies in the patient's space.

    Args:
        tumour: label map, not 0 in the tumour.
        atlas: its label map may have another grid.
        places: points (LPS mm) whose regions are named.
    """
    labels = atlas.labels
    if difference(tumour, labels, None) is not None:
        labels = sitk.Resample(labels, tumour, sitk.Transform(), sitk.sitkNearestNeighbor, 0)
    mask = sitk.GetArrayViewFromImage(tumour) != 0
    regions = sitk.GetArrayViewFromImage(labels)
    voxel_ml = float(np.prod(tumour.GetSpacing())) / 1000
    overlaps, outside = _overlaps(mask, regions, atlas, voxel_ml)
    side, crosses = _side(overlaps)
    touched = _touched(mask, regions, atlas, tumour.GetSpacing()[::-1])
    eloquent = [name for name in touched if _is_eloquent(name)]
    location = Location(side, crosses, overlaps, touched, eloquent, outside)
    for name, point in (places or {}).items():
        location.lesions[name] = _region_at(point, mask.shape, regions, atlas, tumour)
    location.method = "Overlap with the label map that was given, in the patient's own space."
    location.sentences = describe(location)
    if share_within(tumour, atlas.labels) < LEAST_SHOWN:
        location.sentences.append(OUTSIDE)
    return location


def share_within(tumour: sitk.Image, image: sitk.Image) -> float:
    """Return how much of a tumour lies within the space of an image, 0 to 1.

    Args:
        tumour: label map, not 0 in the tumour.
        image: on any grid.
    """
    xyz = np.argwhere(sitk.GetArrayViewFromImage(tumour))[:, ::-1]
    if not len(xyz):
        return 1.0
    axes, origin = _axes(tumour)
    onto, start = _axes(image)
    indices = np.linalg.solve(onto, (xyz @ axes.T + origin - start).T).T
    voxels = np.rint(indices)
    inside = (voxels >= 0) & (voxels < image.GetSize())
    return float(inside.all(axis=1).mean())


def _axes(image: sitk.Image) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what turns indices (x, y, z) into places: a matrix, and the place of index 0."""
    direction = np.reshape(image.GetDirection(), (3, 3))
    return direction * np.asarray(image.GetSpacing()), np.asarray(image.GetOrigin())


def _overlaps(
    mask: NDArray[np.bool_], regions: NDArray[np.integer], atlas: Atlas, voxel_ml: float
) -> tuple[list[Overlap], float]:
    values, counts = np.unique(regions[mask], return_counts=True)
    total = max(int(mask.sum()), 1)
    found: dict[tuple[str, str], int] = {}
    for value, count in zip(values.tolist(), counts.tolist(), strict=True):
        if int(value) in atlas.names:
            key = (atlas.names[int(value)], atlas.sides[int(value)])
            found[key] = found.get(key, 0) + count
    overlaps = [
        Overlap(name, side, count * voxel_ml, count / total)
        for (name, side), count in found.items()
    ]
    overlaps.sort(key=lambda overlap: -overlap.share)
    return overlaps, 1 - sum(found.values()) / total


def _side(overlaps: list[Overlap]) -> tuple[str, bool]:
    """Return the side, and whether the midline is crossed."""
    left, right = (sum(o.share for o in overlaps if o.side == side) for side in ("left", "right"))
    if not left + right:
        return "", False
    smaller = min(left, right) / (left + right)
    if smaller > 1 / 3:
        return "both", True
    return ("left" if left > right else "right"), smaller > CROSSING


def _touched(
    mask: NDArray[np.bool_],
    regions: NDArray[np.integer],
    atlas: Atlas,
    spacing: tuple[float, ...],
) -> list[str]:
    """Return the structures within reach of the tumour that are no lobes, with their sides."""
    image = sitk.GetImageFromArray(mask.astype(np.uint8))
    image.SetSpacing(spacing[::-1])
    distance = sitk.SignedMaurerDistanceMap(image, squaredDistance=False, useImageSpacing=True)
    near = sitk.GetArrayViewFromImage(distance) <= TOUCHED_MM
    touched = []
    for value in np.unique(regions[near]).tolist():
        name = atlas.names.get(int(value), "")
        if name and "lobe" not in name.lower() and name not in ("insula", "cerebellum"):
            touched.append(sided(atlas.sides[int(value)], name))
    return list(dict.fromkeys(touched))


def _is_eloquent(name: str) -> bool:
    plain = name.lower().replace("-", " ").replace("_", " ")
    return any(word in plain for word in ELOQUENT)


def _region_at(
    point: tuple[float, float, float],
    shape: tuple[int, ...],
    regions: NDArray[np.integer],
    atlas: Atlas,
    grid: sitk.Image,
) -> str:
    index = np.rint(grid.TransformPhysicalPointToContinuousIndex(point)).astype(int)[::-1]
    if (index < 0).any() or (index >= shape).any():
        return ""
    value = int(regions[tuple(index)])
    if value not in atlas.names:
        return ""
    return sided(atlas.sides[value], atlas.names[value])
