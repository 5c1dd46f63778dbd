"""What speaks for a channel, and how pieces of evidence are weighed together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ELMEDSegmentLib.labels import CHANNELS

if TYPE_CHECKING:
    from collections.abc import Iterable

OTHER = "other"
"""None of the four contrasts: diffusion, perfusion, localizers, label maps, ..."""

KINDS = (*CHANNELS, OTHER)

T1_FAMILY = ("t1", "t1c")


@dataclass(frozen=True)
class Evidence:
    """Something that speaks for one or several kinds of volume.

    Attributes:
        kinds: that it speaks for, of `KINDS`.
        confidence: above 0.5 and below 1, that it is one of them.
        reason: in words, as the end of "because ..."; "" where another one says it already.
        source: "name", "DICOM" or "image".
        among: the only kinds that it can tell apart; of others it says nothing.
    """

    kinds: tuple[str, ...]
    confidence: float
    reason: str
    source: str
    among: tuple[str, ...] = KINDS

    def likelihood(self, kind: str) -> float:
        """Return how likely this evidence is for a volume of `kind`, up to a common factor."""
        if kind not in self.among:
            return 0.5
        if kind in self.kinds:
            return self.confidence / len(self.kinds)
        return (1 - self.confidence) / (len(self.among) - len(self.kinds))


def probabilities(evidence: Iterable[Evidence]) -> dict[str, float]:
    """Return the probability of each kind: Bayes' rule, each piece of evidence by itself."""
    weights = dict.fromkeys(KINDS, 1.0)
    for piece in evidence:
        for kind in KINDS:
            weights[kind] *= piece.likelihood(kind)
    total = sum(weights.values())
    return {kind: weight / total for kind, weight in weights.items()}
