"""Two layouts of a table of features: long, a row for each value; wide, a row for each patient."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ELMEDLib.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ELMEDRadiomicsLib.results import Feature

LONG, WIDE = "long", "wide"
LAYOUTS = {LONG: "A row for each value", WIDE: "A row for each patient"}
PATIENT = "Patient"
"""The first column of the wide layout."""


def check_layout(layout: str) -> None:
    """Raise an InputError when there is no layout of that name."""
    if layout not in LAYOUTS:
        raise InputError(f"'{layout}' is no layout of a table.", f"Choose {' or '.join(LAYOUTS)}.")


def wide_titles(features: Iterable[Feature]) -> list[str]:
    """Return the title of each value's column, such as `t1c_Oedema_original_glcm_Contrast`.

    Equal ones, which happen when names of segments hold underscores, get a number.
    """
    titles: list[str] = []
    taken: set[str] = set()
    for feature in features:
        wanted = f"{feature.image}_{feature.segment}_{feature.name}"
        title, number = wanted, 1
        while title in taken:
            number += 1
            title = f"{wanted}_{number}"
        taken.add(title)
        titles.append(title)
    return titles
