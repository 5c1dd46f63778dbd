"""Where names say nothing, the images tell which volume is which."""

from __future__ import annotations

import itertools
import time

import pytest
import SimpleITK as sitk

from ELMEDSegmentLib.inputs.channel_content import HIGHEST, MOST_VOLUMES, arrange
from ELMEDSegmentLib.inputs.channels import Candidate, identify
from ELMEDSegmentLib.labels import CHANNELS


def read(folder):
    return [sitk.ReadImage(str(folder / f"{channel}.nii.gz")) for channel in CHANNELS]


def test_the_sample_study_is_told_by_its_images_in_any_order(project):
    images = read(project / "Resources" / "SampleStudy")
    # Small copies: the order must not matter, and many orders must not take long.
    images = [sitk.Shrink(image, [3, 3, 3]) for image in images]
    for order in list(itertools.permutations(range(4)))[::5]:
        found = arrange([images[number] for number in order], {})
        assert {channel: order[index] for channel, index in found.volumes.items()} == {
            channel: number for number, channel in enumerate(CHANNELS)
        }


def test_a_guess_from_the_images_is_said_to_be_one(project):
    images = read(project / "Resources" / "SampleStudy")
    names = ["T1", "series 3", "series 5", "series 8"]
    found = identify(
        [
            Candidate(name, image=lambda image=image: image)
            for name, image in zip(names, images, strict=True)
        ]
    )
    assert [found.guesses[channel].index for channel in CHANNELS] == [0, 1, 2, 3]
    assert found.guesses["t1"].source == "name"
    assert {found.guesses[channel].source for channel in CHANNELS[1:]} == {"image"}
    assert all(found.guesses[channel].confidence <= HIGHEST for channel in CHANNELS[1:])
    assert any("told from the images alone, with low confidence" in text for text in found.remarks)


def test_images_are_not_read_when_names_tell_all():
    def fail():
        pytest.fail("an image was read")

    found = identify([Candidate(name, image=fail) for name in ("T1", "T1c", "T2", "FLAIR", "x")])
    assert len(found.guesses) == 4


def test_volumes_with_nothing_in_common_are_not_guessed(project):
    images = read(project / "Resources" / "SampleStudy")
    images[0].SetOrigin([1000.0, 0.0, 0.0])
    assert arrange(images, {}) is None


def test_many_silent_volumes_are_compared_soon_and_too_many_not_at_all(project):
    images = [
        sitk.Shrink(image, [4, 4, 4]) for image in read(project / "Resources" / "SampleStudy")
    ]
    images += [sitk.ShiftScale(images[0], shift, 1.0) for shift in range(1, 6)]
    started = time.process_time()
    assert arrange(images, {}) is not None
    assert time.process_time() - started < 10

    def fail():
        pytest.fail("an image was read")

    found = identify([Candidate(f"series {n}", image=fail) for n in range(MOST_VOLUMES + 1)])
    assert found.guesses == {}
    assert f"{MOST_VOLUMES + 1} volumes do not tell what they are, too many" in found.remarks[0]


def test_volumes_that_lie_far_apart_do_not_fill_the_memory(project):
    images = read(project / "Resources" / "SampleStudy")
    images[0].SetOrigin([1e6, 1e6, 0.0])
    assert arrange(images, {}) is None


def test_real_studies_are_told_by_their_images(shared_data, record_property):
    """Names hidden: 9 studies without skull and one raw study with its skull, 40 volumes."""
    folders = [*sorted((shared_data / "glioma").iterdir()), shared_data / "raw-study"]
    right = total = 0
    for number, folder in enumerate(folders):
        images = [
            sitk.Shrink(image, [2, 2, 2 - (image.GetSize()[2] < 60)]) for image in read(folder)
        ]
        order = list(itertools.permutations(range(4)))[7 * number % 24]
        found = arrange([images[index] for index in order], {})
        right += sum(order[found.volumes[name]] == index for index, name in enumerate(CHANNELS))
        total += len(CHANNELS)
    record_property("told by their images", f"{right} of {total} volumes")
    assert right >= 0.95 * total
