"""Small simulated patients, some of them broken, for the tests of cohorts."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

if TYPE_CHECKING:
    from pathlib import Path

SIZE = (10, 11, 12)

BROKEN = ("missing", "cut", "grid", "empty", "none")
"""A file is missing, a file is cut, the mask lies on another grid or is empty, there is no mask."""

SETTINGS = {
    "imageType": {"Original": {}},
    "featureClass": {"shape": ["VoxelVolume"], "firstorder": ["Mean"]},
}


def write_patient(folder: Path, seed: int, broken: str = "") -> dict[str, str]:
    """Write a patient with a T1c, a FLAIR and a mask of two labels; return the paths by column."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(seed)
    place = np.stack(np.mgrid[: SIZE[0], : SIZE[1], : SIZE[2]], axis=-1) - 5
    distance = np.linalg.norm(place, axis=-1)
    labels = np.zeros(SIZE, np.uint8)
    labels[distance < 3 + 1.5 * rng.random()] = 2
    labels[distance < 1.5 + rng.random()] = 1
    if broken == "empty":
        labels[:] = 0
    images = {
        name: (100 + scale * labels + rng.normal(0, 5, SIZE)).astype(np.float32)
        for name, scale in (("t1c", 40), ("flair", 25))
    }
    paths = {name: folder / f"{name}.nii.gz" for name in (*images, "seg")}
    for name, array in images.items():
        sitk.WriteImage(sitk.GetImageFromArray(array), str(paths[name]))
    mask = sitk.GetImageFromArray(labels)
    if broken == "grid":
        mask.SetOrigin((3.0, 0.0, 0.0))
    sitk.WriteImage(mask, str(paths["seg"]))
    if broken == "missing":
        paths["flair"].unlink()
    if broken == "cut":
        whole = paths["t1c"].read_bytes()
        paths["t1c"].write_bytes(whole[: len(whole) // 2])
    return {name: f"{folder.name}/{path.name}" for name, path in paths.items()}


def write_cohort(folder: Path, count: int, every: int = 10) -> tuple[Path, dict[str, str]]:
    """Write a cohort and its table; every so many patients one is broken in one of the ways.

    Returns:
        The table, and what is broken about whom.
    """
    broken = {}
    rows = []
    for number in range(count):
        name = f"P{number:03d}"
        how = BROKEN[number // every % len(BROKEN)] if number % every == every - 1 else ""
        paths = write_patient(folder / name, number, how)
        if how == "none":
            paths["seg"] = ""
        if how:
            broken[name] = how
        rows.append({"patient": name, **paths})
    table = folder / "cases.csv"
    with table.open("w", newline="") as file:
        writer = csv.DictWriter(file, ["patient", "t1c", "flair", "seg"])
        writer.writeheader()
        writer.writerows(rows)
    return table, broken
