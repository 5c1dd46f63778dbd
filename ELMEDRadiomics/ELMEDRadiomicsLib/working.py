"""Working images: a sequence, normalised and brought into a frame, computed once.

A sequence is read and normalised once for all segments. B-spline coefficients, the costly part of
resampling, are computed once as well, and only around the segments: what is farther away than
`SPLINE_REACH` voxels does not change a coefficient's last bit (the filter's pole is 0.27).
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK as sitk

from ELMEDLib.errors import InputError
from ELMEDRadiomicsLib.boxes import Box, box_of, union, whole
from ELMEDRadiomicsLib.normalisation import Mapping, NyulStandard, fit_mapping
from ELMEDRadiomicsLib.spline import along_axes, may_use_matrices, resampled_by_matrices

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from ELMEDRadiomicsLib.frames import Frame, Grid

SPLINE_REACH = 40
SPLINE_ORDER = 3
WORTH_CROPPING = 0.75


class Sequence:
    """One image of a study.

    Args:
        name: what the user calls it.
        image: as read.
        settings: general settings.
        normalisation: name of the normalisation, None for what the settings say.
        brain: brain mask for normalisations that use one.
        standard: the standard for Nyúl normalisation.
        exact: resample with ITK's very rounding. Filters need that: their results lie around 0,
            where the last bits of what they filter can be seen.
    """

    def __init__(
        self,
        name: str,
        image: sitk.Image,
        settings: dict[str, Any],
        normalisation: str | None = None,
        brain: sitk.Image | None = None,
        standard: NyulStandard | None = None,
        *,
        exact: bool = True,
    ) -> None:
        self.name = name
        self.read = checked_image(image, name)
        self.settings = settings
        self.exact = exact
        self._choice = (normalisation, brain, standard)

    @cached_property
    def mapping(self) -> Mapping | None:
        """The change of intensities that normalises this image, None for none."""
        choice, brain, standard = self._choice
        return fit_mapping(self.read, self.settings, choice, brain, standard, self.name)

    @property
    def pixel_type(self) -> int:
        """SimpleITK's number of the normalised image's pixel type."""
        return self.read.GetPixelID() if self.mapping is None else sitk.sitkFloat64

    @cached_property
    def normalised(self) -> sitk.Image:
        """The whole image, normalised."""
        if self.mapping is None:
            return self.read
        image = sitk.GetImageFromArray(self.mapping.apply(sitk.GetArrayViewFromImage(self.read)))
        image.CopyInformation(self.read)
        return image

    def values(self, box: Box) -> NDArray[Any]:
        """Return the normalised intensities (z, y, x) in a box, normalising no more than that."""
        if self.mapping is None or "normalised" in self.__dict__:
            return sitk.GetArrayViewFromImage(self.normalised)[box.slices]
        return self.mapping.apply(sitk.GetArrayViewFromImage(self.read)[box.slices])

    def part(self, box: Box) -> sitk.Image:
        """Return a part of the normalised image, normalising no more than that part."""
        z, y, x = box.slices
        if self.mapping is None or "normalised" in self.__dict__:
            return self.normalised[x, y, z]
        image = sitk.GetImageFromArray(self.values(box))
        image.SetSpacing(self.read.GetSpacing())
        image.SetDirection(self.read.GetDirection())
        image.SetOrigin(self.read.TransformIndexToPhysicalPoint((x.start, y.start, z.start)))
        return image

    @property
    def shape(self) -> tuple[int, int, int]:
        """The number of voxels (z, y, x)."""
        x, y, z = self.read.GetSize()
        return z, y, x


class WorkingImage:
    """A sequence in a frame.

    Args:
        sequence: the image.
        frame: where the working image lies.
        spline: B-spline coefficients that cover the frame, None to compute them for it alone.
    """

    def __init__(self, sequence: Sequence, frame: Frame, spline: sitk.Image | None = None) -> None:
        self.sequence = sequence
        self.frame = frame
        self._spline = spline

    @property
    def shape(self) -> tuple[int, int, int]:
        """The number of voxels (z, y, x)."""
        if self.frame.crop is not None:
            return self.frame.crop.shape
        assert self.frame.grid is not None  # noqa: S101 - a frame has one of the two
        x, y, z = self.frame.grid.size
        return z, y, x

    @cached_property
    def image(self) -> sitk.Image:
        """The whole working image."""
        if self.frame.crop is not None:
            if self.frame.crop == whole(self.sequence.shape):
                return self.sequence.normalised
            return self.sequence.part(self.frame.crop)
        assert self.frame.grid is not None  # noqa: S101
        return _resample(self.sequence, self.frame.grid, self._spline)

    def array(self, box: Box) -> NDArray[Any]:
        """Return the intensities (z, y, x) in a box of the working image."""
        crop = self.frame.crop
        if crop is None or "image" in self.__dict__:
            return sitk.GetArrayViewFromImage(self.image)[box.slices]
        offset = np.array(crop.start)
        part = box_of(box.start + offset, box.stop + offset)
        return self.sequence.values(part)


def spline_for(sequence: Sequence, frames: Iterable[Frame]) -> sitk.Image | None:
    """Return B-spline coefficients for all frames that need them, None when none does."""
    interpolator = sequence.settings["interpolator"]
    grids = [frame.grid for frame in frames if frame.grid is not None]
    if may_use_matrices(sequence):
        grids = [grid for grid in grids if along_axes(sequence.read, grid) is None]
    if not grids or interpolator_number(interpolator) != sitk.sitkBSpline:
        return None
    needed = union(_covered(sequence.read, grid) for grid in grids)
    needed = needed.grown(SPLINE_REACH, sequence.shape)
    everything = whole(sequence.shape)
    if needed.voxels > WORTH_CROPPING * everything.voxels:
        needed = everything
    values = sitk.Cast(sequence.part(needed), sitk.sitkFloat64)
    return sitk.BSplineDecomposition(values, SPLINE_ORDER)


def _covered(image: sitk.Image, grid: Grid) -> Box:
    """Return the box of voxels of an image that a grid lies in."""
    ends = [(0, size - 1) for size in grid.size]
    probe = sitk.Image(1, 1, 1, sitk.sitkUInt8)
    probe.SetOrigin(grid.origin)
    probe.SetSpacing(grid.spacing)
    probe.SetDirection(grid.direction)
    places = [
        image.TransformPhysicalPointToContinuousIndex(
            probe.TransformIndexToPhysicalPoint((x, y, z))
        )
        for x in ends[0]
        for y in ends[1]
        for z in ends[2]
    ]
    shape = np.array(image.GetSize()[::-1])
    start = np.clip(np.floor(np.min(places, axis=0))[::-1], 0, shape - 1)
    stop = np.clip(np.ceil(np.max(places, axis=0))[::-1] + 1, start + 1, shape)
    return box_of(start, stop)


def _resample(sequence: Sequence, grid: Grid, spline: sitk.Image | None) -> sitk.Image:
    if interpolator_number(sequence.settings["interpolator"]) == sitk.sitkBSpline:
        quick = resampled_by_matrices(sequence, grid)
        if quick is not None:
            return quick
    if spline is not None:
        return grid.resampler(sitk.sitkBSplineResampler, sequence.pixel_type).Execute(spline)
    interpolator = interpolator_number(sequence.settings["interpolator"])
    return grid.resampler(interpolator, sequence.pixel_type).Execute(sequence.normalised)


def interpolator_number(interpolator: str | int) -> int:
    """Return SimpleITK's number of an interpolator given by name or number."""
    return getattr(sitk, interpolator) if isinstance(interpolator, str) else int(interpolator)


def checked_image(image: sitk.Image, name: str) -> sitk.Image:
    """Return the image when features can be computed on it.

    Raises:
        InputError: it is not in 3D or has several components.
    """
    if image.GetDimension() != 3:  # noqa: PLR2004
        raise InputError(
            f"The image '{name}' has {image.GetDimension()} dimensions; three are needed.",
            "Give a flat image as a volume of one slice.",
        )
    if image.GetNumberOfComponentsPerPixel() > 1:
        raise InputError(
            f"The image '{name}' has {image.GetNumberOfComponentsPerPixel()} values per voxel.",
            "Give a greyscale image.",
        )
    return image
