"""One check of robustness, from the nodes that a table was measured in to a mark on its rows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ELMEDRadiomicsLib.robustness.stability import stability
from ELMEDRadiomicsWidgets.extraction import ExtractionRun, Request
from ELMEDRadiomicsWidgets.results import extractionOf, setRobustness
from ELMEDRadiomicsWidgets.sources import segmentationOf, segmentID, volumesOf

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import slicer


class RobustnessRun(ExtractionRun):
    """Copies volumes and segments as an extraction does, and lets the worker repeat it."""

    task = "ELMEDRadiomicsLib.robustness"

    def finish(
        self, answers: Sequence[Mapping[str, Any]], _order: Mapping[str, Sequence[str]]
    ) -> dict[str, Any]:
        """Mark the table's rows, and return the stability of each feature."""
        for answer in answers:
            self.warnings += [text for text in answer["warnings"] if text not in self.warnings]
        found = {name: one.as_json() for name, one in stability(merged(answers)).items()}
        setRobustness(self.request.tableNode, found)
        return found


def merged(answers: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, list[float]]]:
    """Return the values of several parts (grids, overlapping segments) as those of one."""
    values: dict[str, dict[str, list[float]]] = {}
    for answer in answers:
        for feature, targets in answer["values"].items():
            for target, row in targets.items():
                numbers = [math.nan if value is None else value for value in row]
                values.setdefault(feature, {}).setdefault(target, numbers)
    return values


def robustnessRequest(tableNode: slicer.vtkMRMLTableNode) -> Request | None:
    """Return what a table was measured with, None when the segmentation or a volume is gone."""
    about = extractionOf(tableNode)
    segmentation, volumes = segmentationOf(tableNode), volumesOf(tableNode)
    if segmentation is None or {feature.image for feature in about.features} - set(volumes):
        return None
    names = dict.fromkeys(feature.segment for feature in about.features)
    keys = [segmentID(segmentation, name) for name in names]
    if None in keys:
        return None
    return Request(
        segmentation,
        volumes,
        keys,
        settings=about.settings,
        profile=about.options.get("profile"),
        tableNode=tableNode,
    )
