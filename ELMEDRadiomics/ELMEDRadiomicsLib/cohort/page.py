"""A cohort's findings as one page of HTML that needs nothing else: no file, no network."""

from __future__ import annotations

import base64
import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from ELMEDRadiomicsLib.cohort.analyses.finding import Finding

NOTICE = "Research use only; not for diagnosis or treatment decisions."

MOST_LINES = 25
"""Of a table on the page; the whole one is a file beside it."""

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #222; margin: 0 auto; max-width: 60em;
       padding: 1em 1.5em; }
h1 { font-size: 1.7em; margin-bottom: 0; }
h2 { font-size: 1.25em; margin: 2em 0 .3em; border-bottom: 1px solid #ccc; }
.notice { color: #8a1c1c; font-weight: 600; }
.caveats, .facts { color: #555; font-size: .9em; padding-left: 1.2em; }
img { max-width: 100%; height: auto; margin: .5em 0; }
table { border-collapse: collapse; font-size: .82em; margin: .5em 0; }
th, td { border-bottom: 1px solid #ddd; padding: .15em .7em .15em 0; text-align: left; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
nav { font-size: .9em; }
summary { cursor: pointer; color: #0b5394; }
@media print { details { display: none; } h2 { break-after: avoid; } img { break-inside: avoid; } }
"""

# The page can run nothing and fetch nothing, whatever the tables hold.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


@dataclass(frozen=True)
class Page:
    """What the page says besides the findings.

    Attributes:
        title: of the page.
        facts: sentences about patients and settings.
        mismatches: what did not fit between the tables, a sentence each.
        failed: name and reason of each case that could not be measured.
    """

    title: str
    facts: Sequence[str]
    mismatches: Sequence[str] = ()
    failed: Sequence[tuple[str, str]] = ()


def page(about: Page, findings: Sequence[Finding]) -> str:
    """Return the page; every text is escaped, every picture lies inside it."""
    links = " · ".join(
        f'<a href="#{escape(finding.name, quote=True)}">{escape(finding.title)}</a>'
        for finding in findings
    )
    parts = [
        f"<h1>{escape(about.title)}</h1>",
        f'<p class="notice">{escape(NOTICE)}</p>',
        _listed(about.facts, "facts"),
        f"<nav>{links}</nav>",
        *(_section(finding) for finding in findings),
        _mismatches(about.mismatches),
        _failures(about.failed),
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(about.title)}</title><style>{STYLE}</style></head>\n<body>\n"
        + "\n".join(filter(None, parts))
        + "\n</body></html>\n"
    )


def _section(finding: Finding) -> str:
    parts = [
        f'<h2 id="{escape(finding.name, quote=True)}">{escape(finding.title)}</h2>',
        f"<p>{escape(finding.sentence)}</p>",
    ]
    if finding.chart:
        data = base64.b64encode(finding.chart).decode("ascii")
        words = escape(finding.describes, quote=True)
        parts.append(f'<img src="data:image/png;base64,{data}" alt="{words}">')
    parts.append(_listed(finding.caveats, "caveats"))
    if finding.table is not None and len(finding.table):
        parts.append(_table(finding.table, finding.name))
    return "\n".join(filter(None, parts))


def _table(table: pd.DataFrame, name: str) -> str:
    head = "".join(f"<th>{escape(str(title))}</th>" for title in table.columns)
    rows = "".join(
        "<tr>" + "".join(_cell(value) for value in row) + "</tr>"
        for row in table.head(MOST_LINES).itertuples(index=False)
    )
    more = len(table) - MOST_LINES
    rest = f"<p>{more} more lines are in tables/{escape(name)}.csv.</p>" if more > 0 else ""
    return (
        f"<details><summary>Numbers</summary><table><tr>{head}</tr>{rows}</table>{rest}</details>"
    )


def _cell(value: Any) -> str:
    if isinstance(value, float):
        text = "" if math.isnan(value) else "∞" if math.isinf(value) else f"{value:.4g}"
        return f'<td class="number">{text}</td>'
    if isinstance(value, bool):
        return f"<td>{'yes' if value else ''}</td>"
    return f"<td>{escape(str(value))}</td>"


def _listed(sentences: Sequence[str], kind: str) -> str:
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return f'<ul class="{kind}">{items}</ul>' if items else ""


def _mismatches(sentences: Sequence[str]) -> str:
    if not sentences:
        return ""
    return (
        f'<h2 id="mismatches">Patients that are in one table only</h2>{_listed(sentences, "facts")}'
    )


def _failures(failed: Sequence[tuple[str, str]]) -> str:
    if not failed:
        return ""
    rows = "".join(
        f"<tr><td>{escape(name)}</td><td>{escape(reason)}</td></tr>" for name, reason in failed
    )
    return (
        '<h2 id="failed">Cases that could not be measured</h2>'
        f"<table><tr><th>case</th><th>reason</th></tr>{rows}</table>"
    )
