"""Offering to install what is missing, when it is needed and not before."""

from __future__ import annotations

import slicer

from ELMEDLib import environment
from ELMEDLib.bridge.packages import install
from ELMEDLib.bridge.workplace import chosenPython
from ELMEDLib.errors import MissingPackageError
from ELMEDLib.interpreter import own_python

SIZE = "PyTorch is 200 MB to 3 GB, depending on the graphics card."


def ensurePackages() -> bool:
    """Make sure that the worker's Python has what segmentation needs; True when it has.

    False when the user did not want it installed. Another Python than Slicer's own is left alone:
    what it lacks, the worker tells. It must run on the main thread, outside a wait cursor.

    Raises:
        MissingPackageError: something could not be installed.
        WorkerError: the chosen Python cannot be used.
    """
    if chosenPython() != own_python():
        return True
    problems = environment.problems()
    if not problems:
        return True
    # Tests must not change the application that they run in.
    if slicer.app.testingEnabled():
        environment.require()
    sentences = "\n".join(problem.message for problem in problems)
    question = f"{sentences}\n\nDownload and install now? {SIZE} It may take some minutes."
    if not slicer.util.confirmOkCancelDisplay(question, windowTitle="ELMED Segment"):
        return False
    for problem in problems:
        if problem.requirement == environment.TORCH:
            _installTorch()
        else:
            install(str(problem.requirement), requester="ELMED Segment")
    environment.require()
    return True


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
