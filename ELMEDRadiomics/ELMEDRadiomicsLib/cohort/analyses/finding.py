"""What an analysis gives, and what all of them work on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ELMEDRadiomicsLib.cohort.clinical import Clinical
from ELMEDRadiomicsLib.cohort.columns import features_among

if TYPE_CHECKING:
    import pandas as pd

SIGNIFICANT = 0.05
"""The level of significance, and of the false-discovery rate."""

FEW = 30
"""With fewer patients than this, an analysis says that they are few."""


@dataclass(frozen=True)
class Finding:
    """What an analysis has found.

    Attributes:
        name: short, of its table's file.
        title: as a reader sees it.
        sentence: what was found, with numbers; or why nothing could be.
        caveats: what keeps it from meaning more, a sentence each.
        table: the numbers, None when there are none.
        chart: PNG, None when there is none.
        describes: what the chart shows, for those who cannot see it.
    """

    name: str
    title: str
    sentence: str
    caveats: tuple[str, ...] = ()
    table: pd.DataFrame | None = None
    chart: bytes | None = None
    describes: str = ""


@dataclass
class Cohort:
    """Measured patients with what is known about them.

    Attributes:
        table: numbers, a row a patient, indexed by the identifier; a column a feature.
        clinical: what is known, indexed likewise.
        intensities: percentiles of intensities, a row a patient; None when there are none.
        chosen: features to look at by name; () leaves the choice to the analyses.
    """

    table: pd.DataFrame
    clinical: Clinical = field(default_factory=Clinical)
    intensities: pd.DataFrame | None = None
    chosen: tuple[str, ...] = ()

    @property
    def features(self) -> list[str]:
        """The features that vary and are known of at least half of the patients."""
        columns = features_among(self.table.columns)
        values = self.table[columns]
        kept = (values.nunique() > 1) & (values.notna().mean() >= 0.5)  # noqa: PLR2004
        return [column for column in columns if kept[column]]


def about_size(count: int) -> tuple[str, ...]:
    """Return the caveat of few patients."""
    return (
        (f"There are only {count} patients: chance alone makes patterns.",) if count < FEW else ()
    )


def p_text(value: float) -> str:
    """Return a p or q value as readers have it."""
    return "< 0.001" if value < 0.001 else f"= {value:.3f}"  # noqa: PLR2004
