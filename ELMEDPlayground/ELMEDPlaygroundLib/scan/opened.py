"""A patient's scan, prepared for ELMEDSegment's network, and the network itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ELMEDLib.errors import InputError
from ELMEDPlaygroundLib.scan.layers import ScanLayer, first_member, layers_of
from ELMEDSegmentLib.device import choose_device
from ELMEDSegmentLib.geometry import Grid
from ELMEDSegmentLib.inference import LARGEST_TILE_VOXELS
from ELMEDSegmentLib.network import smallest_multiple
from ELMEDSegmentLib.preparation import Prepared, prepare

if TYPE_CHECKING:
    import SimpleITK as sitk
    import torch

    from ELMEDSegmentLib.inputs.study import Study
    from ELMEDSegmentLib.model import Model


@dataclass(frozen=True)
class OpenScan:
    """A study with the network that looks at it.

    Attributes:
        study: the volumes.
        model: all of it; an ensemble segments as a whole.
        prepared: the study as the network takes it.
        network: the network whose layers are shown: the model's, or its first member.
        layers: of that network, in order.
        device: where it computes.
        brain: bool `(z, y, x)` on the grid of the reference volume.
    """

    study: Study
    model: Model
    prepared: Prepared
    network: torch.nn.Module
    layers: list[ScanLayer]
    device: str
    brain: np.ndarray

    def padded(self, array: np.ndarray | None = None) -> torch.Tensor:
        """Return the input `(1, channel, z, y, x)` with sides that the network can halve.

        Args:
            array: another one than the prepared, of its shape.
        """
        import torch

        array = self.prepared.array if array is None else array
        multiple = smallest_multiple(self.model.manifest.architecture)
        after = [(0, -n % multiple) for n in array.shape[1:]]
        padded = np.pad(array, [(0, 0), *after])
        return torch.from_numpy(padded)[None].to(self.device)

    def to_reference(self, volume: np.ndarray, layer: ScanLayer | None = None) -> sitk.Image:
        """Return a map as an image on the reference volume's grid, 0 outside the brain.

        Args:
            volume: `(z, y, x)`, of the working grid or of a layer.
            layer: whose map it is; None for the working grid.
        """
        preparation = self.prepared.preparation
        edge = np.pad(np.asarray(volume, np.float32), 1, mode="edge")
        stride = layer.stride if layer else (1.0,) * 3
        offset = layer.offset if layer else (0.0,) * 3
        image = _coarse_grid(preparation.working, edge.shape, stride, offset).place(edge)
        image = preparation.brain.resample(image)
        whole = preparation.to_reference(_array(image))
        return preparation.reference.place(np.where(self.brain, _array(whole), 0.0))


def open_scan(study: Study, model: Model, device: str = "auto") -> OpenScan:
    """Prepare a study for looking into a network.

    Args:
        study: checked, with the channels that the model takes.
        model: from `ELMEDSegmentLib.model.load_model`.
        device: one of `ELMEDSegmentLib.device.DEVICES`.

    Raises:
        InputError: a channel is missing, or the scan is too large to go through in one piece.
    """
    from ELMEDSegmentLib.preparation import brain_of

    manifest = model.manifest
    missing = [name for name in manifest.channels if name not in study.images]
    if missing:
        raise InputError(
            f"The network needs a volume for {', '.join(missing)}, and none is chosen.",
            "Choose a volume for each contrast.",
        )
    prepared = prepare(
        study,
        manifest.channels,
        manifest.spacing_mm,
        manifest.normalisation,
        manifest.field_of_view,
    )
    if prepared.brain.size > LARGEST_TILE_VOXELS:
        raise InputError(
            "The scan is too large to go through the network in one piece.",
            "Remove the skull and what lies outside the head first.",
        )
    chosen = choose_device(device)
    model.network.to(chosen).eval()
    network = first_member(model.network)
    multiple = smallest_multiple(manifest.architecture)
    layers = layers_of(network, len(manifest.channels), multiple, manifest.spacing_mm)
    brain = brain_of([study.images[name] for name in manifest.channels])
    return OpenScan(study, model, prepared, network, layers, chosen, brain)


def _coarse_grid(
    working: Grid, shape: tuple[int, ...], stride: tuple[float, ...], offset: tuple[float, ...]
) -> Grid:
    """Return the grid of a layer's map that was padded by one voxel on each side."""
    steps, first = np.array(stride[::-1]), np.array(offset[::-1])
    origin = working.position((first - steps)[None])[0]
    return Grid(
        tuple(int(n) for n in shape[::-1]),
        tuple(float(value) for value in np.array(working.spacing) * steps),
        tuple(float(value) for value in origin),
        working.direction,
    )


def _array(image: sitk.Image) -> np.ndarray:
    import SimpleITK as sitk

    array: np.ndarray = sitk.GetArrayFromImage(image)
    return array
