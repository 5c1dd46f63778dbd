"""A cohort measured from beginning to end: cases, features, tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDLib.cohort.answer import answer_of
from ELMEDLib.cohort.case import MASK, Case
from ELMEDLib.cohort.command import places_of
from ELMEDLib.cohort.runner import Undertaking, run_cohort
from ELMEDLib.cohort.sources import read_cases
from ELMEDLib.cohort.table import write_table
from ELMEDLib.progress import Progress, no_progress
from ELMEDRadiomicsLib.cohort.columns import CASE
from ELMEDRadiomicsLib.cohort.course import course_row, course_titles
from ELMEDRadiomicsLib.cohort.names import CLINICAL, COURSE, FEATURES, INTENSITIES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ELMEDLib.cohort.record import Record

KIND = "radiomics"


def cases_to_measure(source: Path | str) -> list[Case]:
    """Return the cases of a table or a folder, the sequences called as ELMED calls channels.

    Raises:
        InputError: the source cannot be read or holds no case.
    """
    from ELMEDSegmentLib.inputs.channels import channel_of

    def role_of(name: str) -> str | None:
        found = channel_of(name)
        return found[0] if found else None

    return read_cases(source, role_of)


def measure_cohort(
    arguments: Mapping[str, Any], progress: Progress = no_progress
) -> dict[str, Any]:
    """Measure the cases of a cohort that have not been measured yet.

    Args:
        arguments: JSON-able:
            `source`: a table (CSV) or a folder;
            `output`: folder for all results;
            `settings`: path of a parameter file, its content, or None;
            `preset`: name of a preset, used when there are no settings;
            `profile`: `pyradiomics`, `ibsi`, or None for the preset's own;
            `labels`: to look at, None for all that occur;
            `images`: names of the sequences to look at, None for all that there are;
            `retry_failed`, `workers`, `scheduler`: see `ELMEDLib.cohort`.
        progress: told after each case; may raise `CancelledError`, and what is done stays.

    Returns:
        What `ELMEDLib.cohort.answer` says, and `features` and `course` (paths, or None).

    Raises:
        ELMEDError: source, settings, output or cluster cannot be used; what is done stays.
    """
    from ELMEDRadiomicsLib.cohort.measuring import measure_case
    from ELMEDRadiomicsLib.tasks import settings_of

    cases = cases_to_measure(arguments["source"])
    settings, profile = settings_of(arguments)
    images = arguments.get("images") or _images_of(cases)
    work = {
        "settings": dict(settings.parameters),
        "profile": arguments.get("profile") or profile,
        "images": images,
        "labels": arguments.get("labels"),
    }
    output = Path(arguments["output"])
    # More sequences are more columns of the same table, and no reason to begin anew.
    same = {name: value for name, value in work.items() if name != "images"}
    outcome = run_cohort(
        Undertaking(KIND, measure_case, work, same),
        cases,
        output,
        places_of(arguments),
        progress,
        retry_failed=bool(arguments.get("retry_failed")),
    )
    write_clinical(output, cases)
    course = _has_course_features(outcome.records)
    return {
        **answer_of(outcome),
        "features": str(write_features(output, outcome.records)),
        "course": str(write_course(output, outcome.records, images)) if course else None,
    }


def write_features(output: Path, records: Sequence[Record]) -> Path:
    """Write the wide table, a row a case that was measured, and the spread of intensities.

    Raises:
        OutputError: one of them cannot be written.
    """
    done = [record for record in records if not record.failed]
    for name, attribute in ((FEATURES, "row"), (INTENSITIES, "details")):
        rows = [getattr(record, attribute) for record in done]
        titles = list(dict.fromkeys(title for row in rows for title in row))
        named = ({CASE: r.name, **row} for r, row in zip(done, rows, strict=True))
        write_table(output / name, [CASE, *titles], named)
    return output / FEATURES


def write_course(output: Path, records: Sequence[Record], images: Sequence[str]) -> Path:
    """Write the table of the course's lab.

    Raises:
        OutputError: it cannot be written.
    """
    done = [record for record in records if not record.failed]
    rows = (course_row(record.name, record.row, images) for record in done)
    write_table(output / COURSE, course_titles(images), rows)
    return output / COURSE


def write_clinical(output: Path, cases: Sequence[Case]) -> None:
    """Write what the cohort's own table says besides files, when it does.

    Raises:
        OutputError: it cannot be written.
    """
    titles = list(dict.fromkeys(title for case in cases for title in case.attributes))
    if titles:
        rows = ({CASE: case.name, **case.attributes} for case in cases)
        write_table(output / CLINICAL, [CASE, *titles], rows)


def _images_of(cases: Sequence[Case]) -> list[str]:
    """Return the names of all sequences of all cases, in the order in which they come."""
    names = dict.fromkeys(name for case in cases for name in case.paths if name != MASK)
    return list(names)


def _has_course_features(records: Sequence[Record]) -> bool:
    rows = [course_row("", record.row, ()) for record in records if not record.failed]
    return any(value is not None for row in rows for value in list(row.values())[1:])
