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
            the names that MONAI gives them. `{"name": "Ensemble", "members": 3, "member": {...}}`
            is several networks of one kind that vote.

    Returns:
        A network that takes `(n, channel, z, y, x)` and gives logits `(n, region, z, y, x)`. In
        training mode some give a list of logits instead, from fine to coarse.

    Raises:
        ModelError: the name is unknown, or the arguments do not fit.
    """
    arguments = dict(architecture)
    name = arguments.pop("name", None)
    if name not in BUILDERS:
        raise ModelError(
            f"The model's network '{name}' is unknown.",
            f"This version of ELMED knows {', '.join(BUILDERS)}.",
        )
    try:
        return BUILDERS[name](**arguments)
    except (TypeError, ValueError) as error:
        raise ModelError(
            f"The model's description of its {name} cannot be used.",
            "Take the model's manifest again from where it came from.",
        ) from error


def smallest_multiple(architecture: Mapping[str, Any]) -> int:
    """Return the number of voxels that an input's sides must be a multiple of."""
    if architecture["name"] == "Ensemble":
        return smallest_multiple(architecture["member"])
    if architecture["name"] in {"UNet", "DynUNet"}:
        product = 1
        for stride in architecture["strides"]:
            product *= int(stride)
        return product
    return int(2 ** (len(architecture["blocks_down"]) - 1))


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


BUILDERS: dict[str, Callable[..., torch.nn.Module]] = {
    "UNet": _unet,
    "DynUNet": _dynunet,
    "SegResNet": _segresnet,
    "SegResNetDS": _segresnet_ds,
    "Ensemble": _ensemble,
}

MOST_MEMBERS = 20
