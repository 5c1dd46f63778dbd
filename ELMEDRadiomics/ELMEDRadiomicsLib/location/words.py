"""A tumour's place in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ELMEDRadiomicsLib.location.atlas import sided

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ELMEDRadiomicsLib.location.locate import Location

SMALLEST_SHARE = 0.02
"""Regions that hold less of the tumour are left out."""

MOST_REGIONS = 5


def describe(location: Location) -> list[str]:
    """Return sentences that say where a tumour lies."""
    sentences = [_side(location)] if location.side else []
    parts = [
        f"{sided(overlap.side, overlap.region)} ({overlap.share:.0%})"
        for overlap in location.overlaps[:MOST_REGIONS]
        if overlap.share >= SMALLEST_SHARE
    ]
    if parts:
        sentences.append(f"It lies in the {joined(parts)}.")
    else:
        sentences.append("It lies in no region that the atlas knows.")
    if location.outside > 0.1:  # noqa: PLR2004 - a tenth is worth a sentence
        sentences.append(f"{location.outside:.0%} of it lies outside of all regions.")
    ventricles = [name for name in location.touched if "ventricle" in name.lower()]
    if ventricles:
        sentences.append(f"It touches the {joined(ventricles)}.")
    if location.eloquent:
        sentences.append(f"Structures touched that count as eloquent: {joined(location.eloquent)}.")
    return sentences


def _side(location: Location) -> str:
    if location.side == "both":
        return "The tumour lies on both sides of the midline."
    if location.crosses_midline:
        return f"The tumour lies on the {location.side} side and crosses the midline."
    return f"The tumour lies on the {location.side} side."


def joined(words: Sequence[str]) -> str:
    """Return words as a sentence lists them: "a, b and c"."""
    if len(words) < 2:  # noqa: PLR2004 - one needs no "and"
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
