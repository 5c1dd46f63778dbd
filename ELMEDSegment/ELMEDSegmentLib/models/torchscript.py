"""TorchScript files: networks that bring their own program.

PyTorch runs that program in its own small language, and advises to load only files that one
trusts. So nothing is loaded before somebody has agreed to it, for exactly this file.
"""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

from ELMEDLib.errors import ConsentError, ModelError
from ELMEDSegmentLib.models.records import record_of

if TYPE_CHECKING:
    from pathlib import Path

    import torch

    from ELMEDSegmentLib.manifest import Manifest

WARNING = (
    "A TorchScript file is a program that runs on this computer. Add it only if you trust who "
    "made it."
)

MULTIPLE = 32
"""Sides of images are made a multiple of this, unless the description says otherwise."""


def is_torchscript(path: Path) -> bool:
    """Tell whether a file is a TorchScript archive, without loading it."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return False
    return any(name.endswith("/constants.pkl") for name in names) and any(
        "/code/" in name for name in names
    )


def load_script(path: Path) -> torch.nn.Module:
    """Load a TorchScript file; the caller has consent.

    Raises:
        ModelError: it cannot be loaded.
    """
    import torch

    try:
        network: torch.nn.Module = torch.jit.load(str(path), map_location="cpu")
    except (RuntimeError, ValueError) as error:
        raise ModelError(
            f"'{path.name}' cannot be loaded as TorchScript.",
            "It may be damaged, or made by a newer PyTorch; export it again.",
        ) from error
    return network.eval()


def load_agreed(manifest_path: Path, manifest: Manifest) -> torch.nn.Module:
    """Load the TorchScript file of an installed model that somebody agreed to run.

    Raises:
        ConsentError: nobody did, for exactly this file.
        ModelError: it cannot be loaded.
    """
    record = record_of(manifest_path)
    if record is None or not record.agreed_to_run or record.weights_sha256 != manifest.sha256:
        raise ConsentError(
            f"{manifest.title} is a TorchScript program that nobody has agreed to run.",
            "Add it with 'elmed models add' or in the panel's section Models.",
        )
    return load_script(manifest_path.parent / manifest.weights)
