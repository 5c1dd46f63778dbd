"""Where tumours lie: simulated ones at known places, in the template and in the user's atlas."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from ELMEDLib.errors import InputError
from ELMEDRadiomicsLib.location.atlas import Atlas, read_atlas, side_of, template
from ELMEDRadiomicsLib.location.locate import locate, locate_in_template, share_within
from ELMEDRadiomicsLib.location.registration import is_stripped, template_image

PLACES = {
    # RAS, mm, in the template: (place, radius, side, region, crosses the midline)
    "left frontal": ((-30.0, 32.0, 20.0), 11, "left", "frontal lobe", False),
    "right temporal": ((50.0, -8.0, -18.0), 9, "right", "temporal lobe", False),
    "left parietal": ((-32.0, -42.0, 40.0), 9, "left", "parietal lobe", False),
    "right occipital": ((18.0, -82.0, 2.0), 9, "right", "occipital lobe", False),
    "butterfly": ((0.0, 30.0, 14.0), 15, "both", "frontal lobe", True),
    "left cerebellar": ((-24.0, -56.0, -36.0), 9, "left", "cerebellum", False),
}


def ball(image, place, radius):
    """A label map on an image's grid; `place` in RAS."""
    source = sitk.PhysicalPointSource(
        sitk.sitkVectorFloat64,
        image.GetSize(),
        image.GetOrigin(),
        image.GetSpacing(),
        image.GetDirection(),
    )
    distance = np.linalg.norm(sitk.GetArrayFromImage(source) * (-1, -1, 1) - place, axis=-1)
    found = sitk.GetImageFromArray((distance < radius).astype(np.uint8))
    found.CopyInformation(image)
    return found


@pytest.mark.parametrize("name", PLACES)
def test_a_tumour_in_the_template_is_where_it_was_put(name):
    place, radius, side, region, crosses = PLACES[name]
    atlas = template()
    found = locate(ball(atlas.labels, place, radius), atlas)

    assert found.side == side
    assert found.crosses_midline is crosses
    assert found.overlaps[0].region == region
    words = {"both": "both sides of the midline"}.get(side, f"on the {side} side")
    assert words in found.sentences[0]


def test_ventricles_and_deep_structures_that_are_touched_are_named():
    atlas = template()
    found = locate(ball(atlas.labels, (-12.0, -16.0, 10.0), 10), atlas)

    assert "left ventricle" in found.touched
    assert "left thalamus" in found.eloquent
    assert any("touches the left ventricle" in sentence for sentence in found.sentences)


@pytest.mark.parametrize("stripped", [True, False])
def test_a_head_elsewhere_and_of_another_size_is_registered(stripped):
    """A patient whose head is the template's, larger, turned and shifted, with noise."""
    atlas = template()
    image = template_image(atlas, stripped=stripped)
    move = sitk.AffineTransform(3)
    move.Scale((1.08, 0.95, 1.04))
    move.Rotate(0, 1, 0.12)
    move.Translate((9.0, -6.0, 7.0))
    place = np.array(PLACES["right temporal"][0]) * (-1, -1, 1)
    grid = sitk.Image([70, 84, 80], sitk.sitkFloat32)
    grid.SetSpacing((3.0, 3.0, 3.0))
    grid.SetOrigin((-104.0, -126.0, -115.0))
    moved = sitk.Resample(image, grid, move.GetInverse(), sitk.sitkLinear, 0.0)
    noise = np.random.default_rng(1).normal(0, 4, moved.GetSize()[::-1])
    array = sitk.GetArrayFromImage(moved)
    patient = sitk.GetImageFromArray(
        (array + noise * (array > 0 if stripped else 1)).astype(np.float32)
    )
    patient.CopyInformation(moved)
    centre = np.array(move.TransformPoint(place.tolist())) * (-1, -1, 1)
    found = locate_in_template(ball(patient, centre, 9), patient)

    assert is_stripped(patient) is stripped
    assert found.side == "right"
    assert found.overlaps[0].region == "temporal lobe"
    assert found.overlaps[0].share > 0.6
    if stripped:
        assert found.agreement > 0.9


def test_the_simulated_sample_patient_has_its_tumour_where_it_was_simulated(sample_study):
    labels = sitk.ReadImage(str(sample_study["seg"]))
    found = locate_in_template(labels, sitk.ReadImage(str(sample_study["t1c"])))

    # See study.json: --place right-frontotemporal.
    assert found.side == "right"
    assert found.overlaps[0].region == "frontal lobe"
    assert found.agreement > 0.9


