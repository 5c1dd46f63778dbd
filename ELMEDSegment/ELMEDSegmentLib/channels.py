"""Which volume is which: T1, T1c, T2 and FLAIR recognised by their names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ELMEDSegmentLib.labels import CHANNEL_TITLES

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class ChannelGuess:
    """A volume taken for a channel.

    Attributes:
        index: of the name in the list that was given.
        confidence: 0 to 1.
        reason: why, in words.
    """

    index: int
    confidence: float
    reason: str


@dataclass(frozen=True)
class _Sign:
    """Words in a name that speak for a channel, and how strongly."""

    channel: str
    pattern: re.Pattern[str]
    confidence: float


def _sign(channel: str, pattern: str, confidence: float) -> _Sign:
    # Words end where letters or digits end: "t1" is in "sub-01_t1.nii" but not in "t1c" or "t10".
    return _Sign(channel, re.compile(rf"(?<![a-z0-9])(?:{pattern})(?![a-z0-9])"), confidence)


# Ordered: the first sign that fits decides, so that "T2 FLAIR" is FLAIR, and "T1 post" is T1c.
# Names: BraTS 2013-2023, MSD, and descriptions that scanners give their series.
SIGNS = (
    _sign("flair", r"t2[ _-]?f(?:lair)?|flair|fluid[ _-]attenuated|dark[ _-]?fluid|tirm", 0.95),
    _sign("t1c", r"t1[ _-]?(?:c|ce|gd|gad|km|post|contrast)|t1c[ _+-]?|ce[ _-]?t1w?", 0.95),
    _sign("t1c", r"t1w?i?[ _-].*(?:post|contrast|gd|gad\w*|km|\+c|ce|c\+)", 0.9),
    _sign("t1c", r".*(?:post|gd|gad\w*|\+c)[ _-].*t1w?i?", 0.85),
    _sign("t2", r"t2(?:w|wi|n)?|t2[ _-]?(?:tse|fse|weighted|blade|propeller)", 0.9),
    _sign("t1", r"t1(?:n|w|wi)?|t1[ _-]?(?:se|tse|weighted|native|pre)", 0.85),
    _sign("t1", r"mp[ _-]?rage|spgr|bravo|ir-?fspgr", 0.6),
)

PLUS = re.compile(r"t1[a-z]*[ _-]*\+")


def guess_channels(names: Sequence[str]) -> dict[str, ChannelGuess]:
    """Guess which of `names` stands for which channel.

    A name speaks for one channel at most, and each channel gets the name that speaks for it most
    clearly; a channel that no name speaks for is left out.

    Args:
        names: of nodes, files or series, any case.

    Returns:
        A guess for each recognised channel: `t1`, `t1c`, `t2`, `flair`.
    """
    best: dict[str, ChannelGuess] = {}
    for index, name in enumerate(names):
        found = channel_of(name)
        if found is None:
            continue
        channel, confidence, words = found
        if channel not in best or confidence > best[channel].confidence:
            reason = f"'{words}' in the name stands for {CHANNEL_TITLES[channel]}"
            best[channel] = ChannelGuess(index, confidence, reason)
    return best


def channel_of(name: str) -> tuple[str, float, str] | None:
    """Return the channel that `name` speaks for, how clearly, and by which words; or None."""
    text = name.lower()
    plus = PLUS.search(text)
    if plus:
        return "t1c", 0.9, plus.group()
    for sign in SIGNS:
        found = sign.pattern.search(text)
        if found:
            return sign.channel, sign.confidence, found.group().strip(" _-")
    return None
