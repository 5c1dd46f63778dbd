"""The digital phantom of the IBSI, one test per consensus value.

Phantom and values: Image Biomarker Standardisation Initiative, CC BY 4.0; Zwanenburg et al. 2020,
Radiology, doi:10.1148/radiol.2020191145. The numbers are copied in `ibsi/`.
"""

import csv
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from ELMEDRadiomicsLib.backends import Options
from ELMEDRadiomicsLib.engine import extract
from ELMEDRadiomicsLib.settings import from_parameters

FOLDER = Path(__file__).parent / "ibsi"
with (FOLDER / "digital_phantom.csv").open(newline="", encoding="utf-8") as file:
    VALUES = list(csv.DictReader(file))


@pytest.fixture(scope="module")
def phantom():
    rows = np.loadtxt(FOLDER / "phantom.txt", dtype=int).reshape(2, 4, 4, 5)
    images = [sitk.GetImageFromArray(part.astype(np.int16)) for part in rows]
    for image in images:
        image.SetSpacing((2, 2, 2))
    return images


@pytest.fixture(scope="module")
def found(phantom):
    image, mask = phantom
    values = {}
    for merged in ("", "merged"):
        norm = {"weightingNorm": "no_weighting"} if merged else {}
        classes = {
            "shape": [], "firstorder": [], "glcm": [], "glrlm": [], "glszm": [], "gldm": [],
            "ngtdm": [],
        }  # fmt: skip
        settings = from_parameters({"featureClass": classes, "setting": {"binWidth": 1, **norm}})
        options = Options(profile="ibsi")
        for feature in extract({"p": image}, mask, settings, [1], options).features:
            values[feature.name.removeprefix("original_"), merged] = feature
    return values


@pytest.mark.parametrize("row", VALUES, ids=[row["tag"] for row in VALUES])
def test_phantom_value_is_within_tolerance(found, row):
    feature = found[row["feature"], row["merged"]]
    expected = float(row["value"])
    # Values without tolerance are exact; they are given with three digits.
    digits = 10.0 ** (np.floor(np.log10(abs(expected))) - 2) / 2 * (1 + 1e-9)
    assert feature.value == pytest.approx(expected, rel=0, abs=max(float(row["tolerance"]), digits))


@pytest.mark.parametrize("row", VALUES, ids=[row["tag"] for row in VALUES])
def test_phantom_feature_carries_a_code(found, row):
    assert len(found[row["feature"], row["merged"]].ibsi) == 4


def test_known_deviations_of_pyradiomics_carry_no_code(phantom):
    image, mask = phantom
    settings = from_parameters({"setting": {"binWidth": 1}})
    codes = {
        feature.name: feature.ibsi for feature in extract({"p": image}, mask, settings).features
    }
    assert codes["original_firstorder_Kurtosis"] == ""
    assert codes["original_glcm_Contrast"] == ""
    assert codes["original_firstorder_Mean"] == "Q4LE"
