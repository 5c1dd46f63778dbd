"""Which volume is which: T1, T1c, T2 and FLAIR, from headers, names and the images themselves.

Each volume's evidence is weighed by Bayes' rule (`channel_evidence`). Every channel gets the volume
that speaks for it most clearly, and of equally clear ones the finest. Where a channel stays empty
and volumes are left that say nothing, the images decide (`channel_content`), with low confidence.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ELMEDSegmentLib.inputs.channel_dicom import evidence_of_series
from ELMEDSegmentLib.inputs.channel_evidence import OTHER, T1_FAMILY, Evidence, probabilities
from ELMEDSegmentLib.inputs.channel_names import evidence_of_name
from ELMEDSegmentLib.labels import CHANNEL_TITLES, CHANNELS, joined_titles

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import SimpleITK as sitk

    from ELMEDSegmentLib.inputs.series_facts import SeriesFacts

SURE = 0.5
"""A volume is taken for a channel when that is more likely than not."""

RIVAL = "another volume was taken for"
"""How the reason begins why a volume that looks like a contrast was left out."""

AS_CLEAR = 0.15
"""Volumes whose confidence differs by no more are equally clear: the finer one is taken."""

MOST = 0.99
"""Nothing that a header says is certain."""

FINER_MM = 0.15
"""Smaller differences of voxel spacing do not matter."""

IMAGE = "image"


@dataclass(frozen=True)
class Candidate:
    """A volume that may be one of the four.

    Attributes:
        name: of the node, the file or the series; it is shown to the user.
        facts: of the DICOM series, where there is one.
        longest_mm: its coarsest voxel spacing, None when it is not known.
        image: reads or returns the volume; None where images may not be looked at.
        title: shown instead of the name where that is not enough to tell volumes apart.
    """

    name: str
    facts: SeriesFacts | None = None
    longest_mm: float | None = None
    image: Callable[[], sitk.Image] | None = None
    title: str = ""


@dataclass(frozen=True)
class ChannelGuess:
    """A volume taken for a channel.

    Attributes:
        index: of the volume in the list that was given.
        confidence: 0 to 1.
        reason: why, in words.
        source: "name", "DICOM" or "image".
    """

    index: int
    confidence: float
    reason: str
    source: str = "name"


@dataclass(frozen=True)
class Identification:
    """What a list of volumes was taken for.

    Attributes:
        guesses: by channel.
        remarks: duplicates and gaps, a sentence each.
        left_out: why a volume was not taken, by index.
    """

    guesses: dict[str, ChannelGuess]
    remarks: tuple[str, ...] = ()
    left_out: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Opinion:
    """What one volume's evidence says."""

    kind: str
    confidence: float
    reason: str
    source: str


def identify(candidates: Sequence[Candidate]) -> Identification:
    """Find the four channels among `candidates`.

    Raises:
        InputError: an image that has to be looked at cannot be read.
    """
    opinions = [_opinion(candidate) for candidate in candidates]
    guesses: dict[str, ChannelGuess] = {}
    remarks: list[str] = []
    left_out: dict[int, str] = {}
    for channel in CHANNELS:
        rivals = [index for index, opinion in enumerate(opinions) if opinion.kind == channel]
        if not rivals:
            continue
        best, why = _best(rivals, candidates, opinions)
        opinion = opinions[best]
        guesses[channel] = ChannelGuess(best, opinion.confidence, opinion.reason, opinion.source)
        losers = [index for index in rivals if index != best]
        left_out |= {index: f"{RIVAL} {_title(channel)}" for index in losers}
        if losers:
            remarks.append(_duplicate(channel, best, losers, candidates, why))
    left_out |= {
        index: opinion.reason for index, opinion in enumerate(opinions) if opinion.kind == OTHER
    }
    remarks += _fill_from_images(candidates, guesses, left_out)
    missing = [channel for channel in CHANNELS if channel not in guesses]
    if missing and candidates:
        remarks.append(f"No volume was recognised as {joined_titles(missing)}.")
    taken = {guess.index for guess in guesses.values()}
    for index in range(len(candidates)):
        if index not in taken:
            left_out.setdefault(index, "neither its name nor its header tells what it is")
    return Identification(guesses, tuple(remarks), left_out)


def _opinion(candidate: Candidate) -> _Opinion:
    evidence = evidence_of_series(candidate.facts) if candidate.facts else []
    # Slicer and converters name volumes after the series; the same words count once.
    if not evidence or not _speaks_of_family(evidence):
        evidence = [*evidence, *evidence_of_name(candidate.name)]
    if not _speaks_of_family(evidence):
        return _Opinion("", 0.0, "", "name")
    shares = probabilities(evidence)
    kind = max(shares, key=lambda name: shares[name])
    if shares[kind] < SURE:
        return _Opinion("", shares[kind], "what it says of itself contradicts itself", "name")
    supporting = [piece for piece in evidence if kind in piece.kinds]
    # That agent was given is what makes a T1 a T1c: it is said first.
    supporting.sort(key=lambda piece: piece.kinds != ("t1c",))
    against = [piece for piece in evidence if kind in piece.among and kind not in piece.kinds]
    reason = "; ".join(piece.reason for piece in supporting if piece.reason)
    if against:
        reason += "; although " + " and ".join(piece.reason for piece in against if piece.reason)
    source = "DICOM" if any(piece.source == "DICOM" for piece in supporting) else "name"
    return _Opinion(kind, min(round(shares[kind], 2), MOST), reason, source)


