"""Installing a package into Slicer's Python, when the user has agreed."""

from __future__ import annotations

import slicer

from ELMEDLib.errors import MissingPackageError


def install(requirement: str, requester: str) -> None:
    """Install a package; on the main thread, outside a wait cursor.

    Args:
        requirement: as pip takes it.
        requester: the module's title.

    Raises:
        MissingPackageError: it could not be installed.
    """
    try:
        packaging = _slicerPackaging()
        if packaging:
            packaging.pip_ensure(
                [requirement], requester=requester, skip_packages=["torch"], prompt_install=False
            )
        else:
            # Without its dependencies: Slicer's numpy and the extension's torch must stay.
            slicer.util.pip_install(["--no-deps", requirement])
    except Exception as error:
        raise MissingPackageError(
            f"{requirement} could not be installed.",
            "Check the connection to the internet and press Apply again.",
        ) from error


def _slicerPackaging():
    """Return `slicer.packaging`, which Slicer has since 5.11, or None."""
    try:
        import slicer.packaging
    except ImportError:
        return None
    return slicer.packaging
