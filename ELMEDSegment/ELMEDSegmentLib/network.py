"""Networks, built from their description in a model's manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDLib.errors import ModelError
from ELMEDSegmentLib.monai_loading import load_monai

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import torch


TORCHSCRIPT = "TorchScript"
"""The name of networks that bring their own program; they are loaded, not built."""


def build_network(architecture: Mapping[str, Any]) -> torch.nn.Module:
    """Build the network that `architecture` describes, with random weights.

    Args:
        architecture: `{"name": "UNet", ...}`; the other entries are the network's arguments, under
            the names that MONAI gives them. `{"name": "Ensemble", "members": 3, "member": {...}}`
            is several networks of one kind that vote.

    Returns:
        A network that takes `(n, channel, z, y, x)` and gives logits `(n, region, z, y, x)`. In
        training mode some give a list of logits instead, from fine to coarse.

    Raises:
        ModelError: the name is unknown, the arguments do not fit, or they ask for a network that is
            larger than any in use: a description from a stranger cannot fill the memory.
    """
    arguments = dict(architecture)
    name = arguments.pop("name", None)
    if name not in BUILDERS:
        raise ModelError(
            f"The model's network '{name}' is unknown.",
            f"This version of ELMED knows {', '.join(BUILDERS)}.",
        )
    _check_size(arguments)
    load_monai()
    try:
        if name != "Ensemble":
            _check_weights(BUILDERS[name], arguments)
        return BUILDERS[name](**arguments)
    except (TypeError, ValueError) as error:
        raise ModelError(
            f"The model's description of its {name} cannot be used.",
            "Take the model's manifest again from where it came from.",
        ) from error


def smallest_multiple(architecture: Mapping[str, Any]) -> int:
    """Return the number of voxels that an input's sides must be a multiple of."""
    if architecture["name"] == TORCHSCRIPT:
        return int(architecture["multiple"])
    if architecture["name"] == "Ensemble":
        return smallest_multiple(architecture["member"])
    if architecture["name"] in {"UNet", "DynUNet"}:
        product = 1
        for stride in architecture["strides"]:
            # One number, or one for each axis.
            product *= int(np.max(stride))
        return product
    return int(2 ** (len(architecture.get("blocks_down", BLOCKS_DOWN)) - 1))


def _unet(**arguments: Any) -> torch.nn.Module:
    from monai.networks.nets import UNet

    network: torch.nn.Module = UNet(**arguments)
    return network


def _dynunet(**arguments: Any) -> torch.nn.Module:
    from monai.networks.nets import DynUNet

    network: torch.nn.Module = DynUNet(**arguments)
    return network


def _segresnet(**arguments: Any) -> torch.nn.Module:
    from monai.networks.nets import SegResNet

    network: torch.nn.Module = SegResNet(**arguments)
    return network


def _segresnet_ds(**arguments: Any) -> torch.nn.Module:
    from monai.networks.nets import SegResNetDS

    network: torch.nn.Module = SegResNetDS(**arguments)
    return network


def _ensemble(members: int, member: Mapping[str, Any]) -> torch.nn.Module:
    from ELMEDSegmentLib.ensemble import ensemble_of

    if not 1 <= members <= MOST_MEMBERS:
        raise ValueError(members)
    return ensemble_of([build_network(member) for _ in range(members)])


BLOCKS_DOWN = (1, 2, 2, 4)
"""Of MONAI's SegResNet and SegResNetDS where a description does not say."""

BUILDERS: dict[str, Callable[..., torch.nn.Module]] = {
    "UNet": _unet,
    "DynUNet": _dynunet,
    "SegResNet": _segresnet,
    "SegResNetDS": _segresnet_ds,
    "Ensemble": _ensemble,
}

MOST_MEMBERS = 20
LARGEST_NUMBER = 4096
LONGEST_LIST = 64
MOST_WEIGHTS = 500_000_000


def _check_size(value: Any, *, deep: bool = False) -> None:
    """Refuse a description that would keep the builder busy for ever."""
    if isinstance(value, dict):
        for key, part in value.items():
            _check_size(part, deep=deep or str(key).startswith("blocks") or key == "num_res_units")
    elif isinstance(value, list | tuple):
        if len(value) > LONGEST_LIST:
            raise _too_large()
        for part in value:
            _check_size(part, deep=deep)
    elif isinstance(value, int | float) and value > (LONGEST_LIST if deep else LARGEST_NUMBER):
        raise _too_large()


def _check_weights(builder: Callable[..., torch.nn.Module], arguments: Mapping[str, Any]) -> None:
    import torch

    # On the device "meta" tensors have a shape and no memory.
    with torch.device("meta"):
        count = sum(parameter.numel() for parameter in builder(**arguments).parameters())
    if count > MOST_WEIGHTS:
        raise _too_large()


def _too_large() -> ModelError:
    return ModelError(
        "The model describes a network that is too large to be one.",
        "Take the model's manifest again from where it came from.",
    )
