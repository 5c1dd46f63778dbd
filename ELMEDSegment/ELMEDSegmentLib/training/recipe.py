"""The settings of a training run."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import Any

from ELMEDLib.errors import InputError
from ELMEDSegmentLib.network import smallest_multiple
from ELMEDSegmentLib.training.designs import RESIDUAL_UNET

PRECISIONS = ("float32", "bfloat16")


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
        elastic_mm: how far anatomy is bent, as the standard deviation of the displacement.
        precision: "float32", or "bfloat16" for mixed precision: half the time on accelerators, and
            on CPUs that know it.
        validate_every, save_every: in steps.
        seed: of everything that chance decides.
        architecture: of the network, see `network.build_network`.
        start: SHA-256 of the weights that the network starts from; "" for random ones.
        validate_first: whether the network is validated before its first step, too.
        patience: after how many validations without a better one training stops; 0 for never.
        keep_best: whether the weights of the best validation are kept and published, instead of
            the last ones. What a manifest then says of the validated patients is too good: the
            weights were chosen by them.
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
    elastic_mm: float = 0.0
    precision: str = "float32"
    validate_every: int = 500
    save_every: int = 100
    seed: int = 0
    architecture: dict[str, Any] = field(default_factory=lambda: dict(RESIDUAL_UNET))
    start: str = ""
    validate_first: bool = False
    patience: int = 0
    keep_best: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return the recipe as values that JSON can hold."""
        return {**asdict(self), "patch": list(self.patch)}

    @staticmethod
    def of_dict(values: dict[str, Any]) -> Recipe:
        """Return the recipe that `as_dict` made `values` of.

        Raises:
            TypeError: it has a setting that this version does not know.
        """
        return Recipe(**{**values, "patch": tuple(values["patch"])})


def check_recipe(recipe: Recipe) -> None:
    """Tell whether a network can be trained by a recipe.

    Raises:
        InputError: it cannot, and why.
    """
    multiple = smallest_multiple(recipe.architecture)
    coarsest = [side // multiple for side in recipe.patch]
    wrong = {
        f"{recipe.steps} steps are none.": recipe.steps < 1,
        f"{recipe.batch} patches a step are none.": recipe.batch < 1,
        f"A patch of {' x '.join(str(side) for side in recipe.patch)} voxels does not fit this "
        f"network: its sides must be multiples of {multiple}.": min(recipe.patch) < multiple
        or any(side % multiple for side in recipe.patch),
        # Batch normalisation needs more than one voxel to be normal beside.
        "One patch a step that is so small teaches nothing: take a larger one, or more.": (
            recipe.batch * math.prod(coarsest) == 1
        ),
        f"Voxels of {recipe.spacing_mm:g} mm are not between 0.3 and 5 mm.": not (
            0.3 <= recipe.spacing_mm <= 5  # noqa: PLR2004 - as in a manifest
        ),
        f"The learning rate {recipe.learning_rate:g} is not above 0.": not (
            0 < recipe.learning_rate < math.inf
        ),
        f"The share {recipe.channel_dropout:g} is not between 0 and 1.": not (
            0 <= recipe.channel_dropout <= 1
        ),
        f"Anatomy cannot be bent by {recipe.elastic_mm:g} mm.": not (
            0 <= recipe.elastic_mm < math.inf
        ),
    }
    for sentence, holds in wrong.items():
        if holds:
            raise InputError(sentence, "Give another value.")
