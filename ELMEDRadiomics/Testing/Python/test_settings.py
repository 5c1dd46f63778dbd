"""Parameter files: read, checked, written."""

import json

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ELMEDRadiomicsLib.names import FEATURES
from ELMEDRadiomicsLib.presets import PRESETS, preset
from ELMEDRadiomicsLib.settings import Settings, SettingsError, from_parameters
from ELMEDRadiomicsLib.settings_files import parse_settings, read_settings, write_settings
from ELMEDRadiomicsLib.settings_schema import SETTINGS, problems

COURSE = """\
# the course
imageType:
  Original: {}
featureClass:
  shape: [Maximum3DDiameter, MeshVolume]
  firstorder:
    - Mean
    - Variance
setting:
  normalize: true
  binWidth: 5
  resampledPixelSpacing: [2, 2, 2]
  weightingNorm:
"""


def test_yaml_file_is_written_as_it_was_read(tmp_path):
    source, copy = tmp_path / "a.yaml", tmp_path / "b.yml"
    source.write_text(COURSE)
    write_settings(read_settings(source), copy)
    assert copy.read_text() == COURSE


def test_yaml_becomes_json_with_the_same_meaning(tmp_path):
    path = tmp_path / "a.json"
    settings = parse_settings(COURSE)
    write_settings(settings, path)
    assert read_settings(path).parameters == settings.parameters
    assert json.loads(path.read_text())["setting"]["weightingNorm"] is None


def test_empty_value_means_the_default():
    general = parse_settings("setting:\n  binWidth:\n  interpolator:\n").general
    assert general["binWidth"] == 25
    assert general["interpolator"] is None


def test_nothing_said_means_all_default_features():
    settings = Settings()
    assert settings.image_types == {"Original": {}}
    assert set(settings.feature_classes) == set(FEATURES) - {"shape2D"}


def test_image_type_overrides_the_general_settings():
    text = "imageType:\n  LoG: {sigma: [2.0], binWidth: 3}\nsetting: {binWidth: 10}"
    assert parse_settings(text).for_image_type("LoG")["binWidth"] == 3


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("setting:\n  normalize: true\n  binWith: 5\n", ["Line 3", "binWith", "binWidth"]),
        ("setting:\n  binWidth: -5\n", ["Line 2", "greater than 0", "-5"]),
        ("setting:\n  binWidth: wide\n", ["Line 2", "a number", "wide"]),
        ("setting:\n  force2Ddimension: 3\n", ["at most 2"]),
        ("setting:\n  weightingNorm: euclid\n", ["manhattan", "no_weighting"]),
        ("setting:\n  interpolator: sitkSpline\n", ["sitkBSpline"]),
        ("setting:\n  resegmentRange: [1, 2, 3]\n", ["one or two thresholds"]),
        ("imageType:\n  Original: {}\n  Wavelets: {}\n", ["Line 3", "Wavelets", "Wavelet"]),
        ("imageType:\n  Original:\n", ["Original: {}"]),
        ("featureClass:\n  glcm:\n    - Contrast\n    - Contrst\n", ["Line 4", "Contrast"]),
        ("featureClass:\n  gclm:\n", ["Line 2", "glcm"]),
        ("settings:\n  binWidth: 5\n", ["Line 1", "setting"]),
        ("setting: [1, 2\n", ["Line", "YAML"]),
        ('{"setting": {"binWidth": 5,}}', ["Line 1", "JSON"]),
        ("just words", ["sections"]),
        ("imageType:\n  Wavelet: {wavelet: coif0}\n", ["coif0", "coif"]),
    ],
)
def test_wrong_parameter_file_is_refused_in_words(text, parts):
    with pytest.raises(SettingsError) as caught:
        parse_settings(text)
    for part in parts:
        assert part in caught.value.message


def test_line_is_that_of_the_image_types_own_setting():
    text = "setting:\n  binWidth: 5\nimageType:\n  LoG:\n    sigma: [1]\n    binWidth: 0\n"
    with pytest.raises(SettingsError, match="Line 6"):
        parse_settings(text)


def test_missing_file_is_named(tmp_path):
    with pytest.raises(SettingsError, match="nowhere.yaml"):
        read_settings(tmp_path / "nowhere.yaml")


@hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(sorted(SETTINGS)), st.none() | st.integers() | st.text()))
def test_any_values_are_accepted_or_refused_with_a_reason(values):
    reasons = [problem.text for problem in problems({"setting": values})]
    assert all("must" in reason for reason in reasons)
    if not reasons:
        assert from_parameters({"setting": values}).general


@pytest.mark.parametrize("entry", PRESETS, ids=[entry.name for entry in PRESETS])
def test_every_preset_can_be_read(entry):
    assert entry.settings().feature_classes
    assert entry.title
    assert entry.description.endswith(".")


def test_course_preset_is_the_courses_file():
    settings = preset("course").settings()
    assert settings.feature_classes == {
        "shape": ("Maximum3DDiameter", "MeshVolume"),
        "firstorder": ("Mean", "Variance"),
        "gldm": ("GrayLevelNonUniformity",),
    }
    general = settings.general
    assert general["normalize"] is True
    assert (general["normalizeScale"], general["binWidth"]) == (100, 5)
    assert general["resampledPixelSpacing"] == [2, 2, 2]
    assert general["interpolator"] == "sitkBSpline"
    assert general["voxelArrayShift"] == 300
