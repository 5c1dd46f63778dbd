"""Models: a manifest (JSON) that says everything about a network, and its weights.

ELMED's own weights are a plain `state_dict` in half precision; those of other makers stay as they
were published. Both are read with PyTorch's `weights_only` loader, which creates tensors and
nothing else: a model from an untrusted source cannot run code.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ELMEDLib.errors import ELMEDError, ModelError
from ELMEDSegmentLib.fitting import fitted
from ELMEDSegmentLib.manifest import Manifest, read_manifest
from ELMEDSegmentLib.network import TORCHSCRIPT, build_network
from ELMEDSegmentLib.weights import read_state

if TYPE_CHECKING:
    import torch

__all__ = ["Manifest", "Model", "load_model", "read_manifest", "save_weights", "sha256"]


@dataclass(frozen=True)
class Model:
    """A manifest with its network, weights loaded, ready to be used on the CPU.

    Attributes:
        manifest: what is known about it.
        network: takes `(n, channel, z, y, x)` on LPS axes and gives logits of the regions,
            whatever its maker had in mind (see `fitting.fitted`).
    """

    manifest: Manifest
    network: torch.nn.Module


def load_model(manifest_path: Path | str) -> Model:
    """Load a model: read its manifest, check its weights, build its network.

    Raises:
        ModelError: anything about the model is missing, damaged or does not fit together, or it is
            a TorchScript program that nobody has agreed to run.
    """
    manifest_path = Path(manifest_path)
    manifest = read_manifest(manifest_path)
    weights = manifest_path.parent / manifest.weights
    again = "Install the model again."
    if not weights.is_file():
        raise ModelError(f"The weights '{weights.name}' of {manifest.title} are missing.", again)
    if sha256(weights) != manifest.sha256:
        raise ModelError(
            f"The weights '{weights.name}' of {manifest.title} are damaged or were replaced: "
            "their checksum is not the manifest's.",
            again,
        )
    if manifest.architecture.get("name") == TORCHSCRIPT:
        from ELMEDSegmentLib.models.torchscript import load_agreed

        return Model(manifest, fitted(load_agreed(manifest_path, manifest), manifest))
    return Model(manifest, fitted(network_with_weights(manifest, weights), manifest))


def network_with_weights(manifest: Manifest, weights: Path) -> torch.nn.Module:
    """Build a manifest's network, and fill in the weights of a file.

    Raises:
        ModelError: the network is unknown, or the weights do not fit it.
    """
    network = build_network(manifest.architecture)
    try:
        state = read_state(weights, manifest.weights_key)
        network.load_state_dict({name: tensor.float() for name, tensor in state.items()})
    except ELMEDError:
        raise
    except Exception as error:  # torch raises many kinds for a file that it cannot use
        raise ModelError(
            f"The weights '{weights.name}' do not fit the network of {manifest.title}.",
            "Install the model again.",
        ) from error
    return network.eval()


def save_weights(network: torch.nn.Module, path: Path) -> str:
    """Write the network's weights in half precision, and return the file's SHA-256.

    What half precision cannot hold, such as large variances of a batch normalisation, stays as it
    is: as infinity it would switch the layer off unseen.
    """
    import torch

    from ELMEDLib.files import written_whole

    state = {name: _halved(tensor.detach().cpu()) for name, tensor in network.state_dict().items()}
    # Into memory first: torch writes a file's own name into it, and would make the checksum depend
    # on a temporary name.
    content = io.BytesIO()
    torch.save(state, content)
    with written_whole(path) as temporary:
        _deflate(content, temporary)
    return sha256(path)


def _deflate(content: io.BytesIO, path: Path) -> None:
    """Write PyTorch's archive with its entries compressed: a tenth smaller, and read as before."""
    with zipfile.ZipFile(content) as stored, zipfile.ZipFile(path, "w") as compressed:
        for entry in stored.infolist():
            # An entry of a fixed date: the same weights give the same file.
            compressed.writestr(
                zipfile.ZipInfo(entry.filename), stored.read(entry), zipfile.ZIP_DEFLATED, 9
            )


def _halved(tensor: torch.Tensor) -> torch.Tensor:
    if not tensor.is_floating_point():
        return tensor
    half = tensor.half()
    return half if half.isfinite().all() else tensor.float()


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal digits."""
    with path.open("rb") as file:
        digest = hashlib.sha256()
        while block := file.read(1 << 20):
            digest.update(block)
        return digest.hexdigest()
