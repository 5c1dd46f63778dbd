"""Channels recognised by how a DICOM series was made: descriptions, contrast agent, and times.

Times are those of brain protocols at 1.5 and 3 tesla: T1 has short echoes and repetitions or an
inversion of about a second, T2 has long ones, and FLAIR inverts fluid away after about two seconds
(Bitar et al. 2006, "MR pulse sequences: what every radiologist wants to know but is afraid to ask",
RadioGraphics 26:513-537).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ELMEDSegmentLib.inputs.channel_evidence import OTHER, T1_FAMILY, Evidence
from ELMEDSegmentLib.inputs.channel_names import evidence_of_name

if TYPE_CHECKING:
    from ELMEDSegmentLib.inputs.series_facts import SeriesFacts

DICOM = "DICOM"

PROTOCOL_DOUBT = 0.1
"""A protocol is often chosen for several series, and changed afterwards."""

SHORT_ECHO_MS = 35.0
LONG_ECHO_MS = 65.0
SHORT_REPETITION_MS = 1200.0
LONG_REPETITION_MS = 1000.0
FLUID_INVERSION_MS = (1500.0, 3500.0)
T1_INVERSION_MS = (350.0, 1300.0)
FAT_INVERSION_MS = (80.0, 260.0)
GRADIENT_T1_ECHO_MS = 10.0


def evidence_of_series(facts: SeriesFacts) -> list[Evidence]:
    """Return what a series' header says about its channel."""
    if facts.modality != "MR":
        return [_other(f"it is a {facts.modality} series, not MR", 0.99)]
    if facts.diffusion:
        return [_other("it is weighted by diffusion", 0.98)]
    found = evidence_of_name(facts.description, DICOM)
    if not found:
        found = evidence_of_name(facts.protocol, DICOM, PROTOCOL_DOUBT)
    found.append(_agent(facts))
    if "EP" in facts.scanning_sequence:
        found.append(_other("echo-planar images are for diffusion and perfusion", 0.9))
        return found
    timing = _timing(facts)
    return [*found, timing] if timing else found


def _agent(facts: SeriesFacts) -> Evidence:
    if facts.agent:
        return Evidence(("t1c",), 0.92, "the header names a contrast agent", DICOM, T1_FAMILY)
    # Many scanners leave the field empty although agent was given.
    return Evidence(("t1",), 0.7, "the header names no contrast agent", DICOM, T1_FAMILY)


def _timing(facts: SeriesFacts) -> Evidence | None:
    echo, repetition, inversion = facts.echo_ms, facts.repetition_ms, facts.inversion_ms
    if echo is None or repetition is None:
        return None
    times = f"TE {echo:g}, TR {repetition:g}" + (f", TI {inversion:g} ms" if inversion else " ms")
    if inversion:
        return _of_inversion(echo, inversion, times)
    if "GR" in facts.scanning_sequence and "SE" not in facts.scanning_sequence:
        return _of_gradient_echo(echo, times)
    return _of_spin_echo(echo, repetition, times)


def _of_gradient_echo(echo: float, times: str) -> Evidence:
    if echo <= GRADIENT_T1_ECHO_MS:
        return Evidence(T1_FAMILY, 0.75, f"{times} make a gradient echo T1", DICOM)
    return _other(f"{times} make a gradient echo T2*", 0.85)


def _of_spin_echo(echo: float, repetition: float, times: str) -> Evidence | None:
    if echo >= LONG_ECHO_MS and repetition >= LONG_REPETITION_MS:
        return Evidence(("t2",), 0.85, f"{times} make T2", DICOM)
    if echo <= SHORT_ECHO_MS and repetition <= SHORT_REPETITION_MS:
        return Evidence(T1_FAMILY, 0.85, f"{times} make T1", DICOM)
    if echo <= SHORT_ECHO_MS:
        return _other(f"{times} make proton density", 0.8)
    return None


def _of_inversion(echo: float, inversion: float, times: str) -> Evidence | None:
    low, high = FLUID_INVERSION_MS
    if low <= inversion <= high and echo >= LONG_ECHO_MS:
        return Evidence(("flair",), 0.95, f"{times} make FLAIR", DICOM)
    low, high = T1_INVERSION_MS
    if low <= inversion <= high and echo <= SHORT_ECHO_MS:
        return Evidence(T1_FAMILY, 0.9, f"{times} make T1", DICOM)
    low, high = FAT_INVERSION_MS
    if low <= inversion <= high:
        return _other(f"{times} take fat away (STIR)", 0.85)
    return None


def _other(reason: str, confidence: float) -> Evidence:
    return Evidence((OTHER,), confidence, reason, DICOM)
