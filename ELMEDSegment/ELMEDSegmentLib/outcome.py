"""From the probabilities that a network gives to what is returned of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ELMEDSegmentLib.postprocessing import labels_of, without_islands
from ELMEDSegmentLib.uncertainty import confidence, entropy_bits

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import SimpleITK as sitk

    from ELMEDSegmentLib.preparation import Preparation


@dataclass(frozen=True)
class Wanted:
    """What is wanted besides labels; each costs a float volume on the reference grid.

    Attributes:
        postprocess: remove islands that are too small to be a tumour.
        probabilities: return the probability of each region.
        uncertainty: return how undecided the network is at each voxel.
    """

    postprocess: bool = True
    probabilities: bool = False
    uncertainty: bool = False


@dataclass(frozen=True)
class Outcome:
    """What was found, on the reference volume's grid.

    Attributes:
        labels: image of uint8 labels (1, 2, 3).
        confidence: how sure the network is of each region; see `uncertainty.confidence`.
        probabilities: float32 images by region, 0 to 1; none unless they were wanted.
        uncertainty: float32 image of the entropy in bits, None unless it was wanted.
    """

    labels: sitk.Image
    confidence: dict[str, dict[str, float]]
    probabilities: dict[str, sitk.Image] = field(default_factory=dict)
    uncertainty: sitk.Image | None = None


def outcome_of(
    probabilities: Mapping[str, np.ndarray], preparation: Preparation, wanted: Wanted
) -> Outcome:
    """Return what a network's probabilities amount to.

    Args:
        probabilities: of each region, float32 `(z, y, x)` on the working grid.
        preparation: gives the way back to the reference volume.
        wanted: what to return besides labels.
    """
    brain = {region: preparation.to_brain(volume) for region, volume in probabilities.items()}
    voxel_ml = preparation.brain.voxel_volume_ml
    labels = labels_of(brain)
    if wanted.postprocess:
        labels = without_islands(labels, voxel_ml)
    maps = (
        {region: preparation.to_reference(volume) for region, volume in brain.items()}
        if wanted.probabilities
        else {}
    )
    undecided = preparation.to_reference(entropy_bits(brain)) if wanted.uncertainty else None
    return Outcome(
        preparation.to_reference(labels), confidence(brain, labels, voxel_ml), maps, undecided
    )
