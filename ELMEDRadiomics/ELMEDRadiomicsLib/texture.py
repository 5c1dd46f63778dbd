"""All features of one image in one region, apart from shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ELMEDLib.errors import InputError
from ELMEDRadiomicsLib.discretisation import Levels, discretise
from ELMEDRadiomicsLib.emphasis import Sizes, gldm, glrlm, glszm
from ELMEDRadiomicsLib.firstorder import Intensities, first_order
from ELMEDRadiomicsLib.glcm import Cooccurrence, direction_weights, glcm
from ELMEDRadiomicsLib.ibsi import NORMAL_KURTOSIS
from ELMEDRadiomicsLib.matrices import Matrices
from ELMEDRadiomicsLib.ngtdm import Tones, ngtdm

if TYPE_CHECKING:
    from ELMEDRadiomicsLib.region import Region

Names = Sequence[str]
Values = Mapping[str, NDArray[np.float64]]


def levels_of(values: NDArray[Any], settings: dict[str, Any], profile: str) -> Levels:
    """Return the grey levels of a region's intensities, as settings and profile say."""
    return discretise(
        values,
        settings["binWidth"],
        settings["binCount"],
        from_minimum=profile == "ibsi",
    )


def texture_features(
    values: NDArray[Any],
    region: Region,
    classes: Mapping[str, Names],
    settings: dict[str, Any],
    profile: str = "pyradiomics",
) -> dict[tuple[str, str], float]:
    """Return value by feature class and feature.

    Args:
        values: (voxels,) intensities of the region in raster order, in the image's own type.
        region: the voxels.
        classes: which features of which classes; shape classes are passed over.
        settings: the settings that hold for this image type.
        profile: `pyradiomics` or `ibsi`.

    Raises:
        InputError: the intensities or the bins cannot be used.
    """
    levels = levels_of(values, settings, profile)
    if len(region.unit_directions) == 0 or not _has_room(region):
        classes = _without_neighbours(classes)
    matrices = Matrices(region, levels)
    found: dict[tuple[str, str], float] = {}
    for name, features in classes.items():
        if name in COMPUTERS:
            for feature, value in COMPUTERS[name](matrices, values, features, settings).items():
                found[name, feature] = float(value[0])
    if profile == "ibsi" and ("firstorder", "Kurtosis") in found:
        found["firstorder", "Kurtosis"] -= NORMAL_KURTOSIS
    return found


def _has_room(region: Region) -> bool:
    """Whether the bounding box spans any axis along which neighbours are looked for."""
    shape = region.mask.shape
    return any(size > 1 for axis, size in enumerate(shape) if axis != region.flat_axis)


def _without_neighbours(classes: Mapping[str, Names]) -> Mapping[str, Names]:
    texture = [name for name in classes if name in COMPUTERS and name != "firstorder"]
    if texture:
        raise InputError(
            "With force2D the segment is one voxel wide in its plane and has no neighbours, so it "
            f"has no texture ({', '.join(texture)}).",
            "Choose another force2Ddimension, or leave the texture classes out.",
        )
    return classes


def _first_order(
    matrices: Matrices, values: NDArray[Any], names: Names, settings: dict[str, Any]
) -> Values:
    intensities = Intensities(
        values.astype(np.float64)[None],
        matrices.levels.counts[None],
        float(np.prod(matrices.region.spacing[::-1])),
        settings["voxelArrayShift"],
    )
    return first_order(intensities, names)


def _weights(
    matrices: Matrices, settings: dict[str, Any], *, squared: bool
) -> NDArray[np.float64] | None:
    norm = settings["weightingNorm"]
    if norm is None:
        return None
    region = matrices.region
    offsets = region.directions if squared else region.unit_directions
    return direction_weights(norm, offsets, region.spacing, squared=squared)


def _glcm(matrices: Matrices, _: NDArray[Any], names: Names, settings: dict[str, Any]) -> Values:
    cooccurrence = Cooccurrence(
        matrices.cooccurrence()[None],
        matrices.levels.grey,
        matrices.levels.highest,
        symmetric=settings["symmetricalGLCM"],
        weights=_weights(matrices, settings, squared=True),
    )
    return glcm(cooccurrence, names)


def _glrlm(matrices: Matrices, _: NDArray[Any], names: Names, settings: dict[str, Any]) -> Values:
    runs = matrices.runs()
    weights = _weights(matrices, settings, squared=False)
    sizes = Sizes(
        runs.counts[None], matrices.levels.grey, runs.sizes, weights=weights, empty_total=np.nan
    )
    return glrlm(sizes, names)


def _glszm(matrices: Matrices, _: NDArray[Any], names: Names, _settings: dict[str, Any]) -> Values:
    zones = matrices.zones()
    return glszm(Sizes(zones.counts[None, ..., None], matrices.levels.grey, zones.sizes), names)


def _gldm(matrices: Matrices, _: NDArray[Any], names: Names, settings: dict[str, Any]) -> Values:
    alike = matrices.dependences(settings["gldm_a"])
    return gldm(Sizes(alike.counts[None, ..., None], matrices.levels.grey, alike.sizes), names)


def _ngtdm(matrices: Matrices, _: NDArray[Any], names: Names, _settings: dict[str, Any]) -> Values:
    tones = matrices.tone_differences()
    return ngtdm(Tones(tones.voxels[None], tones.differences[None], matrices.levels.grey), names)


COMPUTERS = {
    "firstorder": _first_order,
    "glcm": _glcm,
    "glrlm": _glrlm,
    "glszm": _glszm,
    "gldm": _gldm,
    "ngtdm": _ngtdm,
}
