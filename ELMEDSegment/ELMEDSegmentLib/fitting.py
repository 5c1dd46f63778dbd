"""Networks of other makers, made to take and give what the engine expects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ELMEDSegmentLib.labels import LABELS, REGIONS
from ELMEDSegmentLib.manifest import OPPOSITES, OUTPUTS, OWN_AXES

if TYPE_CHECKING:
    import torch

    from ELMEDSegmentLib.manifest import Manifest

SPATIAL = 2
"""Axes of `(n, channel, ...)` before the spatial ones."""

NEVER_QUITE_SURE = 1e-6
"""Probabilities are kept this far from 0 and 1, so that their logits stay finite."""


def fitted(network: torch.nn.Module, manifest: Manifest) -> torch.nn.Module:
    """Return a network with the engine's manners around one that has its maker's.

    The result takes `(n, channel, z, y, x)` whose axes grow to superior, posterior and left, and
    gives logits of the regions in the manifest's order, on the same axes. Where the manifest asks
    for nothing else, it is the network itself.
    """
    if manifest.axes == OWN_AXES and manifest.outputs == OUTPUTS[0]:
        return network
    import torch

    order, flips = axes_of(manifest.axes)
    back = [order.index(axis) for axis in range(len(order))]

    class Fitted(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, image: torch.Tensor) -> torch.Tensor:
            turned = image.permute(0, 1, *(SPATIAL + axis for axis in order)).flip(flips)
            found = self.network(turned)
            # Networks that learn with deep supervision may give a list, the finest first.
            first = found[0] if isinstance(found, list | tuple) else found
            logits = region_logits(first, manifest)
            return logits.flip(flips).permute(0, 1, *(SPATIAL + axis for axis in back))

    return Fitted().eval()


def axes_of(axes: str) -> tuple[list[int], list[int]]:
    """Return how the engine's arrays are turned into those of `axes`.

    Returns:
        For each of the network's axes the engine's axis (0, 1, 2 of z, y, x), and the axes of
        `(n, channel, ...)` that are flipped after that.
    """
    pairs = [next(pair for pair in OPPOSITES if letter in pair) for letter in OWN_AXES]
    order = [next(i for i, pair in enumerate(pairs) if letter in pair) for letter in axes]
    flips = [SPATIAL + i for i, letter in enumerate(axes) if letter not in OWN_AXES]
    return order, flips


def region_logits(output: torch.Tensor, manifest: Manifest) -> torch.Tensor:
    """Return logits of the manifest's regions for a network's output `(n, channel, ...)`.

    Where labels exclude each other, a region's probability is the sum of its labels'.
    """
    import torch

    if manifest.outputs == "region-logits":
        return output
    values = output.float()
    if manifest.outputs == "region-probabilities":
        return torch.logit(values, eps=NEVER_QUITE_SURE)
    if manifest.outputs == "label-logits":
        values = values.softmax(dim=1)
    channels = {LABELS[name]: i for i, name in enumerate(manifest.labels) if name in LABELS}
    sums = [
        values[:, [channels[label] for label in REGIONS[region]]].sum(dim=1)
        for region in manifest.regions
    ]
    return torch.logit(torch.stack(sums, dim=1), eps=NEVER_QUITE_SURE)
