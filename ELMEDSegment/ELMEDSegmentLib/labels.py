"""Channel names, label values and regions, as BraTS defines them.

Source: Baid et al. 2021, "The RSNA-ASNR-MICCAI BraTS 2021 Benchmark", arXiv:2107.02314.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

CHANNELS = ("t1", "t1c", "t2", "flair")
"""The four contrasts, in the order in which ELMED's own networks take them."""

CHANNEL_TITLES = {
    "t1": "T1",
    "t1c": "contrast-enhanced T1",
    "t2": "T2",
    "flair": "FLAIR",
}

NECROTIC_CORE = 1
OEDEMA = 2
ENHANCING_TUMOUR = 3

LABELS = {
    "necrotic_core": NECROTIC_CORE,
    "oedema": OEDEMA,
    "enhancing_tumour": ENHANCING_TUMOUR,
}
"""Label value of each tissue: 1 is the necrotic or non-enhancing core, 0 is everything else."""

LABEL_TITLES = {
    "necrotic_core": "Necrotic core",
    "oedema": "Oedema",
    "enhancing_tumour": "Enhancing tumour",
}

REGIONS = {
    "WT": (NECROTIC_CORE, OEDEMA, ENHANCING_TUMOUR),
    "TC": (NECROTIC_CORE, ENHANCING_TUMOUR),
    "ET": (ENHANCING_TUMOUR,),
}
"""Nested regions: whole tumour, tumour core, enhancing tumour, and the labels each is made of."""

REGION_TITLES = {"WT": "Whole tumour", "TC": "Tumour core", "ET": "Enhancing tumour"}


def joined_titles(channels: Iterable[str]) -> str:
    """Return the titles of `channels` as a list in a sentence: "T1, T2 and FLAIR"."""
    titles = [CHANNEL_TITLES.get(channel, channel) for channel in channels]
    return " and ".join(filter(None, [", ".join(titles[:-1]), titles[-1]]))


def all_or_titles(some: Collection[str], everything: Collection[str]) -> str:
    """Return "all volumes", or the titles of the channels: "the T1 and T2 volumes"."""
    if len(some) == len(everything):
        return "all volumes"
    return f"the {joined_titles(some)} volume{'s' if len(some) > 1 else ''}"
