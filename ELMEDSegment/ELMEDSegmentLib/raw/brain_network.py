"""The bundled brain extraction: a small network that finds the brain in any MRI contrast."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK as sitk

from ELMEDLib.errors import ModelError
from ELMEDSegmentLib.catalogue import MODELS_FOLDER
from ELMEDSegmentLib.geometry import Grid

if TYPE_CHECKING:
    import torch

KIND = "brain extraction"

BUNDLED = MODELS_FOLDER / "BrainExtraction" / "elmed-brain.json"
"""In a folder of its own: the list of tumour models does not look there."""

BRIGHTEST = 0.995
"""Quantile of the intensities that is taken for the brightest: a few bright voxels do not count."""

LARGEST_VOXELS = 128**3
"""A field of view of more voxels than this on the network's grid is cut around its middle."""


@dataclass(frozen=True)
class BrainManifest:
    """What is known about a network that extracts brains.

    Attributes:
        name, title, description: for programs and for people.
        architecture: the network, see `network.build_network`; one channel in, one out.
        spacing_mm: voxel size of the network's grid, axis-aligned in LPS.
        weights: file name of the weights, in the manifest's folder.
        sha256: of the weights file.
        licence, citation: the network's terms.
        training: data and settings that it was trained with.
        measured: what was measured, on whom.
    """

    name: str
    title: str
    description: str
    architecture: dict[str, Any]
    spacing_mm: float
    weights: str
    sha256: str
    licence: str
    citation: str
    training: dict[str, Any] = field(default_factory=dict)
    measured: dict[str, Any] = field(default_factory=dict)
    kind: str = KIND

    def as_json(self) -> str:
        """Return the JSON text that `read_brain_manifest` reads."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"


@dataclass(frozen=True)
class BrainNetwork:
    """A manifest with its network, weights loaded, on the CPU."""

    manifest: BrainManifest
    network: torch.nn.Module


def scaled(image: np.ndarray) -> np.ndarray:
    """Return `image` `(z, y, x)` as the network takes it: float32, 0 dark to 1 bright."""
    image = np.maximum(np.asarray(image, np.float32), 0)
    shown = image[image > 0]
    if shown.size == 0:
        return image
    brightest = max(float(np.quantile(shown, BRIGHTEST)), 1e-6)
    return np.minimum(image / np.float32(brightest), 1)


def read_brain_manifest(path: Path) -> BrainManifest:
    """Read the manifest of a brain extraction.

    Raises:
        ModelError: it is missing, or is not one.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        manifest = BrainManifest(**values)
    except (OSError, ValueError, TypeError) as error:
        raise ModelError(
            f"The description '{path.name}' of the brain extraction cannot be read.",
            "Install ELMED again, or choose another brain extraction.",
        ) from error
    if manifest.kind != KIND or Path(manifest.weights).name != manifest.weights:
        raise ModelError(
            f"'{path.name}' does not describe a brain extraction.",
            "Choose the .json file that `elmed train-brain` wrote.",
        )
    return manifest


@lru_cache(maxsize=1)
def load_brain_network(path: Path = BUNDLED) -> BrainNetwork:
    """Load the network; a warm worker does so once.

    Raises:
        ModelError: anything about it is missing, damaged or does not fit together.
    """
    import torch

    from ELMEDSegmentLib.model import sha256
    from ELMEDSegmentLib.network import build_network

    manifest = read_brain_manifest(path)
    weights = path.parent / manifest.weights
    damaged = ModelError(
        f"The weights '{manifest.weights}' of the brain extraction are missing or damaged.",
        "Install ELMED again, or choose another brain extraction.",
    )
    if not weights.is_file() or sha256(weights) != manifest.sha256:
        raise damaged
    network = build_network(manifest.architecture)
    try:
        state = torch.load(weights, map_location="cpu", weights_only=True)
        network.load_state_dict({name: tensor.float() for name, tensor in state.items()})
    except Exception as error:  # torch raises many kinds for a file that it cannot use
        raise damaged from error
    return BrainNetwork(manifest, network.eval())


def brain_probability(image: sitk.Image, brain_network: BrainNetwork) -> sitk.Image:
    """Return the probability of brain in the scan `image`, on the network's LPS grid.

    Args:
        image: one 3D volume of a head in any contrast and orientation, with skull.
        brain_network: what to use.
    """
    import torch

    from ELMEDSegmentLib.network import smallest_multiple

    manifest = brain_network.manifest
    grid = _head_grid(image, manifest.spacing_mm)
    array = scaled(sitk.GetArrayFromImage(grid.resample(_smoothed(image, manifest.spacing_mm))))
    multiple = smallest_multiple(manifest.architecture)
    # Instance normalisation needs more than one voxel at the network's coarsest level.
    sides = [max(-(-n // multiple), 2) * multiple for n in array.shape]
    padded = np.pad(array, [(0, side - n) for side, n in zip(sides, array.shape, strict=True)])
    with torch.inference_mode():
        logits = brain_network.network(torch.from_numpy(padded)[None, None])
        probability = logits.sigmoid()[0, 0].numpy()
    z, y, x = array.shape
    return grid.place(np.ascontiguousarray(probability[:z, :y, :x]))


def _head_grid(image: sitk.Image, spacing_mm: float) -> Grid:
    """Return the LPS grid of `spacing_mm` over the field of view, at most `LARGEST_VOXELS`."""
    from ELMEDSegmentLib.preparation import lps_grid

    grid = lps_grid(Grid.of(image), spacing_mm)
    size = list(grid.size)
    while np.prod(size) > LARGEST_VOXELS:
        longest = size.index(max(size))
        size[longest] = int(size[longest] * 0.9)
    start = [(whole - kept) // 2 for whole, kept in zip(grid.size, size, strict=True)]
    return grid.part(start, size)


def _smoothed(image: sitk.Image, spacing_mm: float) -> sitk.Image:
    from ELMEDSegmentLib.preparation import smoothed

    return smoothed(sitk.Cast(image, sitk.sitkFloat32), spacing_mm)
