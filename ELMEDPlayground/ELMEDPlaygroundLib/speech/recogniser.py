"""One of the commands, or none: a grammar held against a loop of all speech sounds.

A grammar alone hears a command in everything: it has no other words. So each sound is decoded a
second time by a recogniser that may string speech sounds together as it likes (a filler, or
garbage, model). What fits the command much worse than that is not the command (Rose and Paul 1990,
"A hidden Markov model based keyword recognition system"). The limits below were found with
`Testing/benchmarks/speech_commands.py`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDPlaygroundLib.speech.commands import BY_WORDING, Command, grammar

if TYPE_CHECKING:
    import numpy as np

FRAMES_A_SECOND = 100
FEWEST_FRAMES = 20
"""Frames of speech below which there is nothing to understand: 0.2 seconds."""

COVERED = (0.92, 1.7)
"""How much of what sounds like speech the command's words may take. The words of a command reach
into the pauses around them, so that more than all of it is usual."""

FIT = -5.0
"""The logarithm of the likelihood, a frame, that the command may lack to what any string of speech
sounds would reach."""

WORST = -8.5
"""And so for the worst word alone."""

SHARPNESS = 0.6
"""By how much the fit must differ from its limit for a clear answer."""

PHONES_SHIFT = 1024
"""The loop of speech sounds gives the logarithms of its scores divided by this."""

SILENCES = frozenset({"<sil>", "<s>", "</s>", "(NULL)", "SIL", "+SPN+", "+NSN+"})
SMALLEST = 1e-300


@dataclass(frozen=True)
class Heard:
    """What came of a sound.

    Attributes:
        command: that was recognised, None when the sound was refused.
        nearest: the command's wording that fitted best, "" when none did at all.
        confidence: from 0 to 1; 0.5 and more is a command.
        why: one sentence on why it was refused, "" when it was not.
        fit: see `FIT`; 0 when nothing was said.
        covered: see `COVERED`; 0 when nothing was said.
        seconds: how long the sound lasts.
    """

    command: Command | None
    nearest: str
    confidence: float
    why: str
    fit: float
    covered: float
    seconds: float


@dataclass(frozen=True)
class _Segment:
    """A word or a speech sound: its name, its first frame and the one after its last, its score."""

    name: str
    start: int
    end: int
    score: float


def recognise(samples: np.ndarray) -> Heard:
    """Return the command that was spoken, or why there is none.

    Args:
        samples: int16 at 16 kHz, (samples,); see `sound.read_wav`.

    Raises:
        MissingPackageError: PocketSphinx is not installed.
    """
    from ELMEDLib.environment import SPEECH, require

    require(SPEECH)
    data = samples.tobytes()
    seconds = len(samples) / 16_000
    phones = _decode("phones", data, PHONES_SHIFT)[1]
    spoken = sum(phone.end - phone.start for phone in phones if phone.name not in SILENCES)
    if spoken < FEWEST_FRAMES:
        return Heard(None, "", 0.0, "Nothing was said, or too quietly.", 0.0, 0.0, seconds)
    wording, segments = _decode("commands", data, 1)
    words = [segment for segment in segments if segment.name not in SILENCES]
    if wording not in BY_WORDING or not words:
        why = "What was said is none of the commands."
        return Heard(None, "", 0.0, why, 0.0, 0.0, seconds)
    return _judged(wording, words, phones, spoken, seconds)


def _judged(
    wording: str, words: list[_Segment], phones: list[_Segment], spoken: int, seconds: float
) -> Heard:
    """Hold the best command against what any string of speech sounds would reach."""
    frames = sum(word.end - word.start for word in words)
    lacks = [word.score - _score_within(phones, word.start, word.end) for word in words]
    fit = sum(lacks) / frames
    worst = min(lack / (word.end - word.start) for lack, word in zip(lacks, words, strict=True))
    covered = frames / spoken
    margin = min(fit - FIT, worst - WORST)
    confidence = 1.0 / (1.0 + math.exp(-max(min(margin / SHARPNESS, 50.0), -50.0)))
    low, high = COVERED
    if not low <= covered <= high:
        confidence = min(confidence, 0.45) * min(covered / low, high / covered)
        why = f"More, or less, was said than '{wording}'."
    elif margin < 0:
        why = f"It resembles '{wording}', but not enough."
    else:
        return Heard(BY_WORDING[wording], wording, confidence, "", fit, covered, seconds)
    return Heard(None, wording, confidence, why, fit, covered, seconds)


def _score_within(phones: list[_Segment], start: int, end: int) -> float:
    """Return the score of the loop of speech sounds between two frames."""
    total = 0.0
    for phone in phones:
        overlap = min(end, phone.end) - max(start, phone.start)
        if overlap > 0:
            total += phone.score * overlap / (phone.end - phone.start)
    return total


def _decode(search: str, data: bytes, scale: int) -> tuple[str, list[_Segment]]:
    """Return what a search hears: its words, and where they are with their scores."""
    decoder = _decoder()
    decoder.activate_search(search)
    # Its filter for noise remembers what was heard before: both ways to listen are to hear the
    # same, and the same sound is to have the same answer each time.
    decoder.reinit_feat()
    decoder.start_utt()
    decoder.process_raw(data, full_utt=True)
    decoder.end_utt()
    hypothesis = decoder.hyp()
    if hypothesis is None:
        return "", []
    segments = [
        _Segment(
            found.word,
            found.start_frame,
            found.end_frame + 1,
            scale * math.log(max(found.ascore, SMALLEST)),
        )
        for found in decoder.seg()
    ]
    return hypothesis.hypstr, segments


@cache
def _decoder() -> Any:
    """Return the recogniser, with its two ways to listen."""
    import pocketsphinx

    # Every speech sound is scored in every frame: without that, the scores of the two ways to
    # listen would be counted from different best ones, and could not be compared.
    decoder = pocketsphinx.Decoder(lm=None, compallsen=True, loglevel="FATAL")
    decoder.add_jsgf_string("commands", grammar())
    model = Path(pocketsphinx.get_model_path())
    decoder.add_allphone_file("phones", str(model / "en-us" / "en-us-phone.lm.bin"))
    return decoder
