"""One patient's report as one page of HTML that needs nothing else: no file, no network."""

from __future__ import annotations

import base64
import itertools
import json
import math
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from ELMEDRadiomicsLib.burden.options import KINDS
from ELMEDRadiomicsLib.burden.writing import lesion_rows
from ELMEDRadiomicsLib.report.content import NOTICE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ELMEDRadiomicsLib.burden.results import Burden, Sum
    from ELMEDRadiomicsLib.report.content import Content, Picture
    from ELMEDRadiomicsLib.results import Extraction, Feature

# The page can run nothing and fetch nothing, whatever names and tables hold.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"

STYLE = """
@page { margin: 10mm; }
body { font: 13px/1.4 system-ui, sans-serif; color: #222; margin: 0 auto; max-width: 62em;
       padding: .5em 1em; }
h1 { font-size: 1.5em; margin: 0; }
h2 { font-size: 1.1em; margin: 1em 0 .2em; border-bottom: 1px solid #ccc; break-after: avoid; }
p { margin: .3em 0; }
.notice { color: #8a1c1c; font-weight: 600; }
.warnings { color: #8a4b00; font-weight: 600; margin: .3em 0; padding-left: 1.2em; }
.pictures { display: flex; gap: .6em; align-items: flex-end; }
figure { margin: 0; flex: 1; text-align: center; }
figure img { width: 100%; background: #000; }
figcaption { font-size: .85em; color: #555; }
.beside { display: flex; flex-wrap: wrap; gap: 0 2.5em; align-items: flex-start; }
table { border-collapse: collapse; font-size: .88em; margin: .3em 0; }
tr { break-inside: avoid; }
th, td { border-bottom: 1px solid #ddd; padding: .1em .8em .1em 0; text-align: left; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
pre { font-size: .8em; margin: .3em 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.key span { font-weight: 700; }
@media print {
  body { font-size: 10.5px; line-height: 1.25; max-width: none; padding: 0; }
  h2 { margin-top: .6em; }
  .pictures { break-inside: avoid; justify-content: center; }
  figure { flex: none; }
  figure img { height: 50mm; max-width: 64mm; width: auto; object-fit: contain; }
  .beside { flex-wrap: nowrap; gap: 0 1.5em; justify-content: space-between; }
  th, td { padding: 0 .6em 0 0; white-space: nowrap; }
}
"""

KEY = (("#cc3845", "core"), ("#4daddb", "oedema"), ("#d6a400", "enhancing tumour"))

MOST_FEATURES = 24
"""Lines of the table on the page, which is to stay one; the whole table is a file of its own."""

MOST_LESIONS = 4
"""Lesions of each kind on the page, the largest; targets are always among them."""

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


class _Fixed(NamedTuple):
    """A number with so many decimals, also where they are 0."""

    value: float
    decimals: int


def _cell(value: Any) -> str:
    if isinstance(value, _Fixed):
        return f'<td class="number">{value.value:.{value.decimals}f}</td>'
    if isinstance(value, float):
        text = "" if math.isnan(value) else f"{value:.5g}"
        return f'<td class="number">{text}</td>'
    return f"<td>{escape(str(value))}</td>"


def _burden(burden: Burden | None) -> str:
    if burden is None:
        return ""
    regions = _table(
        ("Region", "Volume (ml)", "Largest diameter in 3D (mm)"),
        ((r.name, _Fixed(r.volume_ml, 2), _Fixed(r.diameter_mm, 1)) for r in burden.regions),
    )
    sums = "".join(
        f"<p>RANO sum of products, {escape(KINDS[entry.kind])}: "
        f"<b>{entry.sum_mm2(burden.rule):.0f} mm²</b> "
        f"({_targets(entry)}).</p>"
        for entry in burden.sums
    )
    rule = {"classic": "longest diameter, then longest perpendicular", "product": "largest product"}
    how = f"Diameters in the {burden.plane} plane; rule: {rule[burden.rule]}."
    return (
        f'<h2>Tumour burden</h2><div class="beside">{regions}'
        f"<div>{sums}<p>{escape(how)}</p></div></div>{_lesions(burden)}"
    )


def _targets(entry: Sum) -> str:
    if not entry.measurable:
        return "no measurable lesion"
    return f"{len(entry.targets)} of {entry.measurable} measurable lesions"


def _lesions(burden: Burden) -> str:
    """Return the table of the lesions of each kind: targets, and then the largest."""
    rows = lesion_rows(burden)
    kept: set[str] = set()
    for kind in KINDS:
        those = [lesion for lesion in burden.lesions if lesion.kind == kind]
        those.sort(key=lambda lesion: not lesion.target)
        kept |= {lesion.name for lesion in those[:MOST_LESIONS]}
    decimals = {title: 2 if "ml" in title else 0 if "²" in title else 1 for title in LESION_COLUMNS}
    shown = (
        [
            _Fixed(row[title], decimals[title]) if isinstance(row[title], float) else row[title]
            for title in LESION_COLUMNS
        ]
        for row in rows
        if row["Lesion"] in kept
    )
    more = len(rows) - len(kept)
    rest = f"<p>{more} more lesions are in the table of the tumour burden.</p>" if more else ""
    return _table(LESION_COLUMNS, shown) + rest


def _location(content: Content) -> str:
    if not content.location:
        return ""
    sentences = [*content.location["sentences"], content.location["method"]]
    return f"<h2>Location</h2><p>{escape(' '.join(sentences))}</p>"


def _features(extraction: Extraction | None) -> str:
    if extraction is None or not extraction.features:
        return ""
    shown = extraction.features[:MOST_FEATURES]
    # Two tables beside each other take half of the page's height.
    middle = (len(shown) + 1) // 2
    tables = "".join(_features_table(part) for part in (shown[:middle], shown[middle:]) if part)
    more = len(extraction.features) - len(shown)
    rest = f"<p>{more} more values are in the table of features.</p>" if more else ""
    return f'<h2>Radiomic features</h2><div class="beside">{tables}</div>{rest}'


def _features_table(features: Sequence[Feature]) -> str:
    """Return a table with a line above the features of each segment in each volume."""
    lines = ["<tr><th>Feature</th><th>Value</th><th>Unit</th><th>IBSI</th></tr>"]
    for place, own in itertools.groupby(features, lambda f: f"{f.segment} in {f.image}"):
        lines.append(f'<tr><th colspan="4">{escape(place)}</th></tr>')
        lines += [
            "<tr>" + "".join(map(_cell, (f.name, f.value, f.unit, f.ibsi))) + "</tr>" for f in own
        ]
    return f"<table>{''.join(lines)}</table>"


def _settings(extraction: Extraction | None) -> str:
    if extraction is None:
        return ""
    versions = ", ".join(f"{name} {number}" for name, number in extraction.versions.items())
    options = ", ".join(f"{name}: {value}" for name, value in extraction.options.items() if value)
    text = json.dumps(extraction.settings, ensure_ascii=False)
    return (
        f"<h2>Settings</h2><p>{escape(options)}. {escape(versions)}.</p><pre>{escape(text)}</pre>"
    )
