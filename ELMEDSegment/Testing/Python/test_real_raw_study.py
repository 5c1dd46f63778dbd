"""One real study as it was scanned: registration and brain extraction, with a report to look at."""

from __future__ import annotations

import json
import os
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from ELMEDSegmentLib.geometry import Grid
from ELMEDSegmentLib.inputs.study import read_study
from ELMEDSegmentLib.labels import CHANNELS
from ELMEDSegmentLib.raw.aligning import Aligning, align
from ELMEDSegmentLib.raw.registration import overlap
from ELMEDSegmentLib.raw.steps import rigid_inverse

SQUARES = 8

SMALLEST_OVERLAP = 0.90
"""Dice of the brains that were found in two contrasts, each by itself, after registration."""


@pytest.fixture(scope="module")
def study(shared_data):
    folder = shared_data / "raw-study"
    if not folder.is_dir():
        pytest.skip(f"the real study as scanned is not here: '{folder}' is missing")
    return read_study({name: folder / f"{name}.nii.gz" for name in CHANNELS}, preparing=True)


@pytest.fixture(scope="module")
def aligned(study):
    return align(study, Aligning(brain_extraction="bundled"))


@pytest.fixture(scope="module")
def report_folder(tmp_path_factory):
    """Where pictures and numbers go: `$ELMED_REPORTS`, or pytest's temporary folder."""
    named = os.environ.get("ELMED_REPORTS")
    folder = Path(named) if named else tmp_path_factory.mktemp("raw-study")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def test_the_brains_of_the_four_contrasts_fall_together(aligned, report_folder):
    scores = {}
    for first, second in combinations(CHANNELS, 2):
        between = rigid_inverse(aligned.history.matrix(first)) @ aligned.history.matrix(second)
        brains = aligned.own_brains[first], aligned.own_brains[second]
        scores[f"{first} {second}"] = round(overlap(*brains, between), 4)
    volume = float(sitk.GetArrayViewFromImage(aligned.brain).sum()) / 1000
    report = {"brain_dice": scores, "brain_ml": volume, **aligned.history.as_dict()}
    (report_folder / "raw-study.json").write_text(json.dumps(report, indent=2), encoding="utf-8")
    assert min(scores.values()) > SMALLEST_OVERLAP, scores
    assert 900 < volume < 1900
    assert aligned.warnings == []


def test_registration_gained_information_in_each_contrast(aligned):
    for found in aligned.registrations.values():
        assert found.after > 1.2 * found.before


def test_a_picture_for_each_pair_of_contrasts(study, aligned, report_folder):
    grid = Grid.of(aligned.brain)
    wide = grid.part([-20] * 3, [n + 40 for n in grid.size])
    heads = {
        name: stretched(aligned.history.to_prepared(sitk.Cast(image, sitk.sitkFloat32), name, wide))
        for name, image in study.images.items()
    }
    for first, second in combinations(CHANNELS, 2):
        mixed = sitk.GetArrayFromImage(
            sitk.CheckerBoard(heads[first], heads[second], [SQUARES] * 3)
        )
        z, y, x = (n // 2 for n in mixed.shape)
        planes = [mixed[z], mixed[::-1, y], mixed[::-1, :, x]]
        height = max(plane.shape[0] for plane in planes)
        row = [np.pad(plane, ((0, height - plane.shape[0]), (0, 4))) for plane in planes]
        path = report_folder / f"{first}-{second}.png"
        sitk.WriteImage(sitk.GetImageFromArray(np.hstack(row)), str(path))
        assert path.stat().st_size > 10_000


def stretched(image: sitk.Image) -> sitk.Image:
    """Return `image` as uint8, its brightest half percent white."""
    bright = float(np.quantile(sitk.GetArrayViewFromImage(image), 0.995))
    return sitk.Cast(sitk.Clamp(image * (255 / bright), sitk.sitkFloat32, 0, 255), sitk.sitkUInt8)
