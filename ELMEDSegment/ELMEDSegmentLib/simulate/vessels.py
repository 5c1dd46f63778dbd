"""Cortical veins: thin lines in the sulci that take up contrast agent, as tumours do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ELMEDSegmentLib.simulate.fields import smooth_field
from ELMEDSegmentLib.simulate.tissues import Tissue

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_WANDERING_MM = 7.0


def with_cortical_veins(
    rng: np.random.Generator, tissues: NDArray[np.uint8], radius_mm: float
) -> NDArray[np.uint8]:
    """Return 1 mm tissues `(z, y, x)` with veins of about `radius_mm` running through the fluid.

    Two random fields vanish together along curves: those are the veins.
    """
    threshold = radius_mm * 1.3 / _WANDERING_MM
    first = smooth_field(rng, tissues.shape, _WANDERING_MM)
    second = smooth_field(rng, tissues.shape, _WANDERING_MM)
    near = first * first + second * second < threshold * threshold
    result = tissues.copy()
    result[near & (tissues == Tissue.CSF)] = Tissue.VEIN
    return result
