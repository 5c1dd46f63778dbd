"""The four volume selectors, and below each why its volume was taken."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import slicer

from ELMEDLib.bridge.volumes import imageFromVolume
from ELMEDLib.errors import ELMEDError
from ELMEDSegmentLib.inputs.channels import Identification, identify
from ELMEDSegmentLib.labels import CHANNELS, joined_titles
from ELMEDSegmentWidgets.background import Background
from ELMEDSegmentWidgets.study_volumes import candidateOf, visibleVolumes

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from types import SimpleNamespace

    from ELMEDSegmentLib.inputs.channels import Candidate, ChannelGuess
    from ELMEDSegmentWidgets.parameters import ELMEDSegmentParameterNode

SURE, LIKELY = 0.8, 0.6
"""From these confidences on, a guess is shown with a tick, and without a warning."""


class ChannelSelectors:
    """The selectors `t1Selector` to `flairSelector` with the labels of their reasons."""

    def __init__(self, ui: SimpleNamespace) -> None:
        self._ui = ui
        self._selectors = {channel: getattr(ui, f"{channel}Selector") for channel in CHANNELS}
        self._labels = {channel: getattr(ui, f"{channel}ReasonLabel") for channel in CHANNELS}
        self._help = {channel: widget.toolTip for channel, widget in self._selectors.items()}
        self._guessed: dict[str, slicer.vtkMRMLScalarVolumeNode] = {}
        self._looking = Background()
        self.forgetReasons()

    def cleanup(self) -> None:
        """Let go of the nodes, and of what is at work."""
        self._looking.cleanup()
        self._guessed.clear()

    def forgetReasons(self) -> None:
        """Show the selectors' own help again."""
        self._looking.cancel()
        self._guessed.clear()
        for channel in CHANNELS:
            self._forget(channel)
        self._showRemarks(())

    def follow(self, parameters: ELMEDSegmentParameterNode) -> None:
        """Take a reason away when the user has chosen another volume."""
        for channel, node in list(self._guessed.items()):
            if getattr(parameters, channel) is not node:
                del self._guessed[channel]
                self._forget(channel)

    # Guesses

    def guess(self, parameters: ELMEDSegmentParameterNode, keepChosen: bool) -> str:
        """Choose the volumes whose names and headers tell what they are.

        Args:
            parameters: receives the choices.
            keepChosen: leave channels alone that have a volume already.

        Returns:
            A sentence for the user: what was guessed, or "" when nothing has changed.
        """
        chosen = {channel: getattr(parameters, channel) for channel in CHANNELS}
        taken = [node for node in chosen.values() if node] if keepChosen else []
        nodes = [node for node in visibleVolumes() if node not in taken]
        found = identify([candidateOf(node) for node in nodes])
        wanted = [name for name in found.guesses if not (keepChosen and chosen[name])]
        if keepChosen:
            # What is still missing is said where it can be changed: beside Apply.
            found = replace(found, remarks=found.remarks if wanted and not taken else ())
        self.fill(parameters, nodes, found, wanted)
        return self._sentence(wanted, keepChosen)

    def lookAtImages(
        self,
        parameters: ELMEDSegmentParameterNode,
        nodes: Sequence[slicer.vtkMRMLScalarVolumeNode],
        onEnd: Callable[[str], None],
    ) -> None:
        """Choose among `nodes`, and where names say nothing look at the images, in a while.

        What the user chooses meanwhile stays.

        Args:
            parameters: receives the choices.
            nodes: the volumes of one patient.
            onEnd: called with a sentence for the user.
        """
        before = {channel: getattr(parameters, channel) for channel in CHANNELS}

        def end(answer: Identification | ELMEDError) -> None:
            if isinstance(answer, ELMEDError):
                onEnd(str(answer))
                return
            wanted = [
                channel
                for channel, guess in answer.guesses.items()
                if getattr(parameters, channel) is before[channel]
                and slicer.mrmlScene.IsNodePresent(nodes[guess.index])
            ]
            self.fill(parameters, nodes, answer, wanted)
            onEnd(self._sentence(wanted, keepChosen=False))

        candidates = [candidateOf(node) for node in nodes]
        found = identify(candidates)
        if len(found.guesses) == len(CHANNELS) or len(nodes) < 2:  # noqa: PLR2004
            end(found)
        else:
            self._looking.start(self._look(list(nodes), candidates), end)

    def _look(
        self, nodes: list[slicer.vtkMRMLScalarVolumeNode], candidates: list[Candidate]
    ) -> Generator[None, None, Identification]:
        images = []
        for node in nodes:
            images.append(imageFromVolume(node))
            yield
        withImages = [
            replace(candidate, image=lambda image=image: image)
            for candidate, image in zip(candidates, images, strict=True)
        ]
        return (yield from self._looking.inThread(identify, withImages))

    def fill(
        self,
        parameters: ELMEDSegmentParameterNode,
        nodes: Sequence[slicer.vtkMRMLScalarVolumeNode],
        found: Identification,
        wanted: Sequence[str],
    ) -> None:
        """Choose the volumes that were found for the `wanted` channels, and show why."""
        for channel in wanted:
            guess = found.guesses[channel]
            self._guessed[channel] = nodes[guess.index]
            setattr(parameters, channel, nodes[guess.index])
            self._show(channel, guess)
        if wanted or found.remarks:
            self._showRemarks(found.remarks)

    # What is shown

    def _show(self, channel: str, guess: ChannelGuess) -> None:
        mark = "✓" if guess.confidence >= SURE else "?" if guess.confidence >= LIKELY else "⚠"
        label = self._labels[channel]
        label.text = f"{mark} {guess.confidence:.0%} sure, {_briefly(guess)}"
        label.toolTip = f"Guessed: {guess.reason}."
        label.visible = True
        self._selectors[channel].toolTip = f"{self._help[channel]}\n\nGuessed: {guess.reason}."

    def _forget(self, channel: str) -> None:
        self._selectors[channel].toolTip = self._help[channel]
        self._labels[channel].visible = False
        self._labels[channel].text = ""

    def _showRemarks(self, remarks: Sequence[str]) -> None:
        self._ui.remarksLabel.text = "\n".join(remarks)
        self._ui.remarksLabel.visible = bool(remarks)

    @staticmethod
    def _sentence(changed: list[str], keepChosen: bool) -> str:
        if changed:
            titles = joined_titles(name for name in CHANNELS if name in changed)
            return f"Guessed: {titles}. Please check them."
        if keepChosen:
            return ""
        return "No volume tells what it is; choose the volumes yourself."


def _briefly(guess: ChannelGuess) -> str:
    """Return where a guess comes from, with its first reason in a few words."""
    first = guess.reason.partition("; ")[0]
    word = first.split("'")[1] if first.startswith("'") else ""
    if guess.source == "image":
        return "from its image alone"
    if word:
        return f"{guess.source}: called '{word}'"
    if "contrast agent" in first:
        return f"{guess.source}: contrast agent given"
    return f"{guess.source}: {first}"
