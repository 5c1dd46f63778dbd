"""Loading a module's own packages again, for those who change them while Slicer runs."""

from __future__ import annotations

import importlib
import sys

KEPT = ("ELMEDLib.errors", "ELMEDLib.reloading")
"""Who catches an error names its class, which must therefore stay one and the same."""


def forget_modules(*packages: str) -> None:
    """Make the next import of the packages' modules read their files again.

    Forgetting all of them first brings them back in the order in which they need each other, and
    what is still at work keeps the code that it started with.
    """
    for name in list(sys.modules):
        if name.partition(".")[0] in packages and "." in name and name not in KEPT:
            del sys.modules[name]
    importlib.invalidate_caches()
