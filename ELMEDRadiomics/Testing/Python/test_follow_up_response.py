"""Response categories: what a series was built to be, at both sides of every threshold."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ELMEDLib.errors import InputError
from ELMEDRadiomicsLib.follow_up.response import propose
from ELMEDRadiomicsLib.follow_up.series import Clinic, Measured

START = date(2024, 1, 10)
WELL = Clinic(steroids_mg=0, state="stable")


def point(weeks, value, clinic=WELL, **more):
    """A scan whose sum of products and volume are both `value`."""
    return Measured(START + timedelta(weeks=weeks), value, value, clinic=clinic, **more)


def last(method, *points, kind="non-enhancing"):
    return propose(points, method, kind)[-1]


THRESHOLDS = [
    # method, value after a baseline of 1000, category
    ("2d", 500.0, "PR"),
    ("2d", 500.1, "MR"),
    ("2d", 750.0, "MR"),
    ("2d", 750.1, "SD"),
    ("2d", 1249.9, "SD"),
    ("2d", 1250.0, "PD"),
    ("2d", 0.1, "PR"),
    ("2d", 0.0, "CR"),
    ("volume", 350.0, "PR"),
    ("volume", 350.1, "MR"),
    ("volume", 600.0, "MR"),
    ("volume", 600.1, "SD"),
    ("volume", 1399.9, "SD"),
    ("volume", 1400.0, "PD"),
    ("volume", 0.0, "CR"),
]


@pytest.mark.parametrize(("method", "value", "category"), THRESHOLDS)
def test_both_sides_of_every_threshold(method, value, category):
    found = last(method, point(0, 1000.0), point(8, value))

    assert found.category == category
    assert f"({category})" in found.sentences[-1] or any(
        f"({category})" in sentence for sentence in found.sentences
    )


@pytest.mark.parametrize(("method", "value", "category"), THRESHOLDS)
def test_enhancing_tumours_have_no_minor_response(method, value, category):
    found = last(method, point(0, 1000.0), point(8, value), kind="enhancing")

    assert found.category == ("SD" if category == "MR" else category)
    assert ("non-enhancing tumours only" in " ".join(found.sentences)) == (category == "MR")


@pytest.mark.parametrize(("method", "grown"), [("2d", 1.25), ("volume", 1.40)])
def test_progression_is_held_against_the_nadir_not_the_baseline(method, grown):
    shrunk = 300.0
    for factor, category in ((grown, "PD"), (grown - 1e-3, "PR" if method == "2d" else "MR")):
        found = last(method, point(0, 1000.0), point(8, shrunk), point(16, shrunk * factor))

        assert found.category == category
        assert found.from_baseline < 0 < found.from_nadir


@given(st.floats(1.0, 1e5), st.floats(0.0, 3.0), st.sampled_from(["2d", "volume"]))
def test_the_category_depends_on_the_ratio_alone(size, ratio, method):
    found = last(method, point(0, size), point(8, size * ratio)).category
    limits = {"2d": (0.5, 0.75, 1.25), "volume": (0.35, 0.6, 1.4)}[method]
    if any(abs(ratio - limit) < 1e-6 for limit in limits):
        return
    partial, minor, progression = limits
    expected = "SD"
    if ratio >= progression:
        expected = "PD"
    elif size * ratio <= 0:
        expected = "CR"
    elif ratio <= partial:
        expected = "PR"
    elif ratio <= minor:
        expected = "MR"
    assert found == expected


def test_the_scan_after_radiotherapy_is_the_baseline():
    weeks = [Clinic(weeks_since_radiotherapy=value) for value in (-10, 4, 14)]
    found = propose(
        [point(0, 2000, weeks[0]), point(14, 1000, weeks[1]), point(24, 1000, weeks[2])]
    )

    assert [entry.role for entry in found] == ["before", "baseline", "follow-up"]
    assert found[2].from_baseline == 0
    assert found[2].category == "SD"


def test_the_baseline_can_be_chosen():
    found = propose([point(0, 1000), point(4, 400, Clinic(baseline=True)), point(9, 500)])

    assert [entry.role for entry in found] == ["before", "baseline", "follow-up"]
    assert found[2].category == "PD"


@pytest.mark.parametrize(("weeks", "confirmed"), [(11.9, False), (12.0, False), (12.1, None)])
def test_early_progression_is_to_be_confirmed(weeks, confirmed):
    grown = point(8, 1300, Clinic(0, "stable", weeks_since_radiotherapy=weeks))
    found = last("2d", point(0, 1000), grown)

    assert found.category == "PD"
    assert found.confirmed is confirmed
    assert any("pseudoprogression" in sentence for sentence in found.sentences) == (
        confirmed is False
    )


@pytest.mark.parametrize(
    ("gap", "value", "confirmed"), [(4, 1300, True), (3.9, 1300, False), (4, 1000, False)]
)
def test_a_scan_four_weeks_later_confirms(gap, value, confirmed):
    early = point(8, 1300, Clinic(weeks_since_radiotherapy=8))
    found = propose([point(0, 1000), early, point(8 + gap, value)])

    assert found[1].category == "PD"
    assert found[1].confirmed is confirmed
    if value == 1000:
        assert "may have been pseudoprogression" in found[1].sentences[-1]


def test_a_response_is_confirmed_when_it_lasts():
    lasting = propose([point(0, 1000), point(8, 400), point(12, 450)])
    passing = propose([point(0, 1000), point(8, 400), point(12, 480), point(13, 400)])

    assert lasting[1].confirmed is True
    assert passing[2].confirmed is False
    assert "to be confirmed" in passing[2].label


def test_more_steroids_forbid_a_response():
    before = point(0, 1000, Clinic(2, "stable"))
    assert last("2d", before, point(8, 400, Clinic(2, "stable"))).category == "PR"
    found = last("2d", before, point(8, 400, Clinic(4, "stable")))

    assert found.category == "SD"
    assert any("raised from 2 to 4 mg" in sentence for sentence in found.sentences)


def test_a_complete_response_is_one_without_steroids():
    before = point(0, 1000, Clinic(2, "stable"))

    assert last("2d", before, point(8, 0, Clinic(2, "stable"))).category == "PR"
    assert last("2d", before, point(8, 0, Clinic(0, "stable"))).category == "CR"


def test_new_lesions_and_clinical_worsening_are_progression():
    assert last("2d", point(0, 1000), point(8, 900, new_lesions=("B",))).category == "PD"
    overruled = Clinic(0, "stable", new_lesion="no")
    assert last("2d", point(0, 1000), point(8, 900, overruled, new_lesions=("B",))).category == "SD"
    entered = Clinic(0, "stable", new_lesion="yes")
    assert last("2d", point(0, 1000), point(8, 900, entered)).category == "PD"
    assert last("2d", point(0, 1000), point(8, 900, Clinic(0, "worse"))).category == "PD"


def test_what_is_unknown_is_said():
    sentences = " ".join(last("2d", point(0, 1000), point(8, 400, Clinic())).sentences)

    assert "Steroids are not known" in sentences
    assert "clinical state is not known" in sentences


def test_tumour_that_comes_from_nothing_is_progression():
    assert last("2d", point(0, 0.0), point(8, 200)).category == "PD"
    assert last("2d", point(0, 0.0), point(8, 0.0)).category == "SD"


def test_the_order_of_scans_does_not_matter_and_days_must_differ():
    points = [point(0, 1000), point(8, 400), point(16, 600)]

    assert propose(points) == propose(points[::-1])
    with pytest.raises(InputError, match="dates that differ"):
        propose([point(0, 1), point(0, 2)])
    with pytest.raises(InputError, match="no time point"):
        propose([])
