"""What one channel of one layer answers to a scan, as a volume over its slices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDLib.errors import InputError
from ELMEDPlaygroundLib.scan.layers import ScanLayer, layer_at

if TYPE_CHECKING:
    import SimpleITK as sitk

    from ELMEDPlaygroundLib.scan.opened import OpenScan


@dataclass(frozen=True)
class FeatureVolume:
    """A feature map on the grid of the source.

    Attributes:
        image: float32, the map less `typical`; 0 outside the brain.
        layer: where it comes from.
        channel: which one, from 0.
        typical: the channel's median over the brain.
        spread: the 99th percentile of what `image` departs from 0 within the brain.
    """

    image: sitk.Image
    layer: ScanLayer
    channel: int
    typical: float
    spread: float


def maps_of(scan: OpenScan, path: str) -> np.ndarray:
    """Return all maps of a layer, float32 `(channel, z, y, x)` on the layer's own grid.

    Raises:
        InputError: the network has no such layer.
    """
    import torch

    layer_at(scan.layers, path)
    caught: list[torch.Tensor] = []

    def hook(_module: Any, _inputs: Any, output: Any) -> None:
        caught.append(output[0] if isinstance(output, list | tuple) else output)

    handle = scan.network.get_submodule(path).register_forward_hook(hook)
    try:
        with torch.inference_mode():
            scan.network(scan.padded())
    finally:
        handle.remove()
    maps: np.ndarray = caught[0][0].float().cpu().numpy()
    return maps


def feature_volume(
    scan: OpenScan, path: str, channel: int, maps: np.ndarray | None = None
) -> FeatureVolume:
    """Return one map of a layer as a volume that lies on the source's grid.

    The channel's median over the brain is taken off, so that 0 is what the channel says of most of
    the brain, and colours show where it says more or less.

    Args:
        scan: the open scan.
        path: of the layer.
        channel: from 0.
        maps: of the layer, if they are there already.

    Raises:
        InputError: the network has no such layer, or the layer no such channel.
    """
    layer = layer_at(scan.layers, path)
    if not 0 <= channel < layer.channels:
        raise InputError(
            f"The layer '{layer.name}' has no channel {channel + 1}.",
            f"Choose one from 1 to {layer.channels}.",
        )
    maps = maps_of(scan, path) if maps is None else maps
    image = scan.to_reference(maps[channel], layer)
    inside = _values(image)[scan.brain]
    typical = float(np.median(inside))
    centred = np.where(scan.brain, _values(image) - typical, 0.0).astype(np.float32)
    spread = float(np.percentile(np.abs(inside - typical), 99))
    reference = scan.prepared.preparation.reference
    return FeatureVolume(reference.place(centred), layer, channel, typical, spread)


def _values(image: sitk.Image) -> np.ndarray:
    import SimpleITK as sitk

    array: np.ndarray = sitk.GetArrayFromImage(image)
    return array
