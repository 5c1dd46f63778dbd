"""Channels recognised by names: BraTS 2013-2023, the Decathlon, and what scanners call series.

A name tells two things: the family (T1, T2, FLAIR, or something else), and for T1 whether contrast
agent was given. "T1 without contrast" is T1, "MPRAGE post" is T1c, "T1 FLAIR" is T1, "T2*" is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ELMEDSegmentLib.inputs.channel_evidence import OTHER, T1_FAMILY, Evidence
from ELMEDSegmentLib.labels import CHANNEL_TITLES

NAME = "name"


@dataclass(frozen=True)
class _Sign:
    """Words in a name that speak for a family, and how strongly."""

    kinds: tuple[str, ...]
    pattern: re.Pattern[str]
    confidence: float
    title: str


def _words(pattern: str) -> re.Pattern[str]:
    # Words end where letters or digits end: "t1" is in "sub-01_t1.nii" but not in "t1c" or "t10".
    return re.compile(rf"(?<![a-z0-9])(?:{pattern})(?![a-z0-9])")


def _sign(kinds: tuple[str, ...], title: str, confidence: float, pattern: str) -> _Sign:
    return _Sign(kinds, _words(pattern), confidence, title)


# Ordered: the first sign that fits decides, so that "T2 FLAIR" is FLAIR, and "T1 FLAIR" is T1.
SIGNS = (
    _sign(
        (OTHER,),
        "another kind of series",
        0.97,
        r"dwi|adc|e?adc|trace\w*|dti|diff\w*|tensor|col(?:our)?[ _-]?fa|perf\w*|dsc|"
        r"dce|asl|r?cbf|r?cbv|mtt|ttp|tmax|swi|swan|(?:min)?ip|mip|tof|mra|mrv|angio\w*|"
        r"t2[ _-]?(?:\*|star)\w*|t2w?[ _-]?ffe|hemo|bold|fmri|spectro\w*|mrs|csi|"
        r"(?:field|t1|t2)[ _-]?map\w*|local[iz]\w*|localis\w*|loc|scout|survey|3[ _-]?plane|"
        r"mask|label\w*|seg\w*|truth|subtract\w*|t1[ _-]?sub|stir|ct",
    ),
    _sign(T1_FAMILY, "T1", 0.9, r"t1w?[ _-]?(?:flair|tirm)"),
    _sign(
        ("flair",),
        "FLAIR",
        0.97,
        r"t2[ _-]?f(?:lair)?|(?:3d|t2w?)?[ _-]?flair(?:[ _-]?(?:3d|bias))?|fluid[ _-]attenuated|"
        r"dark[ _-]?fluid|tirm",
    ),
    _sign(
        T1_FAMILY,
        "T1",
        0.95,
        r"(?:ce|gd)?[ _-]?t1(?:n|w|wi)?(?:[ _-]?(?:c|ce|gd|gad\w*|km|post\w*|contrast\w*|pre))?",
    ),
    _sign(("t2",), "T2", 0.92, r"t2(?:w|wi)?"),
    _sign(
        T1_FAMILY,
        "T1",
        0.8,
        r"mp2?[ _-]?rage|m?prage|spgr|bravo|(?:ir-?)?fspgr|vibe|tfl3d|3d[ _-]?t[ft]e|thrive",
    ),
    # A b-value comes last: "B102_T1" is a T1 of the patient B102.
    _sign(
        (OTHER,),
        "another kind of series",
        0.85,
        r"pd|pdw|proton[ _-]density|gre|fl2d|ffe|phase|b[ _-]?\d{3,4}",
    ),
)

THERAPY = (
    r"op|oper[a-z]*|surg[a-z]*|resect[a-z]*|biops[a-z]*|treat[a-z]*|therap[a-z]*|chemo[a-z]*|"
    r"c{0,2}rt|radi[a-z]*|irradiat[a-z]*|bestrahl[a-z]*|intervention[a-z]*"
)

TIME_OF_EXAMINATION = re.compile(
    rf"(?<![a-z])(?:pre|post|before|after|vor|nach)[ _-]*(?:der )?(?:{THERAPY})(?![a-z])"
)
"""Before or after an operation, which says nothing about contrast agent: "post-op T1" is a T1."""

WITHOUT = re.compile(
    r"(?<![a-z])(?:without|w ?/ ?o|w-?o|non?|ohne|pre|vor|sans|unenhanced|nat(?:ive?)?)(?![a-z])"
    r"[ _-]*(?:contrast\w*|gad\w*|gd|km|ce|c)?(?![a-z])|t1n(?![a-z])|t1[ _-]?pre"
)

WITH = re.compile(
    r"\+ ?(?:c|gd|gad\w*|km)(?![a-z])|(?<![a-z])c ?\+|t1[a-z]*[ _-]*\+|"
    r"(?:t1w?i?|(?<![a-z0-9]))[ _-]?(?:c|ce|gd|gad\w*|km|post\w*|contrast\w*)(?![a-z0-9])|"
    r"(?<![a-z])ce[ _-]?t1|(?<![a-z0-9])(?:enhanced|nach|after)(?![a-z0-9])"
)

BARE = re.compile(r"(?:^|[ ._-])t1(?:w|n)?(?:\.nii(?:\.gz)?|\.nrrd|\.mha|\.\d+)*$")
"""A name that ends in T1, as data sets have it beside a T1c: it has no contrast agent."""

# nnU-Net's copy of the Decathlon's brain tumours numbers the channels.
DECATHLON = re.compile(r"^brats_?\d+_000([0-3])(?![0-9])")
DECATHLON_KINDS = ("flair", "t1", "t1c", "t2")


def evidence_of_name(name: str, source: str = NAME, doubt: float = 0.0) -> list[Evidence]:
    """Return what `name` says about its volume; nothing where it says nothing.

    Args:
        name: of a node, a file or a series, any case.
        source: where the name was found.
        doubt: taken from the confidence of each word.
    """
    text = name.lower()
    numbered = DECATHLON.search(text)
    if numbered:
        kind = DECATHLON_KINDS[int(numbered.group(1))]
        reason = f"channel {numbered.group(1)} of the Decathlon is {CHANNEL_TITLES[kind]}"
        return [Evidence((kind,), 0.85 - doubt, reason, source)]
    for sign in SIGNS:
        found = sign.pattern.search(text)
        if not found:
            continue
        words = found.group().strip(" _-")
        contrast = _contrast(text, source, doubt) if sign.kinds == T1_FAMILY else None
        title = sign.title
        if contrast and contrast.reason.startswith(f"'{words}'"):
            # One word says both, as "t1ce" does.
            title, contrast = f"{title} with contrast agent", replace(contrast, reason="")
        reason = f"'{words}' in the {_where(source)} stands for {title}"
        family = Evidence(sign.kinds, sign.confidence - doubt, reason, source)
        return [family, contrast] if contrast else [family]
    return []


def _contrast(text: str, source: str, doubt: float) -> Evidence:
    text = TIME_OF_EXAMINATION.sub(" ", text)
    without = WITHOUT.search(text)
    if without:
        words = without.group().strip(" _-")
        reason = f"'{words}' says that there was no contrast agent"
        return Evidence(("t1",), 0.95 - doubt, reason, source, T1_FAMILY)
    agent = WITH.search(text)
    if agent:
        words = agent.group().strip(" _-")
        reason = f"'{words}' stands for contrast agent"
        return Evidence(("t1c",), 0.95 - doubt, reason, source, T1_FAMILY)
    certainty = 0.9 if BARE.search(text) else 0.8
    return Evidence(("t1",), certainty - doubt, "no contrast agent is named", source, T1_FAMILY)


def _where(source: str) -> str:
    return "name" if source == NAME else "series description"
