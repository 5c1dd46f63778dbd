"""A painted tumour becomes a slice in four contrasts, and what was painted is what is seen."""

from __future__ import annotations

import json
import pickle
import shutil

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("torch", reason="PyTorch is not installed")

from ELMEDLib.command import main as elmed
from ELMEDLib.errors import ELMEDError, InputError, ModelError
from ELMEDPlaygroundLib.arrays import decode, encode
from ELMEDPlaygroundLib.tasks import TASKS
from ELMEDPlaygroundLib.tumour.brains import FILE, bundled_brains, find_brain
from ELMEDPlaygroundLib.tumour.classes import CORE, ENHANCING, OEDEMA, OUTSIDE, SHAPE, TUMOUR, WHITE
from ELMEDPlaygroundLib.tumour.example import example
from ELMEDPlaygroundLib.tumour.generate import brightness, generate
from ELMEDPlaygroundLib.tumour.masks import Mask, read_mask
from ELMEDPlaygroundLib.tumour.model import BUNDLED, load_generator, read_generator_manifest
from ELMEDPlaygroundLib.tumour.scene_masks import mask_at
from ELMEDSegmentLib.labels import CHANNELS

T1, T1C, T2, FLAIR = range(4)
SMALL = 2_500_000


@pytest.fixture(scope="module")
def generator():
    return load_generator()


@pytest.fixture(scope="module")
def brain():
    return find_brain("Brain 1")


@pytest.fixture(scope="module")
def tumours():
    """Two slices of each brain with tumours by chance: their classes."""
    found = []
    for number, one in enumerate(bundled_brains().values()):
        for share in (0.45, 0.65):
            level = int(share * one.levels)
            mask = example(one.classes[level], 10 * number + level)
            found.append(one.painted(level, mask))
    return np.stack(found)


def near(*areas):
    """Return a mask with rectangles of labels: (label, rows, columns) each."""
    mask = np.zeros(SHAPE, np.uint8)
    for label, rows, columns in areas:
        mask[rows, columns] = label
    return mask


RING = (
    (2, slice(30, 60), slice(14, 38)),
    (3, slice(38, 54), slice(18, 34)),
    (1, slice(42, 50), slice(22, 30)),
)


@pytest.fixture
def picture(tmp_path):
    """Write an array as a picture, and return its path."""

    def write(array, name="mask.png"):
        path = tmp_path / name
        sitk.WriteImage(sitk.GetImageFromArray(array, isVector=array.ndim > 2), str(path))
        return path

    return write


# What ships


def test_the_generator_that_ships_is_small_and_says_what_it_is():
    manifest = read_generator_manifest()
    files = [path for path in BUNDLED.parent.iterdir() if path.suffix in (".pt", ".npz")]
    assert sum(path.stat().st_size for path in files) <= SMALL
    assert "no patient data" in manifest.description
    assert manifest.licence
    assert manifest.citation
    assert len(manifest.training["held_out"]) == 2
    assert {"brightness", "found_by_elmed_segment", "nearest_training_slice"} <= set(
        manifest.measured
    )
    assert any("not for diagnosis" in limit for limit in manifest.limits)


def test_the_list_of_segmentation_models_does_not_take_it_for_one():
    from ELMEDSegmentLib.catalogue import available_models

    assert not any("tumour-generator" in entry.name for entry in available_models())


def test_what_was_measured_says_that_it_copies_no_slice_and_obeys_the_mask():
    measured = read_generator_manifest().measured
    nearest = measured["nearest_training_slice"]
    assert nearest["drawn_least"] > 0.5 * nearest["real_least"]
    bright = measured["brightness"]["drawn"]
    assert bright["enhancing_tumour"]["t1c"] > bright["necrotic_core"]["t1c"] + 1
    assert bright["oedema"]["flair"] > bright["brain"]["flair"] + 1
    for dice in measured["found_by_elmed_segment"].values():
        assert dice["WT"] > 0.7


def test_the_page_states_what_was_measured(project):
    text = (project / "Docs" / "painted-tumour.md").read_text(encoding="utf-8")
    measured = read_generator_manifest().measured
    for dice in measured["found_by_elmed_segment"].values():
        assert " / ".join(f"{value:.2f}" for value in dice.values()) in text
    for value in measured["sliced_wasserstein"]["drawn_by_seed"].values():
        assert f"{value:.2f}" in text


# What is painted is what is seen


