"""Features as a table node, and the table as a file."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import slicer

from ELMEDLib.bridge.tables import setTable
from ELMEDLib.errors import InputError
from ELMEDRadiomicsLib.layouts import LONG, PATIENT, WIDE, wide_titles
from ELMEDRadiomicsLib.results import Extraction, Feature

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

TABLE_NAME = "Radiomic features"

PROVENANCE = "ELMED.Radiomics"
"""The table's attribute that tells in JSON how its values came to be."""

LAYOUT = "ELMED.RadiomicsLayout"
"""The table's attribute that tells its layout, `long` when there is none."""

COLUMNS = {
    "Image": "image",
    "Segment": "segment",
    "Feature": "name",
    "Value": "value",
    "Unit": "unit",
    "IBSI": "ibsi",
    "Engine": "engine",
}
"""The engine's field of each column of the long layout."""

STABILITY = ("ICC", "Stable")
"""Columns that the long layout has more once robustness was checked."""

DESCRIBED = ("image", "segment", "name", "unit", "ibsi", "engine")
"""Fields that the wide layout keeps as properties of its columns."""


def importResult(
    tableNode: slicer.vtkMRMLTableNode | None,
    answers: Sequence[Mapping[str, Any]],
    order: Mapping[str, Sequence[str]],
    layout: str = LONG,
    patient: str = "",
) -> tuple[slicer.vtkMRMLTableNode, int]:
    """Put features into the table, or into a new one, and return it with the number of values.

    Args:
        tableNode: all it held is replaced.
        answers: of the engine's task `extract`.
        order: of `images` and `segments`, by name.
        layout: `long` or `wide`.
        patient: names the row of the wide layout.
    """
    records = [feature for answer in answers for feature in answer["features"]]
    records.sort(
        key=lambda feature: (
            order["images"].index(feature["image"]),
            order["segments"].index(feature["segment"]),
        )
    )
    scene = slicer.mrmlScene
    if tableNode is None or not scene.IsNodePresent(tableNode):
        tableNode = scene.AddNewNodeByClass(
            "vtkMRMLTableNode", scene.GenerateUniqueName(TABLE_NAME)
        )
    about = {**_provenance(answers, records), "patient": patient}
    features = [Feature(**{**record, "value": _number(record["value"])}) for record in records]
    with slicer.util.NodeModify(tableNode):
        tableNode.SetAttribute(PROVENANCE, json.dumps(about))
        _fill(tableNode, features, layout)
        tableNode.SetLocked(True)
    return tableNode, len(records)


def layoutOf(tableNode: slicer.vtkMRMLTableNode) -> str:
    """Return a table's layout."""
    return tableNode.GetAttribute(LAYOUT) or LONG


def setLayout(tableNode: slicer.vtkMRMLTableNode, layout: str) -> None:
    """Arrange a table of features in another way; the values stay."""
    if layout != layoutOf(tableNode):
        _fill(tableNode, extractionOf(tableNode).features, layout)


def extractionOf(tableNode: slicer.vtkMRMLTableNode) -> Extraction:
    """Return what a table holds, with all that is needed to repeat it.

    Raises:
        InputError: the table holds no features of ELMED.
    """
    try:
        about = json.loads(tableNode.GetAttribute(PROVENANCE) or "")
        labels = about.pop("labels")
        about.pop("patient", "")
        wide = layoutOf(tableNode) == WIDE
        records = _wideRecords(tableNode) if wide else _longRecords(tableNode)
        features = [Feature(**record, label=labels[record["segment"]]) for record in records]
    except (ValueError, KeyError, AttributeError) as error:
        raise InputError(
            f"The table '{tableNode.GetName()}' holds no features.", "Press Apply first."
        ) from error
    return Extraction(features, **about)


def setRobustness(tableNode: slicer.vtkMRMLTableNode, found: Mapping[str, Any]) -> None:
    """Keep how stable each feature is with a table, and show it in its long layout."""
    extraction = extractionOf(tableNode)
    about = json.loads(tableNode.GetAttribute(PROVENANCE))
    with slicer.util.NodeModify(tableNode):
        tableNode.SetAttribute(PROVENANCE, json.dumps({**about, "robustness": dict(found)}))
        _fill(tableNode, extraction.features, layoutOf(tableNode))


