"""The generator that comes with ELMED: its manifest, which says everything, and its weights."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import ELMEDError, ModelError

if TYPE_CHECKING:
    from ELMEDPlaygroundLib.tumour.network import SliceDrawer

KIND = "tumour generator"

FOLDER = Path(__file__).resolve().parents[2] / "Resources" / "Models" / "TumourGenerator"
"""In a folder of its own: where modules are installed side by side, they share `Models`."""

BUNDLED = FOLDER / "elmed-tumour-generator.json"

AGAIN = "Install ELMED again."


@dataclass(frozen=True)
class GeneratorManifest:
    """What is known about a generator.

    Attributes:
        name, title, description: for programs and for people.
        architecture: the network, see `network.build`.
        weights: file name of the weights, in the manifest's folder.
        sha256: of the weights file.
        licence, citation: the generator's terms.
        training: data and settings that it was trained with.
        measured: what was measured, on whom.
        limits: what it cannot do, a sentence each.
    """

    name: str
    title: str
    description: str
    architecture: dict[str, Any]
    weights: str
    sha256: str
    licence: str
    citation: str
    training: dict[str, Any] = field(default_factory=dict)
    measured: dict[str, Any] = field(default_factory=dict)
    limits: tuple[str, ...] = ()
    kind: str = KIND

    def as_json(self) -> str:
        """Return the JSON text that `read_generator_manifest` reads."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"


@dataclass(frozen=True)
class Generator:
    """A manifest with its network, weights loaded, on the CPU."""

    manifest: GeneratorManifest
    network: SliceDrawer


def read_generator_manifest(path: Path = BUNDLED) -> GeneratorManifest:
    """Read the manifest of a generator.

    Raises:
        ModelError: it is missing, or is not one.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        manifest = GeneratorManifest(**{**values, "limits": tuple(values.get("limits", ()))})
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise ModelError(
            f"The description '{path.name}' of the tumour generator cannot be read.", AGAIN
        ) from error
    if manifest.kind != KIND or Path(manifest.weights).name != manifest.weights:
        raise ModelError(f"'{path.name}' does not describe a tumour generator.", AGAIN)
    return manifest


@lru_cache(maxsize=1)
def load_generator(path: Path = BUNDLED) -> Generator:
    """Load a generator; a warm worker does so once.

    Raises:
        ModelError: anything about it is missing, damaged or does not fit together.
    """
    from ELMEDPlaygroundLib.tumour.network import build
    from ELMEDSegmentLib.model import sha256
    from ELMEDSegmentLib.weights import read_state

    manifest = read_generator_manifest(path)
    weights = path.parent / manifest.weights
    damaged = ModelError(
        f"The weights '{manifest.weights}' of the tumour generator are missing or damaged.", AGAIN
    )
    if not weights.is_file() or sha256(weights) != manifest.sha256:
        raise damaged
    try:
        network = build(manifest.architecture)
        state = read_state(weights)
        network.load_state_dict({name: tensor.float() for name, tensor in state.items()})
    except ELMEDError:
        raise
    except Exception as error:  # torch raises many kinds for a file that it cannot use
        raise damaged from error
    return Generator(manifest, network.eval())
