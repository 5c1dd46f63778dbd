"""What each tissue looks like in each contrast: signal equations over relaxation times.

A study draws its own scanner settings and its own tissue properties, and the four contrasts follow
from the same properties, so that their relations to each other stay those of real MRI.

Sources. Relaxation times at 3 T (1.5 T: T1 about 25 % shorter): Wansapura et al. 1999
(doi:10.1002/(SICI)1522-2586(199904)9:4<531::AID-JMRI4>3.0.CO;2-L), Stanisz et al. 2005
(doi:10.1002/mrm.20605), review by Bojorquez et al. 2017 (doi:10.1016/j.mri.2016.08.021).
Oedema and tumour: Badve et al. 2017 (doi:10.3174/ajnr.A5035), Hattingen et al. 2017
(doi:10.18632/oncotarget.18612). FLAIR: Hajnal et al. 1992 (doi:10.1097/00004728-199211000-00001).
MPRAGE: Mugler & Brookeman 1990 (doi:10.1002/mrm.1910150117). Relaxivity of gadolinium chelates:
Rohrer et al. 2005 (doi:10.1097/01.rli.0000184756.66360.d3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ELMEDSegmentLib.simulate.tissues import Tissue

if TYPE_CHECKING:
    from collections.abc import Callable

Array = NDArray[np.float64]

# T1 ms, T2 ms, proton density relative to water, gadolinium in the tissue in mmol/l.
_PROPERTIES: dict[Tissue, tuple[float, float, float, float]] = {
    Tissue.AIR: (1000, 50, 0.0, 0),
    Tissue.CSF: (4000, 1600, 1.00, 0),
    Tissue.VENTRICLE: (4100, 1800, 1.00, 0),
    Tissue.CORTEX: (1280, 90, 0.82, 0.010),
    Tissue.WHITE_MATTER: (860, 76, 0.70, 0.005),
    Tissue.STRIATUM: (1230, 82, 0.80, 0.008),
    Tissue.THALAMUS: (1080, 79, 0.76, 0.008),
    Tissue.PALLIDUM: (940, 62, 0.73, 0.006),
    Tissue.HIPPOCAMPUS: (1340, 100, 0.83, 0.008),
    Tissue.CEREBELLAR_CORTEX: (1200, 90, 0.82, 0.012),
    Tissue.CEREBELLAR_WHITE_MATTER: (880, 78, 0.71, 0.006),
    Tissue.BRAINSTEM: (980, 80, 0.73, 0.006),
    Tissue.CHOROID_PLEXUS: (2100, 150, 0.92, 0.16),
    Tissue.WHITE_MATTER_LESION: (1250, 130, 0.80, 0.005),
    Tissue.ARTERY: (1500, 40, 0.45, 0.35),
    Tissue.VEIN: (1600, 55, 0.70, 0.40),
    Tissue.BONE: (500, 2, 0.12, 0),
    Tissue.MARROW: (400, 55, 0.55, 0.02),
    Tissue.SKIN: (360, 62, 0.72, 0.02),
    Tissue.SOFT_TISSUE: (620, 50, 0.65, 0.04),
    Tissue.MUSCLE: (1250, 38, 0.75, 0.05),
    Tissue.EYE: (3900, 1200, 0.98, 0),
    Tissue.MUCOSA: (1200, 110, 0.85, 0.25),
    Tissue.NECROSIS: (1650, 280, 0.95, 0.01),
    Tissue.OEDEMA: (1420, 185, 0.84, 0.005),
    Tissue.ENHANCING_TUMOUR: (1250, 150, 0.84, 0.20),
    Tissue.NON_ENHANCING_TUMOUR: (1700, 210, 0.89, 0.01),
    Tissue.MICROCYSTIC_TUMOUR: (2600, 330, 0.95, 0.005),
}
_TUMOUR = (
    Tissue.NECROSIS,
    Tissue.OEDEMA,
    Tissue.ENHANCING_TUMOUR,
    Tissue.NON_ENHANCING_TUMOUR,
    Tissue.MICROCYSTIC_TUMOUR,
)
_RELAXIVITY_PER_MS = 4.5e-3
_FIELD_1_5_T = 0.76


@dataclass(frozen=True)
class Contrasts:
    """The signal of every tissue, float32 `(4, 32)` in `CHANNELS` order, white matter near 1.

    `plain` is `(32,)`: tissue in the contrast-enhanced sequence without any gadolinium, from which
    partly enhancing tissue is mixed.
    """

    signals: NDArray[np.float32]
    plain: NDArray[np.float32]


def draw_contrasts(rng: np.random.Generator, variety: float = 1.0) -> Contrasts:
    """Draw a study's scanner settings and tissue properties, and return the signals.

    `variety` scales how far tissue properties spread around the published means; 0 is the mean.
    """
    for _ in range(100):
        contrasts = _draw(rng, variety)
        if _is_plausible(contrasts.signals):
            break
    return contrasts


def _is_plausible(signals: NDArray[np.floating]) -> bool:
    """Tell whether the tumour looks as tumours do: bright on FLAIR and T2, rim bright on T1c."""
    t1, t1c, t2, flair = signals
    grey, oedema, rim = Tissue.CORTEX, Tissue.OEDEMA, Tissue.ENHANCING_TUMOUR
    return bool(
        max(flair[Tissue.CSF], flair[Tissue.VENTRICLE]) < 0.6 * min(flair[grey], 1.0)
        and t1[grey] > 1.2 * max(t1[Tissue.CSF], t1[Tissue.VENTRICLE])
        and t1c[Tissue.NECROSIS] < 0.92  # noqa: PLR2004
        and flair[oedema] > 1.35 * max(flair[grey], 1.0)
        and flair[rim] > 1.1 * max(flair[grey], 1.0)
        and flair[Tissue.NON_ENHANCING_TUMOUR] > 1.15 * max(flair[grey], 1.0)
        and flair[Tissue.MICROCYSTIC_TUMOUR] < 0.75 * flair[Tissue.NON_ENHANCING_TUMOUR]
        and t2[Tissue.MICROCYSTIC_TUMOUR] > 1.05 * t2[Tissue.NON_ENHANCING_TUMOUR]
        and t2[oedema] > 1.5 * t2[grey]
        and t1c[rim] > 1.25  # noqa: PLR2004
        and flair[rim] < 1.2 * flair[oedema]
        and max(t1[rim], t1[oedema]) < 0.95  # noqa: PLR2004
        and t1[Tissue.NECROSIS] < 0.95 * t1[oedema]
        and flair[Tissue.NECROSIS] < 1.2 * flair[oedema]
        and t1[grey] < 0.95  # noqa: PLR2004
    )


def _draw(rng: np.random.Generator, variety: float) -> Contrasts:
    t1, t2, density, agent = _draw_properties(rng, variety)
    rate = 1 / t1 + _RELAXIVITY_PER_MS * agent * rng.uniform(0.7, 1.4)
    fluid_t1 = float(t1[Tissue.CSF])
    plain_sequence = _t1_weighting(rng)
    same = rng.random() < 0.6  # noqa: PLR2004 - most sites repeat the same sequence
    enhanced_sequence = plain_sequence if same else _t1_weighting(rng)
    rows = [
        plain_sequence(t1, t2, density),
        enhanced_sequence(1 / rate, t2, density),
        _t2_weighted(rng, t1, t2, density),
        _flair(rng, t1, t2, density, fluid_t1),
    ]
    plain = enhanced_sequence(t1, t2, density)
    scale = [float(row[Tissue.WHITE_MATTER]) for row in rows]
    signals = np.stack([row / unit for row, unit in zip(rows, scale, strict=True)])
    # Fast flow leaves a void in spin echoes; in T1-weighted gradient echoes it does not.
    signals[2:, Tissue.ARTERY] *= 0.3
    signals[2:, Tissue.VEIN] *= 0.6
    return Contrasts(signals.astype(np.float32), (plain / scale[1]).astype(np.float32))


def _draw_properties(rng: np.random.Generator, variety: float) -> tuple[Array, Array, Array, Array]:
    table = np.zeros((32, 4))
    table[:, 0], table[:, 1] = 1000, 50
    for tissue, values in _PROPERTIES.items():
        table[tissue] = values
    spread = np.full((32, 1), 0.035)
    spread[list(_TUMOUR)] = 0.13
    factors = np.exp(rng.standard_normal((32, 3)) * spread * variety)
    factors[:, 2] **= 0.4
    factors[Tissue.NECROSIS] **= (1.3, 2.2, 1.0)
    table[:, :3] *= factors
    table[:, 2] = np.minimum(table[:, 2], 1.0)
    table[:, 3] *= np.exp(rng.standard_normal(32) * 0.2 * variety)
    if rng.random() < 0.4:  # noqa: PLR2004 - studies at 1.5 T
        table[:, 0] *= _FIELD_1_5_T
        table[[Tissue.CSF, Tissue.VENTRICLE, Tissue.EYE], 0] /= _FIELD_1_5_T
        table[:, 1] *= 1.1
    return table[:, 0], table[:, 1], table[:, 2], table[:, 3]


def _t1_weighting(rng: np.random.Generator) -> Callable[[Array, Array, Array], Array]:
    """Draw a T1-weighted sequence: a spin echo, or an inversion-prepared gradient echo."""
    if rng.random() < 0.5:  # noqa: PLR2004
        repetition, echo = rng.uniform(400, 650), rng.uniform(8, 15)
        return lambda t1, t2, density: density * (1 - np.exp(-repetition / t1)) * np.exp(-echo / t2)
    inversion, repetition = rng.uniform(900, 1150), rng.uniform(1900, 2400)
    # Centric readouts keep part of the unprepared contrast, so that fluid is dark but not black.
    mixed, echo = rng.uniform(0.2, 0.45), 4.0

    def signal(t1: Array, t2: Array, density: Array) -> Array:
        recovered = 1 - 2 * np.exp(-inversion / t1) / (1 + np.exp(-repetition / t1))
        saturated = 1 - np.exp(-500 / t1)
        kept = np.maximum((1 - mixed) * recovered + mixed * saturated, 0.02)
        return density * kept * np.exp(-echo / t2)

    return signal


def _t2_weighted(rng: np.random.Generator, t1: Array, t2: Array, density: Array) -> Array:
    repetition, echo = rng.uniform(3500, 6500), rng.uniform(85, 115)
    return density * (1 - np.exp(-repetition / t1)) * np.exp(-echo / t2)


def _flair(
    rng: np.random.Generator, t1: Array, t2: Array, density: Array, fluid_t1: float
) -> Array:
    repetition, echo = rng.uniform(8000, 10000), rng.uniform(95, 140)
    nulling = fluid_t1 * np.log(2 / (1 + np.exp(-repetition / fluid_t1)))
    inversion = nulling * rng.uniform(0.88, 0.97)
    recovered = 1 - 2 * np.exp(-inversion / t1) + np.exp(-repetition / t1)
    return density * np.abs(recovered) * np.exp(-echo / t2)
