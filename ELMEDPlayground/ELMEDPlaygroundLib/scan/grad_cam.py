"""Which places of a layer speak for a region: Grad-CAM for segmentation.

Selvaraju et al. 2017, "Grad-CAM", ICCV, doi:10.1109/ICCV.2017.74, weigh the maps of a layer by the
mean gradient of the class's score. Vinogradova, Dibrov and Myers 2020, "Towards Interpretable
Semantic Segmentation via Gradient-Weighted Class Activation Mapping", AAAI,
doi:10.1609/aaai.v34i10.7244 (Seg-Grad-CAM), take the sum of the class's logits over a set of voxels
as that score.
"""

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
class GradCam:
    """A map of what speaks for a region.

    Attributes:
        image: float32, 0 to 1, on the source's grid; 0 outside the brain.
        layer: whose maps were weighed.
        region: whose logits were explained.
        voxels: how many voxels of the network's grid were explained.
        share_inside: the share of the map's sum that lies in those voxels' place.
    """

    image: sitk.Image
    layer: ScanLayer
    region: str
    voxels: int
    share_inside: float


def grad_cam(scan: OpenScan, path: str, region: str, segment: sitk.Image | None = None) -> GradCam:
    """Return where a layer's maps speak for a region.

    Args:
        scan: the open scan.
        path: of the layer.
        region: "WT", "TC" or "ET": whose logits are explained.
        segment: binary image, on any grid: the voxels that are explained; None for those where the
            network itself finds the region.

    Raises:
        InputError: there is no such layer or region, or no voxel to explain.
    """
    layer = layer_at(scan.layers, path)
    regions = scan.model.manifest.regions
    if region not in regions:
        raise InputError(
            f"The network does not know the region '{region}'.",
            f"Choose one of {', '.join(regions)}.",
        )
    chosen = None if segment is None else _on_working_grid(scan, segment)
    maps, gradients, explained = _gradients(scan, path, regions.index(region), chosen)
    if not explained.any():
        raise InputError(*_nothing(region, segment is not None))
    weights = gradients.mean(axis=(1, 2, 3))
    cam = np.maximum(np.tensordot(weights, maps, axes=1), 0.0)
    image = scan.to_reference(cam, layer)
    import SimpleITK as sitk

    values = sitk.GetArrayFromImage(image)
    if not values.max() > 0:
        raise InputError(
            f"Nothing in the layer '{layer.name}' speaks for the region {region}.",
            "Choose another layer.",
        )
    where = scan.prepared.preparation.working.resample(image)
    on_working = sitk.GetArrayFromImage(where)
    share = float(on_working[explained].sum() / max(on_working.sum(), 1e-12))
    scaled = scan.prepared.preparation.reference.place((values / values.max()).astype(np.float32))
    return GradCam(scaled, layer, region, int(explained.sum()), share)


def _gradients(
    scan: OpenScan, path: str, output: int, chosen: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the layer's maps, their gradients `(channel, z, y, x)`, and the explained voxels."""
    import torch

    leaves: list[torch.Tensor] = []

    def hook(_module: Any, _inputs: Any, result: Any) -> Any:
        tensor = result[0] if isinstance(result, list | tuple) else result
        leaf = tensor.detach().requires_grad_()
        leaves.append(leaf)
        # Not the leaf itself: what follows may change its input in place.
        return leaf * 1.0

    handle = scan.network.get_submodule(path).register_forward_hook(hook)
    frozen = [p for p in scan.network.parameters() if p.requires_grad]
    try:
        for parameter in frozen:
            parameter.requires_grad_(False)
        with torch.enable_grad():
            logits = scan.network(scan.padded())
            logits = logits[0] if isinstance(logits, list | tuple) else logits
            shape = scan.prepared.brain.shape
            score = logits[0, output, : shape[0], : shape[1], : shape[2]]
            found = score.detach().cpu().numpy() > 0
            explained = (found if chosen is None else chosen) & scan.prepared.brain
            mask = torch.from_numpy(explained).to(score.device)
            (score * mask).sum().backward()
    finally:
        handle.remove()
        for parameter in frozen:
            parameter.requires_grad_(True)
    leaf = leaves[0]
    gradient = leaf.grad if leaf.grad is not None else torch.zeros_like(leaf)
    return leaf[0].detach().cpu().numpy(), gradient[0].cpu().numpy(), explained


def _on_working_grid(scan: OpenScan, segment: sitk.Image) -> np.ndarray:
    import SimpleITK as sitk

    working = scan.prepared.preparation.working
    share = working.resample(sitk.Cast(segment != 0, sitk.sitkFloat32))
    inside: np.ndarray = sitk.GetArrayFromImage(share) > 0.5  # noqa: PLR2004
    return inside


def _nothing(region: str, of_segment: bool) -> tuple[str, str]:
    if of_segment:
        return ("The segment has no voxel in the brain of this scan.", "Choose another segment.")
    return (
        f"The network finds no {region} in this scan, so there is nothing to explain.",
        "Choose another region, or a segment whose voxels are to be explained.",
    )
