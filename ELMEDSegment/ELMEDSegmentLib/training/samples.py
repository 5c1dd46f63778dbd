"""What a training step is made of: prepared cases, and patches drawn from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from ELMEDSegmentLib.labels import CHANNELS, REGIONS
from ELMEDSegmentLib.preparation import prepare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ELMEDSegmentLib.training.cases import Case
    from ELMEDSegmentLib.training.lesions import LesionBank

# How often a patch is centred on tumour rather than anywhere in the brain.
SHARE_CENTRED_ON_TUMOUR = 0.6

# The elastic displacement is drawn at this many points along each axis of a patch.
BEND_POINTS = 6


@dataclass(frozen=True)
class TrainingCase:
    """A study on the working grid, in memory.

    Attributes:
        name: for logs and reports.
        image: float32 `(channel, z, y, x)`, z-scored.
        regions: float32 `(region, z, y, x)`, the share of each voxel that belongs to the region.
        brain: bool `(z, y, x)`.
    """

    name: str
    image: np.ndarray
    regions: np.ndarray
    brain: np.ndarray


@dataclass(frozen=True)
class Patch:
    """One sample: image `(channel, z, y, x)` and regions `(region, z, y, x)`, both float32."""

    image: np.ndarray
    regions: np.ndarray


def prepare_case(case: Case, spacing_mm: float) -> TrainingCase:
    """Read a case and bring it onto the working grid, as inference does it."""
    study, labels = case.read()
    prepared = prepare(study, CHANNELS, spacing_mm)
    grid, working = prepared.preparation.reference, prepared.preparation.working
    regions = [
        sitk.GetArrayFromImage(
            working.resample(grid.place(np.isin(labels, values).astype(np.float32)))
        )
        for values in REGIONS.values()
    ]
    return TrainingCase(case.name, prepared.array, np.stack(regions), prepared.brain)


def draw_patch(
    rng: np.random.Generator,
    cases: Sequence[TrainingCase],
    weights: np.ndarray,
    size: Sequence[int],
    lesions: LesionBank | None = None,
    bend: float = 0.0,
) -> Patch:
    """Draw a patch of `size` `(z, y, x)` voxels from one of `cases`, turned, scaled and flipped.

    Args:
        rng: the only source of chance.
        cases: to choose from.
        weights: how likely each case is; they sum to one.
        size: of the patch in voxels, `(z, y, x)`.
        lesions: when given, lesions of other patients may be set into the patch.
        bend: standard deviation of an elastic displacement, in voxels.
    """
    case = cases[int(rng.choice(len(cases), p=weights))]
    image, regions = case.image, case.regions
    if lesions is not None:
        image, regions = lesions.set_into(rng, image, regions, case.brain)
    tumour = np.flatnonzero(regions[0] > 0.5)  # noqa: PLR2004 - more than half of the voxel
    inside = np.flatnonzero(case.brain)
    use_tumour = len(tumour) > 0 and rng.random() < SHARE_CENTRED_ON_TUMOUR
    places = tumour if use_tumour else inside
    centre = np.array(np.unravel_index(int(rng.choice(places)), case.brain.shape), float)
    centre += rng.uniform(-0.25, 0.25, 3) * np.asarray(size)
    # A patch that hangs far outside shows nothing: keep its centre a quarter inside the volume.
    quarter = np.minimum(np.asarray(size), case.brain.shape) / 4
    centre = np.clip(centre, quarter, np.array(case.brain.shape) - 1 - quarter)
    stacked = np.concatenate([image, regions])
    patch = _turned_patch(rng, stacked, centre, size, bend)
    return Patch(patch[: len(image)], patch[len(image) :])


def _turned_patch(
    rng: np.random.Generator,
    volume: np.ndarray,
    centre: np.ndarray,
    size: Sequence[int],
    bend: float,
) -> np.ndarray:
    """Sample `volume` `(c, z, y, x)` around `centre`, randomly turned, scaled, flipped and bent."""
    import torch
    from torch.nn.functional import grid_sample

    matrix = _rotation(rng.normal(0, np.deg2rad(10), 3)) @ np.diag(np.exp(rng.normal(0, 0.1, 3)))
    if rng.random() < 0.5:  # noqa: PLR2004 - left and right are equally likely
        matrix[2] *= -1  # the x axis of (z, y, x)
    axes = [np.arange(n, dtype=np.float32) - (n - 1) / 2 for n in size]
    offsets = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    positions = offsets @ matrix.T.astype(np.float32) + centre.astype(np.float32)
    if bend > 0:
        positions += _smooth_noise(rng, bend, size, components=3)
    # grid_sample wants (x, y, z) in -1 to 1 from the first to the last voxel centre.
    shape = np.array(volume.shape[1:])
    scaled = (2 * positions / np.maximum(shape - 1, 1) - 1)[..., ::-1].astype(np.float32)
    sampled = grid_sample(
        torch.from_numpy(np.ascontiguousarray(volume, np.float32))[None],
        torch.from_numpy(np.ascontiguousarray(scaled))[None],
        mode="bilinear",
        padding_mode="zeros",
        align_corners=True,
    )
    array: np.ndarray = sampled[0].numpy()
    return array


def _smooth_noise(
    rng: np.random.Generator, deviation: float, size: Sequence[int], components: int
) -> np.ndarray:
    """Return a smooth random field, float32 `(z, y, x, component)`."""
    import torch
    from torch.nn.functional import interpolate

    coarse = rng.normal(0, deviation, (1, components, *(BEND_POINTS,) * 3)).astype(np.float32)
    field = interpolate(torch.from_numpy(coarse), tuple(size), mode="trilinear", align_corners=True)
    array: np.ndarray = field[0].permute(1, 2, 3, 0).numpy()
    return array


def _rotation(angles: np.ndarray) -> np.ndarray:
    """Return the rotation by `angles` (radians) about z, y and x, for vectors `(z, y, x)`."""
    a, b, c = angles
    about_z = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    about_y = np.array([[np.cos(b), 0, -np.sin(b)], [0, 1, 0], [np.sin(b), 0, np.cos(b)]])
    about_x = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    rotation: np.ndarray = about_z @ about_y @ about_x
    return rotation
