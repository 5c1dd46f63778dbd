"""The results of an experiment as columns of a table, and as CSV."""

from __future__ import annotations

import csv
import io
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Columns = Mapping[str, Sequence[str | float | int]]

HISTORY = {
    "Step": "step",
    "Training loss": "train_loss",
    "Test loss": "test_loss",
    "Training accuracy": "train_accuracy",
    "Test accuracy": "test_accuracy",
}


def history_columns(
    history: Sequence[Mapping[str, Any]], wanted: Mapping[str, str] = HISTORY
) -> dict[str, list[float]]:
    """Return what was measured by step; what was not measured is not-a-number.

    Args:
        history: the rows of an experiment's history.
        wanted: titles, and the numbers that they stand for; `columns` of a generator's summary.
    """
    return {title: [_number(row.get(key)) for row in history] for title, key in wanted.items()}


def confusion_columns(confusion: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return a confusion matrix as a table with one row a true class.

    Args:
        confusion: what `views.images_confusion.confusion` returns: `classes` and `counts` (true,
            predicted) among others.

    Returns:
        the true class, how many of its images were taken for each class, how many images it has,
        and the share of them that is right (the class's recall; not-a-number without images).
    """
    classes, counts = list(confusion["classes"]), confusion["counts"]
    columns: dict[str, list[Any]] = {"True class": [str(name) for name in classes]}
    for said, name in enumerate(classes):
        columns[f"Taken for {name}"] = [int(counts[true, said]) for true in range(len(classes))]
    columns["All"] = [int(row.sum()) for row in counts]
    columns["Share right"] = [
        float(row[true] / row.sum()) if row.sum() else float("nan")
        for true, row in enumerate(counts)
    ]
    return columns


def csv_of(columns: Columns) -> str:
    """Return columns of one length as CSV: the titles first, and nothing for not-a-number."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in zip(*columns.values(), strict=True):
        writer.writerow(["" if _is_missing(value) else value for value in row])
    return text.getvalue()


def _is_missing(value: str | float) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _number(value: Any) -> float:
    return float("nan") if value is None else float(value)
