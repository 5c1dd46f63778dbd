"""Which features differ between groups of patients: short and long survival, IDH, and others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ELMEDRadiomicsLib.cohort.analyses import charts
from ELMEDRadiomicsLib.cohort.analyses.finding import (
    SIGNIFICANT,
    Cohort,
    Finding,
    about_size,
    p_text,
)
from ELMEDRadiomicsLib.cohort.clinical import SMALLEST_GROUP
from ELMEDRadiomicsLib.cohort.columns import readable
from ELMEDRadiomicsLib.cohort.libraries import pandas

if TYPE_CHECKING:
    import pandas as pd

SURVIVAL = "survival"
"""What the grouping into short and long survival is called."""

MOST_DRAWN = 6
TWO = 2


def group_comparisons(cohort: Cohort) -> list[Finding]:
    """Compare the features between the groups of each grouping that is known."""
    groupings = {**cohort.clinical.groups}
    survival = survival_groups(cohort)
    if survival is not None:
        groupings = {SURVIVAL: survival, **groupings}
    if not groupings:
        return [Finding("groups", "Groups", "No groups of patients are known.")]
    return [_compare(cohort, title, groups) for title, groups in groupings.items()]


def survival_groups(cohort: Cohort) -> pd.Series | None:
    """Return who lived shorter and who longer than the median of those who have died.

    A patient who was alive at the last contact is in the longer group if that was after the
    median, and else in none.
    """
    clinical = cohort.clinical
    if clinical.survival is None or clinical.died is None:
        return None
    known = clinical.survival[clinical.died].dropna()
    if len(known) < TWO * SMALLEST_GROUP:
        return None
    median = known.median()
    groups = clinical.survival.map(lambda time: "long" if time >= median else "short")
    unclear = clinical.survival.isna() | (~clinical.died & (clinical.survival < median))
    return groups.where(~unclear)


def _compare(cohort: Cohort, title: str, groups: pd.Series) -> Finding:
    """Return what differs: Mann-Whitney for two groups, Kruskal-Wallis for more."""
    heading = f"Features by {title}"
    name = f"groups-{''.join(c if c.isalnum() else '-' for c in title.lower())}"
    members = groups.dropna()
    members = members[members.index.isin(cohort.table.index)]
    names = sorted(members.unique(), reverse=title == SURVIVAL)  # short before long
    features = cohort.features
    if len(names) < TWO or not features:
        return Finding(name, heading, "There are not two groups to compare.")
    parts = [cohort.table.loc[members[members == one].index] for one in names]
    table = pandas().DataFrame([_line(feature, names, parts) for feature in features]).dropna()
    if table.empty:
        return Finding(name, heading, "The features are known of too few patients to compare.")
    table = _with_q(table)
    sizes = " and ".join(f"{one} ({len(part)})" for one, part in zip(names, parts, strict=True))
    return Finding(
        name,
        heading,
        _sentence(table, sizes),
        (
            *about_size(len(members)),
            "A difference is no cause, and no rule for a single patient.",
            *(("The border is the median survival of this cohort.",) if title == SURVIVAL else ()),
        ),
        table,
        _chart(table, names, parts),
        f"Box plots of the features that differ most, by {title}, a dot a patient.",
    )


def _line(feature: str, names: list[str], parts: list[pd.DataFrame]) -> dict[str, Any]:
    from scipy.stats import kruskal, mannwhitneyu

    values = [part[feature].dropna() for part in parts]
    line: dict[str, Any] = {"feature": feature}
    line |= {f"median {one}": v.median() for one, v in zip(names, values, strict=True)}
    if min(len(v) for v in values) < SMALLEST_GROUP or len(set().union(*values)) < TWO:
        return {**line, "p": float("nan")}
    if len(values) == TWO:
        found = mannwhitneyu(*values)
        # The probability that a patient of the second group has the larger value.
        return {
            **line,
            "AUC": 1 - found.statistic / (len(values[0]) * len(values[1])),
            "p": float(found.pvalue),
        }
    return {**line, "p": float(kruskal(*values).pvalue)}


def _with_q(table: pd.DataFrame) -> pd.DataFrame:
    from scipy.stats import false_discovery_control

    table = table.assign(q=false_discovery_control(table["p"].to_numpy()))
    return table.sort_values("p").reset_index(drop=True)


def _sentence(table: pd.DataFrame, sizes: str) -> str:
    clear = int((table["q"] < SIGNIFICANT).sum())
    best = table.iloc[0]
    auc = f", AUC {max(best['AUC'], 1 - best['AUC']):.2f}" if "AUC" in table else ""
    start = f"Of {len(table)} features, {clear or 'none'} differ{'' if clear != 1 else 's'}"
    return (
        f"{start} between {sizes} at a false-discovery rate of {SIGNIFICANT:.0%}; "
        f"{'the clearest' if clear else 'closest to it'} is {readable(best['feature'])} "
        f"(p {p_text(best['p'])}, q {p_text(best['q'])}{auc})."
    )


def _chart(table: pd.DataFrame, names: list[str], parts: list[pd.DataFrame]) -> bytes:
    shown = list(table["feature"][:MOST_DRAWN])
    drawn, grid = charts.panels(len(shown), min(3, len(shown)), 2.5)
    for feature, axes in zip(shown, grid, strict=True):
        values = [part[feature].dropna() for part in parts]
        axes.boxplot(
            values,
            tick_labels=[charts.shortened(str(one), 14) for one in names],
            showfliers=False,
            widths=0.55,
            medianprops={"color": "black"},
        )
        for place, group in enumerate(values, start=1):
            # Beside each other by rank: chance would draw another picture each time.
            offsets = [((i * 7) % 11 - 5) / 40 for i in range(len(group))]
            colour = charts.COLOURS[(place - 1) % len(charts.COLOURS)]
            axes.plot(
                [place + o for o in offsets], group, ".", color=colour, markersize=4, alpha=0.8
            )
        q = table.loc[table["feature"] == feature, "q"].iloc[0]
        axes.set_title(f"{_two_lines(readable(feature))}\nq {p_text(q)}", fontsize=7)
    return charts.png(drawn)


def _two_lines(text: str) -> str:
    first, _, rest = text.rpartition(" ")
    return f"{charts.shortened(first)}\n{charts.shortened(rest)}" if first else text
