"""Reading choices from outside: each is what is allowed, or an error says what would be."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Any

from ELMEDLib.errors import InputError


def mapping(value: object, what: str) -> Mapping[str, Any]:
    """Return a mapping with text keys.

    Args:
        value: what came.
        what: what it is about, as in "the network".

    Raises:
        InputError: it is something else.
    """
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise InputError(
            f"{_upper(what)} is {shown(value)}, which is no set of named values.",
            'Give it as a JSON object: {"name": value, ...}.',
        )
    return value


def known(values: Mapping[str, Any], allowed: Collection[str], what: str) -> None:
    """Make sure that there are no other names than the allowed ones.

    Raises:
        InputError: there are.
    """
    for name in values:
        if name not in allowed:
            raise InputError(
                f"'{name[:40]}' is no setting of {what}.", f"Allowed are: {', '.join(allowed)}."
            )


def whole(value: object, what: str, low: int, high: int) -> int:
    """Return a whole number from `low` to `high`.

    Raises:
        InputError: it is not.
    """
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InputError(
            f"{_upper(what)} is {shown(value)}.", f"Give a whole number from {low} to {high}."
        )
    return value


def number(value: object, what: str, low: float, high: float) -> float:
    """Return a number from `low` to `high`.

    Raises:
        InputError: it is not.
    """
    ok = isinstance(value, (int, float)) and not isinstance(value, bool)
    # Compared first: whole numbers of JSON may be too large to be made floating-point ones.
    if not ok or not low <= value <= high or not math.isfinite(value):  # type: ignore[arg-type, operator]
        raise InputError(
            f"{_upper(what)} is {shown(value)}.", f"Give a number from {low:g} to {high:g}."
        )
    return float(value)  # type: ignore[arg-type]


def choice(value: object, what: str, allowed: Collection[str]) -> str:
    """Return a text that is one of the allowed ones.

    Raises:
        InputError: it is not.
    """
    if not isinstance(value, str) or value not in allowed:
        raise InputError(f"{_upper(what)} is {shown(value)}.", f"Choose {' or '.join(allowed)}.")
    return value


def flag(value: object, what: str) -> bool:
    """Return true or false.

    Raises:
        InputError: it is neither.
    """
    if not isinstance(value, bool):
        raise InputError(f"{_upper(what)} is {shown(value)}.", "Choose true or false.")
    return value


def items(value: object, what: str, most: int) -> list[Any]:
    """Return a list of at most so many entries.

    Raises:
        InputError: it is something else, or too long.
    """
    advice = f"Give a list of at most {most} entries."
    if not isinstance(value, (list, tuple)):
        raise InputError(f"{_upper(what)} is {shown(value)}.", advice)
    if len(value) > most:
        raise InputError(f"{_upper(what)} has {len(value)} entries.", advice)
    return list(value)


def shown(value: object) -> str:
    """Return a value as an error may show it: short, whatever it is."""
    if isinstance(value, (list, tuple)):
        return f"a list of {len(value)} entries"
    text = repr(value) if not isinstance(value, Mapping) else "a set of named values"
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004 - fits a line


def _upper(what: str) -> str:
    return what[:1].upper() + what[1:]
