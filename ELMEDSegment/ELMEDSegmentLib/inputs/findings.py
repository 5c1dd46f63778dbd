"""What a check has found: how grave it is, a sentence, and what will be done about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

NOTE = "note"
"""Good to know; nothing has to be done by the user."""

WARNING = "warning"
"""The run goes on, and its result has to be looked at with care."""

PROBLEM = "problem"
"""The run is refused; the action says what to do."""

SEVERITIES = (PROBLEM, WARNING, NOTE)
"""The gravest first."""


@dataclass(frozen=True)
class Finding:
    """Something that was noticed about a study before it runs.

    Attributes:
        severity: one of `SEVERITIES`.
        topic: what it is about, for those who act on it: `grid`, `spacing`, `orientation`,
            `coverage`, `skull`, `intensity`, `values`, `duplicate`, `time` or `missing`.
        sentence: what was found; it names channels, never patients, files or dates.
        action: what will be done about it, or, of a problem, what to do.
        channels: the channels that it concerns.
    """

    severity: str
    topic: str
    sentence: str
    action: str
    channels: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.sentence} {self.action}".strip()

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as values that JSON can hold."""
        return asdict(self) | {"channels": list(self.channels)}


def sorted_by_severity(findings: Iterable[Finding]) -> list[Finding]:
    """Return `findings` with the gravest first, and otherwise in their order."""
    return sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))
