"""What an extraction found: records that say where each value comes from."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Feature:
    """One value.

    Attributes:
        image: name of the sequence.
        segment: name of the segment.
        label: its value in the mask.
        name: pyradiomics' full name, such as `original_glcm_Contrast`.
        value: the number, NaN where the feature is undefined.
        unit: of the value; empty for a number without unit or in the image's own units.
        ibsi: code of the IBSI's definition, empty where the definitions differ.
        engine: which back end computed it.
    """

    image: str
    segment: str
    label: int
    name: str
    value: float
    unit: str
    ibsi: str
    engine: str


@dataclass
class Extraction:
    """Values, and everything that is needed to repeat them.

    Attributes:
        features: the values.
        settings: the parameter file's content.
        options: profile, normalisation and engine.
        versions: of the programs that took part.
        inputs: identity of the images and the mask.
        warnings: sentences for the user.
        seconds: CPU seconds per stage.
        robustness: by feature, what `robustness.stability` found; empty when it was not asked for.
    """

    features: list[Feature]
    settings: Mapping[str, Any]
    options: dict[str, Any]
    versions: dict[str, str]
    inputs: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    robustness: dict[str, Any] = field(default_factory=dict)

    def values(self, image: str | None = None, label: int | None = None) -> dict[str, float]:
        """Return value by feature name for one image and label (of those that there are)."""
        return {
            feature.name: feature.value
            for feature in self.features
            if (image is None or feature.image == image)
            and (label is None or feature.label == label)
        }

    def as_json(self) -> dict[str, Any]:
        """Return the extraction as plain lists and dictionaries."""
        return asdict(self)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Extraction:
        """Make an extraction from what `as_json` gave."""
        features = [Feature(**record) for record in content["features"]]
        rest = {key: value for key, value in content.items() if key != "features"}
        return cls(features, **rest)
