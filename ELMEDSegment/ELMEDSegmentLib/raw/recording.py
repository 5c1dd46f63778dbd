"""How the steps of a preparation are written down."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK as sitk

from ELMEDSegmentLib.geometry import Grid
from ELMEDSegmentLib.labels import CHANNEL_TITLES
from ELMEDSegmentLib.raw.brain import BUNDLED
from ELMEDSegmentLib.raw.brain_network import load_brain_network
from ELMEDSegmentLib.raw.brain_programs import PROGRAMS
from ELMEDSegmentLib.raw.steps import (
    BRAIN_EXTRACTION,
    NORMALISATION,
    REGISTRATION,
    RESAMPLING,
    Step,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ELMEDSegmentLib.raw.registration import Registration
    from ELMEDSegmentLib.raw.steps import History


def registrations(found: Mapping[str, Registration], reference: str) -> list[Step]:
    """Return a step for each channel that was registered to the channel `reference`."""
    return [_registration(channel, one, reference) for channel, one in found.items()]


def _registration(channel: str, found: Registration, reference: str) -> Step:
    moved = (
        f"turned by {found.turn_degrees:.1f} degrees, moved by {found.shift_mm:.1f} mm"
        if found.after > found.before
        else "left where the scanner put it"
    )
    sentence = (
        f"{_title(channel)} was registered to {CHANNEL_TITLES[reference]} ({moved}; mutual "
        f"information {found.before:.3f} before, {found.after:.3f} after; the two brains overlap "
        f"by {found.agreement:.0%})."
    )
    values = {
        "mutual_information_before": round(found.before, 6),
        "mutual_information_after": round(found.after, 6),
        "brain_dice": round(found.agreement, 4),
        "turn_degrees": round(found.turn_degrees, 4),
        "shift_mm": round(found.shift_mm, 4),
    }
    return Step(REGISTRATION, channel, sentence, values, found.matrix)


def extraction(method: str, brain: sitk.Image, with_skull: int, contrasts: int) -> Step:
    """Return the step of a brain extraction whose result is the mask `brain`.

    Args:
        method: "bundled", or the name of a program.
        brain: what was found.
        with_skull: the number of contrasts that showed a head; the others showed a brain alone.
        contrasts: the number of all.
    """
    inside = int(np.count_nonzero(sitk.GetArrayViewFromImage(brain)))
    volume = inside * Grid.of(brain).voxel_volume_ml
    values = {"volume_ml": round(volume, 1)}
    if method != BUNDLED:
        program = PROGRAMS[method]
        who, source, where = program.title, program.citation, "in the reference volume"
    elif with_skull:
        manifest = load_brain_network().manifest
        who, source = manifest.title, manifest.sha256
        share = f"{with_skull} of {contrasts} contrasts; the others show it alone, where they are "
        where = (
            f"in {contrasts} contrasts, and their mean was taken"
            if with_skull == contrasts
            else f"in {share}not zero, and the mean was taken"
        )
    else:
        sentence = (
            f"The volumes show the brain ({volume:.0f} ml) alone, where they are not zero: nothing "
            "had to be extracted."
        )
        return Step(BRAIN_EXTRACTION, "", sentence, {"method": "not zero", "source": "", **values})
    return Step(
        BRAIN_EXTRACTION,
        "",
        f"The brain ({volume:.0f} ml) was extracted by {who} {where}.",
        {"method": method, "source": source, **values},
    )


def resampling(grid: Grid) -> Step:
    """Return the step that brings all volumes onto `grid`."""
    size = " x ".join(str(n) for n in grid.size)
    sentence = f"All volumes were sampled once on {size} voxels of {grid.spacing[0]:g} mm."
    return Step(RESAMPLING, "", sentence, {"grid": asdict(grid)})


def with_normalisation(
    history: History | None, statistics: Mapping[str, tuple[float, float]]
) -> dict[str, Any]:
    """Return `history` as values that JSON can hold, with the scaling of intensities as last steps.

    Args:
        history: of a study; None for one that was prepared before, which has nothing to tell.
        statistics: mean and deviation by which each channel was scaled.
    """
    if history is None:
        return {}
    scaling = [
        Step(
            NORMALISATION,
            channel,
            f"Intensities of {CHANNEL_TITLES[channel]} were scaled (mean {mean:.1f}, deviation "
            f"{deviation:.1f}).",
            {"mean": mean, "deviation": deviation},
        )
        for channel, (mean, deviation) in statistics.items()
    ]
    return replace(history, steps=(*history.steps, *scaling)).as_dict()


def _title(channel: str) -> str:
    title = CHANNEL_TITLES[channel]
    return title[0].upper() + title[1:]
