"""The texture matrices that features are computed from, as they can be looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDLib.errors import InputError
from ELMEDRadiomicsLib.frames import segment_in_frame
from ELMEDRadiomicsLib.matrices import Matrices
from ELMEDRadiomicsLib.region import Region
from ELMEDRadiomicsLib.texture import levels_of
from ELMEDRadiomicsLib.working import Sequence, WorkingImage

if TYPE_CHECKING:
    import SimpleITK as sitk
    from numpy.typing import NDArray

    from ELMEDRadiomicsLib.settings import Settings

KINDS = {
    "glcm": ("Co-occurrence (GLCM)", "Grey level of the neighbour"),
    "glrlm": ("Run lengths (GLRLM)", "Length of the run"),
    "glszm": ("Zone sizes (GLSZM)", "Voxels in the zone"),
    "gldm": ("Dependences (GLDM)", "Dependent voxels"),
}
"""Title, and what the columns are."""

MOST_COLUMNS = 64
"""Of a picture; longer runs and larger zones are put together in its last column."""


def texture_matrix(
    image: sitk.Image,
    mask: sitk.Image,
    label: int,
    kind: str,
    settings: Settings,
    profile: str = "pyradiomics",
) -> dict[str, Any]:
    """Return a texture matrix of the unfiltered image in a segment, over all directions.

    Args:
        image: 3D.
        mask: whole numbers, on its grid.
        label: the segment.
        kind: one of `KINDS`.
        settings: normalisation, resampling and bins.
        profile: `pyradiomics` or `ibsi`.

    Returns:
        `rows` (grey levels), `columns` (see `KINDS`) and `counts`, a list for each row.

    Raises:
        InputError: the image, the mask or the bins cannot be used.
    """
    if kind not in KINDS:
        raise InputError(f"'{kind}' is no texture matrix.", f"Choose one of {', '.join(KINDS)}.")
    general = settings.general
    segment = segment_in_frame(image, mask, label, f"label {label}", general)
    working = WorkingImage(Sequence("image", image, general), segment.frame)
    inside = segment.voxels[segment.box.slices]
    flat_axis = general["force2Ddimension"] if general["force2D"] else None
    region = Region(inside, segment.frame.spacing, general["distances"], flat_axis)
    levels = levels_of(working.array(segment.box)[inside], general, profile)
    matrices = Matrices(region, levels)
    if kind == "glcm":
        counts = matrices.cooccurrence().sum(axis=-1)
        if general["symmetricalGLCM"]:
            counts = counts + counts.T
        columns: NDArray[np.float64] = levels.grey.astype(np.float64)
    else:
        sized = {
            "glrlm": matrices.runs,
            "glszm": matrices.zones,
            "gldm": lambda: matrices.dependences(general["gldm_a"]),
        }[kind]()
        counts, columns = sized.counts, sized.sizes
        counts = counts.sum(axis=-1) if counts.ndim == 3 else counts  # noqa: PLR2004 - directions
        if len(columns) > MOST_COLUMNS:
            rest = counts[:, MOST_COLUMNS - 1 :].sum(axis=1, keepdims=True)
            counts = np.concatenate([counts[:, : MOST_COLUMNS - 1], rest], axis=1)
            columns = columns[:MOST_COLUMNS]
    return {
        "rows": [float(level) for level in levels.grey],
        "columns": [float(column) for column in columns],
        "counts": counts.tolist(),
    }
