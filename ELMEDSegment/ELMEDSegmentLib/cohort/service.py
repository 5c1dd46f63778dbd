"""A cohort segmented from beginning to end: cases, labels, reports, a summary."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDLib.cohort.answer import answer_of
from ELMEDLib.cohort.case import MASK, Case
from ELMEDLib.cohort.command import places_of
from ELMEDLib.cohort.runner import Undertaking, run_cohort
from ELMEDLib.cohort.sources import read_cases
from ELMEDLib.cohort.summary import NAME as SUMMARY
from ELMEDLib.cohort.table import write_table
from ELMEDLib.cohort.work import CaseResult
from ELMEDLib.errors import InputError
from ELMEDLib.files import spare_inputs
from ELMEDLib.progress import Progress, no_progress
from ELMEDSegmentLib.catalogue import find_model
from ELMEDSegmentLib.inputs.channels import channel_of
from ELMEDSegmentLib.labels import CHANNELS, LABELS, REGIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ELMEDLib.cohort.record import Record

KIND = "segment"
FOLDER = "folder"
"""The role of a patient's folder whose volumes are told apart when they are read."""

LABELS_NAME = "labels.nii.gz"
REPORT_NAME = "report.json"
TABLE_NAME = "cases.csv"
CASE = "case"

COLUMNS = (*(f"{name}_ml" for name in (*LABELS, *REGIONS)), "model", "device", "labels", "report")
"""Of the summary: volumes in millilitres, what computed them, and where the files are."""


def cases_to_segment(source: Path | str) -> list[Case]:
    """Return the cases of a table or a folder.

    A folder whose files' names do not say which the four contrasts are is a case by itself: DICOM
    headers and voxels are looked at when its turn comes.

    Raises:
        InputError: the source cannot be read or holds no case.
    """

    def role_of(name: str) -> str | None:
        found = channel_of(name)
        return found[0] if found else None

    cases = read_cases(source, role_of)
    folder = Path(source).absolute()
    return [_to_identify(case, folder / case.name) for case in cases] if folder.is_dir() else cases


def _to_identify(case: Case, folder: Path) -> Case:
    """Return a case that names its folder alone when its files' names do not say enough."""
    if not case.problem and set(CHANNELS) <= set(case.paths):
        return case
    return Case(case.name, {FOLDER: str(folder)})


def segment_cohort(
    arguments: Mapping[str, Any], progress: Progress = no_progress
) -> dict[str, Any]:
    """Segment the cases of a cohort that have not been segmented yet.

    Args:
        arguments: JSON-able:
            `source`: a table (CSV) or a folder;
            `output`: folder; each case gets a folder in it with labels and report;
            `model`, `reference`, `options`: as for `tasks.segment_files`;
            `retry_failed`, `workers`, `scheduler`: see `ELMEDLib.cohort`.
        progress: told after each case; may raise `CancelledError`, and what is done stays.

    Returns:
        What `ELMEDLib.cohort.answer` says, and `table` (see `write_cases`).

    Raises:
        ELMEDError: source, model, output or cluster cannot be used; what is done stays.
    """
    _spare(Path(arguments["source"]), Path(arguments["output"]))
    cases = cases_to_segment(arguments["source"])
    manifest = find_model(arguments.get("model"))
    options = dict(arguments.get("options") or {})
    work = {
        "output": str(Path(arguments["output"]).absolute()),
        "model": str(manifest.resolve()),
        "reference": arguments.get("reference"),
        "options": options,
    }
    # Where it is computed changes nothing but the time.
    same = {name: value for name, value in options.items() if name not in {"device", "threads"}}
    settings = {"model": _identity(manifest), "reference": work["reference"], **same}
    outcome = run_cohort(
        Undertaking(KIND, segment_case, work, settings, COLUMNS),
        cases,
        Path(arguments["output"]),
        places_of({"workers": 1, **arguments}),
        progress,
        retry_failed=bool(arguments.get("retry_failed")),
    )
    table = write_cases(Path(arguments["output"]), cases, outcome.records)
    return {**answer_of(outcome), "table": str(table)}


def _spare(source: Path, output: Path) -> None:
    """Refuse an output that would replace what patients' folders hold, or the table of cases.

    Raises:
        ELMEDError: it would.
    """
    if source.is_dir() and output.exists() and source.samefile(output):
        raise InputError(
            "Labels and reports would be written into the patients' own folders.",
            "Choose another folder for the output.",
        )
    spare_inputs([output / TABLE_NAME, output / SUMMARY], [source])


def write_cases(output: Path, cases: Sequence[Case], records: Sequence[Record]) -> Path:
    """Write a table of the segmented cases, volumes and labels: `elmed cohort radiomics` reads it.

    Raises:
        OutputError: it cannot be written.
    """
    labels = {record.name: record.row["labels"] for record in records if not record.failed}
    attributes = dict.fromkeys(title for case in cases for title in case.attributes)
    rows = (
        {
            **case.attributes,
            **{name: str(Path(path).resolve()) for name, path in case.paths.items()},
            CASE: case.name,
            MASK: labels[case.name],
        }
        for case in cases
        if case.name in labels and FOLDER not in case.paths
    )
    path = output / TABLE_NAME
    write_table(path, [CASE, *CHANNELS, MASK, *attributes], rows)
    return path


def segment_case(case: Case, arguments: dict[str, Any]) -> CaseResult:
    """Segment a case, and write labels and report into its folder.

    Args:
        case: with the contrasts that the model needs.
        arguments: `output` (folder of the cohort), `model`, `reference` and `options`.

    Raises:
        ELMEDError: the case cannot be segmented.
    """
    from ELMEDSegmentLib.tasks import segment_files

    folder = Path(arguments["output"]) / case.file_name
    result = segment_files(
        {
            "volumes": {name: path for name, path in case.paths.items() if name in CHANNELS},
            "folder": case.paths.get(FOLDER),
            "output": str(folder / LABELS_NAME),
            "report": str(folder / REPORT_NAME),
            "model": arguments["model"],
            "reference": arguments["reference"],
            "options": arguments["options"],
        },
        no_progress,
    )
    row: dict[str, Any] = {f"{name}_ml": value for name, value in result["volumes_ml"].items()}
    row |= {name: result[name] for name in ("model", "device")}
    # Relative to the summary, so that the folder can be moved.
    row |= {
        "labels": f"{case.file_name}/{LABELS_NAME}",
        "report": f"{case.file_name}/{REPORT_NAME}",
    }
    return CaseResult(row, list(result["warnings"]))


def _identity(manifest: Path) -> str:
    from ELMEDSegmentLib.model import read_manifest

    found = read_manifest(manifest)
    return f"{found.name} {found.sha256[:16]}"
