"""The segmentation lies exactly on the reference volume, however the scan was oriented."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ELMEDSegmentLib.evaluation import evaluate
from ELMEDSegmentLib.geometry import Grid, difference
from ELMEDSegmentLib.inputs.study import check_study, read_study
from ELMEDSegmentLib.segment import Options, segment


def rotation(degrees):
    """Return a direction matrix turned about x, y and z."""
    transform = sitk.Euler3DTransform()
    transform.SetRotation(*np.deg2rad(degrees))
    return tuple(transform.GetMatrix())


AXIAL_RAS = (-1.0, 0.0, 0.0, 0.0, -1.0, 0.0, 0.0, 0.0, 1.0)
SAGITTAL = (0.0, 0.0, -1.0, 1.0, 0.0, 0.0, 0.0, -1.0, 0.0)
LEFT_HANDED = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, -1.0)


@pytest.mark.parametrize(
    "direction", [AXIAL_RAS, SAGITTAL, LEFT_HANDED, rotation((0, 0, 25)), rotation((12, -20, 33))]
)
def test_labels_lie_on_the_tumour_for_any_direction_of_the_axes(
    phantom, threshold_model, direction
):
    patient = phantom(direction=direction)

    result = segment(check_study(patient.images()), threshold_model, Options(device="cpu"))

    scores = evaluate(sitk.GetArrayFromImage(result.labels), patient.labels)
    # A shift by one working voxel, 2 mm, would bring WT down to 0.91.
    assert scores["WT"] > 0.96, scores
    assert min(scores.values()) > 0.9, scores


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    spacing=st.tuples(*[st.floats(0.7, 2.4)] * 2, st.floats(0.7, 4.0)),
    degrees=st.tuples(*[st.floats(-180, 180)] * 3),
)
def test_result_has_exactly_the_grid_of_the_reference(phantom, threshold_model, spacing, degrees):
    size = tuple(int(78 / value) for value in spacing)
    patient = phantom(size=size, spacing=spacing, direction=rotation(degrees))
    images = patient.images()

    labels = segment(check_study(images), threshold_model, Options(device="cpu")).labels

    reference = images["t1c"]
    assert labels.GetSize() == reference.GetSize()
    assert labels.GetSpacing() == reference.GetSpacing()
    assert labels.GetOrigin() == reference.GetOrigin()
    assert labels.GetDirection() == reference.GetDirection()
    assert evaluate(sitk.GetArrayFromImage(labels), patient.labels)["WT"] > 0.85


def test_files_in_lps_and_ras_formats_give_the_same_tumour(phantom, threshold_model, tmp_path):
    patient = phantom(direction=rotation((5, 10, 15)))
    labels = []
    for extension in (".nii.gz", ".nrrd", ".mha"):
        paths = {name: tmp_path / f"{name}{extension}" for name in ("t1", "t1c", "t2", "flair")}
        for name, image in patient.images().items():
            sitk.WriteImage(image, str(paths[name]))
        result = segment(read_study(paths), threshold_model, Options(device="cpu"))
        labels.append(result.labels)
    for other in labels[1:]:
        assert not difference(Grid.of(labels[0]), Grid.of(other))
        agreement = evaluate(sitk.GetArrayFromImage(labels[0]), sitk.GetArrayFromImage(other))
        assert agreement["WT"] > 0.999


def test_study_predicted_in_tiles_agrees_with_study_in_one_piece(phantom, threshold_model):
    study = check_study(phantom().images())

    whole = segment(study, threshold_model, Options(device="cpu"))
    tiled = segment(study, threshold_model, Options(device="cpu", largest_tile=12**3))

    # The thresholds look at one voxel at a time, so that tiles must not change anything.
    np.testing.assert_array_equal(
        sitk.GetArrayFromImage(whole.labels), sitk.GetArrayFromImage(tiled.labels)
    )


def test_reported_volumes_are_those_of_the_labels(phantom, threshold_model):
    patient = phantom(size=(80, 84, 26), spacing=(1.0, 1.0, 3.0))

    result = segment(check_study(patient.images()), threshold_model, Options(device="cpu"))

    found = sitk.GetArrayFromImage(result.labels)
    volumes = result.report.volumes_ml
    assert volumes["oedema"] == pytest.approx((found == 2).sum() * 3.0 / 1000, abs=1e-4)
    assert volumes["WT"] == pytest.approx((found > 0).sum() * 3.0 / 1000, abs=1e-4)
    assert volumes["WT"] == pytest.approx(4 / 3 * np.pi * 1.6**3, rel=0.1)
    assert volumes["TC"] == pytest.approx(volumes["necrotic_core"] + volumes["enhancing_tumour"])
