"""The layers of a segmentation network: how to call them, and where their voxels lie.

Nothing here knows an architecture: a small image goes through the network once, and forward hooks
write down what comes out of every convolution and of every block that holds one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDLib.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch

SPATIAL = 3
BATCH_AND_CHANNEL = 2


@dataclass(frozen=True)
class ScanLayer:
    """One place in the network whose output can be looked at.

    Attributes:
        path: of the module inside the network, as `get_submodule` takes it.
        name: for people, unique in its network.
        kind: "convolution", "up-convolution", "block" or "joined" (with a skip connection).
        channels: how many maps it gives.
        stride: its voxels' length in voxels of the input, `(z, y, x)`.
        offset: where its first voxel's centre lies, in voxels of the input, `(z, y, x)`.
    """

    path: str
    name: str
    kind: str
    channels: int
    stride: tuple[float, ...]
    offset: tuple[float, ...]


@dataclass(frozen=True)
class _Place:
    """Where the voxels of a tensor lie: input voxel = offset + stride * index."""

    stride: np.ndarray
    offset: np.ndarray


def first_member(network: torch.nn.Module) -> torch.nn.Module:
    """Return the network itself, or the first of an ensemble: maps of several cannot be mixed."""
    members = getattr(network, "members", None)
    if members is None:
        return network
    first: torch.nn.Module = next(iter(members.children()))
    return first


def layers_of(
    network: torch.nn.Module, channels: int, multiple: int, spacing_mm: float
) -> list[ScanLayer]:
    """Return the layers in the order in which an image passes them.

    Args:
        network: a single one, in evaluation mode.
        channels: of its input.
        multiple: the number of voxels that the input's sides must be a multiple of.
        spacing_mm: the input's voxel size, for the names.
    """
    import torch

    walk = _Walk(network)
    side = 2 * multiple
    device = next((p.device for p in network.parameters()), torch.device("cpu"))
    image = torch.zeros((1, channels, side, side, side), device=device)
    with torch.inference_mode():
        walk.run(image)
    return _named(walk.found, spacing_mm)


def layer_at(layers: Sequence[ScanLayer], path: str) -> ScanLayer:
    """Return the layer of this path.

    Raises:
        InputError: the network has no such layer.
    """
    for layer in layers:
        if layer.path == path:
            return layer
    raise InputError(
        "The network has no such layer; the model may be another one now.",
        "Choose a layer from the list.",
    )


class _Walk:
    """What is written down while an image passes a network."""

    def __init__(self, network: torch.nn.Module) -> None:
        self._network = network
        self._places: list[tuple[Any, _Place]] = []
        self._outputs: dict[int, int] = {}
        self.found: list[dict[str, Any]] = []

    def run(self, image: torch.Tensor) -> None:
        self._size = np.array(image.shape[BATCH_AND_CHANNEL:], float)
        self._places.append((image, _Place(np.ones(SPATIAL), np.zeros(SPATIAL))))
        handles = [
            module.register_forward_hook(self._hook(path, module))
            for path, module in self._network.named_modules()
        ]
        try:
            self._network(image)
        finally:
            for handle in handles:
                handle.remove()
            self._places.clear()

    def _hook(self, path: str, module: torch.nn.Module) -> Any:
        def hook(_module: Any, inputs: Any, output: Any) -> None:
            tensor = _first_tensor(output)
            if tensor is None:
                return
            if not any(True for _ in module.children()):
                source = _first_tensor(inputs)
                place = self._place_of(tensor if source is None else source)
                self._places.append((tensor, _placed(module, place, source, tensor)))
            self._write_down(path, module, tensor)

        return hook

    def _write_down(self, path: str, module: torch.nn.Module, tensor: torch.Tensor) -> None:
        convolutions = [m for m in module.modules() if _is_convolution(m)]
        # What a container only hands on from its last part is there already. (Every tensor seen is
        # kept in `_places` or by the network until the walk is over, or its number could recur.)
        if not path or not convolutions or id(tensor) in self._outputs:
            return
        self._outputs[id(tensor)] = len(self.found)
        place = self._place_of(tensor)
        self._places.append((tensor, place))
        self.found.append(
            {
                "path": path,
                "kind": self._kind(module, tensor),
                "channels": int(tensor.shape[1]),
                "stride": tuple(float(value) for value in place.stride),
                "offset": tuple(float(value) for value in place.offset),
            }
        )

    def _kind(self, module: torch.nn.Module, tensor: torch.Tensor) -> str:
        if not any(True for _ in module.children()):
            return "up-convolution" if _is_up_convolution(module) else "convolution"
        # What ends with another number of channels than its last part has put something beside it.
        before = self.found[-1]["channels"] if self.found else tensor.shape[1]
        return "joined" if tensor.shape[1] > before else "block"

    def _place_of(self, tensor: torch.Tensor) -> _Place:
        """Return where a tensor lies: sums and joined tensors lie where their parts do."""
        for known, place in reversed(self._places):
            if known is tensor:
                return place
        shape = tensor.shape[BATCH_AND_CHANNEL:]
        for known, place in reversed(self._places):
            if known.shape[BATCH_AND_CHANNEL:] == shape:
                return place
        stride = self._size / np.array(shape, float)
        return _Place(stride, (stride - 1) / 2)


def _first_tensor(value: Any) -> torch.Tensor | None:
    """Return the first 3D feature map in what a module takes or gives."""
    import torch

    if isinstance(value, torch.Tensor):
        return value if value.ndim == BATCH_AND_CHANNEL + SPATIAL else None
    if isinstance(value, list | tuple):
        return next((t for t in map(_first_tensor, value) if t is not None), None)
    return None


def _is_convolution(module: torch.nn.Module) -> bool:
    import torch

    return isinstance(module, torch.nn.Conv3d | torch.nn.ConvTranspose3d)


def _is_up_convolution(module: torch.nn.Module) -> bool:
    import torch

    return isinstance(module, torch.nn.ConvTranspose3d)


def _placed(
    module: torch.nn.Module, place: _Place, source: torch.Tensor | None, output: torch.Tensor
) -> _Place:
    """Return where the output of a module without parts lies, its input lying at `place`."""
    import torch

    pools = torch.nn.MaxPool3d | torch.nn.AvgPool3d
    if _is_convolution(module) or isinstance(module, pools):
        kernel, step, padding = (
            _three(getattr(module, name)) for name in ("kernel_size", "stride", "padding")
        )
        if _is_up_convolution(module):
            first = (padding - (kernel - 1) / 2) / step
            return _Place(place.stride / step, place.offset + place.stride * first)
        reach = _three(getattr(module, "dilation", 1)) * (kernel - 1) / 2
        return _Place(place.stride * step, place.offset + place.stride * (reach - padding))
    if source is None or source.shape[BATCH_AND_CHANNEL:] == output.shape[BATCH_AND_CHANNEL:]:
        return place
    # Interpolation, edge on edge.
    step = np.array(source.shape[BATCH_AND_CHANNEL:]) / np.array(output.shape[BATCH_AND_CHANNEL:])
    return _Place(place.stride * step, place.offset + place.stride * (step - 1) / 2)


def _three(value: Any) -> np.ndarray:
    return np.broadcast_to(np.asarray(value, float), (SPATIAL,))


def _named(found: list[dict[str, Any]], spacing_mm: float) -> list[ScanLayer]:
    """Give every layer a name: side of the network, voxel size, kind and number."""
    coarsest = max((max(entry["stride"]) for entry in found), default=1.0)
    last_coarsest = max(
        (number for number, entry in enumerate(found) if max(entry["stride"]) == coarsest),
        default=0,
    )
    counts: Counter[str] = Counter()
    layers = []
    for number, entry in enumerate(found):
        stride = max(entry["stride"])
        side = "Encoder" if number < last_coarsest else "Decoder"
        side = "Bottom" if stride == coarsest and coarsest > 1 else side
        size = f"{side} {spacing_mm * stride:g} mm"
        stem = f"{size}, {entry['kind']}"
        counts[stem] += 1
        name = f"{stem} {counts[stem]}" if number < len(found) - 1 else f"{size}, output"
        layers.append(ScanLayer(name=name, **entry))
    return layers
