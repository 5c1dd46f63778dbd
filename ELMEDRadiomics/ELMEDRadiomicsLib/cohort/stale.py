"""Tables of an earlier report, which would pass for those of the page that takes its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ELMEDLib.errors import OutputError
from ELMEDRadiomicsLib.cohort.joining import CSV_NAME, PARQUET_NAME
from ELMEDRadiomicsLib.cohort.names import TABLES

if TYPE_CHECKING:
    from pathlib import Path

ANALYSES = (
    "association",
    "correlation",
    "cox",
    "groups-*",
    "intensities",
    "kaplan-meier",
    "sites",
    "volume-survival",
)
"""Names of findings; those of `groups` have the title of a column in them."""


def remove_tables(folder: Path) -> None:
    """Delete the tables that a report wrote beside its page; other files stay.

    Args:
        folder: of the page.

    Raises:
        OutputError: a table cannot be deleted.
    """
    tables = [path for name in ANALYSES for path in (folder / TABLES).glob(f"{name}.csv")]
    path = folder
    try:
        for path in (folder / CSV_NAME, folder / PARQUET_NAME, *tables):
            path.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(
            f"'{path}' is of the earlier report and cannot be deleted: {error.strerror or error}.",
            "Close it in other programs, or choose another name for the new report.",
        ) from error
