"""New slices of a scan: in its place, like it, no copies of it, and never taken for a patient's."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("torch", reason="PyTorch is not installed")

import torch

from ELMEDLib.command import main as elmed
from ELMEDLib.errors import InputError
from ELMEDLib.progress import no_progress
from ELMEDPlaygroundLib.generative.slices import measures
from ELMEDPlaygroundLib.generative.slices.data import read_slices
from ELMEDPlaygroundLib.generative.slices.figures import rows_of, sentence_of
from ELMEDPlaygroundLib.generative.slices.generate import generate
from ELMEDPlaygroundLib.generative.slices.holding_out import GAP_MM, HELD, LEARNT, parts_of
from ELMEDPlaygroundLib.generative.slices.pca import PCALatent
from ELMEDPlaygroundLib.generative.slices.settings import settings_from
from ELMEDPlaygroundLib.generative.slices.stack import common_edge, make_stack
from ELMEDPlaygroundLib.synthetic import SYNTHETIC
from ELMEDPlaygroundLib.tasks import TASKS

SHAPE = (44, 50, 40)
"""Slices, rows and columns of the head below."""

QUICK = {"steps": 60, "side": 24, "numbers": 12}


def head(seed=0, shape=SHAPE, orientation="LPS"):
    """A head without symmetry, brighter to the left and above, with a lump: image and labels."""
    rng = np.random.default_rng(seed)
    z, y, x = (np.indices(shape) / np.array(shape)[:, None, None, None] - 0.5) * 2
    brain = (x / 0.8) ** 2 + (y / 0.95) ** 2 + (z / 0.95) ** 2 < 1
    lump = (x - 0.3) ** 2 + (y + 0.2) ** 2 + (z - 0.25) ** 2 < 0.35**2
    values = 300 + 120 * x + 80 * z + 90 * np.cos(7 * y) * np.cos(6 * x) + 300 * lump
    values = np.where(brain, values + rng.normal(0, 8, shape), 0).astype(np.float32)
    found = []
    for array in (values, (brain & lump).astype(np.uint8)):
        image = sitk.GetImageFromArray(array)
        image.SetSpacing((4.0, 3.6, 3.0))
        image.SetOrigin((-70.0, -81.0, 12.5))
        turn = np.deg2rad(8.0)
        image.SetDirection((np.cos(turn), -np.sin(turn), 0, np.sin(turn), np.cos(turn), 0, 0, 0, 1))
        found.append(sitk.DICOMOrient(image, orientation))
    return found


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The head and its lump as files, as a subject names them."""
    folder = tmp_path_factory.mktemp("head")
    for image, name in zip(head(), ("flair", "labels"), strict=True):
        sitk.WriteImage(image, str(folder / f"{name}.nrrd"))
    return {"images": {"flair": str(folder / "flair.nrrd")}, "labels": str(folder / "labels.nrrd")}


def same_place(image, source):
    return (
        image.GetSize() == source.GetSize()
        and image.GetSpacing() == source.GetSpacing()
        and image.GetOrigin() == source.GetOrigin()
        and image.GetDirection() == source.GetDirection()
    )


# Cutting and putting back


@settings(max_examples=12, deadline=None)
@given(
    orientation=st.sampled_from(["LPS", "RAS", "LIP", "ASL", "PIR", "SAR", "RPI"]),
    plane=st.sampled_from(["axial", "coronal", "sagittal"]),
)
def test_slices_put_back_lie_where_they_came_from_however_the_scan_is_stored(orientation, plane):
    image, labels = head(orientation=orientation)
    stack = make_stack({"flair": image}, plane, labels)
    edge = common_edge([stack])
    squares = stack.squares(40, edge)
    assert squares.shape[1:] == (1, 40, 40)
    assert squares.min() >= 0 and squares.max() <= 1.0001  # noqa: PT018 - one range
    (back,) = stack.placed(squares, np.arange(len(squares)), edge)
    assert same_place(back, image)
    before, after = sitk.GetArrayFromImage(image), sitk.GetArrayFromImage(back)
    assert np.corrcoef(before.ravel(), after.ravel())[0, 1] > 0.9
    assert np.median(after[before > 0]) == pytest.approx(np.median(before[before > 0]), rel=0.1)
    assert (after == 0).mean() > 0.3


