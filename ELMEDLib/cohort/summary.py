"""The table of all cases of a cohort: what became of each, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ELMEDLib.cohort.table import write_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ELMEDLib.cohort.record import Record

NAME = "summary.csv"

FIRST = ("case", "state", "seconds")
LAST = ("warnings", "reason", "advice")


def write_summary(output: Path, records: Sequence[Record], columns: Sequence[str]) -> Path:
    """Write the table, and return its path.

    Args:
        output: the cohort's folder.
        records: of the cases, in the order of the rows.
        columns: of the records' rows, in order; others are left out.

    Raises:
        OutputError: it cannot be written.
    """
    path = output / NAME
    write_table(path, [*FIRST, *columns, *LAST], (_row(record) for record in records))
    return path


def _row(record: Record) -> dict[str, Any]:
    return {
        **record.row,
        "case": record.name,
        "state": record.state,
        "seconds": record.seconds,
        "warnings": " ".join(record.warnings),
        "reason": record.reason,
        "advice": record.advice,
    }
