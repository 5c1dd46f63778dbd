"""How much features differ between sites, and what harmonisation leaves of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDLib.errors import ELMEDError
from ELMEDRadiomicsLib.cohort.analyses import charts
from ELMEDRadiomicsLib.cohort.analyses.finding import Cohort, Finding
from ELMEDRadiomicsLib.cohort.clinical import Clinical
from ELMEDRadiomicsLib.cohort.combat import SMALLEST_SITE, harmonised
from ELMEDRadiomicsLib.cohort.libraries import pandas

if TYPE_CHECKING:
    import pandas as pd

TITLE = "Differences between sites"

KNOWN = 0.8
"""Share of the patients of whom a feature must be known to be harmonised."""


def harmonise(cohort: Cohort) -> tuple[Cohort, Finding]:
    """Take differences between sites out of intensity and texture by ComBat; keep those of age.

    Shape is left as it is: volumes in millimetres do not depend on a scanner's intensities.

    Returns:
        The cohort with harmonised features, of the patients that could be; and what it did. The
        cohort is returned as it is when it cannot be harmonised, and the finding says why.
    """
    site = cohort.clinical.site
    if site is None:
        return cohort, Finding("sites", TITLE, "No site is known: nothing was harmonised.")
    features, incomplete = _suitable(cohort)
    if not features:
        return cohort, Finding("sites", TITLE, "There is no feature of intensity or texture.")
    counts = site.map(site.value_counts())
    use = site.notna() & (counts >= SMALLEST_SITE) & cohort.table[features].notna().all(axis=1)
    age = cohort.clinical.age
    kept = age is not None and bool(age[use].notna().all()) and age[use].nunique() > 1
    covariates = age[use].to_numpy(float)[:, None] if kept else None  # type: ignore[index]
    before = cohort.table.loc[use, features]
    try:
        after = harmonised(before.to_numpy(float), list(site[use]), covariates)
    except ELMEDError as error:
        return cohort, Finding("sites", TITLE, f"Nothing was harmonised. {error}")
    table = cohort.table[use].drop(columns=incomplete)
    table[features] = after
    finding = _finding(before, table[features], site[use], int((~use).sum()), kept=kept)
    if incomplete:
        finding = _with_caveat(finding, f"{len(incomplete)} features that many lack are left out.")
    return Cohort(table, _of(cohort, table.index), cohort.intensities, cohort.chosen), finding


def _suitable(cohort: Cohort) -> tuple[list[str], list[str]]:
    """Return the features to harmonise, and those that too many patients lack.

    One that many lack would take these patients out of all analyses.
    """
    varying = [name for name in cohort.features if "_shape" not in name]
    known = cohort.table[varying].notna().mean() >= KNOWN
    return [name for name in varying if known[name]], [n for n in varying if not known[n]]


def _with_caveat(finding: Finding, caveat: str) -> Finding:
    return replace(finding, caveats=(*finding.caveats, caveat))


def _of(cohort: Cohort, patients: pd.Index) -> Clinical:
    clinical = cohort.clinical
    series = ("survival", "died", "site", "age")
    kept: dict[str, Any] = {
        name: None if (found := getattr(clinical, name)) is None else found.loc[patients]
        for name in series
    }
    groups = {title: values.loc[patients] for title, values in clinical.groups.items()}
    return Clinical(
        **kept,
        groups=groups,
        survival_title=clinical.survival_title,
        notes=clinical.notes,
    )


def explained(table: pd.DataFrame, site: pd.Series) -> np.ndarray:
    """Return the share of each feature's variance that the site explains (eta squared).

    It is 0 of a feature that does not vary.
    """
    values = table.to_numpy(float)
    total = ((values - values.mean(axis=0)) ** 2).sum(axis=0)
    within = sum(
        ((part - part.mean(axis=0)) ** 2).sum(axis=0)
        for part in (values[(site == one).to_numpy()] for one in site.unique())
    )
    return np.where(total > 0, 1 - within / np.where(total > 0, total, 1.0), 0.0)


def _finding(
    before: pd.DataFrame, after: pd.DataFrame, site: pd.Series, left_out: int, *, kept: bool
) -> Finding:
    first, last = explained(before, site), explained(after, site)
    table = (
        pandas()
        .DataFrame({"feature": before.columns, "before": first, "after": last})
        .sort_values("before", ascending=False)
    )
    sentence = (
        f"The site explains {np.median(first):.0%} of a feature's variance in the median of "
        f"{len(first)} features ({site.nunique()} sites, {len(site)} patients), and "
        f"{np.median(last):.0%} after harmonisation by ComBat; all analyses use these features, "
        "and shape as it was measured."
    )
    caveats = [
        "If sites have different patients, their real differences are taken out, too"
        + (", but for those of age." if kept else "."),
        "Harmonised features must not be compared with those of other cohorts.",
    ]
    if left_out:
        caveats.append(
            f"{left_out} patients are left out: no site, a site of fewer than {SMALLEST_SITE} "
            "patients, or missing features."
        )
    return Finding(
        "sites",
        TITLE,
        sentence,
        tuple(caveats),
        table,
        _chart(first, last),
        "Histogram of the share of variance that the site explains, before and after.",
    )


def _chart(before: np.ndarray, after: np.ndarray) -> bytes:
    drawn = charts.figure(2.8)
    axes = charts.plain(drawn.subplots())
    bins = np.linspace(0, max(1e-6, before.max(), after.max()), 25)
    axes.hist(before, bins, color=charts.COLOURS[1], alpha=0.6, label="before")
    axes.hist(after, bins, color=charts.COLOURS[0], alpha=0.6, label="after harmonisation")
    axes.set_xlabel("share of a feature's variance that the site explains", fontsize=9)
    axes.set_ylabel("features", fontsize=9)
    axes.legend(fontsize=8, frameon=False)
    return charts.png(drawn)