def test_every_part_of_the_tumour_looks_as_it_should(generator, tumours):
    for seed in (0, 1):
        slices = generate(generator, tumours, seed)
        for one, classes in zip(slices, tumours, strict=True):
            white = one[:, classes == WHITE].mean(1)
            enhancing = one[:, classes == ENHANCING].mean(1)
            assert enhancing[T1C] > one[T1C][classes == CORE].mean() + 0.5
            assert enhancing[T1C] > white[T1C] + 0.5
            assert one[FLAIR][classes == OEDEMA].mean() > white[FLAIR] + 0.7
            assert one[T2][classes == OEDEMA].mean() > white[T2] + 0.5


def test_healthy_tissue_keeps_the_order_that_each_contrast_has(generator, brain):
    level = int(0.6 * brain.levels)
    classes = brain.classes[level : level + 1]
    slices = generate(generator, classes, 3)[0]
    fluid, grey, white = (slices[:, classes[0] == kind].mean(1) for kind in (1, 2, 3))
    assert fluid[T1] < grey[T1] < white[T1]
    assert white[T2] < grey[T2] < fluid[T2]
    assert fluid[FLAIR] < min(grey[FLAIR], white[FLAIR])


def test_the_rest_of_the_brain_stays_nearly_as_it_was(generator, brain):
    level = int(0.6 * brain.levels)
    painted = brain.painted(level, near(*RING))
    with_it, without = generate(generator, np.stack([painted, brain.classes[level]]), 5)
    inside = painted != brain.classes[level]
    far = (painted != OUTSIDE) & (np.arange(SHAPE[1]) > 50)
    change = np.abs(with_it - without).mean(0)
    assert change[inside].mean() > 4 * change[far].mean()


def test_the_same_seed_draws_the_same_slice_and_another_seed_another(generator, tumours):
    one, again = (generate(generator, tumours[:2], 7) for _ in range(2))
    np.testing.assert_array_equal(one, again)
    other = generate(generator, tumours[:2], 8)
    inside = tumours[:2] != OUTSIDE
    assert np.abs(one - other).mean(1)[inside].mean() > 0.05


def test_slices_are_drawn_alike_alone_and_in_a_stack(generator, tumours):
    stack = generate(generator, tumours, 1)
    alone = generate(generator, tumours[5:6], 1)
    np.testing.assert_allclose(stack[5], alone[0], atol=1e-3)
    assert (stack.transpose(0, 2, 3, 1)[tumours == OUTSIDE] == 0).all()


def test_brightness_is_told_of_what_there_is(generator, brain):
    classes = brain.painted(36, near(RING[0]))[None]
    parts = brightness(generate(generator, classes, 0), classes)
    assert [part.label for part in parts] == ["oedema", "brain"]
    assert parts[0].pixels == int((classes == OEDEMA).sum())


# Brains and examples


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), name=st.sampled_from(sorted(bundled_brains())), data=st.data())
def test_paint_changes_what_it_covers_and_nothing_else(seed, name, data):
    brain = find_brain(name)
    level = data.draw(st.integers(0, brain.levels - 1))
    mask = np.random.default_rng(seed).integers(0, 4, SHAPE).astype(np.uint8)
    painted, healthy = brain.painted(level, mask), brain.classes[level]
    covered = (mask > 0) & (healthy != OUTSIDE)
    np.testing.assert_array_equal(painted[~covered], healthy[~covered])
    for label, kind in TUMOUR.items():
        np.testing.assert_array_equal(painted == kind, covered & (mask == label))


def test_examples_lie_in_the_brain_and_have_all_parts():
    for brain in bundled_brains().values():
        for seed, level in enumerate(range(0, brain.levels, 7)):
            mask = example(brain.classes[level], seed)
            assert mask.any()
            assert not mask[brain.classes[level] == OUTSIDE].any()
            if 0.3 < level / brain.levels < 0.8:
                assert set(np.unique(mask)) == {0, 1, 2, 3}
            np.testing.assert_array_equal(mask, example(brain.classes[level], seed))


def test_a_damaged_file_of_brains_is_refused(tmp_path):
    path = tmp_path / "brains.npz"
    path.write_bytes(FILE.read_bytes()[:5000])
    with pytest.raises(ModelError, match="cannot be read"):
        bundled_brains.__wrapped__(path)
    np.savez(path, Brain=np.zeros((3, 4, 5), np.uint8))
    with pytest.raises(ModelError, match="no label map"):
        bundled_brains.__wrapped__(path)


# Masks from files


