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


@pytest.fixture(scope="module")
def bundled():
    return load_model(find_model(None))


def test_held_out_patients_are_segmented_better_than_the_floor(shared_data, bundled):
    names = bundled.manifest.training["held_out"]
    assert len(names) >= 2
    means = {}
    for name in names:
        folder = shared_data / "glioma" / name
        study = read_study({channel: folder / f"{channel}.nii.gz" for channel in CHANNELS})
        result = segment(study, bundled, Options(device="cpu"))
        expected = sitk.ReadImage(str(folder / "seg.nii.gz"))
        assert result.labels.GetOrigin() == study.images["t1c"].GetOrigin()
        assert result.labels.GetDirection() == study.images["t1c"].GetDirection()
        scores = evaluate(
            sitk.GetArrayViewFromImage(result.labels), sitk.GetArrayViewFromImage(expected)
        )
        assert scores == pytest.approx(bundled.manifest.measured["dice"][name], abs=0.01)
        means[name] = np.mean(list(scores.values()))
    assert np.mean(list(means.values())) >= 0.60, means


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
