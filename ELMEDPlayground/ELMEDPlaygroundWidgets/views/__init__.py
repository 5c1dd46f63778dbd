"""The views of an experiment, in the order of their tabs."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ELMEDPlaygroundWidgets.views.base import View

ALL_VIEWS: list[str] = []
"""The classes, a line each: `"ELMEDPlaygroundWidgets.views.points_map:DecisionMapView"`."""


def makeViews() -> list[View]:
    """Return one of each view."""
    views = []
    for path in ALL_VIEWS:
        module, _, name = path.partition(":")
        views.append(getattr(importlib.import_module(module), name)())
    return views
