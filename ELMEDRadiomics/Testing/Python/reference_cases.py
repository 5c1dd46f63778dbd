"""The cases on which the engine is held against pyradiomics: images, masks and settings.

Everything is made from seeds (numpy's RandomState, whose numbers never change), so that
`make_references.py` and the tests see the same voxels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK as sitk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MEAN = 100
SCATTERED = 0.1
TEXTURE = {name: [] for name in ("firstorder", "glcm", "gldm", "glrlm", "glszm", "ngtdm")}
COURSE = {
    "featureClass": {
        "shape": ["Maximum3DDiameter", "MeshVolume"],
        "firstorder": ["Mean", "Variance"],
        "gldm": ["GrayLevelNonUniformity"],
    },
    "setting": {
        "normalize": True,
        "normalizeScale": 100,
        "resampledPixelSpacing": [2, 2, 2],
        "interpolator": "sitkBSpline",
        "binWidth": 5,
        "voxelArrayShift": 300,
    },
}


@dataclass(frozen=True)
class Case:
    """One image with one segment, and what to compute on it."""

    name: str
    image: sitk.Image
    mask: sitk.Image
    parameters: dict[str, Any]
    label: int = 1


def blob(seed: int, shape: tuple[int, int, int], kind: str = "ball") -> np.ndarray:
    """Return a mask (z, y, x)."""
    random = np.random.RandomState(seed)
    mask = np.zeros(shape, np.uint8)
    if kind == "ball":
        places = np.indices(shape) - (np.array(shape)[:, None, None, None] - 1) / 2
        mask[(places**2).sum(0) < (min(shape) / 2.2) ** 2] = 1
    elif kind == "scattered":
        mask[random.rand(*shape) < SCATTERED] = 1
    elif kind == "border":
        mask[:3, :, : shape[2] // 2] = 1
    elif kind == "slice":
        mask[shape[0] // 2, 2:-2, 1:-3] = 1
        mask[shape[0] // 2, 2, 1:4] = 0
    elif kind == "two":
        mask[0, 0, 0] = mask[-1, -1, -1] = 1
    elif kind == "full":
        mask[...] = 1
        mask[0, 0, 0] = 0
    return mask


def scan(seed: int, shape: tuple[int, int, int], kind: str = "smooth") -> np.ndarray:
    """Return intensities (z, y, x)."""
    random = np.random.RandomState(seed)
    noise = random.normal(MEAN, 30, shape)
    if kind == "flat":
        return np.full(shape, 7.0)
    if kind == "two values":
        return np.where(noise > MEAN, 40.0, 10.0)
    if kind == "negative":
        return noise - 200
    if kind == "smooth":
        return (noise + np.roll(noise, 1, 0) + np.roll(noise, 1, 1) + np.roll(noise, 1, 2)) / 4
    return noise


def placed(
    array: np.ndarray, spacing: tuple[float, float, float] = (1, 1, 1), *, turned: bool = False
) -> sitk.Image:
    """Return an array as an image in space; `turned` gives it oblique axes."""
    image = sitk.GetImageFromArray(array)
    image.SetSpacing(spacing)
    image.SetOrigin((-10.5, 22.25, 3.0))
    if turned:
        a, b = np.deg2rad(20), np.deg2rad(-35)
        about_z = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
        about_x = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
        image.SetDirection((about_z @ about_x).ravel().tolist())
    return image


def simulated_cases() -> Iterator[Case]:
    """Yield small made-up cases, each with something that could go wrong."""
    shape = (11, 13, 15)
    ball = blob(0, shape)

    def case(
        name: str,
        parameters: dict[str, Any] | None = None,
        intensities: np.ndarray | None = None,
        mask: np.ndarray = ball,
        spacing: tuple[float, float, float] = (1, 1, 1),
        **place: bool,
    ) -> Case:
        values = scan(1, shape) if intensities is None else intensities
        return Case(
            name, placed(values, spacing, **place), placed(mask, spacing, **place), parameters or {}
        )

    fine = {"setting": {"binWidth": 3}}
    yield case("default")
    yield case("whole numbers", intensities=scan(1, shape).astype(np.int16))
    yield case("32 bit", fine, scan(1, shape).astype(np.float32))
    yield case("flat", intensities=scan(1, shape, "flat"))
    yield case("two values", intensities=scan(2, shape, "two values"))
    yield case("negative", fine, scan(3, shape, "negative"))
    yield case("anisotropic", fine, spacing=(0.7, 0.7, 5.5))
    yield case("turned", fine, spacing=(0.9, 1.1, 3), turned=True)
    yield case("scattered", fine, mask=blob(4, shape, "scattered"))
    yield case("border", fine, mask=blob(4, shape, "border"))
    yield case("two voxels", fine, mask=blob(4, shape, "two"))
    yield case("full", fine, mask=blob(4, shape, "full"))
    yield case("bin count", {"setting": {"binCount": 12}})
    for norm in ("manhattan", "euclidean", "infinity", "no_weighting"):
        weighted = {"setting": {"binWidth": 5, "weightingNorm": norm}, "featureClass": TEXTURE}
        yield case(f"weighting {norm}", weighted, spacing=(0.5, 1, 0.8))
    apart = {"binWidth": 10, "distances": [1, 3], "gldm_a": 1, "symmetricalGLCM": False}
    yield case("distances", {"setting": apart, "featureClass": TEXTURE})
    for axis in (0, 1, 2):
        flat = {"binWidth": 5, "force2D": True, "force2Ddimension": axis}
        yield case(f"force2D {axis}", {"setting": flat, "featureClass": TEXTURE})
    flat = {"setting": {"force2D": True}, "featureClass": {"shape2D": [], "shape": []}}
    yield case("slice", flat, mask=blob(5, shape, "slice"), spacing=(0.8, 1.2, 4))
    for mode, limits in (("absolute", [80, 110]), ("relative", [0.6]), ("sigma", [-1, 1.5])):
        kept = {"binWidth": 4, "resegmentRange": limits, "resegmentMode": mode}
        yield case(f"resegmented {mode}", {"setting": kept})
    kept = {"resegmentRange": [-1, 1], "resegmentMode": "sigma", "resegmentShape": True}
    yield case("resegmented shape", {"setting": kept})
    outliers = {"normalize": True, "normalizeScale": 100, "removeOutliers": 1.5, "binWidth": 10}
    yield case("normalised", {"setting": {**outliers, "voxelArrayShift": 300}})
    yield from _resampled_cases(case)
    yield from _filtered_cases(case)


def _resampled_cases(case: Any) -> Iterator[Case]:
    yield case("course", COURSE, spacing=(1, 1.3, 3), turned=True)
    for interpolator in ("sitkBSpline", "sitkLinear", "sitkNearestNeighbor", "sitkGaussian"):
        finer = {"resampledPixelSpacing": [0.8, 0, 1.5], "interpolator": interpolator}
        yield case(f"resampled {interpolator}", {"setting": {**finer, "binWidth": 5}})
    same = {"resampledPixelSpacing": [1, 1, 1], "padDistance": 1}
    yield case("resampled to the same", {"setting": same})
    yield case("cropped first", {"setting": {"preCrop": True, "padDistance": 2, "binWidth": 5}})


def _filtered_cases(case: Any) -> Iterator[Case]:
    few = {"firstorder": [], "glcm": [], "gldm": []}
    names = ("Square", "SquareRoot", "Logarithm", "Exponential", "Gradient")
    points = {"imageType": {name: {} for name in names}, "featureClass": few}
    yield case("pointwise", {**points, "setting": {"binWidth": 5}}, scan(6, (11, 13, 15)) - 90)
    for wavelet, levels in (("coif1", 1), ("db3", 2)):
        own = {"Wavelet": {"wavelet": wavelet, "level": levels, "binWidth": 8}}
        yield case(f"wavelet {wavelet}", {"imageType": own, "featureClass": few})
    edges = {"LoG": {"sigma": [1.0, 2.5], "binWidth": 2}}
    yield case("LoG", {"imageType": edges, "featureClass": few}, spacing=(1, 1.2, 2))
    for method, radius in (("uniform", 1), ("ror", 1.5)):
        circle = {"lbp2DMethod": method, "lbp2DRadius": radius, "binWidth": 1}
        asked = {"imageType": {"LBP2D": circle}, "featureClass": {"firstorder": [], "glcm": []}}
        yield case(f"LBP2D {method}", asked)
    finer = {"resampledPixelSpacing": [1.5, 1.5, 1.5], "normalize": True, "normalizeScale": 100}
    both = {"Wavelet": {}, "LoG": {"sigma": [2.0]}, "Square": {}}
    yield case(
        "filtered after resampling",
        {"imageType": both, "featureClass": few, "setting": {**finer, "binWidth": 20}},
        spacing=(1, 1, 3),
    )


COURSE_STUDIES = ("brats2021-01476", "brats2021-01657", "brats2021-01659")
"""Real studies besides the first, of which the lab's values alone are compared."""


