"""Labelled studies on disk: finding them in the folder layouts that people have.

Three layouts are known:

- a folder a patient with `t1`, `t1c`, `t2`, `flair` and `seg` (`.nii.gz`, `.nii` or `.nrrd`), as
  `elmed simulate` writes it;
- BraTS 2017-2021 (`NAME_t1ce.nii.gz`, ...) and BraTS 2023 (`NAME-t1c.nii.gz`, ...);
- the Medical Segmentation Decathlon's Task01_BrainTumour: `dataset.json` beside `imagesTr` with one
  4D file a patient (FLAIR, T1, T1c, T2) and labels 1 oedema, 2 non-enhancing, 3 enhancing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from ELMEDLib.errors import InputError
from ELMEDSegmentLib import geometry
from ELMEDSegmentLib.inputs.study import Study, check_study, read_study, read_volume
from ELMEDSegmentLib.labels import CHANNELS, ENHANCING_TUMOUR, NECROTIC_CORE, OEDEMA

EXTENSIONS = (".nii.gz", ".nii", ".nrrd", ".mha")

ENDINGS = {
    "t1": ("t1", "t1n"),
    "t1c": ("t1c", "t1ce", "t1gd"),
    "t2": ("t2", "t2w"),
    "flair": ("flair", "t2f"),
    "seg": ("seg",),
}
"""How the file names of each channel and of the labels end, before the extension."""

DECATHLON_CHANNELS = ("flair", "t1", "t1c", "t2")
DECATHLON_LABELS = {1: OEDEMA, 2: NECROTIC_CORE, 3: ENHANCING_TUMOUR}

# BraTS before 2021 calls the enhancing tumour 4, later years 3.
BRATS_LABELS = {
    1: NECROTIC_CORE,
    2: OEDEMA,
    3: ENHANCING_TUMOUR,
    4: ENHANCING_TUMOUR,
}


@dataclass(frozen=True)
class Case:
    """Where one patient's volumes and expert labels are."""

    name: str
    paths: dict[str, Path]
    labels: Path
    decathlon: bool = False

    def read(self) -> tuple[Study, np.ndarray]:
        """Return the checked study, and its labels (1, 2, 3) uint8 `(z, y, x)` on the same grid.

        Raises:
            InputError: a file is missing or damaged, or labels and volumes do not match.
        """
        study = self._read_decathlon() if self.decathlon else read_study(self.paths)
        image = read_volume(self.labels, "label")
        text = geometry.difference(
            geometry.Grid.of(image), geometry.Grid.of(study.images[study.reference])
        )
        if text:
            raise InputError(f"The labels of '{self.name}' lie on another grid ({text}).")
        return study, self._as_brats(sitk.GetArrayFromImage(image))

    def _read_decathlon(self) -> Study:
        try:
            image = sitk.ReadImage(str(self.paths["all"]))
        except RuntimeError as error:
            raise InputError(
                f"'{self.paths['all']}' is missing or cannot be read as an image.",
                "Take the data set again, with all its files.",
            ) from error
        if image.GetDimension() != 4 or image.GetSize()[3] != len(DECATHLON_CHANNELS):  # noqa: PLR2004
            raise InputError(f"'{self.paths['all']}' does not hold four volumes.")
        return check_study({name: image[..., i] for i, name in enumerate(DECATHLON_CHANNELS)})

    def _as_brats(self, array: np.ndarray) -> np.ndarray:
        labels = np.zeros(array.shape, np.uint8)
        names = DECATHLON_LABELS if self.decathlon else BRATS_LABELS
        for value, label in names.items():
            labels[array == value] = label
        unknown = set(np.unique(array).tolist()) - {0, *names}
        if unknown:
            raise InputError(
                f"The labels of '{self.name}' hold the value {min(unknown)}.",
                "Labels are 0 to 3 (or 4 for the enhancing tumour before BraTS 2021).",
            )
        return labels


def find_cases(folder: Path | str) -> list[Case]:
    """Return the labelled studies in `folder`, sorted by name.

    Raises:
        InputError: the folder does not exist, or holds no study with labels.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(f"The folder '{folder}' does not exist.", "Check the path.")
    if (folder / "dataset.json").is_file():
        cases = _decathlon_cases(folder)
    else:
        candidates = [folder, *sorted(path for path in folder.iterdir() if path.is_dir())]
        cases = [case for path in candidates if (case := _case_in(path)) is not None]
    if not cases:
        raise InputError(
            f"'{folder}' holds no study with four contrasts and labels.",
            "A study is a folder with t1, t1c, t2, flair and seg files.",
        )
    return cases


def _case_in(folder: Path) -> Case | None:
    found: dict[str, Path] = {}
    try:
        paths = sorted(folder.iterdir())
    except OSError:
        # A disk's own folders may not be looked into.
        return None
    for path in paths:
        extension = next((e for e in EXTENSIONS if path.name.lower().endswith(e)), None)
        if extension is None:
            continue
        stem = path.name[: -len(extension)].lower()
        ending = stem.replace("-", "_").rsplit("_", 1)[-1]
        for name, endings in ENDINGS.items():
            if ending in endings:
                found.setdefault(name, path)
    if set(found) < set(ENDINGS):
        return None
    return Case(folder.name, {name: found[name] for name in CHANNELS}, found["seg"])


def _decathlon_cases(folder: Path) -> list[Case]:
    try:
        entries = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))["training"]
        pairs = [(str(entry["image"]), str(entry["label"])) for entry in entries]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"'{folder / 'dataset.json'}' is not a Decathlon data set.") from error
    cases = []
    for image, label in sorted(pairs):
        paths = [(folder / name).resolve() for name in (image, label)]
        if not all(path.is_relative_to(folder.resolve()) for path in paths):
            raise InputError(f"'{folder / 'dataset.json'}' names files outside its folder.")
        name = paths[0].name.removesuffix(".nii.gz")
        cases.append(Case(name, {"all": paths[0]}, paths[1], decathlon=True))
    return cases
