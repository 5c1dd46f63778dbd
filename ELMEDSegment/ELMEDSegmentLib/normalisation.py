"""How the intensities of a contrast are scaled before a network sees them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Normalisation:
    """A z-score with its variations.

    Attributes:
        title: in words, for reports.
        own_voxels: mean and deviation are those of the contrast's own voxels that are not zero;
            otherwise of all voxels where any contrast shows brain.
        clip: scores farther from zero are cut off there; None for no limit.
        squash: scores are bent towards the limit 3, as `3 tanh(z / 3)`.
    """

    title: str
    own_voxels: bool = False
    clip: float | None = None
    squash: bool = False

    def limited(self, scores: np.ndarray) -> np.ndarray:
        """Return z-scores of any shape with extreme values limited."""
        if self.clip is not None:
            return np.clip(scores, -self.clip, self.clip)
        return 3 * np.tanh(scores / 3) if self.squash else scores


NORMALISATIONS = {
    "zscore-brain": Normalisation("z-scored over the brain", clip=5.0),
    "zscore-nonzero": Normalisation(
        "z-scored over the voxels of each contrast that are not zero", own_voxels=True
    ),
    "zscore-nonzero-tanh": Normalisation(
        "z-scored over the voxels of each contrast that are not zero, extremes bent to 3",
        own_voxels=True,
        squash=True,
    ),
}
"""ELMED's own networks take the first. The second is MONAI's `NormalizeIntensityd(nonzero=True,
channel_wise=True)`, the third Auto3DSeg's mode `meanstdtanh`."""
