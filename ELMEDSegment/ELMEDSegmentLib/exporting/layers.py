"""Which segments are exported, and where each is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ELMEDSegmentLib.labels import REGIONS
from ELMEDSegmentLib.terminology import GLIOMA_SEGMENTS, REGION_SEGMENTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ELMEDLib.segment_kinds import SegmentKind


@dataclass(frozen=True)
class Layer:
    """Segments that do not overlap.

    Attributes:
        labels: uint8 `(z, y, x)`, 0 where no segment is.
        kinds: the segments by their `label`.
    """

    labels: np.ndarray
    kinds: tuple[SegmentKind, ...]


def layers_of(labels: np.ndarray, regions: Sequence[str]) -> list[Layer]:
    """Return the three tissues as one layer, and each combined region as one more.

    Args:
        labels: uint8 (1, 2, 3) `(z, y, x)`.
        regions: "WT", "TC" or both or none.
    """
    combined = [
        Layer(np.isin(labels, REGIONS[region]).astype(np.uint8), (REGION_SEGMENTS[region],))
        for region in regions
    ]
    return [Layer(labels, GLIOMA_SEGMENTS), *combined]
