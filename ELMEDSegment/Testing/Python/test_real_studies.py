"""The bundled network on real patients that it never saw."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from ELMEDSegmentLib.catalogue import find_model
from ELMEDSegmentLib.evaluation import evaluate
from ELMEDSegmentLib.inputs.study import check_study, read_study
from ELMEDSegmentLib.labels import CHANNELS
from ELMEDSegmentLib.model import load_model
from ELMEDSegmentLib.segment import Options, segment
from ELMEDSegmentLib.unseen import without_knowledge_of

SET_ASIDE = ("msd-brats-001", "brats2021-01658")
"""The patients that the model card sets aside, fixed before any training."""


@pytest.fixture(scope="module")
def bundled():
    return load_model(find_model(None))


def judged(shared_data, bundled, name, without=None):
    """Segment a study with members that never saw it; return the Dice of each region."""
    folder = shared_data / "glioma" / name
    channels = tuple(channel for channel in CHANNELS if channel != without)
    study = read_study({c: folder / f"{c}.nii.gz" for c in channels}, channels)
    result = segment(study, without_knowledge_of(bundled, name), Options(device="cpu"))
    expected = sitk.ReadImage(str(folder / "seg.nii.gz"))
    assert result.labels.GetOrigin() == expected.GetOrigin()
    assert result.labels.GetDirection() == expected.GetDirection()
    return evaluate(sitk.GetArrayViewFromImage(result.labels), sitk.GetArrayViewFromImage(expected))


def test_patients_are_segmented_as_the_model_card_says(shared_data, bundled):
    stated = bundled.manifest.measured["dice"]
    scores = {name: judged(shared_data, bundled, name) for name in stated}
    assert len(scores) == 9
    for name, dice in scores.items():
        assert dice == pytest.approx(stated[name], abs=0.01)
    assert np.mean([dice["WT"] for dice in scores.values()]) >= 0.85
    set_aside = [np.mean(list(scores[name].values())) for name in SET_ASIDE]
    assert np.mean(set_aside) >= 0.78


@pytest.mark.parametrize("missing", CHANNELS)
def test_whole_tumour_is_found_without_one_contrast(shared_data, bundled, missing):
    names = bundled.manifest.measured["dice"]
    scores = [judged(shared_data, bundled, name, missing)["WT"] for name in names]
    assert np.mean(scores) >= 0.70, scores
    stated = bundled.manifest.measured["mean_dice_without"][missing]["WT"]
    assert np.mean(scores) == pytest.approx(stated, abs=0.01)


def test_sample_patient_is_segmented(sample_study, bundled):
    study = read_study({channel: sample_study[channel] for channel in CHANNELS})
    result = segment(study, bundled, Options(device="cpu"))
    expected = sitk.GetArrayFromImage(sitk.ReadImage(str(sample_study["seg"])))
    scores = evaluate(sitk.GetArrayFromImage(result.labels), expected)
    assert scores["WT"] > 0.6, scores


def test_half_of_a_brain_without_tumour_stays_empty(sample_study, bundled):
    images = {}
    for channel in CHANNELS:
        image = sitk.ReadImage(str(sample_study[channel]))
        # The tumour is on the patient's right, low x in LPS; a margin keeps the midline out.
        images[channel] = image[image.GetSize()[0] * 55 // 100 :]
    expected = sitk.ReadImage(str(sample_study["seg"]))[image.GetSize()[0] * 55 // 100 :]
    assert not sitk.GetArrayViewFromImage(expected).any()

    result = segment(check_study(images), bundled, Options(device="cpu"))

    assert result.report.volumes_ml["WT"] < 1.0
