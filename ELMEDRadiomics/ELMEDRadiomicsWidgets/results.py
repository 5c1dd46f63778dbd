"""Features as a table node, and the table as a file."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import slicer

from ELMEDLib.bridge.tables import setTable
from ELMEDLib.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

TABLE_NAME = "Radiomic features"

PROVENANCE = "ELMED.Radiomics"
"""The table's attribute that tells in JSON how its values came to be."""

COLUMNS = {
    "Image": "image",
    "Segment": "segment",
    "Feature": "name",
    "Value": "value",
    "Unit": "unit",
    "IBSI": "ibsi",
    "Engine": "engine",
}
"""The engine's field of each column."""


def importResult(
    tableNode: slicer.vtkMRMLTableNode | None,
    answers: Sequence[Mapping[str, Any]],
    order: Mapping[str, Sequence[str]],
) -> tuple[slicer.vtkMRMLTableNode, int]:
    """Put features into the table, or into a new one, and return it with the number of values.

    Args:
        tableNode: all it held is replaced.
        answers: of the engine's task `extract`.
        order: of `images` and `segments`, by name.
    """
    features = [feature for answer in answers for feature in answer["features"]]
    features.sort(
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
    with slicer.util.NodeModify(tableNode):
        setTable(
            tableNode,
            {
                title: [_cell(feature[field], title) for feature in features]
                for title, field in COLUMNS.items()
            },
        )
        tableNode.SetAttribute(PROVENANCE, json.dumps(_provenance(answers, features)))
        tableNode.SetLocked(True)
    return tableNode, len(features)


def saveTable(tableNode: slicer.vtkMRMLTableNode, path: str | Path) -> list[Path]:
    """Write a table of features as `elmed radiomics` does: `.csv`, `.json` or `.xlsx`.

    Returns:
        The files written; beside a CSV file lies one with the settings.

    Raises:
        InputError: the table holds no features of ELMED, or the extension is none of the three.
        OutputError: a file cannot be written.
    """
    from ELMEDRadiomicsLib.results import Extraction, Feature
    from ELMEDRadiomicsLib.writing import write_extraction

    try:
        about = json.loads(tableNode.GetAttribute(PROVENANCE) or "")
        labels = about.pop("labels")
    except (ValueError, KeyError) as error:
        raise InputError(
            f"The table '{tableNode.GetName()}' holds no features.", "Press Apply first."
        ) from error
    table = tableNode.GetTable()
    columns = {field: table.GetColumnByName(title) for title, field in COLUMNS.items()}
    features = []
    for row in range(table.GetNumberOfRows()):
        record = {field: column.GetValue(row) for field, column in columns.items()}
        features.append(Feature(**record, label=labels[record["segment"]]))
    return write_extraction(Extraction(features, **about), path)


def _cell(value: Any, title: str) -> Any:
    """Return a value as its column takes it: a column of numbers holds nothing but numbers."""
    if title == "Value":
        return math.nan if value is None else float(value)
    return value


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
