"""What ran, with which model, on what, and what it found."""

from __future__ import annotations

import platform
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDLib import __version__
from ELMEDSegmentLib.labels import LABELS, REGIONS
from ELMEDSegmentLib.normalisation import NORMALISATIONS

if TYPE_CHECKING:
    from ELMEDSegmentLib.geometry import Grid
    from ELMEDSegmentLib.model import Manifest
    from ELMEDSegmentLib.preparation import Preparation

NOTICE = "Research use only; not for diagnosis or treatment decisions."


@dataclass(frozen=True)
class Report:
    """The run report, free of patient data: no names, no paths.

    Attributes:
        volumes_ml: of each label and each region, in millilitres.
        voxels: number of voxels of each label and each region.
        seconds: how long each stage took.
        warnings: what is doubtful, a sentence each.
        model: name, checksum and licence of the model.
        geometry: of the reference grid and of the working grid.
        steps: what was done to the study before the network saw it.
        environment: versions and device.
        confidence: how sure the network is of each region; see `uncertainty.confidence`.
        history: the steps from the scans to the network, if they were not prepared before; see
            `raw.steps.History`.
        findings: what was noticed before the run, and what was done about it; see `findings`.
    """

    volumes_ml: dict[str, float]
    voxels: dict[str, int]
    seconds: dict[str, float]
    warnings: list[str]
    model: dict[str, str]
    geometry: dict[str, Any]
    steps: list[str]
    environment: dict[str, str]
    confidence: dict[str, dict[str, float]] = field(default_factory=dict)
    history: dict[str, Any] = field(default_factory=dict)
    findings: list[dict[str, Any]] = field(default_factory=list)
    notice: str = NOTICE
    made: str = field(
        default_factory=lambda: datetime.now(timezone.utc).isoformat(timespec="seconds")
    )

    def as_dict(self) -> dict[str, Any]:
        """Return the report as values that JSON can hold."""
        return asdict(self)


def count_voxels(labels: np.ndarray) -> dict[str, int]:
    """Return the number of voxels of each label and each region in `labels` `(z, y, x)`."""
    counts = np.bincount(labels.ravel(), minlength=max(LABELS.values()) + 1)
    found = {name: int(counts[value]) for name, value in LABELS.items()}
    found |= {name: int(counts[list(values)].sum()) for name, values in REGIONS.items()}
    return found


def volumes_ml(voxels: dict[str, int], grid: Grid) -> dict[str, float]:
    """Return volumes in millilitres for numbers of voxels on `grid`."""
    return {name: round(count * grid.voxel_volume_ml, 4) for name, count in voxels.items()}


def describe_model(manifest: Manifest) -> dict[str, str]:
    """Return what identifies a model."""
    return {
        "name": manifest.name,
        "title": manifest.title,
        "version": manifest.version,
        "source": manifest.source,
        "sha256": manifest.sha256,
        "licence": manifest.licence,
        "citation": manifest.citation,
    }


def describe_geometry(preparation: Preparation) -> dict[str, Any]:
    """Return the reference grid and the working grid as values that JSON can hold."""
    return {"reference": asdict(preparation.reference), "working": asdict(preparation.working)}


def describe_steps(preparation: Preparation) -> list[str]:
    """Say what was done to the study, a sentence a step."""
    working = preparation.working
    size = " x ".join(str(n) for n in working.size)
    scores = ", ".join(
        f"{channel} mean {mean:.1f}, deviation {deviation:.1f}"
        for channel, (mean, deviation) in preparation.statistics.items()
    )
    return [
        "The brain was taken to be where any contrast is not zero.",
        f"Intensities were {NORMALISATIONS[preparation.normalisation].title} ({scores}).",
        f"The brain was sampled on {size} voxels of {working.spacing[0]:g} mm along LPS axes.",
        "Probabilities were interpolated back onto the reference grid, and thresholded at 0.5.",
    ]


def describe_environment(device: str, threads: int) -> dict[str, str]:
    """Return the versions of what took part."""
    import monai
    import SimpleITK as sitk
    import torch

    return {
        "ELMED": __version__,
        "Python": platform.python_version(),
        "PyTorch": torch.__version__,
        "MONAI": monai.__version__,
        "SimpleITK": sitk.Version_VersionString(),
        "system": platform.system(),
        "device": device,
        "threads": str(threads),
    }
