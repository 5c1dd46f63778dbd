"""From the files of a model of any maker to a manifest with weights, checked by using it once."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import ConsentError, ModelError
from ELMEDLib.files import written_whole
from ELMEDSegmentLib.fitting import fitted
from ELMEDSegmentLib.manifest import FORMAT, Manifest, manifest_of, read_manifest
from ELMEDSegmentLib.model import network_with_weights, sha256
from ELMEDSegmentLib.models import auto3dseg, monai_bundle, torchscript
from ELMEDSegmentLib.models.draft import Draft
from ELMEDSegmentLib.network import TORCHSCRIPT, smallest_multiple
from ELMEDSegmentLib.weights import key_of_state, read_checkpoint

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import torch

WHAT_TO_STATE = {
    "channels": "which contrasts the network takes, in its order",
    "regions": "which regions the network gives, in its order",
    "labels": "which labels the network gives, in its order",
    "normalisation": "how the network wants intensities scaled",
    "spacing_mm": "the voxel size that the network works on",
}
"""What some model's files leave open, and a user can say."""

UNSTATED = "not stated"


def find_draft(path: Path) -> Draft:
    """Read the files of a model, whatever kind they are.

    Args:
        path: a folder that was unpacked from an archive, or a single file.

    Raises:
        ModelError: it is no model, or one that works in a way that ELMED does not.
    """
    if path.is_dir():
        return _draft_of_folder(path)
    if path.suffix.lower() == ".json":
        return _draft_of_manifest(path)
    if torchscript.is_torchscript(path):
        values = {"architecture": {"name": TORCHSCRIPT, "multiple": torchscript.MULTIPLE}}
        return Draft(path, values)
    content = read_checkpoint(path)
    if auto3dseg.is_auto3dseg(content):
        return auto3dseg.read_auto3dseg(path)
    return Draft(path, {"weights_key": key_of_state(content)})


def adopt(draft: Draft, stated: Mapping[str, Any], folder: Path, *, may_run: bool = False) -> Path:
    """Write the manifest and the weights of a model into a folder, after it has been tried.

    Args:
        draft: what its files say.
        stated: entries of the manifest that are known from elsewhere: the catalogue, or the user.
            They go before what the files say; "name" is one of them.
        folder: empty.
        may_run: whether somebody agreed to run it, if it is a TorchScript program.

    Returns:
        The manifest, which is called `<name>.json`.

    Raises:
        ModelError: something about the model is not known, or does not fit together.
        ConsentError: it is a TorchScript program that nobody agreed to run.
    """
    values = {**draft.values, **{key: value for key, value in stated.items() if value}}
    name = str(values["name"])
    is_script = values.get("architecture", {}).get("name") == TORCHSCRIPT
    if is_script and not may_run:
        raise ConsentError("The model is a TorchScript program.", torchscript.WARNING)
    weights = folder / f"{name}{'.ts' if is_script else '.pt'}"
    shutil.copyfile(draft.weights, weights)
    for terms in draft.terms:
        shutil.copyfile(terms, folder / f"terms-{terms.name}")
    manifest = _manifest(values, draft, weights)
    _try(manifest, weights)
    path = folder / f"{name}.json"
    with written_whole(path) as temporary:
        temporary.write_text(manifest.as_json(), encoding="utf-8")
    return path


def _draft_of_folder(folder: Path) -> Draft:
    """Read a folder, or the only one in it: archives often hold one folder with everything."""
    for candidate in (folder, *sorted(path for path in folder.iterdir() if path.is_dir())):
        if monai_bundle.is_bundle(candidate):
            return monai_bundle.read_bundle(candidate)
        checkpoint = candidate / auto3dseg.CHECKPOINT
        if checkpoint.is_file():
            return auto3dseg.read_auto3dseg(checkpoint)
        manifests = [path for path in candidate.glob("*.json") if _is_manifest(path)]
        if len(manifests) == 1:
            return _draft_of_manifest(manifests[0])
    raise ModelError(
        "There is no model in this folder that ELMED knows.",
        "It knows MONAI bundles, checkpoints of Auto3DSeg, TorchScript files and its own models.",
    )


def _is_manifest(path: Path) -> bool:
    try:
        return "architecture" in json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError):
        return False


def _draft_of_manifest(path: Path) -> Draft:
    manifest = read_manifest(path)
    weights = path.parent / manifest.weights
    if not weights.is_file() or weights.is_symlink() or sha256(weights) != manifest.sha256:
        raise ModelError(
            f"The weights '{weights.name}' of {manifest.title} are missing or damaged.",
            "Take the model's folder again, with all its files.",
        )
    return Draft(weights, asdict(manifest), manifest.notes)


def _manifest(values: Mapping[str, Any], draft: Draft, weights: Path) -> Manifest:
    needed = {"architecture", *WHAT_TO_STATE} - {"labels", "regions"}
    labelled = str(values.get("outputs", "")).startswith("label")
    needed.add("labels" if labelled else "regions")
    missing = sorted(key for key in needed if not values.get(key))
    if "architecture" in missing:
        raise ModelError(
            "The file holds weights alone, and does not say what the network is.",
            "Add the bundle or the checkpoint that they come from, or a TorchScript file.",
        )
    if missing:
        raise ModelError(
            f"The model's files do not say {WHAT_TO_STATE[missing[0]]}.",
            f"Its makers may; then state it (--{missing[0].replace('_mm', '')} on the command "
            "line, or in the panel's section Models).",
        )
    complete = {
        "title": values["name"],
        "description": "",
        "licence": UNSTATED,
        "citation": UNSTATED,
        **values,
        "weights": weights.name,
        "sha256": sha256(weights),
        "format": FORMAT,
        "notes": [*draft.notes, *(values.get("notes") or ())],
    }
    return manifest_of(json.loads(json.dumps(complete)), f"{values['name']}.json")


def _try(manifest: Manifest, weights: Path) -> None:
    """Let the network answer once, on a small empty image.

    Raises:
        ModelError: it does not take the channels, or does not give the outputs, that it should.
    """
    import torch

    if manifest.architecture["name"] == TORCHSCRIPT:
        network: torch.nn.Module = torchscript.load_script(weights)
    else:
        network = network_with_weights(manifest, weights)
    side = 2 * smallest_multiple(manifest.architecture)
    image = torch.zeros(1, len(manifest.channels), side, side, side)
    outputs = len(manifest.labels) or len(manifest.regions)
    try:
        with torch.inference_mode():
            found = network(image)
            first = found[0] if isinstance(found, list | tuple) else found
            fits = tuple(first.shape) == (1, outputs, side, side, side)
            if fits:
                fitted(network, manifest)(image)
    except (RuntimeError, ValueError, TypeError, IndexError, AttributeError) as error:
        raise ModelError(
            f"The network does not take {len(manifest.channels)} contrasts.",
            "State the contrasts that it takes, in its order.",
        ) from error
    if not fits:
        raise ModelError(
            f"The network does not give {outputs} outputs of the image's size.",
            "State the regions or labels that it gives, in its order.",
        )
