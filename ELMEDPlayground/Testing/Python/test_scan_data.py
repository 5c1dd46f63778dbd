"""Examples cut out of scans: what they show, and that held-out ones touch none that are learnt."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st

from ELMEDLib.errors import InputError
from ELMEDPlaygroundLib.data.dataset import make_dataset
from ELMEDPlaygroundLib.data.scan import cut_scan

SHAPE = (60, 70, 64)
AXES = {"axial": 0, "coronal": 1, "sagittal": 2}


def write_subject(folder, seed):
    """A ball of brain, brighter from left to right, with a bright lump that is the segment."""
    folder.mkdir()
    rng = np.random.default_rng(seed)
    z, y, x = np.indices(SHAPE) * 2.0
    brain = (z - 60) ** 2 + (y - 70) ** 2 + (x - 64) ** 2 < 56**2
    lump = (z - 56) ** 2 + (y - 80) ** 2 + (x - 50 - seed) ** 2 < 26**2
    entry = {"images": {}}
    for name, gain in (("flair", 1.0), ("t1", 0.5)):
        values = 200 + gain * x + 250 * gain * lump + rng.normal(0, 10, SHAPE)
        image = sitk.GetImageFromArray(np.where(brain, values, 0).astype(np.float32))
        image.SetSpacing((2.0, 2.0, 2.0))
        entry["images"][name] = str(folder / f"{name}.nrrd")
        sitk.WriteImage(image, entry["images"][name])
    labels = sitk.GetImageFromArray((brain & lump).astype(np.uint8))
    labels.SetSpacing((2.0, 2.0, 2.0))
    entry["labels"] = str(folder / "labels.nrrd")
    sitk.WriteImage(labels, entry["labels"])
    return entry


@pytest.fixture(scope="module")
def subjects(tmp_path_factory):
    folder = tmp_path_factory.mktemp("subjects")
    return [write_subject(folder / str(seed), seed) for seed in (1, 2)]


def least_gap_mm(found, test):
    """The smallest distance between the box of a held-out patch and of another, per subject."""
    low, high = found.places.low, found.places.high
    least = np.inf
    for number in np.flatnonzero(test):
        others = np.flatnonzero(~test & (found.places.subject == found.places.subject[number]))
        apart = np.maximum(low[others] - high[number], low[number] - high[others])
        apart = np.maximum(apart, 0) * found.spacing_mm
        least = min(least, np.sqrt((apart**2).sum(axis=1)).min(initial=np.inf))
    return least


@settings(max_examples=12, deadline=None)
@given(
    task=st.sampled_from(["plane", "tissue", "segment"]),
    seed=st.integers(0, 1000),
    patch=st.integers(6, 10),
    gap=st.floats(2.0, 12.0),
)
def test_no_held_out_patch_touches_one_that_is_learnt(subjects, task, seed, patch, gap):
    spec = {"kind": "scan", "subjects": subjects[:1], "task": task, "seed": seed}
    spec.update({"patch": patch, "gap_mm": gap, "spacing_mm": 2.0, "count": 120})
    try:
        found = cut_scan(spec)
    except InputError as error:  # it is said where a lump is in too few blocks
        assert "class" in str(error)  # noqa: PT017 - what it says is what matters
        return

    test = found.examples.test
    assert least_gap_mm(found, test) >= gap - 1e-9
    assert found.gap_mm >= gap
    assert set(np.unique(found.examples.targets[test])) == set(range(len(found.examples.classes)))
    assert set(np.unique(found.examples.targets[~test])) == set(range(len(found.examples.classes)))


def test_whole_slices_are_parted_by_slabs(subjects):
    spec = {"kind": "scan", "subjects": subjects[:1], "task": "segment", "cut": "slices"}
    found = cut_scan({**spec, "patch": 24, "gap_mm": 6.0, "spacing_mm": 2.0, "test_share": 0.4})

    assert found.examples.inputs.shape[1:] == (2, 24, 24)
    assert least_gap_mm(found, found.examples.test) >= 6.0


def test_a_split_by_subject_holds_out_whole_subjects(subjects):
    spec = {"kind": "scan", "subjects": subjects, "task": "plane", "split": "subjects"}
    found = cut_scan({**spec, "cut": "slices", "patch": 24, "count": 90})

    held = set(found.places.subject[found.examples.test])
    assert len(held) == 1
    assert held.isdisjoint(found.places.subject[~found.examples.test])
    assert found.examples.classes == ("axial", "coronal", "sagittal")


def test_patches_are_labelled_by_what_their_middle_shows(subjects):
    spec = {"kind": "scan", "subjects": subjects[:1], "patch": 8, "spacing_mm": 2.0, "count": 100}
    data = make_dataset({**spec, "task": "segment"})
    assert data.inputs.shape[1:] == (2, 8, 8)
    assert data.inputs.min() >= 0
    assert data.inputs.max() <= 1
    middle = data.inputs[:, 0, 4, 4]
    assert middle[data.targets == 1].min() > np.median(middle[data.targets == 0])

    tissue = make_dataset({**spec, "task": "tissue"})
    means = [tissue.inputs[tissue.targets == label, 0, 4, 4].mean() for label in range(3)]
    assert tissue.classes == ("dark", "middle", "bright")
    assert means == sorted(means)


def test_labels_can_be_given_for_tissues(subjects):
    spec = {"kind": "scan", "subjects": subjects[:1], "task": "tissue", "patch": 8, "count": 80}
    data = make_dataset({**spec, "spacing_mm": 2.0, "label_names": {"0": "healthy", "1": "lump"}})
    assert data.classes == ("healthy", "lump")


def test_upright_planes_show_the_head_up(tmp_path):
    entry = write_subject(tmp_path / "a", 1)
    image = sitk.ReadImage(entry["images"]["flair"])
    array = sitk.GetArrayFromImage(image)
    array[40:] *= 3  # the top of the head, along the patient's superior axis
    bright = sitk.GetImageFromArray(array)
    bright.CopyInformation(image)
    sitk.WriteImage(bright, entry["images"]["flair"])
    spec = {"kind": "scan", "subjects": [entry], "task": "segment", "cut": "slices", "patch": 24}
    data = make_dataset({**spec, "planes": ["coronal"], "spacing_mm": 2.0, "test_share": 0.4})
    assert data.inputs[:, 0, 2:10].mean() > data.inputs[:, 0, 14:22].mean()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"subjects": []}, "no scan"),
        ({"subjects": [{"images": {"t1": "/gone/t1.nrrd"}}]}, "not at hand any more"),
        ({"split": "subjects"}, "One subject"),
        ({"cut": "slices"}, "cross each other"),
        ({"cut": "slices", "task": "tissue"}, "all tissues"),
        ({"planes": ["axial"]}, "nothing to tell apart"),
        ({"patch": 64}, "smaller"),
        ({"gap_mm": 0}, "gap"),
        ({"task": "tissue", "patch": 8, "label_names": {"8": "a", "9": "b"}}, "any of the labels"),
        ({"task": "tissue", "patch": 8, "label_names": {"one": "a"}}, "'one' is no label"),
    ],
)
def test_what_cannot_be_is_said(subjects, change, words):
    spec = {"kind": "scan", "subjects": subjects[:1], "task": "plane", **change}
    with pytest.raises(InputError, match=words):
        make_dataset(spec)
