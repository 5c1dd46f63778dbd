"""How intensities are spread in each patient, sequence by sequence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ELMEDRadiomicsLib.cohort.analyses import charts
from ELMEDRadiomicsLib.cohort.analyses.finding import Cohort, Finding
from ELMEDRadiomicsLib.cohort.libraries import pandas

if TYPE_CHECKING:
    import pandas as pd

TITLE = "Intensities across patients"
COLUMN = re.compile(r"(?P<image>.+)_label(?P<label>\d+)_intensity_p(?P<percentile>\d+)")


def intensity_distributions(cohort: Cohort) -> Finding:
    """Show, for each sequence and label, each patient's median, quartiles and 5th to 95th centile.

    The table has the median of the medians, and the interquartile range between patients.
    """
    spread = cohort.intensities
    if spread is not None:
        spread = spread.dropna(axis="columns", how="all")
    groups = _groups(spread.columns) if spread is not None else {}
    if spread is None or not groups or spread.empty:
        return Finding("intensities", TITLE, "No intensities were kept with this cohort.")
    table = pandas().DataFrame(
        [_line(spread, image, label, found) for (image, label), found in groups.items()]
    )
    widest = table.sort_values("spread between patients", na_position="first").iloc[-1]
    sentence = (
        f"In {len(spread)} patients, the median intensity differs most between patients in "
        f"{widest['sequence']} label {widest['label']}: half of the patients lie within "
        f"{widest['lower quartile']:.4g} and {widest['upper quartile']:.4g} around "
        f"{widest['median of medians']:.4g}."
    )
    if len(spread) == 1:
        sentence = "Only one patient was measured: there are no others to compare with."
    caveat = (
        "Intensities of MRI have no unit: patients differ by scanner and settings as well as by "
        "tissue, so compare features of normalised images."
    )
    return Finding(
        "intensities",
        TITLE,
        sentence,
        (caveat,),
        table,
        _chart(spread, groups),
        "For each sequence, a vertical line a patient from the 5th to the 95th centile, thick "
        "between the quartiles, with a dot at the median; one colour a label.",
    )


def _groups(columns: Any) -> dict[tuple[str, int], dict[int, str]]:
    groups: dict[tuple[str, int], dict[int, str]] = {}
    for column in columns:
        found = COLUMN.fullmatch(column)
        if found:
            key = (found["image"], int(found["label"]))
            groups.setdefault(key, {})[int(found["percentile"])] = column
    return dict(sorted(groups.items()))


def _line(spread: pd.DataFrame, image: str, label: int, found: dict[int, str]) -> dict[str, Any]:
    medians = spread[found[50]].dropna()
    low, middle, high = medians.quantile([0.25, 0.5, 0.75])
    return {
        "sequence": image,
        "label": label,
        "patients": len(medians),
        "median of medians": middle,
        "lower quartile": low,
        "upper quartile": high,
        "spread between patients": (high - low) / abs(middle) if middle else float("nan"),
    }


def _chart(spread: pd.DataFrame, groups: dict[tuple[str, int], dict[int, str]]) -> bytes:
    images = list(dict.fromkeys(image for image, _ in groups))
    drawn, grid = charts.panels(len(images), min(2, len(images)), 2.6)
    for image, axes in zip(images, grid, strict=True):
        labels = [label for name, label in groups if name == image]
        order = spread.sort_values(groups[image, labels[-1]][50]).index
        for number, label in enumerate(labels):
            values = spread.loc[order, [groups[image, label][p] for p in (5, 25, 50, 75, 95)]]
            colour = charts.COLOURS[number % len(charts.COLOURS)]
            places = [i + 0.25 * (number - (len(labels) - 1) / 2) for i in range(len(order))]
            low, first, middle, third, high = values.to_numpy().T
            axes.vlines(places, low, high, color=colour, linewidth=0.6, alpha=0.6)
            axes.vlines(places, first, third, color=colour, linewidth=2.0)
            axes.plot(places, middle, ".", color=colour, markersize=4, label=f"label {label}")
        axes.set_title(image, fontsize=10, loc="left")
        axes.set_xlabel("patients, ordered", fontsize=8)
        axes.set_xticks([])
        axes.set_ylabel("intensity", fontsize=8)
        axes.legend(
            fontsize=7, frameon=False, ncols=len(labels), loc="lower right", bbox_to_anchor=(1, 1)
        )
    return charts.png(drawn)
