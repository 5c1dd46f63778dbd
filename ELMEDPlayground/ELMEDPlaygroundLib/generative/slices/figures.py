"""What was measured of new slices, in rows that people can read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

COLUMNS = ("Measured", "New slices", "For comparison")


def rows_of(report: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return rows of what was measured, its value, and what to hold it against.

    Args:
        report: of `generate.generate`.
    """
    distance, nearest = report["distance"], report["nearest"]
    rows = [
        (
            "Distance from held-out slices",
            f"{100 * distance['share']:.0f} % of noise's",
            f"learnt slices: {100 * distance['learnt'] / distance['noise']:.0f} %",
        ),
        (
            "Distance to the nearest learnt slice",
            f"{nearest['new']:.2f}",
            f"held-out slices: {nearest['held']:.2f}",
        ),
        (
            "Copies of learnt slices",
            f"{nearest['copies']} of {report['made']}",
            f"neighbours differ by {nearest['neighbours']:.2f}",
        ),
    ]
    rows += [
        (
            f"Asked for a class, guidance {row['strength']:g}",
            f"{100 * row['hits']:.1f} % hit it",
            f"diversity {row['diversity']:.2f}",
        )
        for row in report["guidance"]
    ]
    return rows


def sentence_of(report: Mapping[str, Any]) -> str:
    """Return in a few sentences what came of it."""
    return (
        f"{report['made']} new slices in {report['seconds']:.0f} s, learnt from "
        f"{report['learnt']}; {report['held']} were held out. {report['nearest']['sentence']}"
    )
