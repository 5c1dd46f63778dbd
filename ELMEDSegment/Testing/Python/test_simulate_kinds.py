"""What is simulated besides glioblastoma: lower grades, several tumours, healthy brains."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from ELMEDSegmentLib.labels import ENHANCING_TUMOUR, NECROTIC_CORE, OEDEMA
from ELMEDSegmentLib.simulate.anatomy import AnatomySource, anatomy_from_tissues
from ELMEDSegmentLib.simulate.appearance import AppearanceSource
from ELMEDSegmentLib.simulate.command import KINDS as OFFERED
from ELMEDSegmentLib.simulate.deformation import Deformation, mass_effect, resample
from ELMEDSegmentLib.simulate.kinds import KINDS, as_kind, draw_kind, together
from ELMEDSegmentLib.simulate.options import SimulationOptions, TumourChoice
from ELMEDSegmentLib.simulate.procedural import procedural_anatomy
from ELMEDSegmentLib.simulate.study import simulate
from ELMEDSegmentLib.simulate.tissues import Tissue
from ELMEDSegmentLib.simulate.tumour import DIFFUSE, GLIOBLASTOMA, TumourShape, TumourSource

SPACING = 3.0
SEEDS = st.integers(0, 2**32 - 1)


def patient(seed: int, lesions: AppearanceSource | None = None, **chosen):
    """A simulated study `(images z-scored over the brain, labels, study)`."""
    choice = TumourChoice(place=(0.62, 0.3, 0.27), radius_mm=18, kind=chosen.pop("kind", None))
    options = SimulationOptions(
        spacing_mm=SPACING, tumour=choice, bias=0.03, scanner_flaws=False, **chosen
    )
    rng = np.random.default_rng(seed)
    study = simulate(rng, AnatomySource(), TumourSource(), options, lesions)
    brain = study.brain
    scored = np.stack([(i - i[brain].mean()) / i[brain].std() for i in study.images])
    return scored, study.labels, study


def ball(radius: float) -> np.ndarray:
    z, y, x = np.mgrid[-16:17, -16:17, -16:17]
    return z**2 + y**2 + x**2 <= radius**2


def shape_of(core: np.ndarray) -> TumourShape:
    rim = core & ~ndimage.binary_erosion(core, iterations=2)
    reach = ndimage.gaussian_filter(core.astype(np.float32), 3)
    return TumourShape(core & ~rim, rim, reach, GLIOBLASTOMA)


def test_the_command_offers_every_kind():
    assert OFFERED == KINDS


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_mismatch_is_bright_on_t2_dark_on_flair_inside_a_brighter_rim_and_does_not_enhance(seed):
    images, labels, study = patient(seed, kind="mismatch", multifocal=0.0)
    core = labels == NECROTIC_CORE
    inside = ndimage.distance_transform_edt(core) * SPACING > 7
    rim = core & ~ndimage.binary_erosion(core)
    _, t1c, t2, flair = images
    assert study.kind == "mismatch"
    assert not (labels == ENHANCING_TUMOUR).any()
    assert np.median(t2[inside]) > 1.5
    assert np.median(flair[rim]) > np.median(flair[inside]) + 0.5
    # On T2 the inside is no darker than the rim.
    assert np.median(t2[inside]) > np.median(t2[rim]) - 0.2
    assert np.median(t1c[core]) < 0.5


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_diffuse_tumours_are_bright_on_flair_with_hardly_any_core(seed):
    images, labels, study = patient(seed, kind="diffuse", multifocal=0.0)
    assert (labels == OEDEMA).sum() > 3 * np.isin(labels, (1, 3)).sum()
    assert (labels == OEDEMA).sum() * SPACING**3 > 2000
    _, t1c, t2, flair = (np.median(c[labels == OEDEMA]) for c in images)
    assert flair > 1
    assert t2 > 0.2
    # White matter, the brightest of the brain on T1c, is brighter.
    assert t1c < np.percentile(images[1][study.brain & (labels == 0)], 75)


@given(seed=SEEDS, kind=st.sampled_from(KINDS), radius=st.integers(4, 13))
@settings(max_examples=40, deadline=None)
def test_no_kind_grows_beyond_the_shape_it_is_made_from(seed, kind, radius):
    before = shape_of(ball(radius))
    after = as_kind(np.random.default_rng(seed), before, kind, 2.0)
    assert after.kind == kind
    assert not (after.necrosis & after.enhancing).any()
    assert not (after.core & ~before.core).any()
    if kind == GLIOBLASTOMA:
        assert (after.enhancing == before.enhancing).all()
    else:
        assert after.enhancing.sum() < 0.5 * before.core.sum()
    if kind == DIFFUSE:
        # What was core is infiltrated now.
        assert (after.reach[before.core] == 1).all()


@given(seed=SEEDS, share=st.floats(0, 1))
@settings(max_examples=20, deadline=None)
def test_share_of_lower_grade_tumours_is_what_was_asked_for(seed, share):
    rng = np.random.default_rng(seed)
    drawn = [draw_kind(rng, share) for _ in range(400)]
    assert np.mean([kind != GLIOBLASTOMA for kind in drawn]) == pytest.approx(share, abs=0.13)


def test_two_tumours_lie_in_one_brain_and_no_voxel_is_two_things():
    first, second = shape_of(ball(9)), shape_of(np.roll(ball(9), 10, axis=2))
    both = together(first, second)
    assert (both.core == (first.core | second.core)).all()
    assert not (both.necrosis & both.enhancing).any()


def test_multifocal_patients_have_more_tumours_than_one():
    pieces = []
    for seed in range(4):
        _, labels, _ = patient(seed, kind="glioblastoma", multifocal=1.0)
        found, count = ndimage.label(np.isin(labels, (1, 3)), np.ones((3, 3, 3)))
        sizes = np.bincount(found.ravel())[1:] * SPACING**3
        pieces.append((sizes > 100).sum() if count else 0)
    assert max(pieces) > 1
    assert np.mean(pieces) > 1.4


def test_healthy_brains_have_no_labels_and_no_bright_mass():
    for seed in (1, 2):
        _, labels, study = patient(seed, without_tumour=1.0)
        assert not labels.any()
        assert study.kind == "none"
        assert study.brain.any()


def test_labels_lie_in_the_brain_whatever_is_drawn():
    for seed in range(3):
        _, labels, study = patient(seed, lower_grade=1.0, multifocal=1.0)
        assert not (labels > 0)[~study.brain].any()


def test_a_growing_mass_moves_the_ventricles_away():
    anatomy = anatomy_from_tissues(procedural_anatomy(2).tissues, "head")
    shape = anatomy.tissues.shape
    axes = np.meshgrid(*[np.arange(n, dtype=np.float32) for n in shape], indexing="ij")
    still = Deformation(np.stack(axes), np.eye(3, dtype=np.float32), 1.0)
    ventricle = anatomy.tissues == Tissue.VENTRICLE
    z, y, x = np.argwhere(ventricle).mean(0)
    core = (axes[0] - z) ** 2 + (axes[1] - y) ** 2 + (axes[2] - (x - 28)) ** 2 < 15**2
    pushed = still.after(mass_effect(core, 1.0, 8.0, 14.0))
    after = resample(anatomy.tissues, pushed, order=0) == Tissue.VENTRICLE
    beside = (np.abs(axes[0] - z) < 12) & (np.abs(axes[1] - y) < 12)
    before_x, after_x = (np.argwhere(v & beside)[:, 2].mean() for v in (ventricle, after))
    # Away from the mass, which lies at lower x.
    assert after_x > before_x + 3
    assert 0.3 < after.sum() / ventricle.sum() < 1.1


def test_tumours_take_the_grain_of_lesion_cubes(tmp_path):
    """The texture keeps how the contrasts go together: here T2 falls where FLAIR rises."""
    rng = np.random.default_rng(0)
    labels = np.full((2, 24, 24, 24), OEDEMA, np.uint8)
    grain = ndimage.gaussian_filter(rng.normal(size=(2, 24, 24, 24)), (0, 1.5, 1.5, 1.5))
    grain *= 1.2 / grain.std()
    scores = np.stack([0 * grain, 0 * grain, 1.5 - grain, 1.5 + grain], axis=1)
    images = np.clip((scores + 5) * 25.5, 0, 255).astype(np.uint8)
    path = tmp_path / "cubes.npz"
    np.savez_compressed(path, images=images, labels=labels)
    found, truth, _ = patient(3, AppearanceSource(path, 1.0), kind="diffuse", multifocal=0.0)
    inside = ndimage.binary_erosion(truth == OEDEMA)
    t2, flair = found[2][inside], found[3][inside]
    assert np.corrcoef(t2, flair)[0, 1] < -0.5
    assert flair.std() > 0.5


def test_lesions_that_enhance_lend_their_looks_to_tumours_that_do(tmp_path):
    labels = np.zeros((2, 12, 12, 12), np.uint8)
    labels[:, 2:10, 2:10, 2:10] = NECROTIC_CORE
    labels[1, 2:10, 2:10, 2:6] = ENHANCING_TUMOUR
    path = tmp_path / "cubes.npz"
    np.savez_compressed(path, images=np.zeros((2, 4, 12, 12, 12), np.uint8), labels=labels)
    source = AppearanceSource(path, 1.0)
    for seed in range(5):
        rng = np.random.default_rng(seed)
        assert (source.draw(rng, "glioblastoma").labels == ENHANCING_TUMOUR).any()
        assert not (source.draw(rng, "mismatch").labels == ENHANCING_TUMOUR).any()