@pytest.mark.parametrize("factor", [1, 85])
@pytest.mark.parametrize("size", [1, 4])
def test_a_picture_of_any_size_becomes_labels(picture, factor, size):
    mask = near(*RING)
    found = read_mask(picture(np.kron(mask * factor, np.ones((size, size), np.uint8))))
    assert not found.whole
    np.testing.assert_array_equal(found.labels[0], mask)


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.full((96, 80), 7, np.uint8), "stand for no label"),
        (np.zeros((96, 80), np.uint8), "nothing is painted"),
        (np.full((96, 80, 3), 85, np.uint8), "no grey picture"),
    ],
)
def test_pictures_that_are_no_masks_are_refused(picture, array, words):
    with pytest.raises(InputError, match=words):
        read_mask(picture(array))


def test_a_picture_with_too_many_pixels_is_not_unpacked(picture, monkeypatch):
    monkeypatch.setattr("ELMEDPlaygroundLib.tumour.masks.MOST_PIXELS", 96 * 80)
    read_mask(picture(np.full((96, 80), 85, np.uint8)))
    with pytest.raises(InputError, match="too many pixels"):
        read_mask(picture(np.full((96, 81), 85, np.uint8)))


def test_files_that_are_missing_or_broken_are_refused(tmp_path):
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    for path in (tmp_path / "none.png", broken, tmp_path / "none.nii.gz"):
        with pytest.raises(InputError):
            read_mask(path)


def test_a_segmentation_becomes_slices_around_its_middle(tmp_path):
    array = np.zeros((41, 120, 100), np.uint8)
    array[10:31, 39:81, 29:71] = 2
    array[15:26, 49:71, 39:61] = 4
    image = sitk.GetImageFromArray(array)
    image.SetSpacing((1.5, 1.5, 3.0))
    image.SetOrigin((-40.0, 20.0, 7.0))
    path = tmp_path / "seg.nii.gz"
    sitk.WriteImage(image, str(path))

    found = read_mask(path)

    assert found.whole
    assert found.labels.shape == (62, *SHAPE)
    voxels = np.bincount(found.labels.ravel(), minlength=4) * 2.0**3
    given = np.bincount(array.ravel(), minlength=5) * 1.5 * 1.5 * 3.0
    assert voxels[2] == pytest.approx(given[2], rel=0.1)
    assert voxels[3] == pytest.approx(given[4], rel=0.1)
    middle = np.argwhere(found.labels == 3).mean(0)
    np.testing.assert_allclose(middle, (np.array(found.labels.shape) - 1) / 2, atol=1.0)


def test_a_mask_outside_the_brain_or_on_no_level_is_refused(brain):
    with pytest.raises(InputError, match="inside the brain"):
        Mask(near((3, slice(0, 2), slice(0, 2)))[None], whole=False).placed(brain, 30)
    with pytest.raises(InputError, match="no level 500"):
        Mask(near(*RING)[None], whole=False).placed(brain, 500)
    with pytest.raises(InputError, match="labels above 3"):
        Mask(np.full((1, *SHAPE), 9, np.uint8), whole=False).placed(brain)
    with pytest.raises(InputError, match="96 rows"):
        Mask(np.ones((1, 5, 5), np.uint8), whole=False).placed(brain)


def test_a_tumour_of_a_scan_comes_to_the_same_place_of_another_brain(brain):
    """The other brain itself, larger and elsewhere, gives the same mask and level back."""
    level = 36
    mask = near(*RING) * (brain.classes[level] != OUTSIDE)
    labels = np.zeros(brain.classes.shape, np.uint8)
    labels[level] = mask
    shown = (brain.classes != OUTSIDE).astype(np.int16)
    images = [sitk.GetImageFromArray(array) for array in (labels, shown)]
    for image in images:
        image.SetSpacing((2.4, 2.2, 3.0))
        image.SetOrigin((30.0, -70.0, 500.0))
    found, where = mask_at(*images, 500.0 + 3.0 * level, brain)
    assert abs(where - level) <= 1
    agreement = (found == mask)[(found > 0) | (mask > 0)].mean()
    assert agreement > 0.9
    with pytest.raises(InputError, match="no tumour on the slice"):
        mask_at(*images, 500.0 + 3.0 * (level + 9), brain)
    with pytest.raises(InputError, match="above or below"):
        mask_at(*images, 9000.0, brain)
    slab = sitk.GetImageFromArray(np.ones((40, 1, 40), np.int16))
    with pytest.raises(InputError, match="single slice"):
        mask_at(images[0], slab, 20.0, brain)


# Files of the generator


@pytest.fixture
def copied(tmp_path):
    """The generator in a folder of its own: the path of its manifest."""
    shutil.copytree(BUNDLED.parent, tmp_path / "generator")
    return tmp_path / "generator" / BUNDLED.name


