"""One patient's report as one page of HTML that needs nothing else: no file, no network."""

from __future__ import annotations

import base64
import json
import math
from html import escape
from typing import TYPE_CHECKING, Any

from ELMEDRadiomicsLib.burden.options import KINDS
from ELMEDRadiomicsLib.burden.writing import lesion_rows
from ELMEDRadiomicsLib.report.content import NOTICE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ELMEDRadiomicsLib.burden.results import Burden
    from ELMEDRadiomicsLib.report.content import Content, Picture
    from ELMEDRadiomicsLib.results import Extraction

# The page can run nothing and fetch nothing, whatever names and tables hold.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"

STYLE = """
@page { size: A4; margin: 12mm; }
body { font: 13px/1.4 system-ui, sans-serif; color: #222; margin: 0 auto; max-width: 62em;
       padding: .5em 1em; }
h1 { font-size: 1.5em; margin: 0; }
h2 { font-size: 1.1em; margin: 1em 0 .2em; border-bottom: 1px solid #ccc; break-after: avoid; }
p { margin: .3em 0; }
.notice { color: #8a1c1c; font-weight: 600; }
.warnings { color: #8a4b00; font-weight: 600; margin: .3em 0; padding-left: 1.2em; }
.pictures { display: flex; gap: .6em; align-items: flex-end; }
figure { margin: 0; flex: 1; }
figure img { width: 100%; background: #000; }
figcaption { text-align: center; font-size: .85em; color: #555; }
table { border-collapse: collapse; font-size: .88em; margin: .3em 0; }
th, td { border-bottom: 1px solid #ddd; padding: .1em .8em .1em 0; text-align: left; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
pre { font-size: .75em; columns: 2; white-space: pre-wrap; overflow-wrap: anywhere; }
.key span { font-weight: 700; }
@media print { body { padding: 0; } }
"""

KEY = (("#cc3845", "core"), ("#4daddb", "oedema"), ("#d6a400", "enhancing tumour"))

MOST_FEATURES = 24
"""Lines of the table on the page, which is to stay one; the whole table is a file of its own."""

LESION_COLUMNS = (
    "Lesion",
    "Target",
    "Measurable",
    "Volume (ml)",
    "Longest (mm)",
    "Perpendicular (mm)",
    "Product (mm²)",
)


def page(content: Content) -> str:
    """Return the page; every text is escaped, every picture lies inside it."""
    title = f"Tumour report: {content.patient}" if content.patient else "Tumour report"
    parts = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="notice">{escape(NOTICE)}</p>',
        _listed(content.all_warnings),
        _pictures(content.pictures),
        _burden(content.burden),
        _location(content),
        _features(content.extraction),
        _settings(content.extraction),
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n<body>\n"
        + "\n".join(filter(None, parts))
        + "\n</body></html>\n"
    )


def _listed(sentences: Sequence[str]) -> str:
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return f'<ul class="warnings">{items}</ul>' if items else ""


def _pictures(pictures: Sequence[Picture]) -> str:
    if not pictures:
        return ""
    figures = "".join(
        f'<figure><img src="data:image/png;base64,{base64.b64encode(p.png).decode("ascii")}" '
        f'alt="{escape(p.title, quote=True)} slice with the outlines of the tumour">'
        f"<figcaption>{escape(p.title)}</figcaption></figure>"
        for p in pictures
    )
    key = " &nbsp; ".join(f'<span style="color: {code}">■</span> {name}' for code, name in KEY)
    return (
        f'<div class="pictures">{figures}</div><p class="key">{key}. '
        "The patient's right is on the left; the sagittal slice looks to the left.</p>"
    )


def _table(titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    head = "".join(f"<th>{escape(title)}</th>" for title in titles)
    lines = "".join("<tr>" + "".join(map(_cell, row)) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{lines}</table>"


def _cell(value: Any) -> str:
    if isinstance(value, float):
        text = "" if math.isnan(value) else f"{value:.5g}"
        return f'<td class="number">{text}</td>'
    return f"<td>{escape(str(value))}</td>"


def _burden(burden: Burden | None) -> str:
    if burden is None:
        return ""
    regions = _table(
        ("Region", "Volume (ml)", "Largest diameter in 3D (mm)"),
        ((r.name, round(r.volume_ml, 2), round(r.diameter_mm, 1)) for r in burden.regions),
    )
    lesions = _table(
        LESION_COLUMNS, ([row[title] for title in LESION_COLUMNS] for row in lesion_rows(burden))
    )
    sums = "".join(
        f"<p>RANO sum of products, {escape(KINDS[entry.kind])}: "
        f"<b>{entry.sum_mm2(burden.rule):.0f} mm²</b> "
        f"({len(entry.targets)} of {entry.measurable} measurable lesions).</p>"
        for entry in burden.sums
    )
    rule = {"classic": "longest diameter, then longest perpendicular", "product": "largest product"}
    how = f"Diameters in the {burden.plane} plane; rule: {rule[burden.rule]}."
    return f"<h2>Tumour burden</h2>{regions}{lesions}{sums}<p>{escape(how)}</p>"


def _location(content: Content) -> str:
    if not content.location:
        return ""
    sentences = [*content.location["sentences"], content.location["method"]]
    return f"<h2>Location</h2><p>{escape(' '.join(sentences))}</p>"


def _features(extraction: Extraction | None) -> str:
    if extraction is None or not extraction.features:
        return ""
    shown = extraction.features[:MOST_FEATURES]
    rows = ((f.image, f.segment, f.name, f.value, f.unit, f.ibsi) for f in shown)
    more = len(extraction.features) - len(shown)
    rest = f"<p>{more} more values are in the table of features.</p>" if more else ""
    titles = ("Volume", "Segment", "Feature", "Value", "Unit", "IBSI")
    return f"<h2>Radiomic features</h2>{_table(titles, rows)}{rest}"


def _settings(extraction: Extraction | None) -> str:
    if extraction is None:
        return ""
    versions = ", ".join(f"{name} {number}" for name, number in extraction.versions.items())
    options = ", ".join(f"{name}: {value}" for name, value in extraction.options.items() if value)
    text = json.dumps(extraction.settings, indent=1)
    return (
        f"<h2>Settings</h2><p>{escape(options)}. {escape(versions)}.</p><pre>{escape(text)}</pre>"
    )
