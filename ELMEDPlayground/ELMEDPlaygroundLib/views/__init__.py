"""The views of an experiment: what there is to see of a network while it learns.

Each is a function `(experiment, options) -> {name: array or value}`, named here as
"module:function" and imported when it is first asked for. Axis order of images is (channel, y, x);
a view must leave the experiment as it is.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

VIEWS: dict[str, str] = {}


def look(experiment: Any, views: Mapping[str, Mapping[str, Any] | None]) -> dict[str, Any]:
    """Return what the wanted views show.

    Args:
        experiment: an `Experiment`.
        views: options by the name of the view.

    Raises:
        InputError: there is no such view, or its options make no sense.
    """
    return {name: view(name)(experiment, options or {}) for name, options in views.items()}


def view(name: str) -> Any:
    """Return the function of a view.

    Raises:
        InputError: there is none of this name.
    """
    if name not in VIEWS:
        raise InputError(f"There is no view '{name[:40]}'.", f"Choose one of: {', '.join(VIEWS)}.")
    module, _, function = VIEWS[name].partition(":")
    return getattr(importlib.import_module(module), function)
