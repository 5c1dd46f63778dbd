"""Changes to parameter files, in the engine and on the command line."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ELMEDLib.errors import InputError
from ELMEDRadiomicsLib import settings_edits as edits
from ELMEDRadiomicsLib.names import FEATURES, IMAGE_TYPES
from ELMEDRadiomicsLib.presets import PRESETS
from ELMEDRadiomicsLib.settings import Settings, from_parameters
from ELMEDRadiomicsLib.settings_files import parse_settings, read_settings, settings_text

CHOICES = st.dictionaries(st.sampled_from(sorted(FEATURES)), st.none(), min_size=1).flatmap(
    lambda kinds: st.fixed_dictionaries(
        {kind: st.sets(st.sampled_from(FEATURES[kind]), min_size=1) for kind in kinds}
    )
)


@settings(deadline=None, max_examples=50)
@given(
    preset=st.sampled_from(PRESETS),
    choice=CHOICES,
    types=st.sets(st.sampled_from(IMAGE_TYPES[:-1]), min_size=1),
    width=st.floats(0.01, 500),
    spacing=st.none() | st.lists(st.floats(0.5, 5), min_size=3, max_size=3),
)
def test_what_is_chosen_is_what_the_written_file_asks_for(preset, choice, types, width, spacing):
    before = preset.settings()
    content = edits.with_features(before.parameters, choice)
    content = edits.with_image_types(content, sorted(types))
    content = edits.with_bins(content, width, None)
    content = edits.with_settings(content, resampledPixelSpacing=spacing)

    for as_json in (True, False):
        read = parse_settings(settings_text(from_parameters(content), as_json=as_json))
        assert {kind: set(names) for kind, names in read.feature_classes.items()} == choice
        assert set(read.image_types) == types
        assert read.general["binWidth"] == width
        assert read.general["resampledPixelSpacing"] == spacing
        assert read.general["normalize"] == before.general["normalize"]
    assert before.parameters == preset.settings().parameters


def test_the_last_feature_and_the_last_image_cannot_be_taken_away():
    with pytest.raises(InputError, match="No feature is left"):
        edits.with_features({}, {"glcm": set()})
    with pytest.raises(InputError, match="No image is left"):
        edits.with_image_types({}, [])


def test_a_filter_keeps_its_own_settings_and_log_gets_widths():
    content = {"imageType": {"Original": {}, "LoG": {"sigma": [2.0], "binWidth": 3}}}

    assert edits.with_image_types(content, ["LoG"])["imageType"] == {
        "LoG": {"sigma": [2.0], "binWidth": 3}
    }
    assert edits.log_widths(edits.with_image_types({}, ["LoG"])) == list(edits.LOG_WIDTHS)
    assert edits.log_widths(edits.with_log_widths(content, [4])) == [4.0]


def test_bins_are_of_one_kind():
    counted = edits.with_bins({"setting": {"binWidth": 5, "normalize": True}}, None, 32)

    assert counted["setting"] == {"normalize": True, "binCount": 32}
    assert edits.with_bins(counted, 5.0, None)["setting"] == {"normalize": True, "binWidth": 5.0}


def test_the_command_writes_a_file_that_says_what_was_asked_for(tmp_path, project):
    path = tmp_path / "own.yaml"
    words = "--preset course --features firstorder glcm:Contrast --filters Original LoG "
    words += f"--bin-count 32 --resample 1 1 0 --normalise 50 -o {path}"
    command = [sys.executable, "-m", "ELMEDLib.command", "radiomics-settings"]
    done = subprocess.run(
        [*command, *words.split()], capture_output=True, text=True, check=True, cwd=project
    )

    assert str(path) in done.stdout
    written = read_settings(path)
    assert set(written.feature_classes["firstorder"]) == set(FEATURES["firstorder"])
    assert written.feature_classes["glcm"] == ("Contrast",)
    assert set(written.feature_classes) == {"firstorder", "glcm"}
    assert written.general["binCount"] == 32
    assert written.general["resampledPixelSpacing"] == [1, 1, 0]
    assert written.general["normalizeScale"] == 50

    wrong = subprocess.run(
        [*command, "--features", "glcm:Contrats"],
        capture_output=True,
        text=True,
        check=False,
        cwd=project,
    )
    assert wrong.returncode
    assert "'Contrats' is no feature of the class 'glcm'" in wrong.stderr


def test_a_changed_preset_keeps_its_profile():
    from ELMEDRadiomicsLib.tasks import settings_of

    content = json.loads(json.dumps(dict(Settings().parameters)))

    assert settings_of({"settings": content, "preset": "ibsi", "profile": "ibsi"})[1] == "ibsi"
    assert settings_of({"settings": content})[1] == "pyradiomics"
