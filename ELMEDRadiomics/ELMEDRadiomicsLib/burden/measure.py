"""Tumour burden of a label image: the whole way."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK as sitk

from ELMEDLib.errors import InputError
from ELMEDLib.progress import Progress, no_progress
from ELMEDRadiomicsLib.burden.bidimensional import largest_crosses
from ELMEDRadiomicsLib.burden.lesions import components
from ELMEDRadiomicsLib.burden.options import KINDS, REGIONS, BurdenOptions
from ELMEDRadiomicsLib.burden.planes import across_plane
from ELMEDRadiomicsLib.burden.rano import choose_targets, is_measurable, least_diameter, sum_up
from ELMEDRadiomicsLib.burden.results import Burden, Diameters, Lesion, Line, Point, Region
from ELMEDRadiomicsLib.diameters import largest_distance, mesh_points

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ELMEDRadiomicsLib.burden.bidimensional import Cross
    from ELMEDRadiomicsLib.burden.chords import Chord
    from ELMEDRadiomicsLib.burden.lesions import Component

THREE_DIMENSIONS = 3


def measure_burden(
    labels: sitk.Image, options: BurdenOptions | None = None, progress: Progress = no_progress
) -> Burden:
    """Measure volumes, diameters and RANO products of a segmented tumour.

    Args:
        labels: 3D, 0 background, 1 necrotic or non-enhancing core, 2 oedema, 3 enhancing tumour.
        options: how; the defaults of RANO 2.0 unless told.
        progress: told how far the work is.

    Raises:
        InputError: the image is not 3D, an option means nothing, or a segment is too porous.
    """
    options = options or BurdenOptions()
    if labels.GetDimension() != THREE_DIMENSIONS:
        raise InputError("The segments are not a 3D volume.", "Choose a 3D label map.")
    started = time.perf_counter()
    work = _Measuring(labels, options)
    regions = work.regions()
    lesions: list[Lesion] = []
    left_out = {}
    for number, kind in enumerate(options.labels):
        progress("lesions", 0.1 + 0.85 * number / len(options.labels), f"Measuring {KINDS[kind]}")
        found, left_out[kind] = work.lesions(kind)
        lesions += found
    lesions = choose_targets(lesions, options)
    sums = [
        sum_up(kind, lesions, work.volume(wanted), left_out[kind])
        for kind, wanted in options.labels.items()
    ]
    x, y, z = labels.GetSpacing()
    return Burden(
        regions,
        lesions,
        sums,
        options.plane,
        (x, y, z),
        options.rule,
        work.warnings(),
        time.perf_counter() - started,
        work.thickness,
    )


class _Measuring:
    """The voxels with their geometry."""

    def __init__(self, labels: sitk.Image, options: BurdenOptions) -> None:
        self._image = labels
        self._options = options
        whole = sitk.GetArrayViewFromImage(labels)
        # All that is measured lies in the box of the labels.
        box = _box(whole) if whole.any() else (slice(0, 1),) * whole.ndim
        self._array = whole[box]
        self._corner = np.array([part.start for part in box])
        self._spacing = np.array(labels.GetSpacing()[::-1])
        self._voxel_ml = float(np.prod(self._spacing)) / 1000
        self._axis = across_plane(labels, options.plane)
        self._origin = np.array(labels.GetOrigin())
        direction = np.reshape(labels.GetDirection(), (3, 3))
        self._to_world = direction * np.array(labels.GetSpacing())

    @property
    def thickness(self) -> float:
        """The distance of the slices that diameters lie in, in mm."""
        return float(self._spacing[self._axis])

    def warnings(self) -> list[str]:
        """Return what is doubtful about the measurements."""
        thickness = self.thickness
        if thickness > self._options.thick_mm:
            least = least_diameter(thickness, self._options)
            sentence = (
                f"The slices lie {thickness:.1f} mm apart: both diameters of a measurable lesion "
                f"must reach {least:g} mm."
            )
            return [sentence]
        return []

    def _mask(self, wanted: tuple[int, ...]) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = np.logical_or.reduce([self._array == one for one in wanted])
        return found

    def volume(self, wanted: tuple[int, ...]) -> float:
        """Return the volume of labels together, in ml."""
        return float(self._mask(wanted).sum()) * self._voxel_ml

    def regions(self) -> list[Region]:
        """Return the size of every region."""
        found = []
        for name, wanted in REGIONS.items():
            mask = self._mask(wanted)
            voxels = int(mask.sum())
            diameter = self._diameter(mask[_box(mask)]) if voxels else 0.0
            found.append(Region(name, voxels, voxels * self._voxel_ml, diameter))
        return found

    def _diameter(self, mask: NDArray[np.bool_]) -> float:
        return largest_distance(mesh_points(np.pad(mask, 1)), self._spacing)

    def lesions(self, kind: str) -> tuple[list[Lesion], list[float]]:
        """Return the lesions of one kind, and the volumes (ml) of pieces too small to be listed."""
        least = max(1, round(self._options.least_ml / self._voxel_ml))
        found, small = components(self._mask(self._options.labels[kind]), least)
        lesions = [
            self._lesion(component, kind, number) for number, component in enumerate(found, start=1)
        ]
        return lesions, [size * self._voxel_ml for size in small]

    def _lesion(self, component: Component, kind: str, number: int) -> Lesion:
        stacked = np.moveaxis(component.mask, self._axis, 0)
        others = [axis for axis in range(3) if axis != self._axis]
        thickness = self.thickness
        row, column = self._spacing[others]
        crosses = largest_crosses(stacked, (thickness, float(row), float(column)))
        if crosses is None:
            raise ValueError("a lesion has voxels")
        classic = self._diameters(crosses.classic, component)
        product = self._diameters(crosses.product, component)
        slices = int(stacked.any((1, 2)).sum())
        used = product if self._options.rule == "product" else classic
        measurable, why = is_measurable(used, slices, thickness, self._options)
        return Lesion(
            f"{KINDS[kind]} {number}",
            kind,
            component.voxels,
            component.voxels * self._voxel_ml,
            self._diameter(component.mask),
            slices,
            self._point(np.array(component.centre)),
            classic,
            product,
            measurable,
            why,
        )

    def _diameters(self, cross: Cross, component: Component) -> Diameters:
        return Diameters(
            int(cross.plane + component.corner[self._axis] + self._corner[self._axis]),
            self._line(cross.longest, cross.plane, component),
            self._line(cross.perpendicular, cross.plane, component),
            cross.product,
        )

    def _line(self, chord: Chord, plane: int, component: Component) -> Line:
        ends = []
        for row, column in (chord.start, chord.end):
            place = [row / 2, column / 2]
            place.insert(self._axis, float(plane))
            ends.append(self._point(np.array(place) + component.corner))
        return Line(ends[0], ends[1], chord.length)

    def _point(self, place: NDArray[np.float64]) -> Point:
        """Return the point in LPS mm of a place in the cut array (z, y, x)."""
        x, y, z = self._origin + self._to_world @ (place + self._corner)[::-1]
        return float(x), float(y), float(z)


def _box(array: NDArray[Any]) -> tuple[slice, ...]:
    """Return the smallest box that holds all that is not 0."""
    box = []
    for axis in range(array.ndim):
        others = tuple(other for other in range(array.ndim) if other != axis)
        used = np.flatnonzero(array.any(others))
        box.append(slice(int(used[0]), int(used[-1]) + 1))
    return tuple(box)
