"""What a process does for one case."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDLib.cohort.record import DONE, FAILED, Journal, Record
from ELMEDLib.errors import CancelledError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ELMEDLib.cohort.case import Case

    CaseWork = Callable[[Case, dict[str, Any]], "CaseResult"]
    """Does the work for a case with the cohort's arguments. A function of a module: other
    processes find it by its name. It may raise `ELMEDError`."""


@dataclass
class CaseResult:
    """What the work on a case gave.

    Attributes:
        row: its line in the summary.
        warnings: what is doubtful, a sentence each.
        details: what else was found, by name.
    """

    row: dict[str, Any]
    warnings: list[str] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)


def carry_out(work: CaseWork, case: Case, arguments: dict[str, Any], output: str) -> Record:
    """Do the work for a case and keep its record; a failure is a record, too.

    A case that has its record already is left alone: Dask does work again whose answer went down
    with a process, and a cluster may still be at it for a run that was killed.

    Raises:
        OutputError: the record cannot be written.
    """
    journal = Journal(Path(output))
    done = journal.read(case)
    if done:
        return done
    started = time.monotonic()
    record = _worked_on(work, case, arguments, started)
    journal.write(case, record)
    return record


def failure(case: Case, reason: str, advice: str, seconds: float = 0.0) -> Record:
    """Return the record of a case that failed."""
    return Record(
        case.name, FAILED, dict(case.paths), reason=reason, advice=advice, seconds=seconds
    )


def _worked_on(work: CaseWork, case: Case, arguments: dict[str, Any], started: float) -> Record:
    from ELMEDLib.worker.server import explain

    try:
        if case.problem:
            raise InputError(case.problem, case.advice)
        result = work(case, arguments)
    except CancelledError:
        raise
    except Exception as error:  # whatever is wrong with one case, the others go on
        said = explain(error)
        return failure(case, said["message"], said["advice"], _since(started))
    return Record(
        case.name,
        DONE,
        dict(case.paths),
        {title: _finite(value) for title, value in result.row.items()},
        {title: _finite(value) for title, value in result.details.items()},
        list(result.warnings),
        seconds=_since(started),
    )


def _since(started: float) -> float:
    return round(time.monotonic() - started, 3)


def _finite(value: Any) -> Any:
    """Return None for what JSON cannot hold: NaN and infinite numbers."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
