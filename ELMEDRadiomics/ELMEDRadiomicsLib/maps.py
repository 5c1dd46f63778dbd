"""Feature maps: the value of a feature in the small cube around each voxel of a segment.

Conventions: pyradiomics 3.0.1 voxel-based extraction (`kernelRadius`, `maskedKernel`, `initValue`):
grey levels come from the whole segment, and kernels count only voxels of the segment unless
`maskedKernel` is off. Kernels are worked on in batches that bound the memory. Where a direction has
no pair of voxels in a kernel, the mean is over the other directions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK as sitk

from ELMEDLib.errors import InputError
from ELMEDLib.progress import Progress, no_progress
from ELMEDRadiomicsLib import kernels
from ELMEDRadiomicsLib.emphasis import Sizes, gldm, glrlm, glszm
from ELMEDRadiomicsLib.filters import check_image_types, filtered_images
from ELMEDRadiomicsLib.firstorder import Intensities, first_order
from ELMEDRadiomicsLib.frames import segment_in_frame
from ELMEDRadiomicsLib.geometry import geometry_of
from ELMEDRadiomicsLib.glcm import Cooccurrence, direction_weights, glcm
from ELMEDRadiomicsLib.ibsi import NORMAL_KURTOSIS, check_profile
from ELMEDRadiomicsLib.masks import integer_mask
from ELMEDRadiomicsLib.names import SHAPE_CLASSES
from ELMEDRadiomicsLib.ngtdm import Tones, ngtdm
from ELMEDRadiomicsLib.region import directions
from ELMEDRadiomicsLib.texture import levels_of
from ELMEDRadiomicsLib.working import Sequence, WorkingImage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from ELMEDRadiomicsLib.boxes import Box
    from ELMEDRadiomicsLib.discretisation import Levels
    from ELMEDRadiomicsLib.settings import Settings

    Floats = NDArray[np.float64]
    Names = tuple[str, ...]

BATCH_BYTES = 128 * 1024**2
MOST_BATCH = 4096


def feature_maps(
    image: sitk.Image,
    mask: sitk.Image,
    settings: Settings,
    label: int = 1,
    profile: str = "pyradiomics",
    progress: Progress = no_progress,
) -> dict[str, sitk.Image]:
    """Return a map (64-bit float) by pyradiomics' full feature name.

    Maps lie on the image's grid; those computed on a resampled grid are brought back to it, nearest
    neighbour. Outside the segment they are `initValue`.

    Args:
        image: 3D, one value per voxel.
        mask: whole numbers.
        settings: which features, filters and kernel.
        label: the segment's value in the mask.
        profile: `pyradiomics` or `ibsi`.
        progress: told how far the work is.

    Raises:
        InputError: the image, the mask or a setting cannot be used, or only shape is asked for.
    """
    check_profile(profile)
    check_image_types(list(settings.image_types))
    classes = _mapped_classes(settings)
    general = settings.general
    whole_mask = integer_mask(mask, general["label_channel"])
    segment = segment_in_frame(image, whole_mask, label, f"label {label}", general)
    working = WorkingImage(Sequence("image", image, general), segment.frame)
    window = segment.box.grown(general["kernelRadius"], working.shape)
    inside = segment.voxels[window.slices]
    maps: dict[str, sitk.Image] = {}
    types = list(settings.image_types)
    for number, image_type in enumerate(types):
        own = settings.for_image_type(image_type)
        for name, values in filtered_images(working, window, image_type, own):
            mapper = Mapper(values, inside, own, segment.frame.spacing, profile)
            for (kind, feature), found in mapper.compute(classes).items():
                full = f"{name}_{kind}_{feature}"
                computed = _as_image(found, inside, window, working, own["initValue"])
                maps[full] = _on_grid(computed, image, own["initValue"])
        progress("maps", (number + 1) / len(types), f"{image_type}: maps computed")
    return maps


def _mapped_classes(settings: Settings) -> dict[str, Names]:
    classes = {
        name: features
        for name, features in settings.feature_classes.items()
        if name not in SHAPE_CLASSES
    }
    if not classes:
        raise InputError(
            "Shape features have no maps: they describe the segment as a whole.",
            "Ask for features of other classes.",
        )
    return classes


def _as_image(
    values: Floats, inside: NDArray[np.bool_], window: Box, working: WorkingImage, outside: float
) -> sitk.Image:
    whole = np.full(working.shape, float(outside))
    whole[window.slices][inside] = values
    result = sitk.GetImageFromArray(whole)
    result.CopyInformation(working.image)
    return result


def _on_grid(computed: sitk.Image, image: sitk.Image, outside: float) -> sitk.Image:
    if geometry_of(computed) == geometry_of(image):
        return computed
    identity = sitk.Transform()
    return sitk.Resample(computed, image, identity, sitk.sitkNearestNeighbor, float(outside))


@dataclass(frozen=True)
class _Batch:
    """The kernels that are worked on together."""

    window: NDArray[np.integer]
    values: Floats
    levels: Levels


class Mapper:
    """Computes features in the kernel around each voxel of a segment.

    Args:
        values: intensities (z, y, x) around the segment.
        inside: the segment, same shape.
        settings: the settings that hold for this image type.
        spacing: voxel size (z, y, x) in mm.
        profile: `pyradiomics` or `ibsi`.
    """

    def __init__(
        self,
        values: NDArray[Any],
        inside: NDArray[np.bool_],
        settings: dict[str, Any],
        spacing: tuple[float, ...],
        profile: str,
    ) -> None:
        self.settings = settings
        self.spacing = np.asarray(spacing)
        self.profile = profile
        flat_axis = settings["force2Ddimension"] if settings["force2D"] else None
        self.kernel = kernels.Kernel(int(settings["kernelRadius"]), flat_axis)
        self.directions = directions(settings["distances"], flat_axis)
        self.units = directions((1,), flat_axis)
        counted = inside if settings["maskedKernel"] else np.ones_like(inside)
        self.levels = levels_of(values[counted], settings, profile)
        ranks = np.zeros(values.shape, dtype=np.int32)
        ranks[counted] = self.levels.ranks + 1
        floats = np.where(counted, values.astype(np.float64), np.nan)
        radius = self.kernel.radius
        self._ranks = np.pad(ranks, radius)
        self._values = np.pad(floats, radius, constant_values=np.nan)
        self._centres = np.array(np.nonzero(inside)).T + radius

    def compute(self, classes: Mapping[str, Names]) -> dict[tuple[str, str], Floats]:
        """Return (voxels,) values by feature class and feature, in raster order."""
        found: dict[tuple[str, str], list[Floats]] = {}
        for batch in self._batches():
            for kind, names in classes.items():
                for name, values in self._class(kind, batch, names).items():
                    found.setdefault((kind, name), []).append(values)
        maps = {key: np.concatenate(parts) for key, parts in found.items()}
        if self.profile == "ibsi" and ("firstorder", "Kurtosis") in maps:
            maps["firstorder", "Kurtosis"] -= NORMAL_KURTOSIS
        return maps

    def _batches(self) -> Iterator[_Batch]:
        number = len(self.levels.grey)
        cells = 8 * max(number * number * len(self.directions), number * 32 * len(self.units))
        size = int(np.clip(BATCH_BYTES // (4 * cells), 1, MOST_BATCH))
        for start in range(0, len(self._centres), size):
            places = self._centres[start : start + size, None, :] + self.kernel.places
            where = tuple(np.moveaxis(places, -1, 0))
            yield _Batch(self._ranks[where], self._values[where], self.levels)

    def _class(self, kind: str, batch: _Batch, names: Names) -> Mapping[str, Floats]:
        if kind == "firstorder":
            return self._first_order(batch, names)
        if kind == "glcm":
            return self._glcm(batch, names)
        if kind == "glrlm":
            counts = kernels.runs(batch.window, self.kernel, self.units, len(self.levels.grey))
            weights = self._weights(self.units, squared=False)
            lengths = np.arange(1, counts.shape[2] + 1, dtype=np.float64)
            grey = self.levels.grey
            sizes = Sizes(counts, grey, lengths, weights=weights, empty_total=np.nan)
            return glrlm(sizes, names)
        if kind == "glszm":
            counts = kernels.zones(batch.window, self.kernel, self.units, len(self.levels.grey))
            return glszm(self._sizes(counts), names)
        alpha = self.settings["gldm_a"]
        neighbours, sums, alike = kernels.neighbour_counts(
            batch.window, self.kernel, self.directions, self.levels.grey, alpha
        )
        if kind == "gldm":
            counts = kernels.dependences(batch.window, alike, len(self.levels.grey))
            return gldm(self._sizes(counts), names)
        tones = kernels.tone_differences(batch.window, neighbours, sums, self.levels.grey)
        return ngtdm(Tones(*tones, self.levels.grey), names)

    def _sizes(self, counts: Floats) -> Sizes:
        sizes = np.arange(1, counts.shape[2] + 1, dtype=np.float64)
        return Sizes(counts[..., None], self.levels.grey, sizes)

    def _first_order(self, batch: _Batch, names: Names) -> Mapping[str, Floats]:
        number = len(self.levels.grey)
        rows = np.arange(len(batch.window))[:, None] * (number + 1)
        tally = np.bincount((rows + batch.window).ravel(), minlength=len(rows) * (number + 1))
        counts = tally.reshape(len(rows), number + 1)[:, 1:]
        volume = float(np.prod(self.spacing[::-1]))
        shift = self.settings["voxelArrayShift"]
        return first_order(Intensities(batch.values, counts, volume, shift), names)

    def _glcm(self, batch: _Batch, names: Names) -> Mapping[str, Floats]:
        number = len(self.levels.grey)
        counts = kernels.cooccurrence(batch.window, self.kernel, self.directions, number)
        matrices = Cooccurrence(
            counts,
            self.levels.grey,
            self.levels.highest,
            symmetric=self.settings["symmetricalGLCM"],
            weights=self._weights(self.directions, squared=True),
        )
        return glcm(matrices, names)

    def _weights(self, offsets: NDArray[np.integer], *, squared: bool) -> Floats | None:
        norm = self.settings["weightingNorm"]
        if norm is None:
            return None
        return direction_weights(norm, offsets, self.spacing, squared=squared)
