"""Networks to begin with, each with data that suit it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Preset:
    """A beginning.

    Attributes:
        name: the engine's.
        title: as users read it.
        parts: `data`, `network` and `settings`, as `Bench.change` takes them.
    """

    name: str
    title: str
    parts: dict[str, dict[str, Any]]


def networkPresets() -> list[Preset]:
    """Return the presets, in the order in which they are offered."""
    return []
