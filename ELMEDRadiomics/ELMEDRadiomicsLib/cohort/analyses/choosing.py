"""The few features that survival models look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ELMEDLib.errors import InputError
from ELMEDRadiomicsLib.cohort.columns import volume_columns

if TYPE_CHECKING:
    from ELMEDRadiomicsLib.cohort.analyses.finding import Cohort

MOST = 4


def chosen_features(cohort: Cohort) -> list[str]:
    """Return the features that the user chose, else the volumes: chosen before seeing any result.

    Raises:
        InputError: a feature was chosen that the cohort does not have.
    """
    there = list(cohort.table.columns)
    for name in cohort.chosen:
        if name not in there:
            raise InputError(
                f"The cohort has no feature '{name}'.", "Copy a column's name from features.csv."
            )
    if cohort.chosen:
        return list(cohort.chosen)
    varying = set(cohort.features)
    return [name for name in volume_columns(there) if name in varying][:MOST]
