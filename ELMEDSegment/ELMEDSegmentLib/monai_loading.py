"""Importing MONAI without what it would leave behind."""

from __future__ import annotations

import sys


def load_monai() -> None:
    """Import MONAI, once for a process, without matplotlib.

    Where matplotlib is installed MONAI imports its plotting, which looks for all fonts of the
    computer and writes a list of them into the user's home: a second, and a trace, for what
    nothing here draws with. MONAI copes where matplotlib is missing.
    """
    if "monai" in sys.modules:
        return
    hidden = "matplotlib" not in sys.modules
    if hidden:
        # The import system's own way to say that a module cannot be imported.
        sys.modules["matplotlib"] = None  # type: ignore[assignment]
    try:
        import monai  # noqa: F401 - what it imports itself is the point
    finally:
        if hidden:
            del sys.modules["matplotlib"]
