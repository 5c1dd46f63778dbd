"""What the columns of a clinical table stand for: survival, death, groups, site, age."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ELMEDLib.cohort.sources import normal_title
from ELMEDLib.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

SURVIVAL = re.compile(
    r"os|os days|os months|overall survival.*|.*survival.*(days|months|time).*|survival"
)
EVENT = re.compile(
    r"event|dead|death|died|deceased|os event|os status|vital status|.*1 dead.*|status"
)
SITE = re.compile(r"site|centre|center|scanner|institution|hospital|manufacturer")
AGE = re.compile(r"age|age at .*|patient age")
GROUP = re.compile(r"idh.*|mgmt.*|sex|gender|(who )?grade|1p ?19q.*|extent of resection|diagnosis")

YES = {"1", "1.0", "yes", "y", "true", "dead", "deceased", "died"}
NO = {"0", "0.0", "no", "n", "false", "alive", "living", "censored"}

NUMBER = re.compile(r"-?\d+(?:[.,]\d+)*")
THOUSANDS = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
"""1,234 and 1,234.5; any other comma is a decimal one, as 12,5."""

MOST_GROUPS = 6
"""A column with more different values is no group."""

SMALLEST_GROUP = 3
"""Patients that a group must have to be compared."""


@dataclass(frozen=True)
class Choice:
    """Titles of clinical columns as the user gave them; None and () leave it to their titles."""

    survival: str | None = None
    event: str | None = None
    site: str | None = None
    groups: tuple[str, ...] = ()


@dataclass
class Clinical:
    """What is known about the patients, each indexed by their identifier.

    Attributes:
        survival: time from diagnosis to death or last contact; NaN where it is not known.
        died: whether the time ends with death; all True when nothing says so.
        groups: values by title.
        site: where each patient was scanned.
        age: in years.
        survival_title: of the column, for charts.
        notes: what was taken for what, a sentence each.
    """

    survival: pd.Series | None = None
    died: pd.Series | None = None
    groups: dict[str, pd.Series] = field(default_factory=dict)
    site: pd.Series | None = None
    age: pd.Series | None = None
    survival_title: str = ""
    notes: list[str] = field(default_factory=list)


def understand(table: pd.DataFrame, choice: Choice | None = None) -> Clinical:
    """Return what the clinical columns of a table stand for.

    Args:
        table: the clinical columns, as text.
        choice: what the user has said; the rest is told from the titles.

    Raises:
        InputError: a column was named that is not there.
    """
    choice = choice or Choice()
    found = Clinical()
    _take_survival(table, choice, found)
    site = _column(table, choice.site, SITE)
    if site:
        found.site = _text(table[site])
        found.notes.append(f"'{site}' was taken for the site.")
    age = _column(table, None, AGE)
    if age:
        found.age = _numbers(table[age])
    groups = choice.groups or tuple(t for t in table.columns if GROUP.fullmatch(normal_title(t)))
    for title in groups:
        values = _text(table[_known(table, title)])
        counts = values.value_counts()
        if (counts >= SMALLEST_GROUP).sum() >= 2 and len(counts) <= MOST_GROUPS:  # noqa: PLR2004
            found.groups[title] = values.where(values.map(counts) >= SMALLEST_GROUP)
        elif title in choice.groups:
            found.notes.append(
                f"'{title}' does not make two groups of {SMALLEST_GROUP} patients or more."
            )
    return found


def _take_survival(table: pd.DataFrame, choice: Choice, found: Clinical) -> None:
    title = _column(table, choice.survival, SURVIVAL)
    if not title:
        return
    text = table[title].astype(str).str.strip()
    survival = _numbers(text)
    survival = survival.where(survival > 0)
    if survival.notna().sum() == 0:
        found.notes.append(f"'{title}' holds no time of survival.")
        return
    found.survival, found.survival_title = survival, title
    event = _column(table, choice.event, EVENT)
    # BraTS writes "ALIVE (361 days later)" into the column of days.
    alive = text.str.contains("alive", case=False)
    if event and event != title:
        # cBioPortal writes "1:DECEASED" and "0:LIVING".
        said = table[event].astype(str).str.rpartition(":")[2].str.strip().str.lower()
        died = said.map(lambda value: True if value in YES else False if value in NO else None)
        found.survival = survival.where(died.notna())
        found.died = died.fillna(value=False).astype(bool) & ~alive
        found.notes.append(
            f"'{title}' was taken for the time of survival, and '{event}' for whether it ended "
            "with death."
        )
    else:
        found.died = ~alive
        found.notes.append(
            f"'{title}' was taken for the time of survival. No column says whether it ended with "
            "death: every time without 'alive' was taken for one that did."
        )


def _column(table: pd.DataFrame, named: str | None, pattern: re.Pattern[str]) -> str | None:
    if named:
        return _known(table, named)
    titles = (title for title in table.columns if pattern.fullmatch(normal_title(title)))
    return next(titles, None)


def _known(table: pd.DataFrame, title: str) -> str:
    if title not in table.columns:
        raise InputError(
            f"The clinical table has no column '{title}'.",
            f"It has {', '.join(map(str, table.columns)) or 'none'}.",
        )
    return title


def _text(column: pd.Series) -> pd.Series:
    text = column.astype(str).str.strip()
    return text.where(~text.str.lower().isin({"", "na", "nan", "n/a", "none", "unknown", "nos"}))


def _numbers(column: pd.Series) -> pd.Series:
    def number(value: object) -> float:
        found = NUMBER.search(str(value))
        if not found:
            return float("nan")
        text = found.group()
        try:
            return float(text.replace(",", "" if THOUSANDS.fullmatch(text) else "."))
        except ValueError:  # a date such as 31.05.2024
            return float("nan")

    return column.map(number).astype(float)
