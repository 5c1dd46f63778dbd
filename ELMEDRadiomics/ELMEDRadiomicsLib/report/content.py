"""What a report of one patient says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ELMEDRadiomicsLib.burden.results import Burden
    from ELMEDRadiomicsLib.results import Extraction

NOTICE = "Research use only. Not for diagnosis or treatment."


@dataclass(frozen=True)
class Picture:
    """A slice with the outlines of the segments.

    Attributes:
        title: such as "Axial".
        png: the file's content.
    """

    title: str
    png: bytes


@dataclass(frozen=True)
class Content:
    """All that the report says; what is None or empty is left out.

    Attributes:
        patient: what the reader calls the patient; "" for nothing.
        pictures: slices through the tumour.
        burden: volumes, diameters and sums.
        location: of `Location.as_json`.
        extraction: features with settings, versions and warnings.
        warnings: sentences besides those of burden and extraction.
    """

    patient: str = ""
    pictures: tuple[Picture, ...] = ()
    burden: Burden | None = None
    location: Mapping[str, Any] | None = None
    extraction: Extraction | None = None
    warnings: tuple[str, ...] = field(default=())

    @property
    def all_warnings(self) -> list[str]:
        """Every warning once, in order."""
        found = list(self.warnings)
        found += self.burden.warnings if self.burden else []
        found += self.extraction.warnings if self.extraction else []
        return list(dict.fromkeys(found))
