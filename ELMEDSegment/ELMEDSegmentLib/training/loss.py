"""What the network is asked to make small."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def dice_and_cross_entropy(logits: torch.Tensor, regions: torch.Tensor) -> torch.Tensor:
    """Return soft Dice loss plus binary cross-entropy, averaged over the regions.

    Dice is taken over the whole batch rather than a patch at a time: a patch without a region has
    no meaningful Dice (Isensee et al. 2021, "nnU-Net", Nature Methods 18, use it likewise).

    Args:
        logits: `(patch, region, z, y, x)`, before the sigmoid.
        regions: the share of each voxel that belongs to the region, same shape, 0 to 1.
    """
    from torch.nn.functional import binary_cross_entropy_with_logits

    probabilities = logits.sigmoid()
    axes = (0, 2, 3, 4)
    both = (probabilities * regions).sum(axes)
    total = probabilities.sum(axes) + regions.sum(axes)
    dice = (2 * both + 1) / (total + 1)
    return (1 - dice).mean() + binary_cross_entropy_with_logits(logits, regions)
