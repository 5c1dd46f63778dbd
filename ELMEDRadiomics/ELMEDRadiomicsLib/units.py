"""Units of features, where they have one that does not depend on the image."""

from __future__ import annotations

LENGTHS = ("AxisLength", "Diameter", "Perimeter")
UNITS = {
    "MeshVolume": "mm3",
    "VoxelVolume": "mm3",
    "SurfaceArea": "mm2",
    "MeshSurface": "mm2",
    "PixelSurface": "mm2",
    "SurfaceVolumeRatio": "1/mm",
    "PerimeterSurfaceRatio": "1/mm",
}


def unit(feature_class: str, feature: str) -> str:
    """Return the unit of a feature; empty for numbers without unit and the image's own units."""
    if not feature_class.startswith("shape"):
        return ""
    if feature in UNITS:
        return UNITS[feature]
    return "mm" if any(word in feature for word in LENGTHS) else ""
