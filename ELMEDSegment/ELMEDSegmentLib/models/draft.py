"""What the files of a model say about it, before it becomes a manifest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import ModelError
from ELMEDSegmentLib.network import BUILDERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

EXPRESSION, REFERENCE = "$", "@"
"""What MONAI's configurations begin a text with that is Python, or that stands for another entry.
Python is never evaluated here."""

LONGEST_CHAIN = 10


@dataclass(frozen=True)
class Draft:
    """What was read from a model's files.

    Attributes:
        weights: the file that holds them.
        values: entries of the manifest.
        notes: what the files do not say and had to be assumed.
        terms: files that state the model's terms, kept beside it.
    """

    weights: Path
    values: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    terms: tuple[Path, ...] = ()


def architecture_of(definition: Any, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the network that a MONAI configuration defines, as `network.build_network` takes it.

    Args:
        definition: `{"_target_": "SegResNet", ...}`.
        config: that it is part of, for entries that refer to others ("@output_classes").

    Raises:
        ModelError: it is not a network that ELMED builds, or it needs Python to be evaluated.
    """
    if not isinstance(definition, dict) or not isinstance(definition.get("_target_"), str):
        raise ModelError(
            "The model's files do not define a network.", "Take a model whose files do."
        )
    name = definition["_target_"].rpartition(".")[2]
    if name not in BUILDERS or name == "Ensemble":
        raise ModelError(
            f"The model's network '{name}' is not one that ELMED builds.",
            f"It builds {', '.join(each for each in BUILDERS if each != 'Ensemble')}. "
            "Of another network, add a TorchScript file.",
        )
    arguments = {
        key: plain(value, config) for key, value in definition.items() if not key.startswith("_")
    }
    if arguments.get("norm") == "INSTANCE_NVFUSER":
        # The same computation by a library for NVIDIA cards alone.
        arguments["norm"] = ["INSTANCE", {"affine": True}]
    return {"name": name, **arguments}


def plain(value: Any, config: Mapping[str, Any], depth: int = 0) -> Any:
    """Return a value of a configuration with its references resolved; nothing is evaluated.

    Raises:
        ModelError: it is an expression or an object, or refers to what is not there.
    """
    if depth > LONGEST_CHAIN:
        raise _not_plain()
    if isinstance(value, dict):
        if "_target_" in value:
            raise _not_plain()
        return {str(key): plain(each, config, depth + 1) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each, config, depth + 1) for each in value]
    if isinstance(value, str) and value.startswith(EXPRESSION):
        raise _not_plain()
    if isinstance(value, str) and value.startswith(REFERENCE):
        found: Any = config
        for part in value.removeprefix(REFERENCE).replace("::", "#").split("#"):
            if not isinstance(found, dict) or part not in found:
                raise _not_plain()
            found = found[part]
        return plain(found, config, depth + 1)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise _not_plain()


def field_of_view(roi_size: Any, axes: str) -> list[int]:
    """Return a region of interest on a network's `axes` as voxels (x, y, z); [] for none."""
    sizes = roi_size if isinstance(roi_size, list | tuple) else ()
    if len(sizes) != len(axes) or not all(isinstance(n, int) and n > 0 for n in sizes):
        return []
    order = [next(i for i, letter in enumerate(axes) if letter in pair) for pair in ("LR", "PA")]
    order.append(3 - sum(order))
    return [int(sizes[i]) for i in order]


def one_spacing(spacing: Any) -> float:
    """Return the voxel size of a working grid that is given along three axes.

    Raises:
        ModelError: it differs between the axes.
    """
    sizes = spacing if isinstance(spacing, list | tuple) else [spacing]
    numbers = [float(size) for size in sizes if isinstance(size, int | float)]
    if len(numbers) != len(sizes) or not numbers or max(numbers) - min(numbers) > 1e-3:  # noqa: PLR2004
        raise ModelError(
            "The model works on voxels that are not cubes, which ELMED does not support.",
            "Choose another model.",
        )
    return numbers[0]


def regions_of_labels(index_lists: Any) -> list[str]:
    """Return the regions that lists of BraTS labels stand for, [] when they are none or others."""
    known: dict[tuple[int, ...], str] = {(1, 2, 3): "WT", (1, 3): "TC", (3,): "ET"}
    # Until 2022 BraTS called the enhancing tumour 4.
    known |= {(1, 2, 4): "WT", (1, 4): "TC", (4,): "ET"}
    if not isinstance(index_lists, list | tuple):
        return []
    keys = [tuple(sorted(each)) for each in index_lists if isinstance(each, list | tuple)]
    return [known[key] for key in keys] if keys and all(key in known for key in keys) else []


def as_it_is_stored(found: str) -> tuple[str, tuple[str, ...]]:
    """Return the axes of a network, and a note where its files did not say them."""
    if found:
        return found, ()
    note = (
        "The files do not say how the network's axes lie in the patient; as in BraTS's files, they "
        "were taken to grow to left, posterior and superior (LPS)."
    )
    return "LPS", (note,)


def words_in(text: str, known: Mapping[str, Sequence[str]]) -> str:
    """Return the key whose words `text` is one of, "" for none; case and signs do not count."""
    letters = "".join(each for each in text.lower() if each.isalnum())
    return next((key for key, words in known.items() if letters in words), "")


def _not_plain() -> ModelError:
    return ModelError(
        "The model's settings hold Python, which is not run here.",
        "Export the network as TorchScript, and add that.",
    )
