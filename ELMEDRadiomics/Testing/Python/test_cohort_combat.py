"""ComBat: known differences between sites are taken out, what is of the patients stays."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ELMEDLib.errors import InputError
from ELMEDRadiomicsLib.cohort.combat import harmonised

REFERENCE = Path(__file__).parent / "combat_reference.csv"
"""Values and what neuroCombat 0.2.12 makes of them, with age as a covariate."""


def patients(seed=0, count=60, features=20):
    """Values as two scanners more would see them, sites, age, and how age changes the values.

    Site B shifts all features and doubles their spread, site C shifts and halves.
    """
    rng = np.random.default_rng(seed)
    age = rng.normal(0, 1, count)
    slopes = np.linspace(0.5, 1.5, features)
    sites = np.array(["A", "B", "C"])[rng.permutation(np.arange(count) % 3)]
    shift = np.select([sites == "B", sites == "C"], [4.0, -3.0])[:, None]
    scale = np.select([sites == "B", sites == "C"], [2.0, 0.5], 1.0)[:, None]
    values = 10 + slopes * age[:, None] + rng.normal(0, 1, (count, features)) * scale + shift
    return values, sites, age, slopes


def test_it_does_what_neurocombat_does():
    with REFERENCE.open(newline="") as file:
        rows = list(csv.DictReader(file))
    number = sum(title.startswith("value") for title in rows[0])
    values = np.array([[float(row[f"value{i}"]) for i in range(number)] for row in rows])
    expected = np.array([[float(row[f"harmonised{i}"]) for i in range(number)] for row in rows])
    age = np.array([[float(row["age"])] for row in rows])
    found = harmonised(values, [row["site"] for row in rows], age)
    assert found == pytest.approx(expected, rel=1e-3, abs=2e-3)


def test_known_differences_between_sites_are_gone():
    values, sites, age, slopes = patients()
    found = harmonised(values, sites, age[:, None])

    def differences(table):
        rest = table - slopes * age[:, None]
        means = [rest[sites == site].mean(axis=0) for site in "ABC"]
        spread = [rest[sites == site].std(axis=0).mean() for site in "ABC"]
        return np.ptp(means, axis=0).mean(), max(spread) / min(spread)

    shift, scale = differences(values)
    assert shift > 6
    assert scale > 3
    shift, scale = differences(found)
    assert shift < 0.3
    assert scale < 1.1


def test_what_belongs_to_the_patients_stays():
    values, sites, age, slopes = patients(count=90)
    found = harmonised(values, sites, age[:, None])
    kept = [np.polyfit(age, column, 1)[0] for column in found.T]
    assert np.corrcoef(kept, slopes)[0, 1] > 0.8
    assert np.mean(kept) == pytest.approx(slopes.mean(), abs=0.1)


def test_within_a_site_patients_keep_their_order_and_distances():
    values, sites, _, _ = patients()
    found = harmonised(values, sites)
    for site in "ABC":
        here = sites == site
        for before, after in zip(values[here].T, found[here].T, strict=True):
            assert np.corrcoef(before, after)[0, 1] == pytest.approx(1)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.01, 1000), st.floats(-1000, 1000))
def test_the_unit_of_a_feature_does_not_matter(seed, scale, shift):
    values, sites, _, _ = patients(seed, count=24, features=5)
    one, other = harmonised(values, sites), harmonised(values * scale + shift, sites)
    assert other == pytest.approx(one * scale + shift, rel=1e-6, abs=1e-5 * scale + 1e-6)


def test_a_feature_that_does_not_vary_stays_as_it_is():
    values, sites, _, _ = patients()
    values[:, 3] = 7
    found = harmonised(values, sites)
    assert (found[:, 3] == 7).all()
    assert np.isfinite(found).all()


@pytest.mark.parametrize(
    ("sites", "covariates", "message"),
    [
        (["A"] * 12, None, "one site only"),
        (["A"] * 10 + ["B"] * 2, None, "'B' has 2 patients"),
        (["A"] * 6 + ["B"] * 6, [[0.0]] * 6 + [[1.0]] * 6, "say the same"),
    ],
)
def test_what_cannot_be_harmonised_is_said(sites, covariates, message):
    values = np.random.default_rng(0).normal(size=(12, 4))
    with pytest.raises(InputError, match=message):
        harmonised(values, sites, None if covariates is None else np.array(covariates))
