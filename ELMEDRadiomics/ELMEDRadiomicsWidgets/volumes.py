"""Which volumes can be measured, and what they are called in the result."""

from __future__ import annotations

from typing import TYPE_CHECKING

import slicer

from ELMEDLib.bridge.segment_images import unique
from ELMEDSegmentLib.inputs.channels import guess_channels

if TYPE_CHECKING:
    from collections.abc import Sequence


def sceneVolumes() -> list[slicer.vtkMRMLScalarVolumeNode]:
    """Return the scene's volumes with one value per voxel that a user can see, no label maps."""
    return [
        node
        for node in slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")
        if node.GetClassName() == "vtkMRMLScalarVolumeNode" and not node.GetHideFromEditors()
    ]


def recognised(
    volumes: Sequence[slicer.vtkMRMLScalarVolumeNode],
) -> list[slicer.vtkMRMLScalarVolumeNode]:
    """Return the volumes whose names tell that they are T1, T1c, T2 or FLAIR."""
    found = {guess.index for guess in _guesses(volumes).values()}
    return [node for number, node in enumerate(volumes) if number in found]


def imageNames(
    volumes: Sequence[slicer.vtkMRMLScalarVolumeNode],
) -> dict[str, slicer.vtkMRMLScalarVolumeNode]:
    """Return the volumes by what they are called in the result.

    That is the sequence (`t1`, `t1c`, `t2`, `flair`) where a volume's name tells it, and else the
    volume's name; equal names get a number.
    """
    sequences = {guess.index: channel for channel, guess in _guesses(volumes).items()}
    named: dict[str, slicer.vtkMRMLScalarVolumeNode] = {}
    for number, node in enumerate(volumes):
        named[unique(sequences.get(number, node.GetName()), named)] = node
    return named


def _guesses(volumes: Sequence[slicer.vtkMRMLScalarVolumeNode]):
    return guess_channels([node.GetName() for node in volumes])
