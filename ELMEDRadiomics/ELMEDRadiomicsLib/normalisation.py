"""Normalisation of MRI intensities, by name.

- `image`: mean 0 and standard deviation 1 over the whole image (pyradiomics' `normalize`).
- `brain`: the same over the brain alone.
- `white-stripe`: over normal-appearing white matter (Shinohara et al. 2014, NeuroImage Clinical).
- `nyul`: landmarks of the histogram moved to a stored standard (Nyúl et al. 2000, IEEE TMI).

The first three take outliers back to `removeOutliers` standard deviations and multiply by
`normalizeScale`, as the settings say, so that bin widths keep their meaning.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from ELMEDLib.errors import InputError
from ELMEDLib.files import written_whole
from ELMEDRadiomicsLib.geometry import difference

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Floats = NDArray[np.float64]

NORMALISATIONS = ("none", "image", "brain", "white-stripe", "nyul")
NYUL_PERCENTILES = (1, 10, 20, 30, 40, 50, 60, 70, 80, 90, 99)
NYUL_SCALE = (0.0, 100.0)
STRIPE_WIDTH = 0.05
HISTOGRAM_BINS = 2000
HISTOGRAM_SMOOTHING = 20.0
LEAST_BACKGROUND = 0.2
SAME_GRID = 1e-3
"""Tolerance for a brain mask's grid, as `geometryTolerance`: file formats round it."""


class Mapping(Protocol):
    """A change of intensities, the same for every voxel."""

    def apply(self, values: NDArray[Any]) -> Floats:
        """Return changed intensities for those of an image or of a part of it."""
        ...


@dataclass(frozen=True)
class Standardised:
    """Subtract a mean, divide by a standard deviation, take outliers back, scale."""

    mean: float
    sigma: float
    outliers: float | None
    scale: float

    def apply(self, values: NDArray[Any]) -> Floats:
        """Return changed intensities for those of an image or of a part of it."""
        # One step after the other as in pyradiomics, whose results depend on the rounding.
        result = values.astype(np.float64)
        result -= self.mean
        result *= 1 / self.sigma
        if self.outliers is not None:
            np.clip(result, -self.outliers, self.outliers, out=result)
        if self.scale != 1:
            result *= self.scale
        return result


@dataclass(frozen=True)
class PiecewiseLinear:
    """Move landmarks to a standard, linear between them and beyond the ends."""

    landmarks: tuple[float, ...]
    standard: tuple[float, ...]

    def apply(self, values: NDArray[Any]) -> Floats:
        """Return changed intensities for those of an image or of a part of it."""
        x, y = np.array(self.landmarks), np.array(self.standard)
        mapped: Floats = np.interp(values, x, y)
        for end, inner, outside in ((0, 1, values < x[0]), (-1, -2, values > x[-1])):
            slope = (y[end] - y[inner]) / (x[end] - x[inner])
            mapped[outside] = y[end] + slope * (values[outside] - x[end])
        return mapped


def fit_mapping(
    image: sitk.Image,
    settings: dict[str, Any],
    choice: str | None = None,
    brain: sitk.Image | None = None,
    standard: NyulStandard | None = None,
    name: str = "",
) -> Mapping | None:
    """Return the change of intensities that normalises an image, None for none.

    Args:
        image: as read, whole.
        settings: `normalize` (looked at when no choice is made), `removeOutliers`,
            `normalizeScale`.
        choice: one of `NORMALISATIONS`, None for what the settings say.
        brain: mask of the brain on the image's grid; without it, voxels other than 0 when the
            image has an empty background.
        standard: for `nyul`.
        name: the sequence's name; T2 and FLAIR have their white-matter peak elsewhere.

    Raises:
        InputError: the choice is unknown, or what it needs is missing.
    """
    if choice is None:
        choice = "image" if settings["normalize"] else "none"
    if choice not in NORMALISATIONS:
        raise InputError(
            f"'{choice}' is not a known normalisation.", f"Choose {', '.join(NORMALISATIONS)}."
        )
    if choice == "none":
        return None
    outliers, scale = settings["removeOutliers"], settings["normalizeScale"]
    if choice == "image":
        statistics = sitk.StatisticsImageFilter()
        statistics.Execute(image)
        return _standardised(statistics.GetMean(), statistics.GetSigma(), outliers, scale)
    values = brain_values(image, brain)
    if choice == "brain":
        return _standardised(float(values.mean()), float(values.std()), outliers, scale)
    if choice == "white-stripe":
        mean, sigma = white_stripe(values, last_peak=not _is_t2_like(name))
        return _standardised(mean, sigma, outliers, scale)
    return _to_standard(values, standard)


def _to_standard(values: Floats, standard: NyulStandard | None) -> PiecewiseLinear:
    if standard is None:
        raise InputError(
            "Nyúl normalisation needs a stored standard.",
            "Make one from your images first, or choose another normalisation.",
        )
    landmarks = np.percentile(values, standard.percentiles)
    if (np.diff(landmarks) <= 0).any():
        raise InputError(
            "The image has too few different intensities for Nyúl normalisation.",
            "Choose another normalisation.",
        )
    return PiecewiseLinear(tuple(float(value) for value in landmarks), standard.landmarks)


