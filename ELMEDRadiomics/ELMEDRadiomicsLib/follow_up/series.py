"""What is known of each time point, and what is proposed for it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

CLINICAL_STATES = ("", "improved", "stable", "worse")
NEW_LESION = ("", "yes", "no")


@dataclass(frozen=True)
class Clinic:
    """What the images do not tell; anything may be unknown.

    Attributes:
        steroids_mg: dexamethasone a day, None when unknown.
        state: against the baseline, one of `CLINICAL_STATES`, "" when unknown.
        new_lesion: "yes" or "no" overrules what matching lesions found; "" leaves it.
        weeks_since_radiotherapy: since its end; None when unknown or never given; negative before.
        baseline: whether this scan is the one that others are held against.
    """

    steroids_mg: float | None = None
    state: str = ""
    new_lesion: str = ""
    weeks_since_radiotherapy: float | None = None
    baseline: bool = False


@dataclass(frozen=True)
class Measured:
    """One time point, measured.

    Attributes:
        day: of the scan.
        sum_mm2: sum of products of the target lesions chosen at the baseline.
        volume_ml: of all that is followed.
        measurable: whether any lesion is measurable.
        new_lesions: names of new measurable lesions.
        clinic: what the images do not tell.
    """

    day: date
    sum_mm2: float
    volume_ml: float
    measurable: bool = True
    new_lesions: tuple[str, ...] = ()
    clinic: Clinic = field(default_factory=Clinic)

    def value(self, method: str) -> float:
        """Return the measurement by a method, "2d" or "volume"."""
        return self.volume_ml if method == "volume" else self.sum_mm2


@dataclass(frozen=True)
class Assessment:
    """What is proposed for one time point.

    Attributes:
        day: of the scan, ISO.
        role: "before", "baseline" or "follow-up".
        sum_mm2: sum of products.
        volume_ml: volume.
        from_baseline: change by the method, as a part; None where there is none.
        from_nadir: likewise.
        category: one of `criteria.TITLES`, "" before and at the baseline.
        confirmed: whether a later scan confirms it; None where none is needed.
        sentences: the reasoning.
    """

    day: str
    role: str
    sum_mm2: float
    volume_ml: float
    from_baseline: float | None
    from_nadir: float | None
    category: str
    confirmed: bool | None
    sentences: tuple[str, ...]

    @property
    def label(self) -> str:
        """The category with what is to be known about it at a glance."""
        if not self.category:
            return self.role
        return f"{self.category} (to be confirmed)" if self.confirmed is False else self.category

    def as_json(self) -> dict[str, Any]:
        """Return it as plain lists and dictionaries."""
        return {**asdict(self), "label": self.label}
