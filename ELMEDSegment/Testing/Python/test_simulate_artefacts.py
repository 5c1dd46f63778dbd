"""Each artefact of the scanner does what it says, and nothing else."""

from __future__ import annotations

import json

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st

from ELMEDLib.command import main
from ELMEDSegmentLib.simulate.anatomy import with_fuller_cortex
from ELMEDSegmentLib.simulate.artefacts import add_scanner_flaws, moved, thick_slices
from ELMEDSegmentLib.simulate.options import SimulationOptions
from ELMEDSegmentLib.simulate.procedural import procedural_anatomy
from ELMEDSegmentLib.simulate.study import simulate_arrays
from ELMEDSegmentLib.simulate.tissues import PARENCHYMA, Tissue, is_any

RNG = np.random.default_rng(0)
NOISE = RNG.standard_normal((40, 6, 5)).astype(np.float32) + 10


def test_slices_average_what_lies_in_them_and_have_the_spacing_asked_for():
    image = np.zeros((24, 2, 2), np.float32)
    image[8:12] = 1  # exactly one slice of 4 mm
    seen = thick_slices(image, 1.0, 4.0)
    # A full slice, and between the middles of two slices what lies between them.
    assert seen[9:11].max() <= 1
    assert seen[9:11].min() > 0.8
    assert seen[7, 0, 0] == pytest.approx(0.375, abs=1e-6)
    assert not seen[:6].any()
    assert not seen[14:].any()


def test_what_fills_half_a_slice_is_half_as_bright():
    image = np.zeros((24, 2, 2), np.float32)
    image[8:10] = 1
    seen = thick_slices(image, 1.0, 4.0)
    assert seen[:, 0, 0].max() == pytest.approx(0.5, abs=0.07)


@given(
    spacing=st.floats(0.5, 3.0),
    thickness=st.floats(0.5, 9.0),
    first=st.floats(0, 9.0),
    value=st.floats(1, 500),
)
@settings(max_examples=80, deadline=None)
def test_what_is_even_stays_even_in_slices_of_any_thickness(spacing, thickness, first, value):
    image = np.full((23, 3, 3), value, np.float32)
    np.testing.assert_allclose(thick_slices(image, spacing, thickness, first), image, rtol=1e-4)


@given(thickness=st.floats(2.0, 8.0), first=st.floats(0, 8.0))
@settings(max_examples=40, deadline=None)
def test_thick_slices_blur_along_z_alone_and_keep_the_mean(thickness, first):
    seen = thick_slices(NOISE, 1.0, thickness, first)
    assert np.diff(seen, axis=0).std() < 0.8 * np.diff(NOISE, axis=0).std()
    assert seen.mean() == pytest.approx(NOISE.mean(), abs=0.1)
    flat = np.broadcast_to(NOISE[:1], NOISE.shape).astype(np.float32)
    np.testing.assert_allclose(thick_slices(flat, 1.0, thickness, first), flat, rtol=1e-4)


def test_slices_no_thicker_than_a_voxel_change_nothing():
    assert thick_slices(NOISE, 2.0, 2.0) is NOISE


def test_every_contrast_gets_the_slices_asked_for():
    images = np.stack([NOISE] * 4)
    add_scanner_flaws(np.random.default_rng(1), images, 1.0, slices_mm=6.0)
    for image in images:
        assert np.diff(image, axis=0).std() < 0.5 * np.diff(NOISE, axis=0).std()


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=15, deadline=None)
def test_misregistration_is_small(seed):
    z, y, x = np.mgrid[:40, :40, :40].astype(np.float32)
    ball = ((z - 20) ** 2 + (y - 20) ** 2 + (x - 20) ** 2 < 100).astype(np.float32)
    image = moved(np.random.default_rng(seed), ball, 1.0)
    centre = [float((axis * image).sum() / image.sum()) for axis in (z, y, x)]
    before = [float((axis * ball).sum() / ball.sum()) for axis in (z, y, x)]
    assert 0 < np.linalg.norm(np.subtract(centre, before)) < 4
    assert image.sum() == pytest.approx(ball.sum(), rel=0.02)


def test_larger_voxels_have_less_noise():
    spread = []
    for spacing in (2.0, 4.0):
        pair = [
            simulate_arrays(
                np.random.default_rng(5),
                spacing,
                options=SimulationOptions(
                    noise=noise, without_tumour=1.0, scanner_flaws=False, bias=0.0
                ),
            )[0]
            for noise in (0.0, 0.1)
        ]
        brain = pair[0][0] > 0
        spread.append((pair[1] - pair[0])[0][brain].std() / pair[0][0][brain].mean())
    assert spread[0] == pytest.approx(2 * spread[1], rel=0.3)


def test_fuller_cortex_takes_from_sulci_only():
    anatomy = procedural_anatomy(1)
    fuller = with_fuller_cortex(anatomy, 0.3).tissues
    changed = fuller != anatomy.tissues
    assert changed.any()
    assert (anatomy.tissues[changed] == Tissue.CSF).all()
    assert (fuller[changed] == Tissue.CORTEX).all()
    wide = is_any(with_fuller_cortex(anatomy, 0.6).tissues, PARENCHYMA)
    assert wide.sum() < is_any(fuller, PARENCHYMA).sum()


def test_commands_options_reach_the_study(tmp_path):
    words = ["--spacing", "4", "--without-tumour", "1", "--slices", "8", "--lower-grade", "1"]
    assert main(["simulate", "-o", str(tmp_path / "healthy"), *words]) == 0
    labels = sitk.ReadImage(str(tmp_path / "healthy" / "seg.nii.gz"))
    assert not sitk.GetArrayViewFromImage(labels).any()
    facts = json.loads((tmp_path / "healthy" / "study.json").read_text(encoding="utf-8"))
    assert facts["kind"] == "none"
    for word in ("--without-tumour 1.0", "--slices 8.0", "--lower-grade 1.0"):
        assert word in facts["command"]


@pytest.mark.parametrize("option", ["--lower-grade", "--multifocal", "--without-tumour"])
def test_shares_lie_between_none_and_all(tmp_path, capsys, option):
    assert main(["simulate", "-o", str(tmp_path / "out"), option, "1.5"]) == 1
    assert option in capsys.readouterr().err
