"""How undecided a network is, voxel by voxel, and about each region as a whole.

The probabilities are means over the members of an ensemble and over the mirrored predictions. The
entropy of such a mean is large both where each member is undecided and where members contradict
each other (the "predictive entropy" of Lakshminarayanan et al. 2017, arXiv:1612.01474, for
ensembles, and of Wang et al. 2019, doi:10.1016/j.neucom.2019.01.103, for flips and other
transformations of the input in the segmentation of brain tumours).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ELMEDSegmentLib.labels import REGIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_BITS = 2.0
"""The entropy where background, oedema, necrotic core and enhancing tumour are equally likely."""

LOW, HIGH = 0.25, 0.75
"""Thresholds on both sides of 0.5 that tell how far a region's border would move."""


def entropy_bits(probabilities: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return the entropy of the tissue at each voxel in bits.

    The nested regions are turned into what excludes each other: nothing, oedema, necrotic core and
    enhancing tumour. 0 means certain, 1 means undecided between two tissues, 2 between all four.

    Args:
        probabilities: of "WT", "TC" and "ET", float arrays of one shape `(z, y, x)`.

    Returns:
        float32 of the same shape, 0 to 2.
    """
    # A region that lies inside another is not likelier than the other, as `labels_of` has it.
    whole = np.clip(probabilities["WT"], 0.0, 1.0)
    core = np.minimum(np.clip(probabilities["TC"], 0.0, 1.0), whole)
    enhancing = np.minimum(np.clip(probabilities["ET"], 0.0, 1.0), core)
    bits = np.zeros(whole.shape, np.float32)
    for likely in (1 - whole, whole - core, core - enhancing, enhancing):
        # 0 times the logarithm of 0 counts as 0.
        bits -= likely * np.log2(likely, out=np.zeros_like(likely), where=likely > 0)
    return np.maximum(bits, 0.0)


def confidence(
    probabilities: Mapping[str, np.ndarray], labels: np.ndarray, voxel_volume_ml: float
) -> dict[str, dict[str, float]]:
    """Return how sure a network is of each region.

    Args:
        probabilities: of each region, float arrays of one shape `(z, y, x)`.
        labels: what was made of them, uint8 of the same shape.
        voxel_volume_ml: volume of a voxel in millilitres.

    Returns:
        By region: "mean_probability" inside the labelled region (0 where it is empty), and
        "low_ml" and "high_ml", the volumes within which the probability exceeds `HIGH` and `LOW`:
        the smallest and the largest that the region would be with another threshold.
    """
    found = {}
    for region, values in REGIONS.items():
        inside = np.isin(labels, values)
        likely = probabilities[region]
        found[region] = {
            "mean_probability": round(float(likely[inside].mean()), 4) if inside.any() else 0.0,
            "low_ml": round(int(np.count_nonzero(likely > HIGH)) * voxel_volume_ml, 4),
            "high_ml": round(int(np.count_nonzero(likely > LOW)) * voxel_volume_ml, 4),
        }
    return found
