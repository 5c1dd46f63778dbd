"""Response categories proposed by RANO 2.0, with the reasoning: proposals, never diagnoses."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ELMEDLib.errors import InputError
from ELMEDRadiomicsLib.follow_up.criteria import (
    BETTER,
    CONFIRMING_WEEKS,
    CR,
    MR,
    PD,
    PR,
    PSEUDOPROGRESSION_WEEKS,
    SD,
    THRESHOLDS,
    TITLES,
    reaches,
)
from ELMEDRadiomicsLib.follow_up.series import Assessment, Measured

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

DAYS_A_WEEK = 7


def propose(
    series: Sequence[Measured], method: str = "2d", kind: str = "enhancing"
) -> list[Assessment]:
    """Propose a category for each time point after the baseline.

    Args:
        series: time points in any order.
        method: "2d" for sums of products, "volume" for volumes.
        kind: "enhancing" or "non-enhancing": what was measured.

    Raises:
        InputError: there is no time point, two have one date, or the method is unknown.
    """
    if method not in THRESHOLDS:
        raise InputError(f"There is no method '{method}'.", "Choose '2d' or 'volume'.")
    ordered = with_weeks(sorted(series, key=lambda point: point.day))
    days = [point.day for point in ordered]
    if not ordered:
        raise InputError("There is no time point.", "Choose two or more scans.")
    check_days(days)
    start = baseline_of(ordered)
    found = [_role(point, "before", method) for point in ordered[:start]]
    found.append(_role(ordered[start], "baseline", method))
    found += [
        _Proposal(ordered[start : number + 1], method, kind).assessment()
        for number in range(start + 1, len(ordered))
    ]
    return _confirmed(ordered, found)


def check_days(days: Sequence[date]) -> None:
    """Raise an InputError when two scans have one day."""
    if len(set(days)) < len(days):
        raise InputError(
            "Time points need dates that differ.", "Give each scan the day on which it was taken."
        )


def with_weeks(ordered: Sequence[Measured]) -> list[Measured]:
    """Return the time points with the weeks since radiotherapy told by those that are known."""
    known = [point for point in ordered if point.clinic.weeks_since_radiotherapy is not None]
    filled = []
    for point in ordered:
        if not known or point.clinic.weeks_since_radiotherapy is not None:
            filled.append(point)
            continue
        other = min(known, key=lambda entry: abs((entry.day - point.day).days))
        apart = (point.day - other.day).days / DAYS_A_WEEK
        weeks = (other.clinic.weeks_since_radiotherapy or 0.0) + apart
        clinic = replace(point.clinic, weeks_since_radiotherapy=weeks)
        filled.append(replace(point, clinic=clinic))
    return filled


def baseline_of(ordered: Sequence[Measured]) -> int:
    """Return which time point others are held against.

    That is the one marked as baseline; else the first one after radiotherapy; else the first.

    Args:
        ordered: by day.
    """
    ordered = with_weeks(ordered)
    marked = [number for number, point in enumerate(ordered) if point.clinic.baseline]
    if marked:
        return marked[0]
    weeks = [point.clinic.weeks_since_radiotherapy for point in ordered]
    after = [number for number, since in enumerate(weeks) if since is not None and since >= 0]
    return after[0] if after else 0


def _role(point: Measured, role: str, method: str) -> Assessment:
    rule = THRESHOLDS[method]
    value = f"{rule.measure} {point.value(method):.4g} {rule.unit}"
    sentence = {
        "before": f"Before the baseline ({value}): it is shown, and nothing is held against it.",
        "baseline": f"This is the baseline ({value}) that responses are held against.",
    }[role]
    return Assessment(
        point.day.isoformat(),
        role,
        point.sum_mm2,
        point.volume_ml,
        None,
        None,
        "",
        None,
        (sentence,),
    )


class _Proposal:
    """The reasoning for the last of some time points, the first of which is the baseline."""

    def __init__(self, points: Sequence[Measured], method: str, kind: str) -> None:
        self.rule = THRESHOLDS[method]
        self.kind = kind
        self.point, self.baseline = points[-1], points[0]
        self.value = self.point.value(method)
        self.base = self.baseline.value(method)
        lowest = min(points[:-1], key=lambda point: point.value(method))
        self.nadir, self.nadir_day = lowest.value(method), lowest.day
        self.method = method
        self.said: list[str] = []

    def assessment(self) -> Assessment:
        """Return category and reasoning."""
        self._say_changes()
        category = self._progression() or self._response()
        confirmed = None
        if category == PD and self._in_pseudoprogression_window():
            confirmed = False
            self.said.append(
                f"The scan is within {PSEUDOPROGRESSION_WEEKS:g} weeks after radiotherapy: the "
                "increase may be pseudoprogression, and must be confirmed by a scan at least "
                f"{CONFIRMING_WEEKS:g} weeks later before it counts, unless it lies outside the "
                "radiation field or tissue proves it."
            )
        elif category in (CR, PR, MR):
            confirmed = False
        self.said.append(f"Proposed: {TITLES[category]} ({category}).")
        return Assessment(
            self.point.day.isoformat(),
            "follow-up",
            self.point.sum_mm2,
            self.point.volume_ml,
            _part(self.value, self.base),
            _part(self.value, self.nadir),
            category,
            confirmed,
            tuple(self.said),
        )

    def _say_changes(self) -> None:
        rule = self.rule
        self.said.append(
            f"The {rule.measure} is {self.value:.4g} {rule.unit}: "
            f"{_change(self.value, self.base)} the baseline of {self.baseline.day.isoformat()} "
            f"({self.base:.4g} {rule.unit}), {_change(self.value, self.nadir)} the nadir of "
            f"{self.nadir_day.isoformat()} ({self.nadir:.4g} {rule.unit})."
        )

    def _new_lesion(self) -> bool:
        given = self.point.clinic.new_lesion
        if given == "no" and self.point.new_lesions:
            self.said.append(
                f"Matching found new lesions ({', '.join(self.point.new_lesions)}); they were "
                "entered as not new."
            )
        if given:
            return given == "yes"
        return bool(self.point.new_lesions)

    def _progression(self) -> str:
        """Return PD when anything makes it progression, else ""."""
        found = False
        if self._new_lesion():
            names = ", ".join(self.point.new_lesions) or "entered by hand"
            self.said.append(f"There is a new measurable lesion ({names}): that is progression.")
            found = True
        if self.nadir > 0:
            grown = self.value / self.nadir - 1
            if reaches(grown, self.rule.progression):
                self.said.append(
                    f"An increase of {self.rule.progression:.0%} or more against the nadir is "
                    "progression."
                )
                found = True
        elif self.value > 0 and (self.method == "volume" or self.point.measurable):
            self.said.append(
                "Tumour has come where there was none to measure: that is progression."
            )
            found = True
        if self.point.clinic.state == "worse":
            self.said.append(
                "The patient is clinically worse: that is progression, unless something other "
                "than the tumour explains it."
            )
            found = True
        return PD if found else ""

    def _response(self) -> str:
        """Return the category when it is no progression."""
        if self.base <= 0:
            self.said.append(
                "There was nothing to measure at the baseline: without progression it is stable."
            )
            return SD
        category = self._response_of_size(1 - self.value / self.base)
        return self._with_steroids(category) if category != SD else SD

    def _response_of_size(self, shrunk: float) -> str:
        rule = self.rule
        if self.value <= 0 and self.point.volume_ml <= 0:
            self.said.append("All that was followed is gone.")
            return CR
        if reaches(shrunk, rule.partial):
            self.said.append(f"A decrease of {rule.partial:.0%} or more is a partial response.")
            return PR
        if reaches(shrunk, rule.minor):
            between = f"A decrease of {rule.minor:.0%} or more, but less than {rule.partial:.0%},"
            if self.kind == "non-enhancing":
                self.said.append(f"{between} is a minor response.")
                return MR
            self.said.append(
                f"{between} is stable: RANO 2.0 has minor responses for non-enhancing tumours only."
            )
            return SD
        least = rule.minor if self.kind == "non-enhancing" else rule.partial
        self.said.append(
            f"It is neither a decrease of {least:.0%} or more against the baseline nor an "
            f"increase of {rule.progression:.0%} or more against the nadir."
        )
        return SD

    def _with_steroids(self, category: str) -> str:
        """Return the response, or stable disease when steroids could explain it."""
        now, before = self.point.clinic.steroids_mg, self.baseline.clinic.steroids_mg
        if now is None:
            self.said.append("Steroids are not known: a response asks for a stable or lower dose.")
        elif before is not None and now > before:
            self.said.append(
                f"Steroids were raised from {before:g} to {now:g} mg a day: a response cannot be "
                "called, as they alone reduce enhancement and oedema."
            )
            return SD
        elif category == CR and now > 0:
            self.said.append(
                f"With steroids ({now:g} mg a day) it is a partial, not a complete response."
            )
            return PR
        if not self.point.clinic.state:
            self.said.append("The clinical state is not known: it must be stable or improved.")
        return category

    def _in_pseudoprogression_window(self) -> bool:
        weeks = self.point.clinic.weeks_since_radiotherapy
        return weeks is not None and 0 <= weeks <= PSEUDOPROGRESSION_WEEKS


def _confirmed(ordered: Sequence[Measured], found: Sequence[Assessment]) -> list[Assessment]:
    """Return the assessments with those confirmed that a later scan confirms."""
    done = []
    for number, entry in enumerate(found):
        if entry.confirmed is not False:
            done.append(entry)
            continue
        later = [
            (point, other)
            for point, other in zip(ordered[number + 1 :], found[number + 1 :], strict=True)
            if (point.day - ordered[number].day).days >= CONFIRMING_WEEKS * DAYS_A_WEEK
        ]
        done.append(_with_confirmation(entry, later[0][1] if later else None))
    return done


def _with_confirmation(entry: Assessment, later: Assessment | None) -> Assessment:
    if later is None:
        sentence = f"No scan at least {CONFIRMING_WEEKS:g} weeks later confirms it yet."
        return replace(entry, sentences=(*entry.sentences, sentence))
    if entry.category == PD:
        held = later.category == PD
    else:
        held = BETTER[later.category] >= BETTER[entry.category]
    if held:
        sentence = f"The scan of {later.day} confirms it."
        return replace(entry, confirmed=True, sentences=(*entry.sentences, sentence))
    sentence = f"The scan of {later.day} does not confirm it ({later.category})."
    if entry.category == PD:
        sentence += " It may have been pseudoprogression."
    return replace(entry, sentences=(*entry.sentences, sentence))


def _part(value: float, reference: float) -> float | None:
    return value / reference - 1 if reference > 0 else None


def _change(value: float, reference: float) -> str:
    part = _part(value, reference)
    if part is None:
        return "nothing to compare with in"
    if abs(part) < 5e-4:  # noqa: PLR2004 - shown as 0.0 %
        return "the same as"
    return f"{abs(part):.1%} {'above' if part > 0 else 'below'}"
