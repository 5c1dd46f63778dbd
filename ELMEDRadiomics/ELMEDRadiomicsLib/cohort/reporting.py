"""A measured cohort analysed, from its tables to the page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDLib.cohort.record import FAILED
from ELMEDLib.cohort.summary import NAME as SUMMARY
from ELMEDLib.cohort.table import read_table
from ELMEDLib.errors import InputError, OutputError
from ELMEDLib.files import written_whole
from ELMEDLib.progress import Progress, no_progress
from ELMEDRadiomicsLib.cohort.analyses.association import univariate_association
from ELMEDRadiomicsLib.cohort.analyses.correlation import correlation_clusters
from ELMEDRadiomicsLib.cohort.analyses.cox import cox_model
from ELMEDRadiomicsLib.cohort.analyses.finding import Cohort, Finding
from ELMEDRadiomicsLib.cohort.analyses.groups import group_comparisons
from ELMEDRadiomicsLib.cohort.analyses.intensities import intensity_distributions
from ELMEDRadiomicsLib.cohort.analyses.kaplan_meier import median_splits
from ELMEDRadiomicsLib.cohort.analyses.sites import harmonise
from ELMEDRadiomicsLib.cohort.analyses.volume_survival import volume_against_survival
from ELMEDRadiomicsLib.cohort.clinical import Choice, understand
from ELMEDRadiomicsLib.cohort.joining import (
    Joined,
    join,
    read_clinical,
    read_features,
    write_joined,
)
from ELMEDRadiomicsLib.cohort.names import CLINICAL, FEATURES, INTENSITIES, REPORT, TABLES
from ELMEDRadiomicsLib.cohort.page import Page, page
from ELMEDRadiomicsLib.cohort.stale import remove_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd


@dataclass(frozen=True)
class _Tables:
    """What the files of a measured cohort hold."""

    features: pd.DataFrame
    joined: Joined | None
    intensities: pd.DataFrame | None
    failed: list[tuple[str, str]]


def report_cohort(arguments: Mapping[str, Any], progress: Progress = no_progress) -> dict[str, Any]:
    """Join a measured cohort with a clinical table, analyse it and write the report.

    Args:
        arguments: JSON-able:
            `folder`: that `measure_cohort` wrote to;
            `clinical`: path of a CSV or XLSX table; None for what the cohort's own table says;
            `identifier`, `survival`, `event`, `site`: titles of its columns, None to find out;
            `groups`: titles of columns to compare by, None to find out;
            `features`: for survival curves and the Cox model, None for the volumes;
            `harmonise`: take differences between sites out, by ComBat;
            `output`: of the page; None for `report.html` in the folder.
        progress: told before each analysis; may raise `CancelledError`.

    Returns:
        `report`, `joined` (paths), `tables` (folder), `patients`, `mismatches`, `findings`
        (title and sentence).

    Raises:
        ELMEDError: a table cannot be read or does not fit, a package is missing, or the report
            cannot be written.
    """
    folder = Path(arguments["folder"])
    output = Path(arguments.get("output") or folder / REPORT)
    if output.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"'{output.name}' does not end in .html.", "The report is a page: say so.")
    if output.is_dir():
        raise OutputError(f"'{output}' is a folder, not a file.", "Name a file inside it.")
    progress("reading", 0.0, "Reading the tables")
    tables = _read(folder, arguments)
    choice = Choice(
        arguments.get("survival"),
        arguments.get("event"),
        arguments.get("site"),
        tuple(arguments.get("groups") or ()),
    )
    cohort = _cohort(tables, choice, tuple(arguments.get("features") or ()))
    findings = _findings(cohort, progress, harmonising=bool(arguments.get("harmonise")))
    progress("writing", 0.95, "Writing the report")
    if output.exists():
        remove_tables(output.parent)
    joined = write_joined(tables.joined, output.parent) if tables.joined else []
    for finding in findings:
        if finding.table is not None:
            with written_whole(output.parent / TABLES / f"{finding.name}.csv") as temporary:
                finding.table.to_csv(temporary, index=False)
    mismatches = tables.joined.sentences if tables.joined else []
    about = Page(
        f"Radiomics of {len(cohort.table)} patients",
        _facts(tables, cohort, folder),
        mismatches,
        tables.failed,
    )
    with written_whole(output) as temporary:
        temporary.write_text(page(about, findings), encoding="utf-8")
    progress("done", 1.0, "Report written")
    return {
        "report": str(output),
        "joined": [str(path) for path in joined],
        "tables": str(output.parent / TABLES),
        "patients": len(cohort.table),
        "mismatches": mismatches,
        "findings": [[finding.title, finding.sentence] for finding in findings],
    }


def _read(folder: Path, arguments: Mapping[str, Any]) -> _Tables:
    if not (folder / FEATURES).is_file():
        raise InputError(
            f"'{folder}' holds no measured cohort.", "Measure one first: elmed cohort radiomics."
        )
    features = read_features(folder / FEATURES)
    if not len(features):
        raise InputError("Not a single case was measured.", "Look at the reasons in summary.csv.")
    own = folder / CLINICAL
    clinical = arguments.get("clinical") or (own if own.is_file() else None)
    joined = None
    if clinical:
        known = read_clinical(Path(clinical), arguments.get("identifier"))
        joined = join(features, known)
    spread = folder / INTENSITIES
    failed = []
    if (folder / SUMMARY).is_file():
        rows = read_table(folder / SUMMARY)[1]
        failed = [(row["case"], row["reason"]) for row in rows if row["state"] == FAILED]
    return _Tables(features, joined, read_features(spread) if spread.is_file() else None, failed)


def _cohort(tables: _Tables, choice: Choice, chosen: tuple[str, ...]) -> Cohort:
    if tables.joined is None:
        return Cohort(tables.features, intensities=tables.intensities, chosen=chosen)
    joined = tables.joined
    measured = joined.table.drop(columns=list(joined.clinical))
    clinical = understand(joined.table[list(joined.clinical)], choice)
    spread = tables.intensities
    if spread is not None:
        spread = spread[spread.index.isin(measured.index)]
    return Cohort(measured, clinical, spread, chosen)


def _findings(cohort: Cohort, progress: Progress, *, harmonising: bool) -> list[Finding]:
    findings: list[Finding] = []
    if harmonising:
        progress("sites", 0.1, "Harmonising sites")
        cohort, finding = harmonise(cohort)
        findings.append(finding)
    analyses: list[Callable[[Cohort], Finding | list[Finding]]] = [
        intensity_distributions,
        volume_against_survival,
        group_comparisons,
        correlation_clusters,
        univariate_association,
        median_splits,
        cox_model,
    ]
    for number, analysis in enumerate(analyses):
        title = analysis.__name__.replace("_", " ")
        progress("analysing", 0.15 + 0.8 * number / len(analyses), f"Analysing: {title}")
        found = analysis(cohort)
        findings += found if isinstance(found, list) else [found]
    return findings


def _facts(tables: _Tables, cohort: Cohort, folder: Path) -> list[str]:
    from ELMEDLib import __version__
    from ELMEDLib.cohort.plan import read_plan

    counts = (
        f"{len(tables.features)} patients were measured, {len(cohort.table)} are in this report"
    )
    facts = [f"{counts}, with {len(cohort.features)} features that vary."]
    if tables.failed:
        facts.append(f"{len(tables.failed)} cases could not be measured; they are listed below.")
    if tables.joined is None:
        facts.append("There is no clinical table: survival and groups are not known.")
    facts += cohort.clinical.notes
    plan = read_plan(folder)
    profile = plan and plan["settings"].get("profile")
    facts.append(
        f"ELMED {__version__}"
        + (f", profile {profile}. " if profile else ". ")
        + "The settings are in cohort.json."
    )
    return facts
