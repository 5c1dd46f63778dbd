"""What lies on the bench before anybody has chosen anything, and what else one can begin with."""

from __future__ import annotations

import copy
from typing import Any

from ELMEDPlaygroundLib.networks.presets import PRESETS

FIRST = "spiral"

PARTS = ("data", "network", "settings")


def presetTitles() -> dict[str, str]:
    """Return the presets' titles by name, in the order in which they are offered."""
    return {name: preset["title"] for name, preset in PRESETS.items()}


def presetSpec(name: str) -> dict[str, Any]:
    """Return the experiment that a preset begins with."""
    return {part: copy.deepcopy(PRESETS[name][part]) for part in PARTS}


def startingSpec() -> dict[str, Any]:
    """Return the first experiment: a spiral, small enough to be learnt while one looks on."""
    return presetSpec(FIRST)
