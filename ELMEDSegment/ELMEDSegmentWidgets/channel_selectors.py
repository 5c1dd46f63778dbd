"""The four volume selectors, and which volume is guessed to be which."""

from __future__ import annotations

from typing import TYPE_CHECKING

import slicer

from ELMEDSegmentLib.channels import guess_channels
from ELMEDSegmentLib.labels import CHANNEL_TITLES, CHANNELS

if TYPE_CHECKING:
    from types import SimpleNamespace

    from ELMEDSegmentWidgets.parameters import ELMEDSegmentParameterNode


class ChannelSelectors:
    """The selectors `t1Selector` to `flairSelector`."""

    def __init__(self, ui: SimpleNamespace) -> None:
        self._selectors = {channel: getattr(ui, f"{channel}Selector") for channel in CHANNELS}
        self._help = {channel: widget.toolTip for channel, widget in self._selectors.items()}

    def forgetReasons(self) -> None:
        """Show the selectors' own help again."""
        for channel, selector in self._selectors.items():
            selector.toolTip = self._help[channel]

    def guess(self, parameters: ELMEDSegmentParameterNode, keepChosen: bool) -> str:
        """Choose the volumes whose names tell what they are.

        Args:
            parameters: receives the choices.
            keepChosen: leave channels alone that have a volume already.

        Returns:
            A sentence for the user: what was guessed, or "" when nothing has changed.
        """
        chosen = {channel: getattr(parameters, channel) for channel in CHANNELS}
        taken = [node for node in chosen.values() if node] if keepChosen else []
        nodes = [node for node in _volumes() if node not in taken]
        guesses = guess_channels([node.GetName() for node in nodes])
        changed = []
        for channel, guess in guesses.items():
            if keepChosen and chosen[channel]:
                continue
            setattr(parameters, channel, nodes[guess.index])
            self._selectors[channel].toolTip = f"{self._help[channel]}\n\nGuessed: {guess.reason}."
            changed.append(channel)
        return self._sentence(changed, keepChosen)

    @staticmethod
    def _sentence(changed: list[str], keepChosen: bool) -> str:
        if changed:
            titles = ", ".join(CHANNEL_TITLES[name] for name in CHANNELS if name in changed)
            return f"Guessed from the names: {titles}. Please check them."
        if keepChosen:
            return ""
        return "No volume's name tells what it is; choose the volumes yourself."


def _volumes() -> list[slicer.vtkMRMLScalarVolumeNode]:
    """Return the scene's scalar volumes that a user can see, label maps left out."""
    nodes = slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")
    return [
        node
        for node in nodes
        if not node.IsA("vtkMRMLLabelMapVolumeNode") and not node.GetHideFromEditors()
    ]
