"""Whether a segmentation can start, and in a sentence why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ELMEDLib.bridge.workplace import chosenPython
from ELMEDLib.errors import WorkerError
from ELMEDSegmentLib.labels import CHANNEL_TITLES, CHANNELS, joined_titles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ELMEDLib.errors import ELMEDError
    from ELMEDSegmentWidgets.parameters import ELMEDSegmentParameterNode


def whatIsMissing(
    parameters: ELMEDSegmentParameterNode,
    hasModels: bool,
    problem: ELMEDError | None,
    optional: Sequence[str] = (),
) -> str:
    """Return what keeps Apply from being pressed, "" when nothing does.

    Args:
        parameters: the choices.
        hasModels: whether there is a model to choose.
        problem: what was found wrong already.
        optional: channels that the model does without, one at a time.
    """
    volumes = {channel: getattr(parameters, channel) for channel in CHANNELS}
    missing = [channel for channel, node in volumes.items() if node is None]
    if len(missing) > 1 or (missing and missing[0] not in optional):
        return f"Choose the {joined_titles(missing)} volume{'s' if len(missing) > 1 else ''}."
    for number, channel in enumerate(CHANNELS):
        for other in CHANNELS[number + 1 :]:
            if volumes[channel] and volumes[channel] is volumes[other]:
                titles = f"{CHANNEL_TITLES[channel]} and {CHANNEL_TITLES[other]}"
                return f"{titles} are the same volume; choose another one for one of them."
    if problem:
        return str(problem)
    if not hasModels:
        return "No model is installed; install the extension again."
    try:
        chosenPython()
    except WorkerError as error:
        return str(error)
    return ""
