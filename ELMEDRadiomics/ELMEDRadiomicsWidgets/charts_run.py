"""One run that computes what the charts show, from nodes to numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ELMEDLib.bridge.workplace import Workplace
from ELMEDRadiomicsWidgets.extraction import ExtractionRun

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ELMEDRadiomicsWidgets.extraction import Request

BY_IMAGE = ("histograms", "boxes")
BY_SEGMENT = ("shapes", "radar")


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
    each part, so every segment keeps its own `centres`.
    """
    found: dict[str, Any] = {"histograms": {}, "boxes": {}, "radar": {}, "matrices": {}}
    for answer in answers:
        for image, histogram in answer["histograms"].items():
            own = found["histograms"].setdefault(image, {})
            for segment, percent in histogram["percent"].items():
                own[segment] = {"centres": histogram["centres"], "percent": percent}
        for image, kinds in answer["boxes"].items():
            found["boxes"].setdefault(image, {}).update(kinds["relative"])
        for segment, values in answer["radar"].items():
            found["radar"].setdefault(segment, values)
        for kind, images in answer["matrices"].items():
            for image, segments in images.items():
                place = found["matrices"].setdefault(kind, {}).setdefault(image, {})
                place.update(segments)
    return found
