"""What the network is asked to make small."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch


def supervised_at_all_depths(
    outputs: torch.Tensor | Sequence[torch.Tensor], regions: torch.Tensor
) -> torch.Tensor:
    """Return the loss of a network's output, or the weighted mean over outputs of several depths.

    Each depth weighs half of the one above it (Isensee et al. 2021, "nnU-Net", Nature Methods 18).

    Args:
        outputs: logits `(patch, region, z, y, x)`; several, from fine to coarse, as a list or
            stacked along the second axis, as MONAI's networks with deep supervision give them.
        regions: the share of each voxel that belongs to the region, `(patch, region, z, y, x)`.
    """
    import torch
    from torch.nn.functional import adaptive_avg_pool3d

    if isinstance(outputs, torch.Tensor):
        outputs = outputs.unbind(1) if outputs.ndim > regions.ndim else [outputs]
    total, weights = regions.new_zeros(()), 0.0
    for level, logits in enumerate(outputs):
        weight = 0.5**level
        depth, height, width = logits.shape[2:]
        wanted = adaptive_avg_pool3d(regions, (depth, height, width)) if level else regions
        total = total + weight * dice_and_cross_entropy(logits.float(), wanted)
        weights += weight
    return total / weights


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