def robustnessOf(tableNode: slicer.vtkMRMLTableNode) -> dict[str, Any]:
    """Return how stable each feature is, empty where it was not checked."""
    found: dict[str, Any] = json.loads(tableNode.GetAttribute(PROVENANCE) or "{}")
    return found.get("robustness", {})


def patientOf(tableNode: slicer.vtkMRMLTableNode) -> str:
    """Return what the wide layout calls the patient."""
    return json.loads(tableNode.GetAttribute(PROVENANCE) or "{}").get("patient", "")


def saveTable(tableNode: slicer.vtkMRMLTableNode, path: str | Path) -> list[Path]:
    """Write a table of features as `elmed radiomics` does: `.csv`, `.json` or `.xlsx`.

    Returns:
        The files written; beside a CSV file lies one with the settings.

    Raises:
        InputError: the table holds no features of ELMED, or the extension is none of the three.
        OutputError: a file cannot be written.
    """
    from ELMEDRadiomicsLib.writing import write_extraction

    found = extractionOf(tableNode)
    return write_extraction(found, path, layoutOf(tableNode), patientOf(tableNode))


def _fill(tableNode: slicer.vtkMRMLTableNode, features: Sequence[Feature], layout: str) -> None:
    with slicer.util.NodeModify(tableNode):
        tableNode.SetAttribute(LAYOUT, layout)
        if layout == LONG:
            columns = {
                title: [getattr(feature, field) for feature in features]
                for title, field in COLUMNS.items()
            }
            setTable(tableNode, {**columns, **_stability(tableNode, features)})
            return
        titles = wide_titles(features)
        values = {title: [feature.value] for title, feature in zip(titles, features, strict=True)}
        setTable(tableNode, {PATIENT: [patientOf(tableNode)], **values})
        for title, feature in zip(titles, features, strict=True):
            tableNode.SetColumnUnitLabel(title, feature.unit)
            for field in DESCRIBED:
                tableNode.SetColumnProperty(title, f"ELMED.{field}", getattr(feature, field))


def _stability(
    tableNode: slicer.vtkMRMLTableNode, features: Sequence[Feature]
) -> dict[str, list[Any]]:
    """Return the columns about robustness, none where it was not checked."""
    found = robustnessOf(tableNode)
    if not found:
        return {}
    known = [found.get(feature.name, {}) for feature in features]
    words = {True: "yes", False: "no", None: ""}
    icc, stable = STABILITY
    return {
        icc: [_number(one.get("icc")) for one in known],
        stable: [words[one.get("stable")] for one in known],
    }


def _longRecords(tableNode: slicer.vtkMRMLTableNode) -> list[dict[str, Any]]:
    table = tableNode.GetTable()
    columns = {field: table.GetColumnByName(title) for title, field in COLUMNS.items()}
    return [
        {field: column.GetValue(row) for field, column in columns.items()}
        for row in range(table.GetNumberOfRows())
    ]


def _wideRecords(tableNode: slicer.vtkMRMLTableNode) -> list[dict[str, Any]]:
    table = tableNode.GetTable()
    records = []
    for number in range(1, table.GetNumberOfColumns()):
        title = table.GetColumnName(number)
        record = {
            field: tableNode.GetColumnProperty(title, f"ELMED.{field}") for field in DESCRIBED
        }
        records.append({**record, "value": table.GetColumn(number).GetValue(0)})
    return records


def _number(value: float | None) -> float:
    """Return a value as its column takes it: a column of numbers holds nothing but numbers."""
    return math.nan if value is None else float(value)


def _provenance(
    answers: Sequence[Mapping[str, Any]], features: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return what is needed to repeat the values, and the segments' labels."""
    first = answers[0]
    inputs = [answer["inputs"] for answer in answers]
    warnings = [text for answer in answers for text in answer["warnings"]]
    seconds: dict[str, float] = {}
    for answer in answers:
        for stage, used in answer["seconds"].items():
            seconds[stage] = seconds.get(stage, 0.0) + used
    return {
        "settings": first["settings"],
        "options": first["options"],
        "versions": first["versions"],
        # One part for each grid, and for segments that overlap.
        "inputs": inputs[0] if len(inputs) == 1 else {"parts": inputs},
        "warnings": list(dict.fromkeys(warnings)),
        "seconds": seconds,
        "labels": {feature["segment"]: feature["label"] for feature in features},
    }
