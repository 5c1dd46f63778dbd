"""The sub-region volumes as a table."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ELMEDLib.files import written_whole
from ELMEDSegmentLib.labels import LABEL_TITLES, LABELS, REGIONS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

REGION_TITLES = {"WT": "Whole tumour", "TC": "Tumour core", "ET": "Enhancing tumour"}


@dataclass(frozen=True)
class VolumeRow:
    """The volume of one tissue or region.

    Attributes:
        title: what it is called.
        code: its label value, or BraTS's name of the region.
        millilitres: how large it is.
        voxels: in how many voxels of the reference volume.
    """

    title: str
    code: str
    millilitres: float
    voxels: int


def volume_rows(volumes_ml: Mapping[str, float], voxels: Mapping[str, int]) -> list[VolumeRow]:
    """Return a row for each label and each region."""
    names = {name: (LABEL_TITLES[name], f"label {value}") for name, value in LABELS.items()}
    names |= {name: (REGION_TITLES[name], name) for name in REGIONS}
    return [
        VolumeRow(title, code, volumes_ml[name], voxels[name])
        for name, (title, code) in names.items()
    ]


def write_volumes(rows: list[VolumeRow], path: Path) -> None:
    """Write the rows as a CSV file with a heading."""
    with written_whole(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(("region", "code", "ml", "voxels"))
        for row in rows:
            writer.writerow((row.title, row.code, f"{row.millilitres:.3f}", row.voxels))


def as_text(rows: list[VolumeRow]) -> str:
    """Return the rows as lines for a terminal."""
    return "\n".join(f"  {row.title:<18} {row.code:<8} {row.millilitres:8.2f} ml" for row in rows)
