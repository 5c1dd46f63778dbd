"""Reading the choices of an experiment that was saved, by whomever."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ELMEDPlaygroundWidgets.starting_point import PARTS

POINT = 3
"""Numbers that a point drawn by hand has: x, y and its class."""

LARGEST = 1e15
"""Whole numbers up to here are exact in a field, too."""


def readSpec(saved: Any) -> dict[str, Any] | None:
    """Return the choices as pages can show them; None where they are none.

    Whether the values make sense is for the engine to say.
    """
    saved = readState(saved)
    if saved is None or not any(map(saved.get, (*PARTS, "generate"))):
        return None
    spec = {part: saved.get(part) or {} for part in (*PARTS, "generate")}
    if not all(isinstance(part, Mapping) for part in spec.values()):
        return None
    layers = spec["network"].get("layers") or []
    points = spec["data"].get("points") or []
    if not (isinstance(layers, list) and all(map(_isLayer, layers))):
        return None
    if not (isinstance(points, list) and all(map(_isPoint, points))):
        return None
    return {name: dict(part) for name, part in spec.items() if part or name in PARTS}


def readState(saved: Any) -> dict[str, Any] | None:
    """Return a state as the worker can be asked to load it; None where it is none."""
    try:
        json.dumps(saved, allow_nan=False)
    except (ValueError, RecursionError):  # Infinity, which is no JSON
        return None
    return saved if isinstance(saved, dict) else None


def _isLayer(value: Any) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get("kind"), str)


def _isPoint(value: Any) -> bool:
    return isinstance(value, list) and len(value) == POINT and all(map(isNumber, value))


def isNumber(value: Any) -> bool:
    """Tell whether a value is a number that a field can show; true and false are none."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and -LARGEST <= value <= LARGEST
