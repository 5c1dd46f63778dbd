"""Bundles of MONAI: a folder with `configs`, `models` and `docs`.

A bundle's configurations are programs: entries may name any Python object and hold expressions.
Nothing of it is evaluated here. The network's definition, the steps before it and the names of
channels are read as data; a bundle that needs more is refused.

Source of the format: https://docs.monai.io/en/stable/mb_specification.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import MissingPackageError, ModelError
from ELMEDSegmentLib.manifest import axes_are_known
from ELMEDSegmentLib.models.draft import (
    Draft,
    architecture_of,
    as_it_is_stored,
    field_of_view,
    one_spacing,
    plain,
    words_in,
)
from ELMEDSegmentLib.weights import key_of_state, read_checkpoint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

CONFIGS = ("inference", "evaluate", "train")
NETWORKS = ("network_def", "network", "net", "model")
SUFFIXES = (".json", ".yaml", ".yml")
LARGEST_CONFIG = 4_000_000

CHANNEL_WORDS = {
    "t1c": ("t1c", "t1ce", "t1gd", "t1gad", "t1contrast", "t1post", "t1postcontrast"),
    "t1": ("t1", "t1n", "t1w", "t1native", "t1precontrast"),
    "t2": ("t2", "t2w"),
    "flair": ("flair", "t2f", "t2flair"),
}
REGION_WORDS = {
    "WT": ("wt", "wholetumor", "wholetumour"),
    "TC": ("tc", "tumorcore", "tumourcore"),
    "ET": ("et", "enhancingtumor", "enhancingtumour"),
}
LABEL_WORDS = {
    "background": ("background", "bg"),
    "necrotic_core": ("ncr", "ncrnet", "necrosis", "necroticcore", "necrotictumorcore"),
    "oedema": ("ed", "edema", "oedema", "peritumoraledema"),
    "enhancing_tumour": ("et", "enhancingtumor", "enhancingtumour"),
}

HARMLESS = frozenset(
    {
        "CastToTyped",
        "ConcatItemsd",
        "CropForegroundd",
        "DivisiblePadd",
        "EnsureChannelFirstd",
        "EnsureTyped",
        "LoadImaged",
        "SpatialPadd",
        "ToTensord",
    }
)
"""Steps before the network that ELMED's preparation makes unnecessary, or makes itself."""


def is_bundle(folder: Path) -> bool:
    """Tell whether a folder is a bundle."""
    return any((folder / "configs" / f"metadata{suffix}").is_file() for suffix in SUFFIXES)


def read_bundle(folder: Path) -> Draft:
    """Read what a bundle says about its network.

    Raises:
        ModelError: it lacks something, or works in a way that ELMED does not.
    """
    metadata = _read_config(folder, "metadata")
    config = _first_config(folder)
    weights = folder / "models" / "model.pt"
    if not weights.is_file():
        raise ModelError(
            "The bundle has no weights: 'models/model.pt' is missing.",
            "Download the bundle with its large files.",
        )
    definition = next((config[key] for key in NETWORKS if _is_definition(config.get(key))), None)
    axes = ""
    values: dict[str, Any] = {"spacing_mm": 1.0, "normalisation": ""}
    for step in _steps(config.get("preprocessing")):
        axes = _take_step(step, values, config) or axes
    if not values["normalisation"]:
        raise _unknown_step("none at all")
    axes, notes = as_it_is_stored(axes)
    roi_size = plain(_section(config.get("inferer")).get("roi_size"), config)
    values |= {
        "architecture": architecture_of(definition, config),
        "axes": axes,
        "field_of_view": field_of_view(roi_size, axes),
        "weights_key": key_of_state(read_checkpoint(weights)),
        **_described(metadata),
        **_channels(metadata),
        **_outputs(metadata, config),
    }
    terms = (folder / "LICENSE", folder / "docs" / "data_license.txt")
    return Draft(weights, values, notes, tuple(path for path in terms if path.is_file()))


