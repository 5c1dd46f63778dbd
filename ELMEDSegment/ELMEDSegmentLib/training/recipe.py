"""The settings of a training run."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

RESIDUAL_UNET: dict[str, Any] = {
    "name": "UNet",
    "spatial_dims": 3,
    "in_channels": 4,
    "out_channels": 3,
    "channels": [16, 32, 64, 128, 256],
    "strides": [2, 2, 2, 2],
    "num_res_units": 2,
    "act": "MISH",
    "norm": "BATCH",
}
"""The network that the course builds, in MONAI's words: a residual U-Net with Mish.

With one difference: the course keeps MONAI's instance normalisation. That scales whatever a crop
holds to the same spread, also where there is no tumour in it, and such crops came back full of
tumour. Batch normalisation uses what was normal in training instead.
"""


@dataclass(frozen=True)
class Recipe:
    """Everything that decides how a training run goes, besides its data.

    Attributes:
        steps: number of optimiser steps.
        batch: patches a step.
        patch: size of a patch in voxels, `(z, y, x)`.
        spacing_mm: voxel size of the working grid.
        learning_rate: at the peak; it rises over the first steps and falls along a cosine to zero.
        weight_decay: of AdamW.
        average: decay of the moving average of the weights, which is what validation and the
            published model use.
        channel_dropout: share of the patches that lose one channel.
        validate_every, save_every: in steps.
        seed: of everything that chance decides.
        architecture: of the network, see `network.build_network`.
    """

    steps: int = 3000
    batch: int = 2
    patch: tuple[int, int, int] = (64, 64, 64)
    spacing_mm: float = 2.0
    learning_rate: float = 1e-3
    weight_decay: float = 1e-4
    warm_up: int = 50
    average: float = 0.995
    channel_dropout: float = 0.1
    validate_every: int = 500
    save_every: int = 100
    seed: int = 0
    architecture: dict[str, Any] = field(default_factory=lambda: dict(RESIDUAL_UNET))

    def as_dict(self) -> dict[str, Any]:
        """Return the recipe as values that JSON can hold."""
        return {**asdict(self), "patch": list(self.patch)}