def edit(path, **values):
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def test_a_generator_that_was_changed_is_refused(copied, tmp_path):
    weights = copied.with_suffix(".pt")
    content = weights.read_bytes()
    weights.write_bytes(content[:-10])
    with pytest.raises(ModelError, match="missing or damaged"):
        load_generator.__wrapped__(copied)

    trace = tmp_path / "ran"

    class Program:
        def __reduce__(self):
            return (exec, (f"open({str(trace)!r}, 'w').close()",))

    from ELMEDSegmentLib.model import sha256

    weights.write_bytes(pickle.dumps(Program()))
    edit(copied, sha256=sha256(weights))
    with pytest.raises(ModelError, match="holds code"):
        load_generator.__wrapped__(copied)
    assert not trace.exists()

    edit(copied, weights="../elsewhere.pt")
    with pytest.raises(ModelError, match="does not describe"):
        load_generator.__wrapped__(copied)
    copied.write_text("no manifest")
    with pytest.raises(ModelError, match="cannot be read"):
        load_generator.__wrapped__(copied)


# The worker's tasks


def quiet(stage, fraction, message):
    assert 0 <= fraction <= 1, (stage, message)


def test_the_worker_draws_what_is_painted(brain):
    mask = near(*RING)
    asked = {"brain": "Brain 1", "level": 36, "mask": encode(mask), "seed": 4}
    answer = decode(json.loads(json.dumps(TASKS["tumour_draw"](asked, quiet))))
    assert answer["slices"].shape == (4, *SHAPE)
    np.testing.assert_array_equal(answer["classes"], brain.painted(36, mask))
    assert {part["label"] for part in answer["brightness"]} >= {"oedema", "enhancing_tumour"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"brain": "Nobody"},
        {"level": -1},
        {"level": 4000},
        {"seed": 1.5},
        {"mask": {"dtype": "uint8", "shape": [96, 80], "data": "AAAA"}},
        {"mask": "paint"},
        {"mask": encode(np.ones((3, 3), np.uint8))},
    ],
)
def test_the_worker_refuses_what_makes_no_sense(wrong):
    asked = {"brain": "Brain 1", "level": 36, "mask": encode(near(*RING)), "seed": 4, **wrong}
    with pytest.raises(ELMEDError):
        TASKS["tumour_draw"](asked, quiet)


# The command line


def test_the_command_makes_a_slice_of_a_picture(picture, tmp_path, capsys):
    folder = tmp_path / "out"
    mask = picture(near(*RING) * 85)
    assert elmed(["generate", "--tumour", str(mask), "--seed", "2", "-o", str(folder)]) == 0
    assert "SYNTHETIC - not patient data" in capsys.readouterr().out
    facts = json.loads((folder / "generated.json").read_text())
    assert facts["origin"] == "SYNTHETIC - not patient data"
    images = {name: sitk.ReadImage(str(folder / f"{name}.nii.gz")) for name in (*CHANNELS, "seg")}
    assert {image.GetSize() for image in images.values()} == {(80, 96, 1)}
    assert {image.GetMetaData("descrip") for image in images.values()} == {facts["origin"]}
    bright, labels = (sitk.GetArrayFromImage(images[name]) for name in ("t1c", "seg"))
    assert bright[labels == 3].mean() > bright[labels == 1].mean()
    assert (bright[0, 0] == 0).all()


def test_the_command_makes_a_stack_of_a_segmentation_that_other_commands_read(tmp_path, brain):
    labels = np.zeros(brain.classes.shape, np.uint8)
    labels[28:40] = near(*RING)
    image = sitk.GetImageFromArray(labels)
    image.SetSpacing((2.0, 2.0, 2.0))
    path, folder = tmp_path / "seg.nii.gz", tmp_path / "out"
    sitk.WriteImage(image, str(path))
    assert elmed(["--quiet", "generate", "--tumour", str(path), "-o", str(folder)]) == 0

    from ELMEDSegmentLib.training.cases import find_cases

    study, found = find_cases(folder)[0].read()
    assert study.images["t1c"].GetSize() == (80, 96, brain.levels)
    np.testing.assert_array_equal(found > 0, (labels > 0) & (brain.classes != OUTSIDE))


def test_the_command_says_what_is_wrong(picture, tmp_path, capsys):
    out = ["-o", str(tmp_path / "out")]
    assert elmed(["generate", *out]) == 1
    assert "--tumour MASK" in capsys.readouterr().err
    mask = str(picture(near(*RING)))
    assert elmed(["generate", "--tumour", mask, "--brain", "Brain 99", *out]) == 1
    assert "Brain 1 or Brain 2" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
