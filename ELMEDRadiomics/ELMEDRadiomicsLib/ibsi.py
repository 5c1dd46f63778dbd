"""The Image Biomarker Standardisation Initiative's codes and profile.

Source: IBSI reference manual, arXiv:1612.07003; consensus values: Zwanenburg et al. 2020,
Radiology, doi:10.1148/radiol.2020191145.

pyradiomics departs from the standard in known ways. In the profile `pyradiomics` a feature has a
code only where the definitions agree; the profile `ibsi` computes the standard's definitions:

- kurtosis is the excess over that of a normal distribution (3 less),
- bins of fixed width start at the lowest intensity instead of at a multiple of the width,
- axis lengths come from the covariance of a sample (n - 1) instead of a population (n).
"""

from __future__ import annotations

from typing import Any

from ELMEDLib.errors import InputError

PROFILES = ("pyradiomics", "ibsi")
NORMAL_KURTOSIS = 3.0

CODES: dict[str, dict[str, str]] = {
    "shape": {
        "MeshVolume": "RNU0", "VoxelVolume": "YEKZ", "SurfaceArea": "C0JK",
        "SurfaceVolumeRatio": "2PR5", "Compactness1": "SKGS", "Compactness2": "BQWJ",
        "SphericalDisproportion": "KRCK", "Sphericity": "QCFX", "Maximum3DDiameter": "L0JK",
        "MajorAxisLength": "TDIC", "MinorAxisLength": "P9VJ", "LeastAxisLength": "7J51",
        "Elongation": "Q3CK", "Flatness": "N17B",
    },
    "firstorder": {
        "Mean": "Q4LE", "Variance": "ECT3", "Skewness": "KE2A", "Kurtosis": "IPH6",
        "Median": "Y12H", "Minimum": "1GSF", "10Percentile": "QG58", "90Percentile": "8DWT",
        "Maximum": "84IY", "InterquartileRange": "SALO", "Range": "2OJQ",
        "MeanAbsoluteDeviation": "4FUA", "RobustMeanAbsoluteDeviation": "1128",
        "Energy": "N8CA", "RootMeanSquared": "5ZWQ", "Entropy": "TLU2", "Uniformity": "BJ5W",
    },
    "glcm": {
        "MaximumProbability": "GYBY", "JointAverage": "60VM", "SumSquares": "UR99",
        "JointEntropy": "TU9B", "DifferenceAverage": "TF7R", "DifferenceVariance": "D3YU",
        "DifferenceEntropy": "NTRS", "SumAverage": "ZGXS", "SumEntropy": "P6QZ",
        "JointEnergy": "8ZQL", "Contrast": "ACUI", "Id": "IB1Z", "Idn": "NDRX", "Idm": "WF0Z",
        "Idmn": "1QCO", "InverseVariance": "E8JP", "Correlation": "NI2N",
        "Autocorrelation": "QWB0", "ClusterTendency": "DG8W", "ClusterShade": "7NFM",
        "ClusterProminence": "AE86", "Imc1": "R8DG", "Imc2": "JN9H",
    },
    "glrlm": {
        "ShortRunEmphasis": "22OV", "LongRunEmphasis": "W4KF",
        "LowGrayLevelRunEmphasis": "V3SW", "HighGrayLevelRunEmphasis": "G3QZ",
        "ShortRunLowGrayLevelEmphasis": "HTZT", "ShortRunHighGrayLevelEmphasis": "GD3A",
        "LongRunLowGrayLevelEmphasis": "IVPO", "LongRunHighGrayLevelEmphasis": "3KUM",
        "GrayLevelNonUniformity": "R5YN", "GrayLevelNonUniformityNormalized": "OVBL",
        "RunLengthNonUniformity": "W92Y", "RunLengthNonUniformityNormalized": "IC23",
        "RunPercentage": "9ZK5", "GrayLevelVariance": "8CE5", "RunVariance": "SXLW",
        "RunEntropy": "HJ9O",
    },
    "glszm": {
        "SmallAreaEmphasis": "5QRC", "LargeAreaEmphasis": "48P8",
        "LowGrayLevelZoneEmphasis": "XMSY", "HighGrayLevelZoneEmphasis": "5GN9",
        "SmallAreaLowGrayLevelEmphasis": "5RAI", "SmallAreaHighGrayLevelEmphasis": "HW1V",
        "LargeAreaLowGrayLevelEmphasis": "YH51", "LargeAreaHighGrayLevelEmphasis": "J17V",
        "GrayLevelNonUniformity": "JNSA", "GrayLevelNonUniformityNormalized": "Y1RO",
        "SizeZoneNonUniformity": "4JP3", "SizeZoneNonUniformityNormalized": "VB3A",
        "ZonePercentage": "P30P", "GrayLevelVariance": "BYLV", "ZoneVariance": "3NSA",
        "ZoneEntropy": "GU8N",
    },
    "ngtdm": {
        "Coarseness": "QCDE", "Contrast": "65HE", "Busyness": "NQ30", "Complexity": "HDEZ",
        "Strength": "1X9X",
    },
    "gldm": {
        "SmallDependenceEmphasis": "SODN", "LargeDependenceEmphasis": "IMOQ",
        "LowGrayLevelEmphasis": "TL9H", "HighGrayLevelEmphasis": "OAE7",
        "SmallDependenceLowGrayLevelEmphasis": "EQ3F",
        "SmallDependenceHighGrayLevelEmphasis": "JA6D",
        "LargeDependenceLowGrayLevelEmphasis": "NBZI",
        "LargeDependenceHighGrayLevelEmphasis": "9QMG", "GrayLevelNonUniformity": "FP8K",
        "DependenceNonUniformity": "Z87G", "DependenceNonUniformityNormalized": "OKJI",
        "GrayLevelVariance": "1PFV", "DependenceVariance": "DNX2", "DependenceEntropy": "FCBV",
    },
}  # fmt: skip
"""The code of the standard's definition of each feature that the standard defines."""

BINNED = frozenset({"glcm", "glrlm", "glszm", "gldm", "ngtdm"})
HISTOGRAM = frozenset({"Entropy", "Uniformity"})
AXES = frozenset({"MajorAxisLength", "MinorAxisLength", "LeastAxisLength"})
SHIFTED = frozenset({"Energy", "RootMeanSquared"})


def check_profile(profile: str) -> None:
    """Refuse a profile that does not exist.

    Raises:
        InputError: naming those that do.
    """
    if profile not in PROFILES:
        raise InputError(f"'{profile}' is not a known profile.", f"Choose {' or '.join(PROFILES)}.")


def code(feature_class: str, feature: str, settings: dict[str, Any], profile: str) -> str:
    """Return the IBSI code of a feature where what is computed agrees with it, else nothing.

    Args:
        feature_class: such as glcm.
        feature: such as Contrast.
        settings: the settings that hold for the image type.
        profile: `pyradiomics` or `ibsi`.
    """
    found = CODES.get(feature_class, {}).get(feature, "")
    standard = profile == "ibsi"
    binned = feature_class in BINNED or feature in HISTOGRAM
    disagrees = (
        ((feature == "Kurtosis" or feature in AXES) and not standard)
        or (binned and settings["binCount"] is None and not standard)
        or (feature in SHIFTED and settings["voxelArrayShift"] != 0)
        or (feature_class == "glcm" and not settings["symmetricalGLCM"])
        or (feature_class in {"glcm", "glrlm"} and _weighted(settings["weightingNorm"]))
    )
    return "" if disagrees else found


def _weighted(norm: str | None) -> bool:
    """Whether matrices are merged with weights; without weights is the standard's merging."""
    return norm not in {None, "no_weighting"}