def real_cases(data: Path) -> Iterator[Case]:
    """Yield pyradiomics' brain sample and a real glioma study."""
    image = sitk.ReadImage(str(data / "radiomics" / "brain1_image.nrrd"))
    mask = sitk.ReadImage(str(data / "radiomics" / "brain1_label.nrrd"))
    every = {"Original": {}, "Wavelet": {}, "LoG": {"sigma": [1.0, 3.0]}}
    few = {"firstorder": [], "glcm": [], "glszm": []}
    yield Case("brain1", image, mask, {})
    yield Case("brain1 filtered", image, mask, {"imageType": every, "featureClass": few})
    yield Case("brain1 course", image, mask, COURSE)
    folder = data / "glioma" / "msd-brats-001"
    mask = sitk.ReadImage(str(folder / "seg.nii.gz"))
    for sequence in ("t1", "t1c", "t2", "flair"):
        image = sitk.ReadImage(str(folder / f"{sequence}.nii.gz"))
        for label in (1, 2, 3):
            yield Case(f"msd {sequence} {label}", image, mask, {}, label)
            yield Case(f"msd course {sequence} {label}", image, mask, COURSE, label)
    filters = {"imageType": {"LoG": {"sigma": [2.0]}, "Wavelet": {}}, "featureClass": few}
    yield Case("msd filtered", image, mask, filters, 3)


def course_cases(data: Path) -> Iterator[Case]:
    """Yield what the course's lab computes of real studies: four sequences, two regions."""
    for study in COURSE_STUDIES:
        folder = data / "glioma" / study
        mask = sitk.ReadImage(str(folder / "seg.nii.gz"))
        for sequence in ("t1", "t1c", "t2", "flair"):
            image = sitk.ReadImage(str(folder / f"{sequence}.nii.gz"))
            for label in (1, 2):
                yield Case(f"{study} course {sequence} {label}", image, mask, COURSE, label)
