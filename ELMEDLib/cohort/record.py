"""What became of a case, kept in one small file a case.

A record is written whole, by the process that worked on the case, as its last act: whenever
anything is killed, a case either has its record or has not been done. A resumed run therefore
neither loses a case nor does one twice.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import OutputError
from ELMEDLib.files import written_whole

if TYPE_CHECKING:
    from pathlib import Path

    from ELMEDLib.cohort.case import Case

FOLDER = "cases"
"""Where the records are, in the output folder."""

DONE, FAILED = "done", "failed"


@dataclass(frozen=True)
class Record:
    """What became of a case.

    Attributes:
        name: of the case.
        state: `DONE` or `FAILED`.
        inputs: the files that it was worked on with, by role.
        row: its line in the summary.
        details: what else the work found.
        warnings: what is doubtful, a sentence each.
        reason: why it failed, a sentence; "" when it did not.
        advice: what to do about it.
        seconds: that it took.
    """

    name: str
    state: str
    inputs: dict[str, str]
    row: dict[str, Any] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    reason: str = ""
    advice: str = ""
    seconds: float = 0.0

    @property
    def failed(self) -> bool:
        """Whether the case could not be worked on."""
        return self.state == FAILED


class Journal:
    """The records of an output folder."""

    def __init__(self, output: Path) -> None:
        self.folder = output / FOLDER

    def path(self, case: Case) -> Path:
        """Return the file of a case's record."""
        return self.folder / f"{case.file_name}.json"

    def written(self) -> set[str]:
        """Return the names of all files in the folder of the records."""
        try:
            return {path.name for path in self.folder.iterdir()}
        except OSError:
            return set()

    def read(self, case: Case) -> Record | None:
        """Return a case's record.

        None when there is none, when it is damaged, or when it tells of other files than the case
        has now: then the case has to be done (again).
        """
        try:
            content = json.loads(self.path(case).read_text(encoding="utf-8"))
            record = Record(**content)
        except (OSError, ValueError, TypeError):
            return None
        same = record.name == case.name and record.inputs == case.paths
        return record if same else None

    def forget(self, case: Case) -> None:
        """Remove a case's record, when there is one.

        Raises:
            OutputError: it cannot be removed.
        """
        try:
            self.path(case).unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(
                f"The record of '{case.name}' cannot be removed: {error.strerror or error}.",
                "Choose a folder that you may write to.",
            ) from error

    def write(self, case: Case, record: Record) -> None:
        """Keep a record.

        Raises:
            OutputError: it cannot be written.
        """
        with written_whole(self.path(case)) as temporary:
            text = json.dumps(asdict(record), indent=1, allow_nan=False)
            temporary.write_text(text + "\n", encoding="utf-8")
