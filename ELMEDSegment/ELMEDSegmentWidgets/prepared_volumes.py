"""Registered volumes without skull, and the brain's mask, as volumes in the scene."""

from __future__ import annotations

from ELMEDSegmentLib.labels import CHANNEL_TITLES
from ELMEDSegmentLib.raw.writing import BRAIN
from ELMEDSegmentWidgets.own_volumes import OwnVolumes

PREPARED = OwnVolumes(
    "ELMED.Prepared",
    {
        **{channel: f"Prepared {title}" for channel, title in CHANNEL_TITLES.items()},
        BRAIN: "Brain mask",
    },
)
"""What a segmentation was made from, by channel or `BRAIN`."""
