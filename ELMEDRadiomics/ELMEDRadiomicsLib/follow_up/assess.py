"""Several time points of one patient: the whole way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import SimpleITK as sitk

from ELMEDLib.errors import InputError
from ELMEDLib.progress import Progress, no_progress
from ELMEDRadiomicsLib.alignment import align
from ELMEDRadiomicsLib.burden.corrections import corrected
from ELMEDRadiomicsLib.burden.measure import measure_burden
from ELMEDRadiomicsLib.burden.options import BurdenOptions
from ELMEDRadiomicsLib.follow_up.matching import Track, lesion_numbers, match
from ELMEDRadiomicsLib.follow_up.response import baseline_of, check_days, propose
from ELMEDRadiomicsLib.follow_up.series import Clinic, Measured

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from ELMEDRadiomicsLib.burden.corrections import Corrections
    from ELMEDRadiomicsLib.burden.results import Burden, Lesion
    from ELMEDRadiomicsLib.follow_up.series import Assessment

BY_ITSELF = "auto"


@dataclass(frozen=True)
class TimePoint:
    """One examination.

    Attributes:
        day: on which it was taken.
        labels: 1 core, 2 oedema, 3 enhancing tumour.
        image: a volume of it, to align it with the others; None when all lie in one space.
        clinic: what images do not tell.
        corrections: diameters that a reader has corrected, None for none.
    """

    day: date
    labels: sitk.Image
    image: sitk.Image | None = None
    clinic: Clinic = field(default_factory=Clinic)
    corrections: Corrections | None = None


@dataclass
class FollowUp:
    """What was found over time.

    Attributes:
        kind: what was followed, "enhancing" or "non-enhancing".
        method: "2d" or "volume".
        measured: the time points, by day.
        assessments: what is proposed for each.
        tracks: the lesions over time, a row each: `lesion`, `day`, `volume_ml`, `product_mm2`,
            `target`, `new`.
        burdens: everything measured at each time point.
        warnings: sentences for the user.
    """

    kind: str
    method: str
    measured: list[Measured]
    assessments: list[Assessment]
    tracks: list[dict[str, Any]]
    burdens: list[Burden]
    warnings: list[str]

    def as_json(self) -> dict[str, Any]:
        """Return it as plain lists and dictionaries."""
        return {
            "kind": self.kind,
            "method": self.method,
            "assessments": [entry.as_json() for entry in self.assessments],
            "new_lesions": [list(point.new_lesions) for point in self.measured],
            "measurable": [point.measurable for point in self.measured],
            "tracks": self.tracks,
            "warnings": self.warnings,
        }


def assess(
    points: Sequence[TimePoint],
    method: str = "2d",
    kind: str = BY_ITSELF,
    options: BurdenOptions | None = None,
    progress: Progress = no_progress,
) -> FollowUp:
    """Measure several time points, match their lesions and propose categories.

    Args:
        points: in any order; at least two.
        method: "2d" or "volume".
        kind: what is followed; "auto" takes the enhancing tumour where the baseline has a
            measurable one, and else the non-enhancing.
        options: how lesions are measured.
        progress: told how far the work is.

    Raises:
        InputError: there are less than two time points, or one cannot be used.
    """
    options = options or BurdenOptions()
    ordered = sorted(points, key=lambda point: point.day)
    if len(ordered) < 2:  # noqa: PLR2004 - a change needs two
        raise InputError("There are less than two time points.", "Choose two or more scans.")
    check_days([point.day for point in ordered])
    warnings: list[str] = []
    transforms = _aligned(ordered, warnings, progress)
    burdens = []
    for number, point in enumerate(ordered):
        share = 0.5 + 0.4 * number / len(ordered)
        progress("measuring", share, f"Measuring the scan of {point.day.isoformat()}")
        burden = measure_burden(point.labels, options)
        if point.corrections is not None:
            burden, said = corrected(burden, point.corrections, options)
            if said:
                warnings.append(f"Scan of {point.day.isoformat()}: {said}")
        burdens.append(burden)
    start = baseline_of([Measured(point.day, 0, 0, clinic=point.clinic) for point in ordered])
    if kind == BY_ITSELF:
        kind = "enhancing" if burdens[start].sum_of("enhancing").targets else "non-enhancing"
    progress("matching", 0.9, "Matching the lesions")
    tracks = match([lesion_numbers(p.labels, kind, options) for p in ordered], transforms)
    series = _Series(ordered, burdens, tracks, kind, start, options.rule)
    measured = [series.measured(time) for time in range(len(ordered))]
    return FollowUp(
        kind, method, measured, propose(measured, method, kind), series.rows(), burdens, warnings
    )


def _aligned(
    ordered: Sequence[TimePoint], warnings: list[str], progress: Progress
) -> list[sitk.Transform]:
    """Return for each time point the transform from the first one's space to its own."""
    transforms: list[sitk.Transform] = [sitk.Transform()]
    first = ordered[0]
    for number, point in enumerate(ordered[1:], start=1):
        progress("aligning", 0.5 * number / len(ordered), "Aligning the scans")
        if first.image is None or point.image is None:
            transforms.append(sitk.Transform())
        else:
            transforms.append(align(first.image, point.image))
    if any(point.image is None for point in ordered):
        warnings.append(
            "Not every time point has a volume to align: they are taken to lie in one space."
        )
    return transforms


class _Series:
    """Lesions and tracks of all time points."""

    def __init__(
        self,
        ordered: Sequence[TimePoint],
        burdens: Sequence[Burden],
        tracks: Sequence[Track],
        kind: str,
        start: int,
        rule: str,
    ) -> None:
        self._ordered, self._burdens, self._tracks = ordered, burdens, tracks
        self._kind, self._start, self._rule = kind, start, rule
        self._lesions = [
            [lesion for lesion in burden.lesions if lesion.kind == kind] for burden in burdens
        ]
        self._targets = {
            track.name
            for track in tracks
            if any(lesion.target for lesion in self._of(track, start))
        }

    def _of(self, track: Track, time: int) -> list[Lesion]:
        return [self._lesions[time][number - 1] for number in track.lesions.get(time, [])]

    def measured(self, time: int) -> Measured:
        """Return a time point: the targets of the baseline, wherever they have gone."""
        total = sum(
            lesion.diameters(self._rule).product_mm2
            for track in self._tracks
            if track.name in self._targets
            for lesion in self._of(track, time)
        )
        new = [track.name for track in self._tracks if self._is_new(track, time)]
        burden = self._burdens[time]
        return Measured(
            self._ordered[time].day,
            total,
            burden.sum_of(self._kind).volume_ml,
            any(lesion.measurable for lesion in self._lesions[time]),
            tuple(new),
            self._ordered[time].clinic,
        )

    def _is_new(self, track: Track, time: int) -> bool:
        """Return whether a lesion that came after the baseline is measurable."""
        if track.first <= self._start or time < track.first:
            return False
        return any(lesion.measurable for lesion in self._of(track, time))

    def rows(self) -> list[dict[str, Any]]:
        """Return a row for each lesion and time point."""
        return [
            {
                "lesion": track.name,
                "day": point.day.isoformat(),
                "volume_ml": sum(lesion.volume_ml for lesion in self._of(track, time)),
                "product_mm2": sum(
                    lesion.diameters(self._rule).product_mm2 for lesion in self._of(track, time)
                ),
                "target": track.name in self._targets,
                "new": self._is_new(track, time),
            }
            for track in self._tracks
            for time, point in enumerate(self._ordered)
        ]
