"""What a folder with a model holds, read as data: nothing of it is run or loaded.

A folder of another maker may hold anything. Weights are taken from safetensors files alone, which
cannot carry code; a folder that asks for code of its own, or for files outside itself, is refused.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import InputError, ModelError
from ELMEDPlaygroundLib.large.licences import licence_of

if TYPE_CHECKING:
    from ELMEDPlaygroundLib.large.kinds import Kind

PIPELINE = "StableDiffusionPipeline"
LIBRARIES = frozenset({"diffusers", "transformers", "stable_diffusion"})
"""Where the parts of a pipeline may come from; any other name would be a file in the folder."""

WHISPER = "whisper"
LARGEST_JSON = 20_000_000
INDEX = "*.safetensors.index.json"
PRECISIONS = (".fp16.", ".non_ema.")
"""Marks of second copies of the same weights, which are not loaded."""


@dataclass(frozen=True)
class Facts:
    """What is known of a model before it is loaded.

    Attributes:
        name: of the folder, or of the model on the hub.
        title: what the model calls itself: its architecture.
        size_bytes: all its files.
        weights_bytes: the weights that are loaded.
        licence: as the model states it, or "not stated".
        where: "this computer" or the hub's site.
    """

    name: str
    title: str
    size_bytes: int
    weights_bytes: int
    licence: str
    where: str


def look(folder: Path | str, kind: Kind) -> Facts:
    """Return what a folder holds, after making sure that it can be used safely.

    Args:
        folder: with the model in the libraries' own format.
        kind: what it is meant to be.

    Raises:
        InputError: there is no such folder, or no model of the kind in it.
        ModelError: it has no safetensors weights, or wants code or files from elsewhere.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError("This folder is not there.", "Choose the folder that holds the model.")
    if not (folder / kind.config).is_file():
        raise InputError(
            f"'{folder.resolve().name}' holds no model of this kind: '{kind.config}' is missing.",
            "Choose the folder into which the model was saved or downloaded.",
        )
    everything = sorted(folder.rglob("*"))
    files = [path for path in everything if path.is_file()]
    # A folder that is a link is not looked into by `rglob`, but by the libraries.
    _check_places(folder, [path for path in everything if path.is_symlink() or path.is_file()])
    title = check_config(read_json(folder / kind.config), kind)
    for config in files:
        if config.name in ("config.json", "tokenizer_config.json", "preprocessor_config.json"):
            check_no_code(read_json(config))
    weights = weight_files(files)
    if not weights:
        raise ModelError(
            f"'{folder.name}' has no weights in the safetensors format.",
            "Save the model with safetensors: other formats can carry code, and are not read.",
        )
    return Facts(
        name=folder.name,
        title=title,
        size_bytes=sum(path.stat().st_size for path in files),
        weights_bytes=sum(path.stat().st_size for path in weights),
        licence=licence_of(folder),
        where="this computer",
    )


def weight_files(files: list[Path]) -> list[Path]:
    """Return the safetensors files that are loaded: no second copies in another precision."""
    found = [path for path in files if path.suffix == ".safetensors"]
    usual = [path for path in found if not any(mark in path.name for mark in PRECISIONS)]
    return usual or found


def check_config(config: dict[str, Any], kind: Kind) -> str:
    """Make sure that a configuration is of the kind, and return what the model calls itself.

    Raises:
        InputError: it is of another kind.
        ModelError: it wants code of its own.
    """
    check_no_code(config)
    if kind.name == "image":
        return _check_pipeline(config)
    stated = config.get("architectures")
    architecture = str(stated[0]) if isinstance(stated, list) and stated else ""
    is_whisper = config.get("model_type") == WHISPER
    fits = (
        is_whisper
        if kind.name == "dictation"
        else architecture.endswith(("ForCausalLM", "LMHeadModel"))
    )
    if not fits:
        raise InputError(
            f"This is no model for {kind.title}: it says that it is {architecture[:60]!r}.",
            "Choose the kind that the model is of, or another model.",
        )
    return architecture[:60]


def check_no_code(config: dict[str, Any]) -> None:
    """Refuse a configuration that names Python files of the model's own.

    Raises:
        ModelError: it does.
    """
    if "auto_map" in config or "custom_pipelines" in config:
        raise ModelError(
            "This model asks for Python code of its own, which ELMED never runs.",
            "Choose a model that the libraries know themselves.",
        )


def read_json(path: Path) -> dict[str, Any]:
    """Return the content of a JSON file.

    Raises:
        ModelError: it is too large, damaged, or no set of named values.
    """
    try:
        if path.stat().st_size > LARGEST_JSON:
            raise ValueError("too large")
        content = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(content, dict):
            raise TypeError("no set of named values")
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise ModelError(
            f"The model's file '{path.name}' is damaged.", "Download or copy the model again."
        ) from error
    return content


def _check_pipeline(config: dict[str, Any]) -> str:
    name = config.get("_class_name")
    if name != PIPELINE:
        raise InputError(
            f"This is no Stable Diffusion: it says that it is {str(name)[:60]!r}.",
            f"Choose a folder whose 'model_index.json' names {PIPELINE}.",
        )
    for part, value in config.items():
        if part.startswith("_") or not isinstance(value, (list, str)) or not value:
            continue
        library = value[0] if isinstance(value, list) else value
        if library is not None and str(library) not in LIBRARIES:
            raise ModelError(
                f"The model's part '{part[:40]}' comes from code of its own; ELMED never runs it.",
                "Choose a model that the libraries know themselves.",
            )
    return PIPELINE


def _check_places(folder: Path, paths: list[Path]) -> None:
    """Make sure that no file or link, and no part that an index names, lies outside the folder.

    The hub's own cache keeps files in `blobs` beside `snapshots`, and links to them.
    """
    roots = [folder.resolve()]
    if folder.resolve().parent.name == "snapshots":
        roots.append(folder.resolve().parent.parent / "blobs")
    inside = all(_lies_in(path, roots) for path in paths)
    for index in folder.rglob(INDEX):
        parts = read_json(index).get("weight_map") or {}
        names = parts.values() if isinstance(parts, dict) else [""]
        inside = inside and all(isinstance(name, str) and Path(name).name == name for name in names)
    if not inside:
        raise ModelError(
            "The model refers to files outside its folder.", "Use another copy of the model."
        )


def _lies_in(path: Path, roots: list[Path]) -> bool:
    try:
        place = path.resolve()
    except (OSError, RuntimeError):  # links in a circle
        return False
    return any(place.is_relative_to(root) for root in roots)
