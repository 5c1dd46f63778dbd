"""The shape of segments as numbers from 0 to 1, for a radar chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

RATIOS = ("Sphericity", "Elongation", "Flatness")
"""Features that lie between 0 and 1 by their definition."""

SIZES = ("Maximum3DDiameter", "SurfaceArea", "MeshVolume", "SurfaceVolumeRatio")
"""Features that are shown as a share of the largest among the segments."""


def shape_features(mask: NDArray[np.bool_], spacing: Sequence[float]) -> dict[str, float]:
    """Return the features of a segment, bool `(z, y, x)` with `spacing` (z, y, x) in mm."""
    from ELMEDRadiomicsLib.shape import Shape, shape  # SciPy: the panel needs `radar` alone

    return {name: float(v) for name, v in shape(Shape(mask, spacing), RATIOS + SIZES).items()}


def radar(features: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """Return a number from 0 to 1 for each segment's feature.

    Args:
        features: of `shape_features`, by segment.
    """
    largest = {name: max(own[name] for own in features.values()) for name in SIZES}
    return {
        segment: {
            **{name: own[name] for name in RATIOS},
            **{name: own[name] / largest[name] if largest[name] else 0.0 for name in SIZES},
        }
        for segment, own in features.items()
    }