def _read_config(folder: Path, name: str) -> dict[str, Any]:
    paths = [folder / "configs" / f"{name}{suffix}" for suffix in SUFFIXES]
    path = next((each for each in paths if each.is_file()), None)
    if path is None:
        return {}
    try:
        if path.stat().st_size > LARGEST_CONFIG:
            raise ValueError("too large")
        text = path.read_text(encoding="utf-8")
        values = json.loads(text) if path.suffix == ".json" else _yaml(text)
        if isinstance(values, dict):
            return values
    except (OSError, ValueError) as error:
        raise ModelError(
            f"The bundle's file '{path.name}' cannot be read.", "Download the bundle again."
        ) from error
    raise ModelError(f"The bundle's file '{path.name}' is empty.", "Download the bundle again.")


def _yaml(text: str) -> Any:
    try:
        import yaml
    except ImportError as error:
        raise MissingPackageError(
            "The bundle's settings are in YAML, and the package PyYAML is not installed.",
            "Install PyYAML, or take the bundle with settings in JSON.",
        ) from error
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError("not YAML") from error


def _first_config(folder: Path) -> dict[str, Any]:
    for name in CONFIGS:
        config = _read_config(folder, name)
        if any(_is_definition(config.get(key)) for key in NETWORKS):
            return config
    raise ModelError(
        "The bundle does not define its network as data: that would have to be run.",
        "Export the network as TorchScript, and add that.",
    )


def _is_definition(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("_target_"), str)


def _steps(preprocessing: Any) -> Iterator[dict[str, Any]]:
    for step in _list(_section(preprocessing).get("transforms")):
        if _is_definition(step) and not step.get("_disabled_"):
            yield step


def _take_step(step: dict[str, Any], values: dict[str, Any], config: dict[str, Any]) -> str:
    """Note what a step before the network does; return the axes that it turns to, or ""."""
    name = step["_target_"].rpartition(".")[2]
    if name == "NormalizeIntensityd" and step.get("nonzero") and step.get("channel_wise"):
        values["normalisation"] = "zscore-nonzero"
    elif name == "Spacingd":
        values["spacing_mm"] = one_spacing(plain(step.get("pixdim"), config))
    elif name in ("Orientationd", "Orientation") and axes_are_known(str(step.get("axcodes"))):
        return str(step["axcodes"])
    elif name not in HARMLESS:
        raise _unknown_step(name)
    return ""


def _unknown_step(name: str) -> ModelError:
    return ModelError(
        f"The bundle prepares images in a way that ELMED does not know ({name}).",
        "ELMED knows z-scores over non-zero voxels of each channel; choose another model.",
    )


def _described(metadata: dict[str, Any]) -> dict[str, Any]:
    texts = {
        "title": metadata.get("name"),
        "version": metadata.get("version"),
        "description": metadata.get("description"),
        "citation": "; ".join(str(each) for each in _list(metadata.get("references"))),
    }
    intended = metadata.get("intended_use")
    if intended and texts["description"]:
        texts["description"] = f"{texts['description']}. {intended}."
    return {key: str(text) for key, text in texts.items() if text}


def _named(metadata: dict[str, Any], side: str, known: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the names of a network's channels in order; [] when one of them is not known."""
    ends = _section(_section(metadata.get("network_data_format")).get(side))
    definition = _section(_section(next(iter(ends.values()), None)).get("channel_def"))
    try:
        texts = [str(definition[key]) for key in sorted(definition, key=int)]
    except (TypeError, ValueError):
        return []
    names = [words_in(text, known) for text in texts]
    return names if all(names) else []


def _section(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _channels(metadata: dict[str, Any]) -> dict[str, Any]:
    names = _named(metadata, "inputs", CHANNEL_WORDS)
    return {"channels": names} if names else {}


def _outputs(metadata: dict[str, Any], config: dict[str, Any]) -> dict[str, Any]:
    """Return what the network's outputs are: regions by sigmoid, or labels by softmax."""
    activations = [
        step
        for step in _steps(config.get("postprocessing"))
        if step["_target_"].rpartition(".")[2] == "Activationsd"
    ]
    if any(step.get("softmax") for step in activations):
        labels = _named(metadata, "outputs", LABEL_WORDS)
        return {"outputs": "label-logits", **({"labels": labels} if labels else {})}
    regions = _named(metadata, "outputs", REGION_WORDS)
    return {"outputs": "region-logits", **({"regions": regions} if regions else {})}
