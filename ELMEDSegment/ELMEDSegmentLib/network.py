"""Networks, built from their description in a model's manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import torch


def build_network(architecture: Mapping[str, Any]) -> torch.nn.Module:
    """Build the network that `architecture` describes, with random weights.

    Args:
        architecture: `{"name": "UNet", ...}`; the other entries are the network's arguments, under
            the names that MONAI gives them.

    Raises:
        ModelError: the name is unknown, or the arguments do not fit.
    """
    arguments = dict(architecture)
    name = arguments.pop("name", None)
    builders: dict[str, Callable[..., torch.nn.Module]] = {"UNet": _unet, "SegResNet": _segresnet}
    if name not in builders:
        raise ModelError(
            f"The model's network '{name}' is unknown.",
            f"This version of ELMED knows {', '.join(builders)}.",
        )
    try:
        return builders[name](**arguments)
    except (TypeError, ValueError) as error:
        raise ModelError(
            f"The model's description of its {name} cannot be used.",
            "Take the model's manifest again from where it came from.",
        ) from error


def smallest_multiple(architecture: Mapping[str, Any]) -> int:
    """Return the number of voxels that an input's sides must be a multiple of."""
    if architecture["name"] == "UNet":
        product = 1
        for stride in architecture["strides"]:
            product *= int(stride)
        return product
    return int(2 ** (len(architecture["blocks_down"]) - 1))


def _unet(**arguments: Any) -> torch.nn.Module:
    from monai.networks.nets import UNet

    network: torch.nn.Module = UNet(**arguments)
    return network


def _segresnet(**arguments: Any) -> torch.nn.Module:
    from monai.networks.nets import SegResNet

    network: torch.nn.Module = SegResNet(**arguments)
    return network
