"""Diameters that a reader has corrected, in place of those that were computed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from ELMEDRadiomicsLib.burden.rano import choose_targets, sum_up
from ELMEDRadiomicsLib.burden.results import Burden, Lesion, lesion_from_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ELMEDRadiomicsLib.burden.options import BurdenOptions


@dataclass(frozen=True)
class Corrections:
    """Lesions of one scan with corrected diameters.

    Attributes:
        plane: in which they were drawn.
        rule: whose diameters they are, "classic" or "product".
        lesions: as they are after the correction.
    """

    plane: str
    rule: str
    lesions: tuple[Lesion, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it as plain lists and dictionaries."""
        return asdict(self)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Corrections:
        """Make it from what `as_json` gave."""
        lesions = tuple(lesion_from_json(record) for record in content["lesions"])
        return cls(content["plane"], content["rule"], lesions)


def with_lesions(burden: Burden, lesions: Sequence[Lesion], options: BurdenOptions) -> Burden:
    """Return a burden with other diameters; targets and sums follow."""
    chosen = choose_targets(lesions, options)
    sums = [
        replace(
            sum_up(entry.kind, chosen, entry.volume_ml, []),
            pieces=entry.pieces,
            pieces_ml=entry.pieces_ml,
        )
        for entry in burden.sums
    ]
    return replace(burden, lesions=chosen, sums=sums)


def corrected(
    burden: Burden, corrections: Corrections, options: BurdenOptions
) -> tuple[Burden, str]:
    """Return a burden with the corrections that fit it, and a sentence about them.

    A correction fits a lesion of its name and size: one that has been segmented anew since is
    measured as it is now.
    """
    if (corrections.plane, corrections.rule) != (options.plane, options.rule):
        return burden, (
            f"Diameters corrected in the {corrections.plane} plane by the {corrections.rule} rule "
            "were left out: these are others."
        )
    known = {(lesion.name, lesion.voxels): lesion for lesion in corrections.lesions}
    found = [known.get((lesion.name, lesion.voxels), lesion) for lesion in burden.lesions]
    used = [lesion.name for lesion in found if (lesion.name, lesion.voxels) in known]
    said = f"Diameters corrected by hand: {', '.join(used)}." if used else ""
    if len(used) < len(known):
        said += " Other corrections were left out: those lesions have changed since."
    return with_lesions(burden, found, options) if used else burden, said.strip()
