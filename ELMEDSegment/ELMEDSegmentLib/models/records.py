"""What is known about an installed model besides its manifest: how it came here, and on what terms.

The record is written by ELMED alone, into the folder of the version; what a model's own files claim
never gets into it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from ELMEDLib.files import written_whole
from ELMEDSegmentLib.store import user_models_folder

if TYPE_CHECKING:
    from pathlib import Path

RECORD = "installed.json"


@dataclass(frozen=True)
class Record:
    """How an installed model came here.

    Attributes:
        url: where it was downloaded, "" when it was added from disk.
        version: of the catalogue's entry, "" when it was added from disk.
        sha256: of the file that came.
        trust: how the file is known, a key of `checksums.TRUST_WORDS`.
        weights_sha256: of the weights that were installed.
        agreed_to_run: whether somebody agreed to run the TorchScript program that these are.
        installed: when, UTC.
    """

    url: str
    version: str
    sha256: str
    trust: str
    weights_sha256: str
    agreed_to_run: bool = False
    installed: str = field(
        default_factory=lambda: datetime.now(timezone.utc).isoformat(timespec="seconds")
    )

    def write(self, folder: Path) -> None:
        """Write the record into the folder of a version."""
        with written_whole(folder / RECORD) as temporary:
            temporary.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")


def record_of(manifest: Path) -> Record | None:
    """Return the record of an installed model; None outside the user's models, or without one."""
    folder = manifest.resolve().parent
    # A folder from elsewhere may hold a record that claims what nobody agreed to.
    if folder.parent.parent != user_models_folder().resolve():
        return None
    try:
        return Record(**json.loads((folder / RECORD).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
