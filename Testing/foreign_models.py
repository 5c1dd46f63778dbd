"""Tiny models in the layouts in which others publish theirs; for tests."""

from __future__ import annotations

import hashlib
import json
import shutil
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

SEGRESNET = {
    "spatial_dims": 3,
    "init_filters": 8,
    "in_channels": 4,
    "out_channels": 3,
    "blocks_down": [1, 1],
    "blocks_up": [1],
    "dropout_prob": 0.2,
}
SEGRESNET_DS = {
    "init_filters": 4,
    "blocks_down": [1, 1],
    "norm": "INSTANCE",
    "in_channels": 4,
    "out_channels": 3,
    "dsdepth": 1,
}

METADATA: dict[str, Any] = {
    "version": "0.5.2",
    "name": "Tiny BraTS bundle",
    "description": "Finds nothing in particular",
    "intended_use": "This is an example, not to be used for diagnostic purposes",
    "references": ["Nobody 2018"],
    "network_data_format": {
        "inputs": {"image": {"channel_def": {"0": "T1c", "1": "T1", "2": "T2", "3": "FLAIR"}}},
        "outputs": {
            "pred": {"channel_def": {"0": "Tumor core", "1": "Whole tumor", "2": "Enhancing tumor"}}
        },
    },
}

INFERENCE: dict[str, Any] = {
    "imports": ["$import glob", "$import os"],
    "bundle_root": ".",
    "ckpt_dir": "$@bundle_root + '/models'",
    "device": "$torch.device('cuda:0' if torch.cuda.is_available() else 'cpu')",
    "network_def": {"_target_": "SegResNet", **SEGRESNET},
    "network": "$@network_def.to(@device)",
    "preprocessing": {
        "_target_": "Compose",
        "transforms": [
            {"_target_": "LoadImaged", "keys": "image"},
            {
                "_target_": "NormalizeIntensityd",
                "keys": "image",
                "nonzero": True,
                "channel_wise": True,
            },
        ],
    },
    "inferer": {"_target_": "SlidingWindowInferer", "roi_size": [24, 28, 32], "overlap": 0.5},
    "postprocessing": {
        "_target_": "Compose",
        "transforms": [{"_target_": "Activationsd", "keys": "pred", "sigmoid": True}],
    },
    "initialize": ["$setattr(torch.backends.cudnn, 'benchmark', True)"],
}
"""The layout of `configs/inference.json` of the bundle `brats_mri_segmentation`, made small."""


def segresnet(seed: int = 3) -> Any:
    """Return a random SegResNet."""
    import torch
    from monai.networks.nets import SegResNet

    torch.manual_seed(seed)
    return SegResNet(**SEGRESNET).eval()


def write_bundle(folder: Path, network: Any = None, **changes: Any) -> Path:
    """Write a MONAI bundle and return its folder; `changes` are entries of its inference.json."""
    import torch

    for part in ("configs", "models", "docs", "scripts"):
        (folder / part).mkdir(parents=True)
    (folder / "configs" / "metadata.json").write_text(json.dumps(METADATA))
    (folder / "configs" / "inference.json").write_text(json.dumps({**INFERENCE, **changes}))
    (folder / "LICENSE").write_text("Apache License, Version 2.0")
    (folder / "scripts" / "prepare.py").write_text("raise SystemExit('this must never run')")
    torch.save((network or segresnet()).state_dict(), folder / "models" / "model.pt")
    return folder


def write_checkpoint(path: Path, trained: Any = None, **changes: Any) -> Path:
    """Write a checkpoint as Auto3DSeg's `segmenter.py` saves it; `changes` are settings."""
    import numpy as np
    import torch
    from monai.networks.nets import SegResNetDS

    if trained is None:
        torch.manual_seed(4)
        trained = SegResNetDS(**SEGRESNET_DS)
    config = {
        "bundle_root": "/somewhere/else",
        "class_names": ["wt", "tc", "et"],
        "class_index": [[1, 2, 3], [1, 3], [3]],
        "sigmoid": True,
        "orientation_ras": True,
        "crop_foreground": True,
        "normalize_mode": "meanstd",
        "intensity_bounds": None,
        "resample": False,
        "resample_resolution": [1.0, 1.0, 1.0],
        "roi_size": [24, 28, 32],
        "input_channels": 4,
        "network": {"_target_": "SegResNetDS", **SEGRESNET_DS},
        **changes,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    # A mean over scores may be saved as numpy's number.
    content = {"config": config, "epoch": 7, "best_metric": np.float64(0.9)}
    torch.save({"state_dict": trained.state_dict(), **content}, path)
    return path


def zipped(folder: Path) -> Path:
    """Return an archive of a folder's content, beside it."""
    return type(folder)(shutil.make_archive(str(folder), "zip", folder))


def offer_models(server: Any, folder: Path) -> None:
    """Let a loopback server offer a bundle's weights and an archive of Auto3DSeg."""
    weights = write_bundle(folder / "bundle") / "models" / "model.pt"
    write_checkpoint(folder / "brats-gli" / "model.pt")
    server.serve("model.pt", weights.read_bytes())
    server.serve("brats-gli.zip", zipped(folder / "brats-gli").read_bytes())


def write_catalogue(server: Any, path: Path, **versions: str) -> Path:
    """Write a catalogue of what `offer_models` offers, as the shipped one describes real models."""
    from ELMEDSegmentLib.models.entries import CATALOGUE_FILE

    shipped = {each["name"]: each for each in json.loads(CATALOGUE_FILE.read_text())["models"]}
    zoo, gli = shipped["monai-brats"], shipped["brats2023-gli"]
    zoo["manifest"] |= {
        "architecture": {"name": "SegResNet", **SEGRESNET},
        "field_of_view": [16, 16, 16],
    }
    weights, archive = (server.resources[name].content for name in ("model.pt", "brats-gli.zip"))
    digest = hashlib.md5(weights, usedforsecurity=False).hexdigest()
    zoo["download"] |= {"url": server.url("model.pt"), "md5": digest}
    gli["download"] |= {"url": server.url("brats-gli.zip"), "size_bytes": len(archive)}
    for entry in (zoo, gli):
        entry["version"] = versions.get(entry["name"].replace("-", "_"), entry["version"])
    models = [shipped["elmed-glioma"], zoo, gli]
    path.write_text(json.dumps({"format": 1, "models": models}))
    return path
