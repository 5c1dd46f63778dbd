"""Laying the template over a patient's brain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from ELMEDLib.errors import InputError
from ELMEDRadiomicsLib.alignment import align, coarse
from ELMEDRadiomicsLib.location.atlas import HEAD, brain_of

if TYPE_CHECKING:
    from ELMEDRadiomicsLib.location.atlas import Atlas

STRIPPED = 0.25
"""Share of voxels with exactly the corner's value that tells a skull-stripped volume."""

FLUID = HEAD + 1
BRAIN_GREY, FLUID_GREY, HEAD_GREY = 100.0, 40.0, 60.0
"""Values of the template as an image, roughly as T1 shows them; mutual information asks no more."""

RIM_MM = 6.0
"""Fluid this close to the brain stays when skulls are stripped."""

VENTRICLES = (11, 31)
GOOD_AGREEMENT = 0.85


@dataclass(frozen=True)
class TemplateFit:
    """How the template lies over a brain.

    Attributes:
        transform: from places in the patient's volume to places in the template (LPS mm).
        stripped: whether the volume shows the brain alone.
        agreement: Dice of the brain and the template's, None where the skull hides the brain.
    """

    transform: sitk.Transform
    stripped: bool
    agreement: float | None

    @property
    def sentence(self) -> str:
        """In a sentence, how the place was found, and how far it can be trusted."""
        fit = (
            "" if self.agreement is None else f" (overlap of the brains {self.agreement:.0%}, Dice)"
        )
        return (
            "ELMED's template, the mean of 14 labelled heads, was registered affinely to the "
            f"volume{fit}. Lobes are parted by planes, so borders are good to about a centimetre; "
            "a tumour that shifts the brain shifts them too. It knows no motor or language cortex."
        )

    @property
    def doubts(self) -> list[str]:
        """Return what is doubtful, a sentence each."""
        if self.agreement is not None and self.agreement < GOOD_AGREEMENT:
            return [f"The template fits the brain by {self.agreement:.0%} only: check the place."]
        return []


def is_stripped(image: sitk.Image) -> bool:
    """Return whether a volume shows the brain alone: a good part of it is exactly as its corner."""
    array = sitk.GetArrayViewFromImage(image)
    return bool((array == array[0, 0, 0]).mean() > STRIPPED)


def register_template(atlas: Atlas, image: sitk.Image) -> TemplateFit:
    """Register a template to a volume, affinely; it takes a few seconds.

    Args:
        atlas: the template.
        image: 3D, with or without skull.

    Raises:
        InputError: the volume is empty, or cannot be brought together with a head.
    """
    array = sitk.GetArrayViewFromImage(image)
    if array.min() == array.max():
        raise InputError("The volume is empty.", "Choose a volume that shows the brain.")
    stripped = is_stripped(image)
    moving = template_image(atlas, stripped=stripped)
    # Contrast is bounded, as a few very bright voxels would take up all of the histogram.
    shown = array[array > array.min()]
    high = np.percentile(shown[:: max(1, len(shown) // 100_000)], 99)
    fixed = sitk.Clamp(
        sitk.Cast(image, sitk.sitkFloat32), sitk.sitkFloat32, float(array.min()), float(high)
    )
    fixed = fixed - float(array.min())
    if not stripped:
        return TemplateFit(align(fixed, moving, affine=True), stripped, None)
    # First the shapes alone: a tumour, whatever its contrast, does not change them.
    brain = sitk.Cast(image != float(array[0, 0, 0]), sitk.sitkFloat32)
    shape = sitk.Cast(moving > 0, sitk.sitkFloat32)
    transform = align(brain, shape, affine=True)
    small = coarse(brain, 4.0) > 0.5  # noqa: PLR2004 - half of a voxel
    laid = sitk.Resample(shape, small, transform, sitk.sitkLinear, 0.0) > 0.5  # noqa: PLR2004
    return TemplateFit(transform, stripped, _dice(small, laid))


def template_image(atlas: Atlas, *, stripped: bool) -> sitk.Image:
    """Return the template as an image, with the brain alone or with the head around it."""
    labels = sitk.GetArrayViewFromImage(atlas.labels)
    brain = brain_of(labels)
    values = np.where(brain, BRAIN_GREY, 0.0)
    values[np.isin(labels, VENTRICLES)] = FLUID_GREY
    fluid = labels == FLUID
    if stripped:
        mask = sitk.GetImageFromArray(brain.astype(np.uint8))
        mask.SetSpacing(atlas.labels.GetSpacing())
        distance = sitk.SignedMaurerDistanceMap(mask, squaredDistance=False, useImageSpacing=True)
        fluid &= sitk.GetArrayViewFromImage(distance) < RIM_MM
    else:
        values[labels == HEAD] = HEAD_GREY
    values[fluid] = FLUID_GREY
    image = sitk.GetImageFromArray(values.astype(np.float32))
    image.CopyInformation(atlas.labels)
    return image


def _dice(first: sitk.Image, second: sitk.Image) -> float:
    a, b = sitk.GetArrayViewFromImage(first) > 0, sitk.GetArrayViewFromImage(second) > 0
    return float(2 * (a & b).sum() / max(a.sum() + b.sum(), 1))