def _speaks_of_family(evidence: Sequence[Evidence]) -> bool:
    return any(piece.among != T1_FAMILY for piece in evidence)


def _best(
    rivals: Sequence[int], candidates: Sequence[Candidate], opinions: Sequence[_Opinion]
) -> tuple[int, str]:
    """Return which rival is taken for a channel, and why, as the end of "because ..."."""
    clearest = max(opinions[index].confidence for index in rivals)
    clear = [i for i in rivals if opinions[i].confidence >= clearest - AS_CLEAR]
    if len(clear) == 1:
        return clear[0], "it says more clearly what it is"
    original = [i for i in clear if not _derived(candidates[i])]
    if len(original) == 1:
        return original[0], "the other was computed from other series"
    clear = original or clear
    sizes = {i: size for i in clear if (size := candidates[i].longest_mm) is not None}
    if len(sizes) == len(clear):
        finest = min(clear, key=lambda index: sizes[index])
        coarsest = max(sizes.values())
        if coarsest - sizes[finest] > FINER_MM:
            return finest, f"its voxels are finer ({sizes[finest]:.1f} against {coarsest:.1f} mm)"
    best = max(clear, key=lambda index: opinions[index].confidence)
    return best, "it comes first"


def _derived(candidate: Candidate) -> bool:
    return candidate.facts is not None and candidate.facts.derived


def _duplicate(
    channel: str, best: int, losers: Sequence[int], candidates: Sequence[Candidate], why: str
) -> str:
    names = [f"'{candidates[index].title or candidates[index].name}'" for index in (best, *losers)]
    listed = f"{', '.join(names[:-1])} and {names[-1]}"
    count = "Two" if len(names) == 2 else str(len(names))  # noqa: PLR2004
    return (
        f"{count} volumes look like {_title(channel)}: {listed}; "
        f"{names[0]} was taken because {why}."
    )


def _fill_from_images(
    candidates: Sequence[Candidate], guesses: dict[str, ChannelGuess], left_out: dict[int, str]
) -> list[str]:
    """Fill empty channels from images that say nothing else; return what has to be said."""
    taken = {guess.index for guess in guesses.values()}
    silent = [
        index
        for index, candidate in enumerate(candidates)
        if index not in taken and index not in left_out and candidate.image
    ]
    missing = [channel for channel in CHANNELS if channel not in guesses]
    looked = [*taken, *silent]
    readers = [candidates[index].image for index in looked]
    if not silent or not missing or len(looked) < 2 or None in readers:  # noqa: PLR2004
        return []
    from ELMEDSegmentLib.inputs.channel_content import MOST_VOLUMES, arrange

    if len(looked) > MOST_VOLUMES:
        many = f"{len(silent)} volumes do not tell what they are"
        return [f"{many}, too many to tell from the images which is which."]
    images = [reader() for reader in readers if reader]
    known = {channel: looked.index(guess.index) for channel, guess in guesses.items()}
    arrangement = arrange(images, known)
    if arrangement is None:
        return ["The volumes have too little in common to tell from the images which is which."]
    for channel, position in arrangement.volumes.items():
        reason = f"its brightness beside the other volumes is that of {_title(channel)}"
        guesses[channel] = ChannelGuess(looked[position], arrangement.confidence, reason, IMAGE)
    titles = joined_titles(arrangement.volumes)
    return [f"{titles} was told from the images alone, with low confidence: look at the volumes."]


def guess_channels(names: Sequence[str]) -> dict[str, ChannelGuess]:
    """Guess which of `names` stands for which channel.

    A name speaks for one channel at most, and each channel gets the name that speaks for it most
    clearly; a channel that no name speaks for is left out.

    Args:
        names: of nodes, files or series, any case.

    Returns:
        A guess for each recognised channel: `t1`, `t1c`, `t2`, `flair`.
    """
    return identify([Candidate(name) for name in names]).guesses


def channel_of(name: str) -> tuple[str, float, str] | None:
    """Return the channel that `name` speaks for, how clearly, and why; or None."""
    opinion = _opinion(Candidate(name))
    if opinion.kind not in CHANNELS:
        return None
    return opinion.kind, opinion.confidence, opinion.reason


def _title(channel: str) -> str:
    return CHANNEL_TITLES[channel]
