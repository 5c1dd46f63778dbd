"""Contrasts, fields and deformations keep the properties that make images believable."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ELMEDSegmentLib.simulate.artefacts import add_bias, add_noise
from ELMEDSegmentLib.simulate.contrasts import draw_contrasts
from ELMEDSegmentLib.simulate.deformation import mass_effect
from ELMEDSegmentLib.simulate.fields import fractal_field, smooth_field
from ELMEDSegmentLib.simulate.tissues import Tissue

SEEDS = st.integers(0, 2**32 - 1)


@given(SEEDS)
@settings(max_examples=150, deadline=None)
def test_tissues_are_ordered_as_radiologists_know_them(seed):
    t1, t1c, t2, flair = draw_contrasts(np.random.default_rng(seed)).signals
    white, grey, fluid = Tissue.WHITE_MATTER, Tissue.CORTEX, Tissue.VENTRICLE
    assert t1[white] > t1[grey] > t1[fluid]
    assert t2[fluid] > t2[grey] > t2[white]
    assert flair[grey] > flair[fluid]
    assert flair[white] > flair[fluid]
    assert t1c[Tissue.ENHANCING_TUMOUR] > t1c[white] > t1c[Tissue.NECROSIS]
    assert flair[Tissue.OEDEMA] > flair[grey]
    assert t2[Tissue.OEDEMA] > t2[grey]


@given(SEEDS, st.floats(1.0, 12.0))
@settings(max_examples=25, deadline=None)
def test_smooth_fields_have_unit_variance_and_no_mean(seed, scale):
    rng = np.random.default_rng(seed)
    values = np.stack([smooth_field(rng, (12, 14, 13), scale) for _ in range(60)])
    assert abs(values.std() - 1) < 0.2
    assert abs(values.mean()) < 0.25


def test_fractal_fields_have_the_shape_asked_for():
    field = fractal_field(np.random.default_rng(0), (5, 17, 9), 6.0, 3)
    assert field.shape == (5, 17, 9)
    assert field.dtype == np.float32


@given(st.floats(2.0, 9.0), st.floats(10.0, 18.0), st.integers(4, 10))
@settings(max_examples=20, deadline=None)
def test_mass_effect_pushes_outwards_and_never_folds_tissue(push, reach, radius):
    z, y, x = np.mgrid[-24:24, -24:24, -24:24] + 0.5
    core = z**2 + y**2 + x**2 < radius**2
    field = mass_effect(core, 2.0, push, reach)
    size = np.sqrt((field**2).sum(0))
    assert size.max() <= push * 1.05
    outwards = field[0] * z + field[1] * y + field[2] * x
    strong = size > 0.2 * size.max()
    assert (outwards[strong] > 0).all()
    # Pull-back x - u(x): every voxel's Jacobian stays positive.
    gradient = np.stack([np.stack(np.gradient(-part / 2.0)) for part in field])
    jacobian = np.moveaxis(gradient, (0, 1), (-2, -1)) + np.eye(3)
    assert np.linalg.det(jacobian).min() > 0


def test_no_tumour_pushes_nothing():
    assert not mass_effect(np.zeros((8, 8, 8), bool), 2.0, 5.0, 12.0).any()


def test_noise_is_rician_so_that_air_is_not_negative():
    images = np.zeros((4, 20, 20, 20), np.float32)
    add_noise(np.random.default_rng(0), images, np.full(4, 0.1))
    assert (images >= 0).all()
    # The mean of a Rayleigh distribution (Gudbjartsson & Patz 1995).
    assert abs(images.mean() - 0.1 * np.sqrt(np.pi / 2)) < 0.002


def test_bias_is_smooth():
    images = np.ones((4, 60, 60, 60), np.float32)
    add_bias(np.random.default_rng(0), images, 2.0, 0.2)
    assert images.std() > 0.01
    assert max(np.abs(np.diff(images, axis=a)).max() for a in (1, 2, 3)) < 0.05
