"""A Cox model of a few chosen features, and of age where it is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDRadiomicsLib.cohort.analyses import charts
from ELMEDRadiomicsLib.cohort.analyses.choosing import chosen_features
from ELMEDRadiomicsLib.cohort.analyses.finding import SIGNIFICANT, Cohort, Finding, p_text
from ELMEDRadiomicsLib.cohort.columns import readable
from ELMEDRadiomicsLib.cohort.libraries import lifelines, pandas

if TYPE_CHECKING:
    import pandas as pd

TITLE = "Cox model"
EVENTS_PER_FEATURE = 10
"""Deaths that each feature of a model should have."""

FEWEST_DEATHS = 5
TOO_ALIKE = 0.95
"""Two covariates with this correlation make each other's ratios meaningless."""

PENALTY = 0.1
"""Of the fit that is tried when there is none without."""


def cox_model(cohort: Cohort) -> Finding:
    """Fit a proportional-hazards model; hazard ratios are for one standard deviation more."""
    clinical = cohort.clinical
    if clinical.survival is None or clinical.died is None:
        return Finding("cox", TITLE, "No time of survival is known.")
    data = _data(cohort)
    deaths = int(data["died"].sum())
    covariates = [name for name in data.columns if name not in {"time", "died"}]
    if deaths < FEWEST_DEATHS or not covariates:
        return Finding("cox", TITLE, f"{deaths} deaths and {len(covariates)} features: too few.")
    fitted, penalised = _fit(data)
    if fitted is None:
        return Finding(
            "cox", TITLE, "The model has no fit: its features may say the same. Choose fewer."
        )
    table = _table(fitted)
    return Finding(
        "cox",
        TITLE,
        _sentence(table, fitted.concordance_index_, len(data), deaths),
        (*_left_out(cohort, covariates), *_caveats(fitted, data, penalised)),
        table,
        _chart(table),
        "Hazard ratios with 95 % confidence intervals on a logarithmic axis.",
    )


def _data(cohort: Cohort) -> pd.DataFrame:
    """Return time, death and standardised covariates of the patients of whom all is known."""
    clinical = cohort.clinical
    columns = {readable(name): cohort.table[name] for name in chosen_features(cohort)}
    if clinical.age is not None and clinical.age.notna().mean() > 0.5:  # noqa: PLR2004
        columns["age"] = clinical.age
    data = pandas().DataFrame(columns)
    data = data.loc[:, data.nunique() > 1]
    data = data.drop(columns=_repeating(data))
    known = data.notna().all(axis=1) & clinical.survival.notna()  # type: ignore[union-attr]
    data = data[known]
    data = data.loc[:, data.nunique() > 1]  # among those of whom all is known
    data = (data - data.mean()) / data.std()
    return data.assign(time=clinical.survival[known], died=clinical.died[known].astype(int))  # type: ignore[index]


def _repeating(data: pd.DataFrame) -> list[str]:
    """Return the covariates that say nearly the same as one before them."""
    alike = np.abs(data.corr(method="pearson").to_numpy()) > TOO_ALIKE
    return [name for place, name in enumerate(data.columns) if alike[place, :place].any()]


def _fit(data: pd.DataFrame) -> tuple[Any, bool]:
    """Return the fitted model and whether it needed a penalty; None when there is no fit."""
    import warnings

    lifelines()
    from lifelines import CoxPHFitter
    from lifelines.exceptions import ConvergenceError

    for penalty in (0.0, PENALTY):
        model = CoxPHFitter(penalizer=penalty)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                fitted = model.fit(data, "time", "died")
        except (ConvergenceError, np.linalg.LinAlgError, ValueError):
            continue
        if np.isfinite(fitted.summary["se(coef)"]).all() and fitted.summary["se(coef)"].max() < 10:  # noqa: PLR2004
            return fitted, penalty > 0
    return None, False


def _table(fitted: Any) -> pd.DataFrame:
    found = fitted.summary
    return pandas().DataFrame(
        {
            "feature": found.index,
            "hazard ratio": found["exp(coef)"].to_numpy(),
            "lower 95 %": found["exp(coef) lower 95%"].to_numpy(),
            "upper 95 %": found["exp(coef) upper 95%"].to_numpy(),
            "p": found["p"].to_numpy(),
        }
    )


def _sentence(table: pd.DataFrame, concordance: float, patients: int, deaths: int) -> str:
    clear = table[table["p"] < SIGNIFICANT].sort_values("p")
    if clear.empty:
        what = "no feature adds clearly to the risk"
    else:
        what = "; ".join(
            f"one standard deviation more of {line['feature']} multiplies the risk by "
            f"{line['hazard ratio']:.2f} ({line['lower 95 %']:.2f} to {line['upper 95 %']:.2f}, "
            f"p {p_text(line['p'])})"
            for _, line in clear.iterrows()
        )
    return (
        f"In a model of {len(table)} features, {patients} patients and {deaths} deaths, {what}. "
        f"Concordance is {concordance:.2f} (0.5 is chance)."
    )


def _left_out(cohort: Cohort, used: list[str]) -> tuple[str, ...]:
    names = [readable(name) for name in chosen_features(cohort)]
    missing = [name for name in names if name not in used]
    if not missing:
        return ()
    return (f"Left out, as others say nearly the same or they do not vary: {', '.join(missing)}.",)


def _caveats(fitted: Any, data: pd.DataFrame, penalised: bool) -> tuple[str, ...]:
    from lifelines.statistics import proportional_hazard_test

    ratio = data["died"].sum() / (data.shape[1] - 2)
    caveats = ["Concordance is measured on the patients that the model was fitted to."]
    if ratio < EVENTS_PER_FEATURE:
        caveats.append(
            f"There are {ratio:.1f} deaths for each feature; {EVENTS_PER_FEATURE} are asked for."
        )
    if penalised:
        caveats.append(f"The fit needed a penalty of {PENALTY}, which draws ratios towards 1.")
    test = proportional_hazard_test(fitted, data, time_transform="rank").summary
    changing = [str(name) for name in test.index[test["p"] < SIGNIFICANT]]
    if changing:
        caveats.append(
            f"The risk of {', '.join(changing)} seems to change with time, against the model's "
            "assumption."
        )
    return tuple(caveats)


def _chart(table: pd.DataFrame) -> bytes:
    drawn = charts.figure(0.9 + 0.4 * len(table))
    axes = charts.plain(drawn.subplots())
    places = range(len(table))[::-1]
    ratios, lower, upper = (
        table[title].to_numpy() for title in ("hazard ratio", "lower 95 %", "upper 95 %")
    )
    axes.errorbar(
        ratios,
        places,
        xerr=[ratios - lower, upper - ratios],
        fmt="s",
        color=charts.COLOURS[0],
        capsize=3,
    )
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set_xscale("log")
    ticks = [0.1, 0.2, 0.5, 1, 2, 5, 10]
    low, high = min(0.9, lower.min()), max(1.1, upper.max())
    axes.set_xlim(low / 1.1, high * 1.1)
    axes.set_xticks([tick for tick in ticks if low / 1.1 <= tick <= high * 1.1])
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter("")
    axes.set_yticks(list(places))
    axes.set_yticklabels([charts.shortened(name) for name in table["feature"]])
    axes.set_ylim(-0.6, len(table) - 0.4)
    axes.set_xlabel("hazard ratio for one standard deviation more", fontsize=8)
    return charts.png(drawn)
