"""One run that computes what the charts show, from nodes to numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ELMEDLib.bridge.workplace import Workplace
from ELMEDRadiomicsLib.charts.intensities import scaled
from ELMEDRadiomicsLib.charts.shapes import radar
from ELMEDRadiomicsWidgets.extraction import ExtractionRun

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ELMEDRadiomicsWidgets.extraction import Request


class ChartsRun(ExtractionRun):
    """Copies volumes and segments as an extraction does, and lets the worker look at them."""

    task = "ELMEDRadiomicsLib.charts"

    def finish(
        self, answers: Sequence[Mapping[str, Any]], _order: Mapping[str, Sequence[str]]
    ) -> dict[str, Any]:
        """Return the numbers; parts (grids, overlapping segments) are put together."""
        return merged(answers)


class ChartsPlace(Workplace):
    """Where charts are computed, beside what the panel does otherwise."""

    def start(
        self,
        request: Request,
        onProgress: Callable[[str, float, str], None] | None = None,
        onEnd: Callable[[ChartsRun], None] | None = None,
    ) -> ChartsRun:
        """Start a run and return it.

        Raises:
            WorkerError: the chosen Python cannot be used.
            RuntimeError: another run still goes on.
        """
        return self.begin(lambda worker: ChartsRun(worker, request, onProgress, onEnd))


def merged(answers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the numbers of several parts as those of one.

    Segments that overlap come in different parts; a sequence's histograms then have bins of
    each part, so every segment keeps its own `centres`. What is relative to all segments is
    so to those of all parts: boxes have the scale of their sequence's first part.
    """
    found: dict[str, Any] = {"histograms": {}, "boxes": {}, "radar": {}, "matrices": {}}
    shapes: dict[str, Any] = {}
    scales: dict[str, Any] = {}
    for answer in answers:
        for image, histogram in answer["histograms"].items():
            own = found["histograms"].setdefault(image, {})
            for segment, percent in histogram["percent"].items():
                own[segment] = {"centres": histogram["centres"], "percent": percent}
        for image, kinds in answer["boxes"].items():
            scale = scales.setdefault(image, kinds["scale"])
            found["boxes"].setdefault(image, {}).update(scaled(kinds["intensity"], scale))
        for segment, values in answer["shapes"].items():
            shapes.setdefault(segment, values)
        for kind, images in answer["matrices"].items():
            for image, segments in images.items():
                place = found["matrices"].setdefault(kind, {}).setdefault(image, {})
                place.update(segments)
    found["radar"] = radar(shapes)
    return found