def _standardised(mean: float, sigma: float, outliers: float | None, scale: float) -> Standardised:
    if not (np.isfinite(mean) and np.isfinite(sigma)):
        raise InputError(
            "The image holds values that are not numbers (NaN or infinity).",
            "Repair the image before it is normalised.",
        )
    if sigma == 0:
        raise InputError(
            "The image has the same intensity everywhere and cannot be normalised.",
            "Choose another image, or switch normalisation off.",
        )
    return Standardised(mean, sigma, None if outliers is None else float(outliers), float(scale))


def _is_t2_like(name: str) -> bool:
    lowered = name.lower()
    return "t2" in lowered or "flair" in lowered


def brain_values(image: sitk.Image, brain: sitk.Image | None) -> Floats:
    """Return the intensities inside the brain.

    Raises:
        InputError: no mask is given and the background is not empty, or the mask does not fit.
    """
    values = sitk.GetArrayViewFromImage(image)
    if brain is not None:
        mask = sitk.GetArrayViewFromImage(brain) != 0
        if difference(image, brain, SAME_GRID) is not None or not mask.any():
            raise InputError(
                "The brain mask is empty or does not lie on the image's grid.",
                "Give a brain mask made for this image.",
            )
    else:
        mask = values != 0
        if not 0 < mask.mean() < 1 - LEAST_BACKGROUND:
            raise InputError(
                "This normalisation needs a brain mask: the image has no empty background.",
                "Give a brain mask, or an image without skull.",
            )
    return values[mask].astype(np.float64)


def white_stripe(values: Floats, *, last_peak: bool) -> tuple[float, float]:
    """Return mean and standard deviation of normal-appearing white matter.

    Args:
        values: intensities of the brain.
        last_peak: take the last peak of the histogram (T1) instead of the highest (T2, FLAIR).
    """
    low, high = np.percentile(values, [0.5, 99.5])
    counts, edges = np.histogram(values, HISTOGRAM_BINS, (low, high if high > low else low + 1))
    smooth = gaussian_filter1d(counts.astype(np.float64), HISTOGRAM_SMOOTHING)
    inner = smooth[1:-1]
    peaks = np.flatnonzero((inner >= smooth[:-2]) & (inner > smooth[2:])) + 1
    tall = peaks[smooth[peaks] > 0.2 * smooth.max()]
    if not len(tall):  # the highest place is an end of the histogram
        tall = np.array([smooth.argmax()])
    peak = tall[-1] if last_peak else tall[smooth[tall].argmax()]
    place = float((values < (edges[peak] + edges[peak + 1]) / 2).mean())
    bounds = np.clip([place - STRIPE_WIDTH, place + STRIPE_WIDTH], 0, 1)
    first, last = np.quantile(values, bounds)
    stripe = values[(values >= first) & (values <= last)]
    return float(stripe.mean()), float(stripe.std())


@dataclass(frozen=True)
class NyulStandard:
    """The standard histogram of a kind of image.

    Attributes:
        percentiles: which percentiles of the brain's intensities are landmarks.
        landmarks: where they lie on the standard scale.
    """

    percentiles: tuple[float, ...]
    landmarks: tuple[float, ...]

    def save(self, path: Path | str) -> None:
        """Write the standard as JSON."""
        content = {"percentiles": list(self.percentiles), "landmarks": list(self.landmarks)}
        with written_whole(path) as temporary:
            temporary.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path | str) -> NyulStandard:
        """Read a standard.

        Raises:
            InputError: the file is not a standard.
        """
        try:
            content = json.loads(Path(path).read_text(encoding="utf-8"))
            percentiles, landmarks = (
                tuple(float(value) for value in content[key])
                for key in ("percentiles", "landmarks")
            )
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise InputError(
                f"'{path}' is not a stored Nyúl standard.", "Choose the JSON file of a standard."
            ) from error
        if len(percentiles) != len(landmarks) or np.any(np.diff(landmarks) <= 0):
            raise InputError(
                f"'{path}' is not a stored Nyúl standard: its landmarks do not ascend.",
                "Choose the JSON file of a standard.",
            )
        return cls(percentiles, landmarks)


def nyul_standard(
    images: Iterable[tuple[sitk.Image, sitk.Image | None]],
    percentiles: Sequence[float] = NYUL_PERCENTILES,
) -> NyulStandard:
    """Learn a standard from images of one kind.

    Args:
        images: each image with its brain mask, or None where the background is empty.
        percentiles: which percentiles of the brain's intensities are landmarks.

    Raises:
        InputError: there is no image, or a mask is missing.
    """
    placed = []
    for image, brain in images:
        landmarks = np.percentile(brain_values(image, brain), percentiles)
        span = landmarks[-1] - landmarks[0]
        if span <= 0:
            raise InputError("An image has the same intensity everywhere.", "Leave it out.")
        low, high = NYUL_SCALE
        placed.append(low + (landmarks - landmarks[0]) / span * (high - low))
    if not placed:
        raise InputError("A Nyúl standard needs at least one image.", "Give some images.")
    mean = np.mean(placed, axis=0)
    return NyulStandard(
        tuple(float(value) for value in percentiles), tuple(float(value) for value in mean)
    )
