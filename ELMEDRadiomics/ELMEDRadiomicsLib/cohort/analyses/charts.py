"""How charts look: one style for all of them, without a window."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from ELMEDRadiomicsLib.cohort.libraries import matplotlib

if TYPE_CHECKING:
    from collections.abc import Iterator

# Okabe and Ito's colours, which colour-blind readers tell apart.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#555555")
GREY = "#9a9a9a"

DPI = 110
WIDTH = 8.0
"""Of a chart, in inches."""


def figure(height: float, width: float = WIDTH) -> Any:
    """Return an empty figure, in inches."""
    matplotlib()
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def panels(count: int, columns: int, height: float) -> tuple[Any, Iterator[Any]]:
    """Return a figure and its axes for `count` panels, `height` inches a row."""
    rows = -(-count // columns)
    drawn = figure(height * rows)
    grid = drawn.subplots(rows, columns, squeeze=False).ravel()
    for unused in grid[count:]:
        unused.set_axis_off()
    for axes in grid[:count]:
        plain(axes)
    return drawn, iter(grid[:count])


def plain(axes: Any) -> Any:
    """Take away what a chart does not need, and return the axes."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=8)
    return axes


def png(drawn: Any) -> bytes:
    """Return the figure as PNG."""
    content = io.BytesIO()
    drawn.savefig(content, format="png", dpi=DPI, metadata={"Software": None})
    return content.getvalue()


def shortened(text: str, length: int = 44) -> str:
    """Return a text that is not longer than `length`."""
    return text if len(text) <= length else text[: length - 1] + "…"
