"""Generated points as columns of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

DIGITS = 5


def samples_columns(shown: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return generated points as a table: x, y, and the mode's name, "" for none.

    Args:
        shown: what `views.generated` returns: `points` (n, 2), `targets` (n,), `modes`.
    """
    names = list(shown["modes"])
    return {
        "x": [round(float(x), DIGITS) for x in shown["points"][:, 0]],
        "y": [round(float(y), DIGITS) for y in shown["points"][:, 1]],
        "mode": [str(names[mode]) if mode < len(names) else "" for mode in shown["targets"]],
    }
