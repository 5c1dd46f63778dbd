"""Each feature by itself against survival, with control of false discoveries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ELMEDRadiomicsLib.cohort.analyses import charts
from ELMEDRadiomicsLib.cohort.analyses.finding import (
    SIGNIFICANT,
    Cohort,
    Finding,
    about_size,
    p_text,
)
from ELMEDRadiomicsLib.cohort.columns import readable
from ELMEDRadiomicsLib.cohort.libraries import pandas

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

TITLE = "Each feature against survival"
FEWEST_DEATHS = 5


def univariate_association(cohort: Cohort) -> Finding:
    """Test each feature against survival by Cox's score test; control false discoveries.

    The score test needs no fit, so thousands of features take a moment; the false-discovery rate
    is controlled by Benjamini and Hochberg's procedure.
    """
    clinical = cohort.clinical
    if clinical.survival is None or clinical.died is None:
        return Finding("association", TITLE, "No time of survival is known.")
    known = clinical.survival.notna()
    deaths = int(clinical.died[known].sum())
    if deaths < FEWEST_DEATHS:
        return Finding("association", TITLE, f"Only {deaths} patients have died: too few to test.")
    lines = []
    for feature in cohort.features:
        use = known & cohort.table[feature].notna()
        values = cohort.table.loc[use, feature].to_numpy(float)
        if clinical.died[use].sum() < FEWEST_DEATHS or values.std() == 0:
            continue
        scores = (values - values.mean()) / values.std()
        z, log_ratio = score_test(
            scores, clinical.survival[use].to_numpy(float), clinical.died[use].to_numpy(bool)
        )
        lines.append(
            {
                "feature": feature,
                "patients": len(values),
                "log hazard ratio per SD": log_ratio,
                "z": z,
            }
        )
    if not lines:
        return Finding("association", TITLE, "No feature is known of enough patients.")
    table = _with_p_and_q(pandas().DataFrame(lines))
    return Finding(
        "association",
        TITLE,
        _sentence(table, deaths),
        (
            *about_size(int(known.sum())),
            "The hazard ratios are first estimates, without the fit of a model.",
            "Features that are correlated are found together.",
        ),
        table,
        _chart(table),
        "Volcano plot: first estimate of the log hazard ratio against p, a dot a feature.",
    )


def score_test(values: Array, times: Array, died: NDArray[np.bool_]) -> tuple[float, float]:
    """Return z of Cox's score test of a single covariate, and a first estimate of its coefficient.

    Args:
        values: of the covariate `(patients,)`.
        times: of death or last contact.
        died: whether it was death.

    Returns:
        z, standard normal when there is no effect, positive for a higher risk at higher values;
        and the coefficient after one Newton step from 0. Ties by Breslow's way.
    """
    order = np.argsort(-times, kind="stable")
    value, time, event = values[order], times[order], died[order]
    # Those at risk at a time are all up to the last one with that time in this order.
    last = np.searchsorted(-time, -time, side="right") - 1
    at_risk = last + 1.0
    mean = np.cumsum(value)[last] / at_risk
    variance = np.maximum(np.cumsum(value**2)[last] / at_risk - mean**2, 0)
    score = float(((value - mean) * event).sum())
    information = float((variance * event).sum())
    if information <= 0:
        return 0.0, 0.0
    return score / np.sqrt(information), score / information


def _with_p_and_q(table: pd.DataFrame) -> pd.DataFrame:
    from scipy.stats import false_discovery_control, norm

    p = 2 * norm.sf(np.abs(table["z"].to_numpy()))
    table = table.assign(p=p, q=false_discovery_control(p))
    return table.sort_values("p").reset_index(drop=True)


def _sentence(table: pd.DataFrame, deaths: int) -> str:
    clear = int((table["q"] < SIGNIFICANT).sum())
    best = table.iloc[0]
    risk = "higher" if best["z"] > 0 else "lower"
    verb = "is" if clear == 1 else "are"
    return (
        f"Of {len(table)} features, {clear or 'none'} {verb} associated with survival at a "
        f"false-discovery rate of {SIGNIFICANT:.0%} ({deaths} deaths); "
        f"{'the clearest' if clear else 'closest to it'} is {readable(best['feature'])}, whose "
        f"higher values go with a {risk} risk (p {p_text(best['p'])}, q {p_text(best['q'])})."
    )


def _chart(table: pd.DataFrame) -> bytes:
    drawn = charts.figure(3.6)
    axes = charts.plain(drawn.subplots())
    clear = table["q"] < SIGNIFICANT
    heights = -np.log10(np.maximum(table["p"], 1e-300))
    ratio = table["log hazard ratio per SD"]
    axes.plot(ratio[~clear], heights[~clear], ".", color=charts.GREY, label="not clear")
    axes.plot(
        ratio[clear], heights[clear], ".", color=charts.COLOURS[1], label=f"q < {SIGNIFICANT}"
    )
    axes.axvline(0, color="black", linewidth=0.6)
    for place in range(min(3, len(table))):
        text = charts.shortened(readable(table["feature"][place]), 40)
        left = ratio[place] > 0
        axes.annotate(
            text,
            (ratio[place], heights[place]),
            (-5 if left else 5, 2),
            textcoords="offset points",
            ha="right" if left else "left",
            fontsize=6,
        )
    axes.set_xlabel("log hazard ratio for one standard deviation more (first estimate)", fontsize=8)
    axes.set_ylabel("−log10 p", fontsize=8)
    axes.legend(fontsize=7, frameon=False)
    return charts.png(drawn)
