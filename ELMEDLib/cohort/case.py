"""A case of a cohort: one patient's files, and what else is known."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field

MASK = "mask"
"""The role of the file that holds a case's segments; other roles are the channels' names."""

IMAGE_EXTENSIONS = (".nii.gz", ".nii", ".nrrd", ".nhdr", ".mha", ".mhd")

SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
"""What a file may be called on every system, but for `RESERVED`."""

RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""What Windows takes for a device, whatever the extension."""


@dataclass(frozen=True)
class Case:
    """One row of a cohort's table, or one folder of a cohort's folder.

    Attributes:
        name: the patient's identifier, as it is written.
        paths: image file by role: channels such as `t1c`, and `mask`.
        attributes: what else the table says, by the title of its column.
        problem: why the case cannot be worked on, a sentence; "" when nothing is known yet.
        advice: what to do about it.
    """

    name: str
    paths: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    problem: str = ""
    advice: str = ""

    @property
    def file_name(self) -> str:
        """A name for the case's files: its own where that is safe, else a safe one of its own."""
        reserved = RESERVED.fullmatch(self.name)
        if SAFE.fullmatch(self.name) and not self.name.endswith(".") and not reserved:
            return self.name
        words = re.sub(r"[^A-Za-z0-9]+", "-", self.name).strip("-")[:40] or "case"
        words = f"case-{words}" if reserved else words
        digest = hashlib.blake2b(self.name.encode("utf-8"), digest_size=4).hexdigest()
        return f"{words}.{digest}"


def without_extension(name: str) -> str | None:
    """Return the name of an image file without its extension; None for any other file."""
    lower = name.lower()
    for extension in IMAGE_EXTENSIONS:
        if lower.endswith(extension):
            return name[: -len(extension)]
    return None
