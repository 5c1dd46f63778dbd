"""Offering to install what some settings need, when they are used and not before."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import slicer

from ELMEDLib.bridge.packages import install
from ELMEDLib.bridge.workplace import chosenPython
from ELMEDLib.interpreter import own_python

if TYPE_CHECKING:
    from ELMEDRadiomicsWidgets.settings_choice import SettingsChoice

TITLE = "ELMED Radiomics"
YAML = (".yaml", ".yml")


def ensurePackages(settings: SettingsChoice, parameterFile: str) -> bool:
    """Make sure that the worker's Python has what the settings need; True when it has.

    False when the user did not want it installed. Another Python than Slicer's own is left alone:
    what it lacks, the worker tells. It must run on the main thread, outside a wait cursor.

    Args:
        settings: the choice.
        parameterFile: path of the parameter file, "" for none.

    Raises:
        MissingPackageError: something could not be installed.
        WorkerError: the chosen Python cannot be used.
    """
    # Tests must not change the application that they run in; the worker tells what is missing.
    if chosenPython() != own_python() or slicer.app.testingEnabled():
        return True
    if parameterFile.lower().endswith(YAML) and not _ensure(
        "yaml", "PyYAML>=6.0", "reading a YAML parameter file"
    ):
        return False
    return "Wavelet" not in settings.filters() or _ensure(
        "pywt", "PyWavelets>=1.5", "wavelet features"
    )


def _ensure(module: str, requirement: str, purpose: str) -> bool:
    if importlib.util.find_spec(module):
        return True
    name = requirement.partition(">")[0]
    question = f"{name} is not installed; {purpose} needs it. Download and install it now (5 MB)?"
    if not slicer.util.confirmOkCancelDisplay(question, windowTitle=TITLE):
        return False
    install(requirement, TITLE)
    importlib.invalidate_caches()
    return True
