"""What is found out about a tumour's burden."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

Point = tuple[float, float, float]
"""In LPS, mm."""


@dataclass(frozen=True)
class Line:
    """A diameter: both ends in LPS mm, and the length in mm."""

    start: Point
    end: Point
    length_mm: float


@dataclass(frozen=True)
class Diameters:
    """Two perpendicular diameters in one slice.

    Attributes:
        slice: index of the slice along the axis across the plane, from 0.
        longest: the longer one.
        perpendicular: at right angles to it.
        product_mm2: of both lengths.
    """

    slice: int
    longest: Line
    perpendicular: Line
    product_mm2: float


@dataclass(frozen=True)
class Region:
    """A region's size: volume by counting voxels, and the largest distance in 3D."""

    name: str
    voxels: int
    volume_ml: float
    diameter_mm: float


@dataclass(frozen=True)
class Lesion:
    """One lesion.

    Attributes:
        name: such as "Enhancing 1"; numbered by volume.
        kind: "enhancing" or "non-enhancing".
        voxels: how many.
        volume_ml: by counting them.
        diameter_mm: the largest distance in 3D, between the borders of voxels.
        slices: in how many slices it is seen.
        centre: the centre of gravity.
        classic: diameters by the classic rule, longest first.
        product: the diameters with the largest product.
        measurable: by RANO.
        why: a sentence that says why it is measurable or not.
        target: whether it is one of those that are summed up.
    """

    name: str
    kind: str
    voxels: int
    volume_ml: float
    diameter_mm: float
    slices: int
    centre: Point
    classic: Diameters
    product: Diameters
    measurable: bool
    why: str
    target: bool = False

    def diameters(self, rule: str) -> Diameters:
        """Return the diameters by a rule, "classic" or "product"."""
        return self.product if rule == "product" else self.classic


@dataclass(frozen=True)
class Sum:
    """The sum over the target lesions of one kind.

    Attributes:
        kind: of the lesions.
        targets: their names.
        measurable: how many are measurable; more than the targets where there are many.
        classic_mm2: sum of the products by the classic rule.
        product_mm2: sum of the largest products.
        volume_ml: of all lesions of the kind, small pieces included.
        pieces: number of pieces too small to be listed.
        pieces_ml: their volume together.
    """

    kind: str
    targets: tuple[str, ...]
    measurable: int
    classic_mm2: float
    product_mm2: float
    volume_ml: float
    pieces: int
    pieces_ml: float

    def sum_mm2(self, rule: str) -> float:
        """Return the sum of products by a rule, "classic" or "product"."""
        return self.product_mm2 if rule == "product" else self.classic_mm2


@dataclass
class Burden:
    """All that was measured.

    Attributes:
        regions: volumes and largest diameters.
        lesions: of every kind, the largest first.
        sums: one for each kind.
        plane: in which the diameters lie.
        spacing_mm: of the voxels (x, y, z).
        rule: whose products count.
        warnings: sentences for the user.
        seconds: that the work took.
        thickness_mm: distance of the slices that the diameters lie in.
    """

    regions: list[Region]
    lesions: list[Lesion]
    sums: list[Sum]
    plane: str
    spacing_mm: Point
    rule: str = "classic"
    warnings: list[str] = field(default_factory=list)
    seconds: float = 0.0
    thickness_mm: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """Return it as plain lists and dictionaries."""
        return asdict(self)

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Burden:
        """Make it from what `as_json` gave."""
        lesions = [lesion_from_json(record) for record in content["lesions"]]
        sums = [
            Sum(**{**record, "targets": tuple(record["targets"])}) for record in content["sums"]
        ]
        rest = {key: content[key] for key in ("plane", "rule", "warnings", "seconds")}
        regions = [Region(**record) for record in content["regions"]]
        spacing = tuple(content["spacing_mm"])
        # Scenes of before do not tell; most scans are thickest across their slices.
        rest["thickness_mm"] = content.get("thickness_mm") or max(spacing)
        return cls(regions, lesions, sums, spacing_mm=spacing, **rest)

    def sum_of(self, kind: str) -> Sum:
        """Return the sum of one kind of lesion."""
        return next(entry for entry in self.sums if entry.kind == kind)


def lesion_from_json(record: dict[str, Any]) -> Lesion:
    """Make a lesion from its plain dictionary."""
    return Lesion(
        **{
            **record,
            "centre": tuple(record["centre"]),
            "classic": _diameters(record["classic"]),
            "product": _diameters(record["product"]),
        }
    )


def _diameters(record: dict[str, Any]) -> Diameters:
    longest, perpendicular = (
        Line(tuple(line["start"]), tuple(line["end"]), line["length_mm"])
        for line in (record["longest"], record["perpendicular"])
    )
    return Diameters(record["slice"], longest, perpendicular, record["product_mm2"])
