"""Aligning volumes of heads: rigidly over time, affinely with a template.

Mutual information (Mattes et al. 2003, doi:10.1109/TMI.2003.809072), as ITK implements it. All
chance comes from a fixed seed.
"""

from __future__ import annotations

import math

import SimpleITK as sitk

from ELMEDLib.errors import InputError

SEED = 7
BINS = 32
SAMPLES = 30_000
LEVELS_MM = (6.0, 3.0)
STEPS = 80


def align(
    fixed: sitk.Image, moving: sitk.Image, *, affine: bool = False, threads: int = 1
) -> sitk.Transform:
    """Return the transform from places (LPS mm) in `fixed` to places in `moving`.

    Args:
        fixed: 3D.
        moving: 3D, of the same kind of content, in any contrast.
        affine: whether size and shape may differ too; else only turns and shifts.
        threads: of the computation; results are repeatable for the same number.

    Raises:
        InputError: the volumes cannot be brought together.
    """
    fixed, moving = (sitk.Cast(image, sitk.sitkFloat32) for image in (fixed, moving))
    transform = _start(fixed, moving, affine)
    for spacing in LEVELS_MM:
        method = _method(spacing, threads)
        method.SetInitialTransform(transform, inPlace=True)
        try:
            method.Execute(coarse(fixed, spacing), coarse(moving, spacing))
        except RuntimeError as error:
            raise InputError(
                "The volumes cannot be aligned: they hardly overlap.",
                "Check that they show the same part of the body.",
            ) from error
    return transform


def coarse(image: sitk.Image, spacing_mm: float) -> sitk.Image:
    """Return an image smoothed and sampled on voxels of about `spacing_mm`, along its own axes."""
    spacing = [max(spacing_mm, side) for side in image.GetSpacing()]
    size = [
        max(1, math.ceil(count * side / wanted))
        for count, side, wanted in zip(image.GetSize(), image.GetSpacing(), spacing, strict=True)
    ]
    smooth = sitk.SmoothingRecursiveGaussian(image, spacing_mm / 2)
    filter_ = sitk.ResampleImageFilter()
    filter_.SetSize(size)
    filter_.SetOutputSpacing(spacing)
    filter_.SetOutputOrigin(image.GetOrigin())
    filter_.SetOutputDirection(image.GetDirection())
    return filter_.Execute(smooth)


def _start(fixed: sitk.Image, moving: sitk.Image, affine: bool) -> sitk.Transform:
    """Return a transform that brings the centres of what is bright together."""
    kind = sitk.AffineTransform(3) if affine else sitk.Euler3DTransform()
    mode = sitk.CenteredTransformInitializerFilter.MOMENTS
    try:
        start = sitk.CenteredTransformInitializer(fixed, moving, sitk.Euler3DTransform(), mode)
    except RuntimeError as error:  # ITK: nothing but zeros
        raise InputError(
            "The volumes cannot be aligned: one of them is empty.", "Choose another volume."
        ) from error
    start = sitk.Euler3DTransform(start)
    if not affine:
        return start
    kind.SetCenter(start.GetCenter())
    kind.SetTranslation(start.GetTranslation())
    return kind


def _method(spacing_mm: float, threads: int) -> sitk.ImageRegistrationMethod:
    method = sitk.ImageRegistrationMethod()
    method.SetMetricAsMattesMutualInformation(BINS)
    method.SetMetricSamplingStrategy(method.RANDOM)
    method.SetMetricSamplingPercentage(0.25 if spacing_mm > LEVELS_MM[-1] else 0.05, SEED)
    method.SetInterpolator(sitk.sitkLinear)
    method.SetOptimizerAsRegularStepGradientDescent(1.0, 0.005, STEPS, 0.6)
    method.SetOptimizerScalesFromPhysicalShift()
    method.SetNumberOfThreads(threads)
    return method
