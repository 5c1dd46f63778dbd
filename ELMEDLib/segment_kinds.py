"""What a segment stands for: its name, its colour, and the codes that other programs read."""

from __future__ import annotations

from dataclasses import dataclass

TYPE_CONTEXT = "Segmentation category and type - DICOM master list"
REGION_CONTEXT = "Anatomic codes - DICOM master list"
NO_CODE = "^^"


@dataclass(frozen=True)
class Code:
    """A coded concept as DICOM writes it: scheme, value and meaning."""

    scheme: str
    value: str
    meaning: str

    def __str__(self) -> str:
        return f"{self.scheme}^{self.value}^{self.meaning}"


@dataclass(frozen=True)
class SegmentKind:
    """What a label value stands for.

    Attributes:
        identifier: the segment's ID, the same in every segmentation.
        label: value in the label image.
        name: as the user sees it.
        colour: red, green and blue, 0 to 1.
        category: DICOM's category (CID 7150).
        type: DICOM's type within the category.
        region: where in the body.
        opacity3D: 0 to 1; less than 1 for what surrounds other segments.
    """

    identifier: str
    label: int
    name: str
    colour: tuple[float, float, float]
    category: Code
    type: Code
    region: Code
    opacity3D: float = 1.0  # noqa: N815 - Slicer's word for it

    @property
    def terminology(self) -> str:
        """The codes as one string, as Slicer stores them with a segment."""
        return "~".join(
            [
                TYPE_CONTEXT,
                str(self.category),
                str(self.type),
                NO_CODE,
                REGION_CONTEXT,
                str(self.region),
                NO_CODE,
            ]
        )
