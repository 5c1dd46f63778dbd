"""What can be chosen about simulated studies."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class TumourChoice:
    """What to fix about a grown tumour; None leaves it to chance.

    Attributes:
        place: `(z, y, x)` as fractions of the brain's box, from inferior, anterior, patient's
            right; mirrored anatomies keep to it.
        radius_mm: mean radius of the core.
        kind: one of `kinds.KINDS`.
    """

    place: tuple[float, float, float] | None = None
    radius_mm: float | None = None
    kind: str | None = None


@dataclass(frozen=True)
class SimulationOptions:
    """How studies are simulated; the defaults give studies like those of BraTS.

    Attributes:
        spacing_mm: isotropic voxel size of the result.
        with_skull: keep the whole head, if the anatomy has one.
        shape: the result's `(z, y, x)` shape, brain in the middle; None fits it to the brain
            (`simulate_arrays`) or takes the BraTS grid (`simulate_study`).
        fit_to_brain: fit the grid to the brain in `simulate_study` too.
        tumour: what to fix about the tumour.
        lower_grade: share of the tumours that hardly enhance, or not at all.
        multifocal: share of the patients who have tumours in several places.
        without_tumour: share of the studies that have no tumour.
        mass_effect_mm: the largest push outwards is drawn below this.
        noise: spread of the noise relative to white matter at 1 mm voxels, the upper end of what
            is drawn.
        bias: spread of the bias field in log units, the upper end.
        deformation: strength of the anatomy's random deformation, 1 is usual.
        scanner_flaws: whether some contrasts are scanned in thick slices, or registered not quite
            exactly.
        slices_mm: thickness of the slices that every contrast is scanned in; None leaves it to
            chance.
        variety: spread of tissue properties around published means, 1 is usual.
        intensity: what white matter's intensities are drawn around.
    """

    spacing_mm: float = 1.0
    with_skull: bool = False
    shape: tuple[int, int, int] | None = None
    fit_to_brain: bool = False
    tumour: TumourChoice = field(default_factory=TumourChoice)
    lower_grade: float = 0.3
    multifocal: float = 0.12
    without_tumour: float = 0.0
    mass_effect_mm: float = 9.0
    noise: float = 0.035
    bias: float = 0.14
    deformation: float = 1.0
    scanner_flaws: bool = True
    slices_mm: float | None = None
    variety: float = 1.0
    intensity: float = 600.0
