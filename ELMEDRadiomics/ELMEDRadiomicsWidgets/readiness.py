"""Whether features can be computed, and in a sentence why not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ELMEDLib.bridge.workplace import chosenPython
from ELMEDLib.errors import WorkerError

if TYPE_CHECKING:
    import slicer

    from ELMEDRadiomicsWidgets.check_list import CheckList
    from ELMEDRadiomicsWidgets.settings_choice import SettingsChoice


def chosenPath(line: Any) -> str:
    """Return the path in a `ctkPathLineEdit`, "" where none was chosen, which it calls "."."""
    path = line.currentPath.strip()
    return "" if path == "." else path


def whatIsMissing(
    segmentation: slicer.vtkMRMLSegmentationNode | None,
    segments: CheckList,
    volumes: CheckList,
    settings: SettingsChoice,
) -> str:
    """Return what keeps Apply from being pressed, "" when nothing does."""
    conditions = (
        (segmentation is None, "Choose a segmentation."),
        (not segments.keys, "The segmentation has no segments; draw some in the Segment Editor."),
        (not segments.checked, "Check at least one segment."),
        (not volumes.keys, "Load a volume to measure in."),
        (not volumes.checked, "Check at least one volume."),
    )
    for missing, sentence in conditions:
        if missing:
            return sentence
    try:
        chosenPython()
    except WorkerError as error:
        return str(error)
    return settings.problem()
