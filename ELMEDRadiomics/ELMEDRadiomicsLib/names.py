"""The names of feature classes, features and image types, as pyradiomics 3 spells them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

FEATURES: dict[str, tuple[str, ...]] = {
    "firstorder": (
        "10Percentile", "90Percentile", "Energy", "Entropy", "InterquartileRange", "Kurtosis",
        "Maximum", "MeanAbsoluteDeviation", "Mean", "Median", "Minimum", "Range",
        "RobustMeanAbsoluteDeviation", "RootMeanSquared", "Skewness", "TotalEnergy", "Uniformity",
        "Variance",
    ),
    "glcm": (
        "Autocorrelation", "ClusterProminence", "ClusterShade", "ClusterTendency", "Contrast",
        "Correlation", "DifferenceAverage", "DifferenceEntropy", "DifferenceVariance", "Id", "Idm",
        "Idmn", "Idn", "Imc1", "Imc2", "InverseVariance", "JointAverage", "JointEnergy",
        "JointEntropy", "MCC", "MaximumProbability", "SumAverage", "SumEntropy", "SumSquares",
    ),
    "gldm": (
        "DependenceEntropy", "DependenceNonUniformity", "DependenceNonUniformityNormalized",
        "DependenceVariance", "GrayLevelNonUniformity", "GrayLevelVariance",
        "HighGrayLevelEmphasis", "LargeDependenceEmphasis",
        "LargeDependenceHighGrayLevelEmphasis", "LargeDependenceLowGrayLevelEmphasis",
        "LowGrayLevelEmphasis", "SmallDependenceEmphasis",
        "SmallDependenceHighGrayLevelEmphasis", "SmallDependenceLowGrayLevelEmphasis",
    ),
    "glrlm": (
        "GrayLevelNonUniformity", "GrayLevelNonUniformityNormalized", "GrayLevelVariance",
        "HighGrayLevelRunEmphasis", "LongRunEmphasis", "LongRunHighGrayLevelEmphasis",
        "LongRunLowGrayLevelEmphasis", "LowGrayLevelRunEmphasis", "RunEntropy",
        "RunLengthNonUniformity", "RunLengthNonUniformityNormalized", "RunPercentage",
        "RunVariance", "ShortRunEmphasis", "ShortRunHighGrayLevelEmphasis",
        "ShortRunLowGrayLevelEmphasis",
    ),
    "glszm": (
        "GrayLevelNonUniformity", "GrayLevelNonUniformityNormalized", "GrayLevelVariance",
        "HighGrayLevelZoneEmphasis", "LargeAreaEmphasis", "LargeAreaHighGrayLevelEmphasis",
        "LargeAreaLowGrayLevelEmphasis", "LowGrayLevelZoneEmphasis", "SizeZoneNonUniformity",
        "SizeZoneNonUniformityNormalized", "SmallAreaEmphasis", "SmallAreaHighGrayLevelEmphasis",
        "SmallAreaLowGrayLevelEmphasis", "ZoneEntropy", "ZonePercentage", "ZoneVariance",
    ),
    "ngtdm": ("Busyness", "Coarseness", "Complexity", "Contrast", "Strength"),
    "shape": (
        "Elongation", "Flatness", "LeastAxisLength", "MajorAxisLength",
        "Maximum2DDiameterColumn", "Maximum2DDiameterRow", "Maximum2DDiameterSlice",
        "Maximum3DDiameter", "MeshVolume", "MinorAxisLength", "Sphericity", "SurfaceArea",
        "SurfaceVolumeRatio", "VoxelVolume",
    ),
    "shape2D": (
        "Elongation", "MajorAxisLength", "MaximumDiameter", "MeshSurface", "MinorAxisLength",
        "Perimeter", "PerimeterSurfaceRatio", "PixelSurface", "Sphericity",
    ),
}  # fmt: skip
"""The features of each class that are computed when a class is asked for without a list."""

ON_REQUEST: dict[str, tuple[str, ...]] = {
    "firstorder": ("StandardDeviation",),
    "shape": ("Compactness1", "Compactness2", "SphericalDisproportion"),
    "shape2D": ("SphericalDisproportion",),
}
"""Features that repeat what others say (pyradiomics marks them deprecated): by name only."""

WITHOUT_VALUE: dict[str, dict[str, str]] = {
    "glcm": {
        "Dissimilarity": "DifferenceAverage",
        "Homogeneity1": "Id",
        "Homogeneity2": "Idm",
        "SumVariance": "ClusterTendency",
    },
    "gldm": {
        "GrayLevelNonUniformityNormalized": "Uniformity of firstorder",
        "DependencePercentage": "1, always",
    },
}
"""Names that pyradiomics accepts and gives no value for, and the feature that they equal."""

IMAGE_TYPES = (
    "Original",
    "LoG",
    "Wavelet",
    "Square",
    "SquareRoot",
    "Logarithm",
    "Exponential",
    "Gradient",
    "LBP2D",
    "LBP3D",
)

DEFAULT_CLASSES = ("firstorder", "glcm", "gldm", "glrlm", "glszm", "ngtdm", "shape")
"""What pyradiomics computes when nothing is said; shape2D needs `force2D` and a flat region."""

SHAPE_CLASSES = ("shape", "shape2D")


def known_features(feature_class: str) -> tuple[str, ...]:
    """Return every name that a parameter file may list under `feature_class`."""
    return (
        FEATURES[feature_class]
        + ON_REQUEST.get(feature_class, ())
        + tuple(WITHOUT_VALUE.get(feature_class, {}))
    )


def computed_features(feature_class: str, listed: Sequence[str] | None) -> tuple[str, ...]:
    """Return the features to compute for a class whose parameter file lists `listed`.

    An empty list and None both mean all that are not marked as repeating others.
    """
    if not listed:
        return FEATURES[feature_class]
    without = WITHOUT_VALUE.get(feature_class, {})
    return tuple(dict.fromkeys(name for name in listed if name not in without))
