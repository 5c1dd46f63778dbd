"""Work on a cohort: all cases that have no record yet, then a table of all."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDLib.cohort.lock import locked
from ELMEDLib.cohort.plan import agree
from ELMEDLib.cohort.processes import WITHOUT_DASK, Job, Places, has_dask, results
from ELMEDLib.cohort.record import Journal
from ELMEDLib.cohort.summary import write_summary
from ELMEDLib.progress import Progress, no_progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ELMEDLib.cohort.case import Case
    from ELMEDLib.cohort.record import Record
    from ELMEDLib.cohort.work import CaseWork


@dataclass(frozen=True)
class Undertaking:
    """What is done with a cohort.

    Attributes:
        kind: such as `segment`; the output folder keeps it.
        work: what is done for each case.
        arguments: of the work, the same for all cases, as JSON can hold them.
        settings: what of these changes results: a run goes on only with the same.
        columns: of the summary, after those that every summary has.
    """

    kind: str
    work: CaseWork
    arguments: dict[str, Any]
    settings: dict[str, Any]
    columns: tuple[str, ...] = ()


@dataclass
class Outcome:
    """What became of a cohort.

    Attributes:
        records: of all cases, in the order of the cases.
        before: how many of them an earlier run had done.
        summary: the table of all cases.
        notes: sentences about the run as a whole.
    """

    records: list[Record]
    before: int
    summary: Path
    notes: list[str] = field(default_factory=list)

    @property
    def failed(self) -> list[Record]:
        """The cases that failed."""
        return [record for record in self.records if record.failed]


def run_cohort(
    undertaking: Undertaking,
    cases: Sequence[Case],
    output: Path,
    places: Places | None = None,
    progress: Progress = no_progress,
    retry_failed: bool = False,
) -> Outcome:
    """Work on the cases that an earlier run in the same folder has not done.

    Args:
        undertaking: what is done.
        cases: all of them.
        output: folder for the records, the summary and what the work writes.
        places: where the work is done; one process of its own unless told.
        progress: told after each case; it may raise `CancelledError`, and what is done stays.
        retry_failed: do the cases again that failed.

    Raises:
        ELMEDError: the folder or the cluster cannot be used; what is done stays.
    """
    places = places or Places()
    output = Path(output)
    with locked(output):
        agree(output, undertaking.kind, undertaking.settings)
        journal = Journal(output)
        if not places.scheduler:  # a cluster may still be writing for a run that was killed
            _tidy(output)
        known = {case.name: journal.read(case) for case in cases}
        waiting = [case for case in cases if _is_waiting(known[case.name], retry_failed)]
        for case in waiting:  # a record says that a case is done, to every process
            journal.forget(case)
        before = len(cases) - len(waiting)
        # Processes of a cluster may have been started in another folder.
        job = Job(undertaking.work, undertaking.arguments, output.absolute())
        try:
            _work_on(job, waiting, places, _Told(progress, len(cases), before))
        finally:
            # Also of a run that was cancelled: what is done can be looked at.
            records = [record for case in cases if (record := journal.read(case))]
            summary = write_summary(output, records, undertaking.columns)
    notes = [] if places.scheduler or not places.workers or has_dask() else [WITHOUT_DASK]
    return Outcome(records, before, summary, notes)


def _is_waiting(record: Record | None, retry_failed: bool) -> bool:
    return record is None or (retry_failed and record.failed)


def _tidy(output: Path) -> None:
    """Remove the files that a run was writing when it was killed."""
    for pattern in (".elmed-*", "*/.elmed-*"):
        for leftover in output.glob(pattern):
            with contextlib.suppress(OSError):  # on Windows, what is still open stays for now
                leftover.unlink(missing_ok=True)


class _Told:
    """Tells how far the cohort is."""

    def __init__(self, progress: Progress, total: int, before: int) -> None:
        self._progress = progress
        self._total, self._done, self._failed = total, before, 0

    def hear(self, record: Record | None) -> None:
        if record is not None:
            self._done += 1
            self._failed += record.failed
        failed = f", {self._failed} of them failed" if self._failed else ""
        share = self._done / max(self._total, 1)
        self._progress("cases", share, f"{self._done} of {self._total} cases done{failed}")


def _work_on(job: Job, cases: Sequence[Case], places: Places, told: _Told) -> None:
    told.hear(None)
    if not cases:
        return
    with contextlib.closing(results(job, cases, places)) as found:
        for record in found:
            told.hear(record)
