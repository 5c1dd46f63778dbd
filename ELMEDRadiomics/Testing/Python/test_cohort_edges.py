"""Cohorts at the edges: ties, patients of whom little is known, numbers as clinics write them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import SimpleITK as sitk

from ELMEDLib.cohort.case import MASK, Case
from ELMEDRadiomicsLib.cohort.analyses.correlation import correlation_clusters
from ELMEDRadiomicsLib.cohort.analyses.cox import cox_model
from ELMEDRadiomicsLib.cohort.analyses.finding import Cohort, Finding
from ELMEDRadiomicsLib.cohort.analyses.intensities import intensity_distributions
from ELMEDRadiomicsLib.cohort.analyses.kaplan_meier import median_splits
from ELMEDRadiomicsLib.cohort.analyses.sites import harmonise
from ELMEDRadiomicsLib.cohort.clinical import Clinical, understand
from ELMEDRadiomicsLib.cohort.measuring import measure_case
from ELMEDRadiomicsLib.cohort.page import Page, page

PATIENTS = [f"P{number}" for number in range(20)]
MAXIMUM = "t1_label1_original_firstorder_Maximum"
MEAN = "t1_label1_original_firstorder_Mean"
VOLUME = "label1_original_shape_VoxelVolume"


def cohort(table, chosen=(), **known):
    """A cohort of patients who have all died, within a year or two."""
    survival = pd.Series(np.linspace(50, 900, len(PATIENTS)), PATIENTS)
    died = pd.Series(data=True, index=PATIENTS)
    given = {"survival": survival, "died": died, "survival_title": "OS", **known}
    return Cohort(pd.DataFrame(table, PATIENTS), Clinical(**given), chosen=chosen)


def numbers(seed=0):
    return np.random.default_rng(seed).normal(100, 9, len(PATIENTS))


def test_nobody_lies_above_the_median_where_most_have_the_highest_value():
    saturated = np.r_[numbers()[:6], np.full(14, 255.0)]
    found = median_splits(cohort({MAXIMUM: saturated}, (MAXIMUM,)))
    assert "none lies above a median" in found.sentence
    # One that can be split is looked at all the same; years are not rounded to whole ones.
    years = pd.Series(np.linspace(0.2, 2.4, len(PATIENTS)), PATIENTS)
    both = cohort({MAXIMUM: saturated, VOLUME: numbers()}, (MAXIMUM, VOLUME), survival=years)
    found = median_splits(both)
    assert list(found.table["feature"]) == [VOLUME]
    assert "." in found.sentence.partition("(median ")[2].partition(" and")[0]


def test_a_feature_that_varies_only_among_patients_without_survival_is_left_out():
    constant = np.r_[numbers()[:6], np.full(14, 7.0)]
    lived = pd.Series(np.r_[np.full(6, np.nan), np.linspace(50, 900, 14)], PATIENTS)
    table = {MAXIMUM: constant, VOLUME: numbers()}
    found = cox_model(cohort(table, (MAXIMUM, VOLUME), survival=lived))
    assert list(found.table["feature"]) == ["label 1 VoxelVolume"]
    assert any("Left out" in caveat and "Maximum" in caveat for caveat in found.caveats)
    assert "too few" in cox_model(cohort(table, (MAXIMUM,), survival=lived)).sentence


def test_a_label_that_no_patient_of_the_report_has_is_not_said_to_differ_most():
    percentiles = (5, 25, 50, 75, 95)
    columns = {f"t1_label1_intensity_p{p:02d}": numbers() + p for p in percentiles}
    columns |= {f"t1_label4_intensity_p{p:02d}": np.full(20, np.nan) for p in percentiles}
    columns |= {f"t2_label1_intensity_p{p:02d}": np.zeros(20) for p in percentiles}
    spread = pd.DataFrame(columns, PATIENTS)
    found = intensity_distributions(Cohort(pd.DataFrame(index=PATIENTS), intensities=spread))
    assert "in t1 label 1:" in found.sentence
    assert "nan" not in found.sentence


def test_one_patient_is_not_compared_with_others():
    columns = {f"t1c_label2_intensity_p{p:02d}": [3.0] for p in (5, 25, 50, 75, 95)}
    spread = pd.DataFrame(columns, ["A"])
    found = intensity_distributions(Cohort(pd.DataFrame(index=["A"]), intensities=spread))
    assert found.sentence.startswith("Only one patient was measured")


def test_a_feature_that_varies_without_a_site_alone_explains_nothing():
    site = pd.Series([*"A" * 9, *"B" * 9, None, None], PATIENTS)
    table = {MAXIMUM: np.r_[np.full(19, 100.0), 5.0], MEAN: numbers()}
    _, found = harmonise(cohort(table, site=site))
    assert "nan" not in found.sentence
    assert found.table.set_index("feature").loc[MAXIMUM, "before"] == 0


def test_what_is_not_known_is_an_empty_cell_of_the_page():
    table = pd.DataFrame({"feature": ["a"], "survival": [np.inf], "p": [np.nan]})
    text = page(Page("Title", []), [Finding("x", "X", "Said.", table=table)])
    assert '<td class="number">∞</td><td class="number"></td>' in text


def test_two_features_of_which_one_varies_make_no_clusters():
    table = {MAXIMUM: np.r_[np.full(19, 1.0), 2.0], VOLUME: np.r_[numbers()[:19], np.nan]}
    assert "too few features that vary" in correlation_clusters(cohort(table)).sentence


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12,5", 12.5),
        ("1,234", 1234),
        ("1,234.5", 1234.5),
        ("14.25", 14.25),
        ("ALIVE (361 days later)", 361),
        ("31.05.2024", np.nan),
    ],
)
def test_numbers_are_read_as_clinics_write_them(text, number):
    table = pd.DataFrame({"OS months": [text, "3"], "Age": ["63,4", "50"]}, ["a", "b"])
    found = understand(table)
    assert found.survival["a"] == pytest.approx(number, nan_ok=True)
    assert found.age["a"] == 63.4


def test_states_with_a_code_before_them_are_understood():
    table = pd.DataFrame({"OS_MONTHS": ["9", "7"], "OS_STATUS": ["1:DECEASED", "0:LIVING"]})
    found = understand(table)
    assert list(found.died) == [True, False]
    assert found.survival.notna().all()


def test_intensities_of_an_image_on_another_grid_of_equal_size_are_not_mixed_up(tmp_path):
    labels = np.zeros((8, 12, 12), np.uint8)
    labels[2:6, 2:7, 2:7] = 1
    mask = sitk.GetImageFromArray(labels)
    same = sitk.GetImageFromArray(np.random.default_rng(0).normal(50, 5, labels.shape))
    moved = sitk.Image(same)
    moved.SetOrigin((2.0, 0.0, 0.0))
    images = {"t1": same, "t2": moved, MASK: mask}
    for name, image in images.items():
        sitk.WriteImage(image, str(tmp_path / f"{name}.nrrd"))
    paths = {name: str(tmp_path / f"{name}.nrrd") for name in images}
    settings = {"featureClass": {"firstorder": ["Mean"]}, "setting": {"correctMask": True}}

    found = measure_case(
        Case("P1", paths), {"settings": settings, "profile": "pyradiomics", "images": ["t1"]}
    )
    assert found.details
    moved_alone = measure_case(
        Case("P1", paths), {"settings": settings, "profile": "pyradiomics", "images": ["t2"]}
    )
    assert moved_alone.row
    assert not moved_alone.details
