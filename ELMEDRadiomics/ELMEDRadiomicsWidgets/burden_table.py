"""What the section 'Tumour burden' shows in its table and lines of text."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import qt

if TYPE_CHECKING:
    from collections.abc import Collection

    from ELMEDRadiomicsLib.burden.results import Burden, Lesion

COLUMNS = ("Lesion", "ml", "Longest", "Perp.", "Product", "Measurable")
HELP = (
    "The lesion; * marks a target. T2/FLAIR lesions include the enhancing part.",
    "Volume in ml.",
    "Longest diameter in mm.",
    "Longest diameter at right angles to it, in mm.",
    "Product of both diameters in mm².",
    "Whether both diameters reach 10 mm and the lesion is seen in two slices or more.",
)
ROW = 22
WIDTHS = (104, 52, 58, 50, 62, 78)
KINDS = {"enhancing": "Enhancing", "non-enhancing": "T2/FLAIR"}


def prepareLesions(table: qt.QTableWidget) -> None:
    """Give the table its columns."""
    table.setColumnCount(len(COLUMNS))
    table.setHorizontalHeaderLabels(list(COLUMNS))
    for column, (width, text) in enumerate(zip(WIDTHS, HELP, strict=True)):
        table.setColumnWidth(column, width)
        table.horizontalHeaderItem(column).setToolTip(text)
    table.verticalHeader().setVisible(False)
    table.verticalHeader().setDefaultSectionSize(ROW)
    table.setEditTriggers(qt.QAbstractItemView.NoEditTriggers)


def fillLesions(table: qt.QTableWidget, burden: Burden, edited: Collection[str]) -> None:
    """Show the lesions, a row each; values corrected by hand are marked."""
    wasBlocked = table.blockSignals(True)
    table.setRowCount(len(burden.lesions))
    for row, lesion in enumerate(burden.lesions):
        for column, text in enumerate(_cells(lesion, burden.rule, lesion.name in edited)):
            item = table.item(row, column)
            if item is None:
                item = qt.QTableWidgetItem()
                table.setItem(row, column, item)
            item.setText(text)
            item.setToolTip(f"{lesion.why} Largest diameter in 3D: {lesion.diameter_mm:.1f} mm.")
            if column:
                item.setTextAlignment(qt.Qt.AlignRight | qt.Qt.AlignVCenter)
    table.blockSignals(wasBlocked)


def _cells(lesion: Lesion, rule: str, edited: bool) -> tuple[str, ...]:
    diameters = lesion.diameters(rule)
    mark = "\u270e " if edited else ""
    return (
        f"{mark}{lesion.name}{' *' if lesion.target else ''}",
        f"{lesion.volume_ml:.2f}",
        f"{diameters.longest.length_mm:.1f}",
        f"{diameters.perpendicular.length_mm:.1f}",
        f"{diameters.product_mm2:.0f}",
        "yes" if lesion.measurable else "no",
    )


def regionsText(burden: Burden) -> str:
    """Return the volumes as a small table."""
    rows = "".join(
        f"<tr><td>{html.escape(region.name)}</td>"
        f"<td align='right'>&nbsp;&nbsp;{region.volume_ml:.2f} ml</td>"
        f"<td align='right'>&nbsp;&nbsp;{region.diameter_mm:.1f} mm across</td></tr>"
        for region in burden.regions
    )
    return f"<table>{rows}</table>"


def sumsText(burden: Burden) -> str:
    """Return the sums of products in sentences."""
    lines = []
    for entry in burden.sums:
        count = len(entry.targets)
        targets = "no measurable lesion"
        if count:
            targets = (
                f"{count} of {entry.measurable} measurable lesions"
                if entry.measurable > 1
                else ("1 measurable lesion")
            )
        line = f"Sum of products, {KINDS[entry.kind]}: <b>{entry.sum_mm2(burden.rule):.0f} mm²</b>"
        line += f" ({targets})"
        if entry.pieces:
            pieces = "1 small piece" if entry.pieces == 1 else f"{entry.pieces} small pieces"
            line += f"; not listed: {pieces}, {entry.pieces_ml:.2f} ml"
        lines.append(f"{line}.")
    return "<br>".join(lines)
