"""Installing packages into Slicer's Python, when they are needed and the user has agreed."""

from __future__ import annotations

import contextlib
import importlib.metadata
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import slicer

from ELMEDLib import environment
from ELMEDLib.bridge.workplace import chosenPython
from ELMEDLib.errors import MissingPackageError
from ELMEDLib.interpreter import own_python

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ELMEDLib.environment import Problem, Requirement

KEPT = ("numpy", "scipy", "torch")
"""What has to stay of the version that is there, whatever else is installed."""

SIZE = "PyTorch is 200 MB to 3 GB, depending on the graphics card."


def packageProblems(requirements: Sequence[Requirement]) -> list[Problem]:
    """Return what the worker's Python lacks, as far as it is Slicer's own.

    Another Python is left alone: what it lacks, the worker tells.

    Raises:
        WorkerError: the chosen Python cannot be used.
    """
    return [] if chosenPython() != own_python() else environment.problems(requirements)


def ensurePackages(requirements: Sequence[Requirement], requester: str) -> bool:
    """Make sure that the worker's Python has some packages; True when it has.

    False when the user did not want them installed. It must run on the main thread, outside a wait
    cursor.

    Args:
        requirements: what is needed.
        requester: the module's title.

    Raises:
        MissingPackageError: something could not be installed.
        WorkerError: the chosen Python cannot be used.
    """
    problems = packageProblems(requirements)
    if not problems:
        return True
    # Tests must not change the application that they run in.
    if slicer.app.testingEnabled():
        environment.require(requirements)
    sentences = "\n".join(problem.message for problem in problems)
    sizes = [
        f" {p.requirement.title} is {p.requirement.size}." for p in problems if p.requirement.size
    ]
    if any(p.requirement == environment.TORCH for p in problems):
        sizes.insert(0, f" {SIZE}")
    size = "".join(sizes)
    question = f"{sentences}\n\nDownload and install now?{size} It may take some minutes."
    if not slicer.util.confirmOkCancelDisplay(question, windowTitle=requester):
        return False
    for problem in problems:
        if problem.requirement == environment.TORCH:
            _installTorch()
        else:
            install(str(problem.requirement), requester)
    importlib.invalidate_caches()
    environment.require(requirements)
    return True


def install(requirement: str, requester: str) -> None:
    """Install a package; on the main thread, outside a wait cursor.

    Args:
        requirement: as pip takes it.
        requester: the module's title.

    Raises:
        MissingPackageError: it could not be installed.
    """
    try:
        with tempfile.TemporaryDirectory() as folder:
            kept = _written(Path(folder) / "constraints.txt")
            packaging = _slicerPackaging()
            if packaging:
                packaging.pip_ensure(
                    [requirement],
                    constraints=kept,
                    requester=requester,
                    skip_packages=["torch"],
                    prompt_install=False,
                )
            else:
                slicer.util.pip_install(["--constraint", str(kept), requirement])
    except Exception as error:
        raise MissingPackageError(
            f"{requirement} could not be installed.",
            "Check the connection to the internet and press Apply again.",
        ) from error


def _written(path: Path) -> Path:
    """Write what pip must leave as it is: Slicer has loaded it, or has it from an extension."""
    lines = []
    for name in KEPT:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            lines.append(f"{name}=={importlib.metadata.version(name)}\n")
    path.write_text("".join(lines), encoding="utf-8")
    return path


def _installTorch() -> None:
    """Install PyTorch through its extension, which knows the build for this computer."""
    try:
        from PyTorchUtils import PyTorchUtilsLogic
    except ImportError as error:
        raise MissingPackageError(
            "The extension 'PyTorch', which installs PyTorch, is not there.",
            "Install it in the Extensions Manager, restart Slicer and press Apply again.",
        ) from error
    requirement = f">={environment.TORCH.minimum}"
    try:
        installed = PyTorchUtilsLogic().installTorch(torchVersionRequirement=requirement)
    except Exception as error:
        raise MissingPackageError(
            "PyTorch could not be installed.",
            "Check the connection to the internet, or install it in the module PyTorch Utils.",
        ) from error
    if installed is None:
        raise MissingPackageError(
            "PyTorch was not installed.", "Press Apply again, or use the module PyTorch Utils."
        )


def _slicerPackaging():
    """Return `slicer.packaging`, which Slicer has since 5.11, or None."""
    try:
        import slicer.packaging
    except ImportError:
        return None
    return slicer.packaging
