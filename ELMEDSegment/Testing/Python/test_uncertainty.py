"""How sure the network is: maps, figures, and the sentences that are made of them."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk
import torch
from hypothesis import given
from hypothesis import strategies as st

from ELMEDSegmentLib.doubts import AT_THE_BORDER, NOTHING_FOUND, doubts
from ELMEDSegmentLib.ensemble import ensemble_of
from ELMEDSegmentLib.inputs.study import check_study
from ELMEDSegmentLib.model import Model
from ELMEDSegmentLib.segment import Options, segment
from ELMEDSegmentLib.uncertainty import confidence, entropy_bits

SURE = {"mean_probability": 0.95, "low_ml": 9.0, "high_ml": 11.0}
CONFIDENT = {"WT": SURE, "TC": SURE, "ET": SURE}
MM = (1.0, 1.0, 1.0)


def one_voxel(whole, core, enhancing):
    values = {"WT": whole, "TC": core, "ET": enhancing}
    return {name: np.full((1, 1, 1), value, np.float32) for name, value in values.items()}


@pytest.mark.parametrize(
    ("probabilities", "bits"),
    [
        ((0, 0, 0), 0),
        ((1, 1, 1), 0),
        ((0.5, 0, 0), 1),  # nothing or oedema
        ((1, 0.5, 0), 1),  # oedema or necrotic core
        ((1, 1, 0.5), 1),  # necrotic core or enhancing tumour
        ((0.75, 0.5, 0.25), 2),  # all four alike
        ((0, 0, 0.5), 0),  # nested: no enhancing tumour outside the tumour
    ],
)
def test_entropy_counts_the_tissues_that_compete(probabilities, bits):
    assert entropy_bits(one_voxel(*probabilities)).item() == pytest.approx(bits, abs=1e-5)


@given(st.tuples(*[st.floats(0, 1, width=32)] * 3))
def test_entropy_is_between_0_and_2_bits(probabilities):
    value = entropy_bits(one_voxel(*probabilities))
    assert value.dtype == np.float32
    assert 0 <= value.item() <= 2 + 1e-5


def test_confidence_tells_the_mean_and_the_volume_between_two_thresholds():
    likely = np.array([0.9, 0.8, 0.6, 0.4, 0.3, 0.1], np.float32).reshape(1, 1, 6)
    labels = np.array([1, 1, 1, 0, 0, 0], np.uint8).reshape(1, 1, 6)
    found = confidence({"WT": likely, "TC": likely, "ET": likely}, labels, 2.0)
    assert found["TC"]["mean_probability"] == pytest.approx((0.9 + 0.8 + 0.6) / 3, abs=1e-3)
    assert found["TC"]["low_ml"] == 4.0
    assert found["TC"]["high_ml"] == 10.0
    assert found["ET"]["mean_probability"] == 0


def test_members_that_contradict_each_other_make_the_map_uncertain(phantom, threshold_model):
    class Nothing(torch.nn.Module):
        def forward(self, image):
            return torch.full_like(image[:, :3], -20.0)

    made = phantom(size=(40, 42, 38), spacing=(2.0, 2.0, 2.0))
    study = check_study(made.images())
    options = Options(device="cpu", probabilities=True, uncertainty=True)
    torn = ensemble_of([threshold_model.network, Nothing(), threshold_model.network])

    agreed = segment(study, threshold_model, options)
    contradicted = segment(study, Model(threshold_model.manifest, torn), options)

    inside = made.labels == 3
    maps = [sitk.GetArrayFromImage(each.uncertainty) for each in (agreed, contradicted)]
    assert np.median(maps[0][inside]) < 0.1
    # Two of three: the binary entropy of 2/3.
    assert np.median(maps[1][inside]) == pytest.approx(0.918, abs=0.02)
    assert maps[1][~made.brain].max() < 0.01
    whole = sitk.GetArrayFromImage(contradicted.probabilities["WT"])
    assert np.median(whole[inside]) == pytest.approx(2 / 3, abs=0.02)
    assert contradicted.uncertainty.GetOrigin() == study.images["t1c"].GetOrigin()
    assert any("not sure of the whole tumour" in text for text in contradicted.report.warnings)
    assert agreed.report.warnings == []
    assert contradicted.report.confidence["WT"]["mean_probability"] < 0.7


def test_maps_are_not_made_unless_wanted(phantom, threshold_model):
    study = check_study(phantom(size=(40, 42, 38), spacing=(2.0, 2.0, 2.0)).images())
    result = segment(study, threshold_model, Options(device="cpu"))
    assert result.probabilities == {}
    assert result.uncertainty is None


def ball(radius, at=(20, 20, 20), shape=(40, 40, 40)):
    distances = np.linalg.norm(np.indices(shape).T - np.array(at), axis=-1).T
    return ((distances <= radius) * 2).astype(np.uint8)


def test_a_plain_tumour_raises_no_doubt():
    assert doubts(ball(10), MM, CONFIDENT) == []


def test_nothing_found_is_said():
    assert doubts(np.zeros((5, 5, 5), np.uint8), MM, CONFIDENT) == [NOTHING_FOUND]


@pytest.mark.parametrize("at", [(3, 20, 20), (20, 36, 20), (20, 20, 37)])
def test_a_tumour_that_is_cut_by_the_field_of_view_is_said(at):
    assert doubts(ball(10, at), MM, CONFIDENT) == [AT_THE_BORDER]


def test_a_touch_of_the_border_is_not_cried_over():
    assert doubts(ball(10, (10, 20, 20)), MM, CONFIDENT) == []


def test_small_pieces_are_counted():
    labels = np.maximum(ball(10), ball(3, (35, 35, 35)))
    assert "2 separate pieces, of which 1 has less than 1 ml" in doubts(labels, MM, CONFIDENT)[0]
    labels = np.maximum(labels, ball(3, (5, 35, 35)))
    assert "3 separate pieces, of which 2 have" in doubts(labels, MM, CONFIDENT)[0]


def test_an_uncertain_rim_is_told_in_millilitres():
    wide = {**CONFIDENT, "TC": {"mean_probability": 0.9, "low_ml": 4.0, "high_ml": 12.0}}
    (sentence,) = doubts(ball(10), MM, wide)
    assert "tumour core" in sentence
    assert "4.0 to 12.0 ml" in sentence


def test_tiny_regions_are_not_judged():
    tiny = {**CONFIDENT, "ET": {"mean_probability": 0.6, "low_ml": 0.0, "high_ml": 0.3}}
    assert doubts(ball(10), MM, tiny) == []
