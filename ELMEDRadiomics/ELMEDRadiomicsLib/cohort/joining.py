"""Features joined with what the clinic knows, on the patient's identifier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ELMEDLib.cohort.sources import identifier_column
from ELMEDLib.cohort.table import read_table
from ELMEDLib.errors import InputError
from ELMEDLib.files import written_whole
from ELMEDRadiomicsLib.cohort.columns import CASE
from ELMEDRadiomicsLib.cohort.libraries import openpyxl, pandas

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

CSV_NAME, PARQUET_NAME = "joined.csv", "joined.parquet"


@dataclass(frozen=True)
class Joined:
    """Two tables as one.

    Attributes:
        table: a row a patient that is in both, indexed by the identifier; clinical columns first.
        clinical: the titles of the clinical columns.
        without_clinical: measured patients of whom the clinical table says nothing.
        without_features: patients of the clinical table who were not measured.
        ambiguous: identifiers that the clinical table has more than once; they are left out.
    """

    table: pd.DataFrame
    clinical: tuple[str, ...]
    without_clinical: tuple[str, ...] = ()
    without_features: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()

    @property
    def sentences(self) -> list[str]:
        """What did not fit, a sentence each."""
        told = (
            (self.without_clinical, "Measured, but not in the clinical table"),
            (self.without_features, "In the clinical table, but not measured"),
            (self.ambiguous, "More than once in the clinical table, and left out"),
        )
        return [f"{what} ({len(names)}): {', '.join(names)}." for names, what in told if names]


def read_features(path: Path) -> pd.DataFrame:
    """Return a wide table of features as numbers, indexed by the patient's identifier.

    Raises:
        InputError: the file is no such table.
    """
    pd = pandas()
    titles, rows = read_table(path)
    if CASE not in titles:
        raise InputError(
            f"'{path.name}' has no column '{CASE}'.", "Give features.csv of a measured cohort."
        )
    table = pd.DataFrame(rows, columns=titles).set_index(CASE)
    numbers = table.apply(pd.to_numeric, errors="coerce")
    return numbers.where(numbers.abs() < float("inf"))


def read_clinical(path: Path, identifier: str | None = None) -> pd.DataFrame:
    """Return a clinical table (CSV or XLSX) as text, with the column `CASE` for the identifier.

    Args:
        path: the file.
        identifier: title of the column that names the patient; found out unless told.

    Raises:
        InputError: the file cannot be read, or has no such column.
    """
    pd = pandas()
    if path.suffix.lower() == ".xlsx":
        table = _sheet(path)
    else:
        titles, rows = read_table(path)
        table = pd.DataFrame(rows, columns=titles)
    titles = [str(title) for title in table.columns]
    if identifier and identifier not in titles:
        raise InputError(
            f"The clinical table has no column '{identifier}'.", f"It has {', '.join(titles)}."
        )
    chosen = identifier or identifier_column(titles)
    table[chosen] = table[chosen].astype(str).str.strip()
    others = [title for title in titles if title != chosen]
    return table[table[chosen] != ""].rename(columns={chosen: CASE})[[CASE, *others]]


def join(features: pd.DataFrame, clinical: pd.DataFrame) -> Joined:
    """Join features with a clinical table; what fits nowhere is listed, both ways.

    Identifiers must be equal to the letter. A clinical column with a feature's name is renamed.

    Args:
        features: indexed by the identifier, see `read_features`.
        clinical: see `read_clinical`.

    Raises:
        InputError: not a single patient is in both.
    """
    counts = clinical[CASE].value_counts()
    ambiguous = sorted(counts[counts > 1].index)
    known = clinical[~clinical[CASE].isin(ambiguous)].set_index(CASE)
    known = known.rename(columns={name: f"{name} (clinical)" for name in features.columns})
    both = [name for name in features.index if name in known.index]
    if not both:
        raise InputError(
            "No patient is in both tables.",
            f"Features have '{next(iter(features.index), '')}', the clinical table "
            f"'{next(iter(known.index), '')}': the identifiers must be the same.",
        )
    listed = set(features.index)
    there = set(clinical[CASE])
    return Joined(
        known.loc[both].join(features),
        tuple(known.columns),
        tuple(name for name in features.index if name not in there),
        tuple(name for name in known.index if name not in listed),
        tuple(ambiguous),
    )


def write_joined(joined: Joined, folder: Path) -> list[Path]:
    """Write the joined table as CSV, and as Parquet where pyarrow is installed.

    Raises:
        OutputError: a file cannot be written.
    """
    import importlib.util

    paths = [folder / CSV_NAME]
    with written_whole(paths[0]) as temporary:
        joined.table.to_csv(temporary, index_label=CASE)
    if importlib.util.find_spec("pyarrow"):
        paths.append(folder / PARQUET_NAME)
        with written_whole(paths[1]) as temporary:
            joined.table.reset_index(names=CASE).to_parquet(temporary, index=False)
    return paths


def _sheet(path: Path) -> pd.DataFrame:
    pd = pandas()
    openpyxl()
    try:
        table = pd.read_excel(path, dtype=str, engine="openpyxl").fillna("")
    except Exception as error:  # openpyxl raises what it finds: zip, XML and key errors
        raise InputError(
            f"The clinical table '{path.name}' cannot be read.", "Save it as CSV or XLSX again."
        ) from error
    table.columns = [str(title).strip() for title in table.columns]
    return table
