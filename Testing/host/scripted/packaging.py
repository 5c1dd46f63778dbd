"""`slicer.packaging` under `--testing`: it looks what is installed, and installs nothing."""

# ruff: noqa: ARG001, PLR0917 - Slicer's signatures

from __future__ import annotations

import importlib.metadata
from typing import Any

from packaging.requirements import Requirement

__all__ = ["pip_check", "pip_ensure", "pip_install", "pip_uninstall"]


def _listed(requirements: Any) -> list[Requirement]:
    given = [requirements] if isinstance(requirements, (str, Requirement)) else requirements
    return [entry if isinstance(entry, Requirement) else Requirement(entry) for entry in given]


def pip_check(req: Any) -> bool:
    """Tell whether all requirements are installed."""
    for requirement in _listed(req):
        if requirement.marker is not None and not requirement.marker.evaluate():
            continue
        try:
            version = importlib.metadata.version(requirement.name)
        except importlib.metadata.PackageNotFoundError:
            return False
        if not requirement.specifier.contains(version, prereleases=True):
            return False
    return True


def pip_ensure(  # noqa: PLR0913 - Slicer's signature
    requirements: Any,
    constraints: Any = None,
    skip_packages: list[str] | None = None,
    prompt_install: bool = True,
    prompt_restart: bool = True,
    requester: str | None = None,
    skip_in_testing: bool = True,
    show_progress: bool = True,
) -> list[str]:
    """Install what is missing, if the user agrees: under `--testing` nothing."""
    return []


def pip_install(requirements: Any, **keywords: Any) -> None:
    """Install packages: never in the host."""
    raise RuntimeError(f"The host installs no packages: {requirements} {keywords}")


def pip_uninstall(requirements: Any, **keywords: Any) -> None:
    """Remove packages: never in the host."""
    raise RuntimeError(f"The host removes no packages: {requirements} {keywords}")
