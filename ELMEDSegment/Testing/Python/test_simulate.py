"""Simulated studies: what a user sees in the images and in the truth that comes with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import SimpleITK as sitk
from scipy import ndimage

from ELMEDLib.errors import InputError
from ELMEDSegmentLib.labels import CHANNELS, ENHANCING_TUMOUR, NECROTIC_CORE, OEDEMA
from ELMEDSegmentLib.model import sha256
from ELMEDSegmentLib.simulate.anatomy import AnatomySource, anatomy_from_labels
from ELMEDSegmentLib.simulate.appearance import AppearanceSource
from ELMEDSegmentLib.simulate.options import SimulationOptions, TumourChoice
from ELMEDSegmentLib.simulate.procedural import procedural_anatomy
from ELMEDSegmentLib.simulate.study import simulate_arrays, simulate_study
from ELMEDSegmentLib.simulate.tissues import Tissue
from ELMEDSegmentLib.simulate.tumour import TumourSource
from ELMEDSegmentLib.simulate.writing import write_study

if TYPE_CHECKING:
    from pathlib import Path

GLIOBLASTOMA = SimulationOptions(
    tumour=TumourChoice(place=(0.6, 0.3, 0.27), radius_mm=20, kind="glioblastoma"), bias=0.03
)


def zscored(images: np.ndarray) -> np.ndarray:
    brain = images > 0
    return np.stack([(i - i[b].mean()) / i[b].std() for i, b in zip(images, brain, strict=True)])


@pytest.fixture(scope="module")
def glioblastomas() -> list[tuple[np.ndarray, np.ndarray]]:
    return [
        simulate_arrays(np.random.default_rng(seed), 2.0, options=GLIOBLASTOMA)
        for seed in (1, 2, 3)
    ]


@pytest.fixture(scope="module")
def head_label_map(tmp_path_factory) -> Path:
    """A FreeSurfer-like label map with skull, coronal axes, 2 mm voxels."""
    tissues = procedural_anatomy(3).tissues[::2, ::2, ::2]
    numbers = {
        Tissue.CSF: 24,
        Tissue.VENTRICLE: 4,
        Tissue.CORTEX: 42,
        Tissue.WHITE_MATTER: 41,
        Tissue.STRIATUM: 51,
        Tissue.THALAMUS: 49,
        Tissue.PALLIDUM: 52,
        Tissue.HIPPOCAMPUS: 53,
        Tissue.CEREBELLAR_CORTEX: 47,
        Tissue.CEREBELLAR_WHITE_MATTER: 46,
        Tissue.BRAINSTEM: 16,
        Tissue.CHOROID_PLEXUS: 163,
        Tissue.BONE: 515,
        Tissue.MARROW: 516,
        Tissue.SKIN: 511,
    }
    labels = np.zeros(tissues.shape, np.int16)
    for tissue, number in numbers.items():
        labels[tissues == tissue] = number
    image = sitk.GetImageFromArray(labels)
    image.SetSpacing((2.0, 2.0, 2.0))
    path = tmp_path_factory.mktemp("head") / "aseg.nii.gz"
    sitk.WriteImage(sitk.DICOMOrient(image, "LIA"), str(path))
    return path


def test_enhancing_rim_is_bright_and_necrosis_dark_on_t1c(glioblastomas):
    for images, labels in glioblastomas:
        t1c = zscored(images)[1]
        rim = np.median(t1c[labels == ENHANCING_TUMOUR])
        assert rim > 1.0
        assert rim > np.median(t1c[labels == NECROTIC_CORE]) + 1.0
        assert np.median(t1c[labels == NECROTIC_CORE]) < 0.5


def test_oedema_is_bright_on_flair_and_t2_but_not_on_t1(glioblastomas):
    for images, labels in glioblastomas:
        t1, _, t2, flair = (np.median(c[labels == OEDEMA]) for c in zscored(images))
        assert flair > 0.8
        assert t2 > 0.2
        # White matter is the brightest eighth of the brain or more.
        assert t1 < np.percentile(zscored(images)[0][images[0] > 0], 88)


def test_every_voxel_of_tumour_lies_in_the_brain(glioblastomas):
    for images, labels in glioblastomas:
        assert set(np.unique(labels)) == {0, 1, 2, 3}
        assert (images[:, labels > 0] > 0).all()


def test_nothing_is_left_outside_the_brain_of_a_stripped_study(glioblastomas):
    for images, _ in glioblastomas:
        inside = (images > 0).any(0)
        # Of the grids of nine real studies 0.13 to 0.17, of their brains' own boxes 0.42 to 0.48.
        assert 0.13 < inside.mean() < 0.75
        assert 0.35 < inside[ndimage.find_objects(inside.astype(int))[0]].mean() < 0.55
        border = inside.copy()
        border[1:-1, 1:-1, 1:-1] = False
        assert border.sum() < 0.01 * inside.sum()


def test_brain_volume_is_that_of_people(glioblastomas):
    for images, _ in glioblastomas:
        litres = (images > 0).any(0).sum() * 8 / 1e6
        assert 0.9 < litres < 2.1


def test_place_is_kept_also_when_the_head_is_mirrored():
    for seed in range(4):
        options = SimulationOptions(
            spacing_mm=3.0,
            tumour=TumourChoice(place=(0.6, 0.3, 0.73), radius_mm=14, kind="glioblastoma"),
        )
        _, labels = simulate_arrays(np.random.default_rng(seed), 3.0, options=options)
        x = np.argwhere((labels == ENHANCING_TUMOUR) | (labels == NECROTIC_CORE))[:, 2]
        # x runs to the patient's left.
        assert x.mean() > labels.shape[2] / 2


def test_core_does_not_grow_through_the_falx():
    anatomy = procedural_anatomy(5)
    options = SimulationOptions(
        deformation=0.0,
        mass_effect_mm=0.0,
        tumour=TumourChoice(place=(0.85, 0.35, 0.4), radius_mm=22, kind="glioblastoma"),
    )

    class Same(AnatomySource):
        def draw(self, rng):
            return anatomy

    _, labels = simulate_arrays(np.random.default_rng(7), 2.0, Same(), options=options)
    core = (labels == ENHANCING_TUMOUR) | (labels == NECROTIC_CORE)
    middle = labels.shape[2] / 2 - 0.5
    across = np.argwhere(core)[:, 2] > middle + 3
    assert core.any()
    assert across.mean() < 0.03


def test_non_enhancing_tumours_hardly_enhance():
    options = SimulationOptions(tumour=TumourChoice(radius_mm=18, kind="non-enhancing"))
    _, labels = simulate_arrays(np.random.default_rng(4), 2.0, options=options)
    assert (labels == NECROTIC_CORE).sum() > 5 * (labels == ENHANCING_TUMOUR).sum()


def test_same_seed_gives_the_same_bytes(tmp_path):
    for folder in ("first", "second"):
        write_study(simulate_study(11, spacing_mm=3.0), tmp_path / folder)
    for name in (*CHANNELS, "seg"):
        first, second = (tmp_path / f / f"{name}.nii.gz" for f in ("first", "second"))
        assert sha256(first) == sha256(second)


def test_other_seed_gives_another_patient():
    first, second = (simulate_study(seed, spacing_mm=3.0) for seed in (1, 2))
    brains = [sitk.GetArrayFromImage(s.images["t1"]) > 0 for s in (first, second)]
    assert (brains[0] != brains[1]).mean() > 0.02


def test_a_study_lies_on_the_brats_grid_scaled_to_its_spacing():
    study = simulate_study(1, spacing_mm=2.0)
    assert study.labels.GetSize() == (120, 120, 78)
    for image in study.images.values():
        assert image.GetSpacing() == (2.0, 2.0, 2.0)
        assert image.GetOrigin() == study.labels.GetOrigin()
        assert image.GetPixelID() == sitk.sitkInt16
        assert sitk.GetArrayViewFromImage(image).max() > 50


def test_label_map_of_any_orientation_and_spacing_becomes_an_upright_head(head_label_map):
    anatomy = anatomy_from_labels(str(head_label_map))
    z = np.argwhere(anatomy.tissues == Tissue.CEREBELLAR_CORTEX)
    cortex = np.argwhere(anatomy.tissues == Tissue.CORTEX)
    assert z[:, 0].mean() < cortex[:, 0].mean() - 20  # below
    assert z[:, 1].mean() > cortex[:, 1].mean() + 20  # behind
    assert anatomy.has_skull


def test_no_study_is_a_copy_of_the_head_it_was_made_from(head_label_map):
    source = AnatomySource([head_label_map])
    brains = [
        sitk.GetArrayFromImage(simulate_study(seed, source, spacing_mm=3.0).images["t2"]) > 0
        for seed in (1, 2)
    ]
    overlap = 2 * (brains[0] & brains[1]).sum() / (brains[0].sum() + brains[1].sum())
    assert 0.6 < overlap < 0.97


def test_with_skull_keeps_scalp_where_the_head_has_one(head_label_map):
    options = SimulationOptions(spacing_mm=3.0, with_skull=True)
    whole = simulate_study(5, AnatomySource([head_label_map]), options=options)
    stripped = simulate_study(5, AnatomySource([head_label_map]), spacing_mm=3.0)
    volumes = []
    for study in (whole, stripped):
        t1 = sitk.GetArrayFromImage(study.images["t1"]).astype(float)
        volumes.append((t1 > 0.3 * np.percentile(t1[t1 > 0], 90)).sum())
    assert volumes[0] > 1.4 * volumes[1]


def test_tumours_take_their_shape_from_masks_given_by_the_user(tmp_path):
    masks = np.zeros((1, 128, 128, 128), np.uint8)
    masks[0, 40:58, 50:72, 60:86] = OEDEMA
    masks[0, 44:54, 54:68, 64:80] = ENHANCING_TUMOUR
    path = tmp_path / "masks.npz"
    np.savez_compressed(path, labels=masks)
    source = TumourSource(path, grown_share=0.0)
    options = SimulationOptions(lower_grade=0.0, multifocal=0.0)
    _, labels = simulate_arrays(np.random.default_rng(2), 2.0, tumours=source, options=options)
    voxel_ml = 1.875 * 1.875 * 1.2109 / 1000
    given = (masks == ENHANCING_TUMOUR).sum() * voxel_ml
    assert 0.4 * given < (labels == ENHANCING_TUMOUR).sum() * 0.008 < 2.0 * given
    assert (labels == NECROTIC_CORE).sum() == 0


def test_file_that_holds_no_masks_is_named(tmp_path):
    path = tmp_path / "notes.npz"
    path.write_text("no archive", encoding="utf-8")
    with pytest.raises(InputError, match=r"notes\.npz"):
        simulate_arrays(np.random.default_rng(1), 3.0, tumours=TumourSource(path, 0.0))


def test_tumours_take_their_intensities_from_lesion_cubes(tmp_path):
    rng = np.random.default_rng(0)
    labels = np.zeros((3, 16, 16, 16), np.uint8)
    labels[:, 4:12, 4:12, 4:12] = OEDEMA
    scores = rng.normal(0, 0.2, (3, 4, 16, 16, 16)) + np.array([-2, -1, 4, 3]).reshape(4, 1, 1, 1)
    images = np.clip((scores + 5) * 25.5, 0, 255).astype(np.uint8)
    path = tmp_path / "cubes.npz"
    np.savez_compressed(path, images=images, labels=labels)
    options = SimulationOptions(tumour=TumourChoice(radius_mm=14, kind="glioblastoma"), bias=0.0)
    images, labels = simulate_arrays(
        np.random.default_rng(3), 2.0, options=options, lesions=AppearanceSource(path, 1.0)
    )
    t1, t1c, t2, flair = (np.median(c[labels == OEDEMA]) for c in zscored(images))
    assert t1 < -1
    assert t1c < -0.3
    assert t2 > 2
    assert flair > 1.7


def test_label_map_without_a_brain_is_refused(tmp_path):
    path = tmp_path / "empty.nii.gz"
    sitk.WriteImage(sitk.Image([64, 64, 64], sitk.sitkInt16), str(path))
    with pytest.raises(InputError, match="hardly any brain"):
        anatomy_from_labels(str(path))


def test_shipped_heads_and_masks_make_studies(shared_data):
    heads = sorted((shared_data / "head-labels").glob("head_*.nii.gz"))[:1]
    masks = TumourSource(shared_data / "lesions" / "tumour_masks_128.npz", grown_share=0.0)
    for seed in range(3):
        images, labels = simulate_arrays(
            np.random.default_rng(seed), 2.0, AnatomySource(heads), masks
        )
        assert np.isfinite(images).all()
        assert (labels > 0).sum() * 8 > 1000


def test_intensities_resemble_those_of_real_studies(shared_data):
    """Percentiles after z-scoring over the brain, as networks see them."""
    real = []
    for folder in sorted((shared_data / "glioma").iterdir()):
        volumes = [sitk.ReadImage(str(folder / f"{c}.nii.gz")) for c in CHANNELS]
        arrays = np.stack([sitk.GetArrayFromImage(v).astype(np.float32) for v in volumes])
        real.append(_percentiles(arrays))
    heads = sorted((shared_data / "head-labels").glob("head_*.nii.gz"))[:1]
    simulated = [
        _percentiles(simulate_arrays(np.random.default_rng(seed), 2.0, AnatomySource(heads))[0])
        for seed in range(6)
    ]
    difference = np.abs(np.median(simulated, 0) - np.median(real, 0))
    assert difference.max() < 1.0
    assert difference.mean() < 0.35


def _percentiles(images: np.ndarray) -> np.ndarray:
    scored = zscored(images)
    return np.stack(
        [np.percentile(s[i > 0], (5, 25, 50, 75, 95)) for s, i in zip(scored, images, strict=True)]
    )