def test_a_users_own_atlas_is_used_as_it_is(tmp_path):
    labels = np.zeros((10, 10, 20), np.uint8)
    labels[:, :, :10], labels[:, :, 10:] = 7, 9
    atlas = sitk.GetImageFromArray(labels)
    sitk.WriteImage(atlas, str(tmp_path / "atlas.nrrd"))
    (tmp_path / "names.txt").write_text("7 Left-Motor-Cortex 220 20 60 0\n9 Right-Motor-Cortex\n")
    tumour = np.zeros_like(labels)
    tumour[4:6, 4:6, 5:11] = 1
    found = locate(
        sitk.GetImageFromArray(tumour),
        read_atlas(tmp_path / "atlas.nrrd", tmp_path / "names.txt"),
        {"Enhancing 1": (6.0, 5.0, 5.0)},
    )

    assert [(o.region, o.side) for o in found.overlaps] == [
        ("Left-Motor-Cortex", "left"),
        ("Right-Motor-Cortex", "right"),
    ]
    assert found.overlaps[0].share == pytest.approx(5 / 6)
    assert found.crosses_midline
    assert found.lesions == {"Enhancing 1": "Left-Motor-Cortex"}


def test_an_atlas_of_equal_size_and_origin_but_another_grid_is_brought_onto_the_tumours():
    tumour = np.zeros((10, 10, 20), np.uint8)
    tumour[4:6, 4:6, 2:8] = 1
    labels = np.full_like(tumour, 9)
    labels[:, :, :10] = 7
    atlas = sitk.GetImageFromArray(labels)
    atlas.SetSpacing((0.5, 1.0, 1.0))  # 7 reaches as far as 5 mm
    found = locate(sitk.GetImageFromArray(tumour), Atlas(atlas, {7: "a", 9: "b"}, {7: "", 9: ""}))
    assert {o.region: o.share for o in found.overlaps} == pytest.approx({"a": 0.5, "b": 0.5})

    atlas = sitk.Flip(sitk.GetImageFromArray(labels), (True, False, False))
    atlas.SetOrigin((0.0, 0.0, 0.0))  # runs to the other side from there
    found = locate(sitk.GetImageFromArray(tumour), Atlas(atlas, {7: "a", 9: "b"}, {7: "", 9: ""}))
    assert found.outside == 1


@pytest.mark.parametrize("name", ["Left-Thalamus", "Brain-Stem", "L_Primary_Motor_Cortex"])
def test_eloquent_structures_of_a_users_own_atlas_are_named(name):
    tumour = np.zeros((10, 10, 20), np.uint8)
    tumour[4:6, 4:6, 5:11] = 1
    atlas = Atlas(sitk.GetImageFromArray(np.full_like(tumour, 10)), {10: name}, {10: side_of(name)})
    found = locate(sitk.GetImageFromArray(tumour), atlas)
    assert found.eloquent == [name]
    assert any(f"eloquent: {name}" in sentence for sentence in found.sentences)


@pytest.mark.parametrize(
    ("name", "side"),
    [
        ("ctx-lh-precentral", "left"),
        ("ctx-rh-insula", "right"),
        ("Left-Thalamus", "left"),
        ("Frontal_Sup_R", "right"),
        ("Pons", ""),
    ],
)
def test_sides_are_read_from_names(name, side):
    assert side_of(name) == side


def test_what_is_no_atlas_or_no_head_is_explained(tmp_path):
    empty = sitk.Image(8, 8, 8, sitk.sitkUInt8)
    sitk.WriteImage(empty, str(tmp_path / "empty.nrrd"))
    with pytest.raises(InputError, match="holds no regions"):
        read_atlas(tmp_path / "empty.nrrd")
    with pytest.raises(InputError, match="The volume is empty"):
        locate_in_template(empty + 1, empty)
    (tmp_path / "names.txt").write_text("nothing of use")
    sitk.WriteImage(empty + 1, str(tmp_path / "atlas.nrrd"))
    with pytest.raises(InputError, match="names in 'names.txt' cannot be read"):
        read_atlas(tmp_path / "atlas.nrrd", tmp_path / "names.txt")


def test_a_volume_or_an_atlas_of_another_place_is_not_taken_for_the_patients():
    atlas = template()
    tumour = ball(atlas.labels, *PLACES["left frontal"][:2])
    elsewhere = sitk.Image(atlas.labels)
    elsewhere.SetOrigin((1000.0, 0.0, 0.0))

    with pytest.raises(InputError, match="does not show the place where the tumour is"):
        locate_in_template(tumour, elsewhere)
    found = locate(tumour, Atlas(elsewhere, atlas.names, atlas.sides))
    assert found.sentences[-1].startswith("Most of the tumour lies outside of the atlas's volume")
    assert share_within(tumour, atlas.labels) == 1
    half = atlas.labels[: atlas.labels.TransformPhysicalPointToIndex((30.0, -32.0, 20.0))[0]]
    assert 0.3 < share_within(tumour, half) < 0.7