def test_head_is_up_and_the_stack_runs_from_foot_to_head():
    image, labels = head(orientation="SAR")
    stack = make_stack({"flair": image}, "axial", labels)
    low, high = (stack.arrays[0, stack.numbers[n]] for n in (3, -4))
    assert high[high > 0].mean() > low[low > 0].mean()
    assert stack.positions[0] == 0
    assert stack.positions[-1] == 1
    upright = make_stack({"flair": image}, "coronal").arrays[0]
    middle = upright[len(upright) // 2]
    shown = np.argwhere(middle > 0)[:, 0]
    top, bottom = middle[shown.min() : shown.min() + 12], middle[shown.max() - 12 : shown.max()]
    assert top[top > 0].mean() > bottom[bottom > 0].mean()


@given(
    count=st.integers(20, 250),
    spacing=st.floats(0.4, 7.0),
    subject=st.integers(0, 9),
)
def test_no_held_out_slice_is_a_neighbour_of_a_learnt_one(count, spacing, subject):
    numbers = np.arange(5, 5 + count)
    parts = parts_of(numbers, spacing, subject)
    learnt, held = numbers[parts == LEARNT], numbers[parts == HELD]
    assert len(learnt)
    if len(held):
        apart = np.abs(learnt[:, None] - held[None, :]).min()
        assert apart >= 2
        assert apart * spacing > GAP_MM
    if count * spacing > 40:
        assert len(held)
        assert len(learnt) >= count / 4


def test_air_and_background_of_other_values_show_nothing():
    image, _ = head()
    values = sitk.GetArrayFromImage(image)
    rng = np.random.default_rng(1)
    noisy = np.where(values == 0, rng.rayleigh(6, values.shape), values).astype(np.float32)
    shifted = np.where(values == 0, -1000, values - 400).astype(np.float32)
    for array in (noisy, shifted):
        changed = sitk.GetImageFromArray(array)
        changed.CopyInformation(image)
        stack = make_stack({"x": changed}, "axial")
        shown = stack.arrays[0] > 0
        truth = make_stack({"x": image}, "axial").arrays[0] > 0
        assert (shown == truth).mean() > 0.97


# Compression and measures


def test_principal_components_give_pictures_back_and_are_the_same_each_time(files):
    pictures = torch.from_numpy(read_slices([files], "axial", 32).pictures)
    one, again = PCALatent(pictures, 16), PCALatent(pictures, 16)
    numbers = one.encode(pictures)
    assert torch.equal(numbers, again.encode(pictures))
    assert numbers.std() == pytest.approx(1.0, abs=0.1)
    wrong = (one.decode(numbers) - pictures).pow(2).sum()
    apart = (pictures - pictures.mean(dim=0)).pow(2).sum()
    assert 1 - wrong / apart >= one.kept - 0.01
    assert one.kept > 0.8


def test_distance_is_none_to_itself_and_grows_with_noise(files):
    pictures = torch.from_numpy(read_slices([files], "axial", 32).pictures)
    noise = measures.noise_like(pictures, len(pictures))
    half = 0.5 * pictures + 0.5 * noise
    assert measures.sliced_wasserstein(pictures, pictures) == 0
    near, far = (measures.sliced_wasserstein(pictures, other) for other in (half, noise))
    assert 0 < near < far


def test_copies_are_called_copies(files):
    slices = read_slices([files], "axial", 32)
    pictures = torch.from_numpy(slices.pictures)
    learnt, held = pictures[slices.learnt], pictures[slices.held]
    copied = measures.nearness(learnt + 0.001, held, learnt)
    assert copied.copies == len(learnt)
    assert "copies" in copied.sentence
    honest = measures.nearness(held, held, learnt)
    assert honest.new == honest.held
    assert "not copies" in honest.sentence or honest.copies


# The whole way


@pytest.fixture(scope="module")
def sample(sample_study):
    """New slices like those of the sample study, with and without tumour."""
    subject = {"images": {"flair": str(sample_study["flair"])}, "labels": str(sample_study["seg"])}
    slices = read_slices([subject], "axial", 64)
    return slices, generate(slices, settings_from({"steps": 1500}), no_progress)


def test_new_slices_are_like_the_scan_and_none_is_a_copy(sample):
    slices, made = sample
    report = made.report
    assert report["distance"]["share"] <= 0.25
    assert report["nearest"]["copies"] == 0
    assert report["nearest"]["new"] > 2 * report["nearest"]["neighbours"]
    assert (
        "not copies" in report["nearest"]["sentence"] or "No new" in report["nearest"]["sentence"]
    )
    learnt = slices.pictures[slices.learnt].reshape(-1, 64 * 64)
    new = made.pictures.reshape(-1, 64 * 64)
    likeness = np.corrcoef(new, learnt)[: len(new), len(new) :]
    assert np.median(likeness.max(axis=1)) > 0.8  # heads, where they should be
    assert likeness.max() < 0.9999  # but none again


def test_the_new_volume_lies_where_the_scan_does_and_has_its_values(sample):
    slices, made = sample
    source = slices.stacks[0].images["flair"]
    image = made.images["flair"]
    assert same_place(image, source)
    before, after = sitk.GetArrayFromImage(source), sitk.GetArrayFromImage(image)
    outside = (before == 0) & (after == 0)
    assert outside.mean() > 0.5 * (before == 0).mean()
    assert after[after > 0].mean() == pytest.approx(before[before > 0].mean(), rel=0.2)
    # Slices next to each other show one head: they are like each other, as in the scan.
    middle = after[len(after) // 3 : 2 * len(after) // 3]
    pairs = [np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in zip(middle, middle[1:])]  # noqa: B905, RUF007
    assert min(pairs) > 0.9


def test_guidance_makes_the_class_surer_and_the_slices_less_various(sample):
    freely, guided, strongly = sample[1].report["guidance"]
    assert (freely["strength"], guided["strength"], strongly["strength"]) == (0.0, 1.0, 3.0)
    assert freely["hits"] < guided["hits"] <= strongly["hits"]
    assert freely["diversity"] > guided["diversity"]
    assert sample[1].report["judge"] > 0.9


def test_what_was_measured_can_be_read(sample):
    report = sample[1].report
    text = " ".join(" ".join(row) for row in rows_of(report))
    assert "% of noise's" in text
    assert f"0 of {report['made']}" in text
    assert f"{report['held']} were held out" in sentence_of(report)


@pytest.mark.slow
def test_a_real_scan_becomes_a_new_volume(shared_data):
    path = shared_data / "glioma" / "msd-brats-001" / "flair.nii.gz"
    began = time.process_time()  # one thread works: by the clock, where a core is free
    slices = read_slices([{"images": {"flair": str(path)}}], "axial", 64)
    made = generate(slices, settings_from({}), no_progress)
    assert time.process_time() - began <= 40
    assert made.report["distance"]["share"] <= 0.25
    assert made.report["nearest"]["copies"] == 0
    freely, guided, _ = made.report["guidance"]
    assert freely["hits"] < guided["hits"]
    assert freely["diversity"] > guided["diversity"]


def test_the_same_seed_makes_the_same_volume_and_another_another(files):
    def made(seed, **more):
        slices = read_slices([files], "coronal", 24)
        wish = settings_from({**QUICK, "plane": "coronal", "seed": seed, **more})
        return generate(slices, wish, no_progress).pictures

    first = made(1)
    assert np.array_equal(first, made(1))
    assert np.abs(first - made(2)).mean() > 0.01


def test_a_third_alone_is_made_in_its_place_and_contrasts_are_made_together(files, tmp_path):
    flair = sitk.ReadImage(files["images"]["flair"])
    sitk.WriteImage(flair * 2 + sitk.Cast(flair > 0, flair.GetPixelID()), str(tmp_path / "t2.nrrd"))
    subject = {"images": {**files["images"], "t2": str(tmp_path / "t2.nrrd")}}
    slices = read_slices([subject], "axial", 24)
    made = generate(slices, settings_from({**QUICK, "wanted": 2}), no_progress)
    assert list(made.images) == ["flair", "t2"]
    arrays = [sitk.GetArrayFromImage(image) for image in made.images.values()]
    filled = np.flatnonzero(arrays[0].any(axis=(1, 2)))
    assert filled.min() > 0.6 * SHAPE[0]
    assert len(made.pictures) == len(filled)
    shown = (arrays[0] > 0) & (arrays[1] > 0)
    assert np.corrcoef(arrays[0][shown], arrays[1][shown])[0, 1] > 0.9


def test_a_small_autoencoder_may_compress_instead(files, monkeypatch):
    from ELMEDPlaygroundLib.generative.slices import vae_latent

    monkeypatch.setattr(vae_latent, "STEPS", 150)
    slices = read_slices([files], "axial", 24)
    wish = settings_from({**QUICK, "latent": "vae", "numbers": 4})
    made = generate(slices, wish, no_progress)
    assert made.pictures.shape == (len(slices.pictures), 1, 24, 24)
    assert made.report["kept"] > 0.2


def test_several_subjects_are_learnt_and_the_first_gives_the_geometry(files, tmp_path):
    other, _ = head(seed=5, shape=(40, 46, 44), orientation="RAS")
    sitk.WriteImage(other, str(tmp_path / "other.nrrd"))
    subjects = [
        {"images": {"volume": files["images"]["flair"]}},
        {"images": {"volume": str(tmp_path / "other.nrrd")}},
    ]
    slices = read_slices(subjects, "axial", 24)
    assert set(slices.subjects) == {0, 1}
    made = generate(slices, settings_from(QUICK), no_progress)
    assert same_place(made.images["volume"], sitk.ReadImage(files["images"]["flair"]))
    assert made.report["learnt"] > read_slices(subjects[:1], "axial", 24).learnt.sum()


# What cannot be done


def test_what_cannot_be_learnt_from_is_said(files, tmp_path):
    image, _ = head()
    flat = sitk.GetImageFromArray(np.full((30, 20, 20), 7, np.float32))
    broken = image + 0
    broken[20, 20, 20] = float("nan")
    for name, one in (("few", image[:, :, 18:27]), ("flat", flat), ("broken", broken)):
        sitk.WriteImage(one, str(tmp_path / f"{name}.nrrd"))
    wrong = {
        "no scan": [],
        "not at hand": [{"images": {"x": str(tmp_path / "gone.nrrd")}}],
        "no volume": [{"images": {}}],
        "too few": [{"images": {"x": str(tmp_path / "few.nrrd")}}],
        "shows nothing": [{"images": {"x": str(tmp_path / "flat.nrrd")}}],
        "no numbers": [{"images": {"x": str(tmp_path / "broken.nrrd")}}],
        "different numbers": [files, {"images": {**files["images"], "y": files["labels"]}}],
    }
    for words, subjects in wrong.items():
        with pytest.raises(InputError, match=words):
            read_slices(subjects, "axial", 24)
    everywhere = {**files, "labels": files["images"]["flair"]}
    with pytest.raises(InputError, match="without the segment"):
        read_slices([everywhere], "axial", 24)
    for bad in ({"plane": "oblique"}, {"latent": "zip"}, {"guidance": -1}, {"steps": 0}, {"x": 1}):
        with pytest.raises(InputError):
            settings_from(bad)
    with pytest.raises(InputError, match="no such class"):
        generate(read_slices([files], "axial", 24), settings_from({"wanted": 2}), no_progress)
    thirds = read_slices([{"images": files["images"]}], "axial", 24)
    two_thirds = replace(thirds, targets=np.where(thirds.targets == 1, 0, thirds.targets))
    with pytest.raises(InputError, match="no slices in the middle third"):
        generate(two_thirds, settings_from({"wanted": 1}), no_progress)


# Files


def test_files_say_that_they_are_synthetic(files, tmp_path):
    told = []
    for ending in ("nii.gz", "nrrd"):
        path = tmp_path / f"new.{ending}"
        answer = TASKS["generate_slices"](
            {"subjects": [files], "settings": QUICK, "outputs": {"flair": str(path)}},
            lambda stage, fraction, message: told.append((stage, fraction, message)),
        )
        assert answer["outputs"] == {"flair": str(path)}
        image = sitk.ReadImage(str(path))
        assert image.GetMetaData("ITK_FileNotes") == SYNTHETIC
        source = sitk.ReadImage(files["images"]["flair"])
        assert image.GetSize() == source.GetSize()
        assert np.allclose(image.GetDirection(), source.GetDirection(), atol=1e-5)
        assert np.allclose(image.GetOrigin(), source.GetOrigin(), atol=1e-3)
    half = told[: len(told) // 2]
    assert [fraction for _, fraction, _ in half] == sorted(fraction for _, fraction, _ in half)
    assert SYNTHETIC in (tmp_path / "new.nrrd").read_bytes()[:2000].decode("latin-1")


def test_the_command_writes_a_volume_and_says_what_was_measured(files, tmp_path, capsys):
    output = tmp_path / "new.nii.gz"
    volume = files["images"]["flair"]
    command = ["generate", "--volume", volume, "--output", str(output), "--steps", "40"]
    assert elmed([*command, "--segment", files["labels"], "--guidance", "2"]) == 0
    said = capsys.readouterr().out
    assert "% of noise's" in said
    assert SYNTHETIC in said
    assert sitk.ReadImage(str(output)).GetSize() == sitk.ReadImage(volume).GetSize()
    folder = tmp_path / "both"
    command = ["generate", "--volume", volume, volume, "--contrasts", "--output", str(folder)]
    assert elmed(command) != 0
    assert "same name" in capsys.readouterr().err
    assert elmed(["generate", "--volume", "nobody.nii.gz", "--output", str(output)]) == 1
    assert "There is no file 'nobody.nii.gz'." in capsys.readouterr().err
    series = tmp_path / "series.nii.gz"
    sitk.WriteImage(sitk.Image([6, 6, 6, 2], sitk.sitkFloat32), str(series))
    assert elmed(["generate", "--volume", str(series), "--output", str(output)]) == 1
    assert "The given volume has 4 dimensions instead of 3." in capsys.readouterr().err
