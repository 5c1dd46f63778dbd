"""Survival of patients with low and with high values of a feature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ELMEDRadiomicsLib.cohort.analyses import charts
from ELMEDRadiomicsLib.cohort.analyses.choosing import chosen_features
from ELMEDRadiomicsLib.cohort.analyses.finding import (
    SIGNIFICANT,
    Cohort,
    Finding,
    about_size,
    p_text,
)
from ELMEDRadiomicsLib.cohort.columns import readable
from ELMEDRadiomicsLib.cohort.libraries import lifelines, pandas

if TYPE_CHECKING:
    import pandas as pd

TITLE = "Survival by median split"
FEWEST_DEATHS = 5
LOW, HIGH = "up to the median", "above the median"


def median_splits(cohort: Cohort) -> Finding:
    """Split patients at the median of each chosen feature; compare them by the log-rank test."""
    clinical = cohort.clinical
    if clinical.survival is None or clinical.died is None:
        return Finding("kaplan-meier", TITLE, "No time of survival is known.")
    features = chosen_features(cohort)
    splits = {}
    for feature in features:
        use = clinical.survival.notna() & cohort.table[feature].notna()
        values = cohort.table.loc[use, feature]
        # Where half of the patients or more share the highest value, nobody lies above the median.
        if clinical.died[use].sum() >= FEWEST_DEATHS and values.max() > values.median():
            splits[feature] = _split(cohort, feature, use)
    if not splits:
        return Finding(
            "kaplan-meier",
            TITLE,
            "Survival cannot be compared: too few patients have died, or none lies above a median.",
        )
    table = pandas().DataFrame([_line(feature, split) for feature, split in splits.items()])
    best = table.loc[table["p"].idxmin()]
    differ = "differs" if best["p"] < SIGNIFICANT else "does not clearly differ"
    sentence = (
        f"Survival {differ} between patients below and above the median of "
        f"{readable(best['feature'])} (median {_time(best[f'survival {LOW}'])} and "
        f"{_time(best[f'survival {HIGH}'])}; log-rank p {p_text(best['p'])})."
    )
    caveats = (*about_size(int(best["patients"])), "The border is the median of this cohort.")
    if len(table) > 1:
        caveats += (f"The p values of {len(table)} splits are not corrected for their number.",)
    return Finding(
        "kaplan-meier",
        TITLE,
        sentence,
        caveats,
        table,
        _chart(splits, clinical.survival_title),
        "Kaplan-Meier curves of patients with low and high values, with 95 % confidence bands.",
    )


def _split(cohort: Cohort, feature: str, use: pd.Series) -> dict[str, pd.DataFrame]:
    """Return `time` and `died` of the patients with low and with high values."""
    clinical = cohort.clinical
    values = cohort.table.loc[use, feature]
    known = pandas().DataFrame({"time": clinical.survival, "died": clinical.died})[use]
    low = values <= values.median()
    return {LOW: known[low], HIGH: known[~low]}


def _line(feature: str, split: dict[str, pd.DataFrame]) -> dict[str, Any]:
    lifelines()
    from lifelines import KaplanMeierFitter
    from lifelines.statistics import logrank_test

    low, high = split[LOW], split[HIGH]
    found = logrank_test(low["time"], high["time"], low["died"], high["died"])
    medians = {
        f"survival {name}": KaplanMeierFitter()
        .fit(part["time"], part["died"])
        .median_survival_time_
        for name, part in split.items()
    }
    return {
        "feature": feature,
        "patients": len(low) + len(high),
        **medians,
        "log-rank": float(found.test_statistic),
        "p": float(found.p_value),
    }


def _time(value: float) -> str:
    return "not reached" if value == float("inf") else f"{value:.4g}"


def _chart(splits: dict[str, dict[str, pd.DataFrame]], unit: str) -> bytes:
    lifelines()
    from lifelines import KaplanMeierFitter

    drawn, grid = charts.panels(len(splits), min(2, len(splits)), 2.9)
    for (feature, split), axes in zip(splits.items(), grid, strict=True):
        for number, (name, part) in enumerate(split.items()):
            fitted = KaplanMeierFitter().fit(part["time"], part["died"])
            colour = charts.COLOURS[number]
            curve, band = fitted.survival_function_, fitted.confidence_interval_
            axes.step(
                curve.index,
                curve.iloc[:, 0],
                where="post",
                color=colour,
                label=f"{name} ({len(part)})",
            )
            axes.fill_between(
                band.index, band.iloc[:, 0], band.iloc[:, 1], step="post", color=colour, alpha=0.15
            )
            alive = part.loc[~part["died"], "time"]
            heights = fitted.survival_function_at_times(alive).to_numpy()
            axes.plot(alive, heights, "|", color=colour, markersize=6)
        axes.set_ylim(0, 1.03)
        axes.set_title(charts.shortened(readable(feature)), fontsize=9)
        axes.set_xlabel(charts.shortened(unit, 30), fontsize=8)
        axes.set_ylabel("share alive", fontsize=8)
        axes.legend(fontsize=7, frameon=False)
    return charts.png(drawn)
