"""Who trains and who validates: by patients, none of whom is ever on both sides."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ELMEDLib.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

SHARE_THAT_VALIDATES = 0.25

FEWEST_TO_TRAIN = 4
FEWEST_TO_VALIDATE = 3
"""Below these numbers of patients a split comes with a warning."""

# BraTS since 2023 numbers the examinations of a patient; BIDS and others name the session.
EXAMINATION = (
    re.compile(r"^(BraTS-[A-Za-z]+-\d+)-\d+$"),
    re.compile(r"^(.+?)[_-](?:ses|session|tp|timepoint|visit|scan)[_-]?\w+$", re.IGNORECASE),
)


def patient_of(study: str) -> str:
    """Return the patient whom a study's name tells of; a name that tells nothing is a patient."""
    for pattern in EXAMINATION:
        match = pattern.match(study)
        if match:
            return match.group(1)
    return study


def proposed(studies: Sequence[str]) -> list[str]:
    """Return the studies that validate unless the user chooses others: a quarter of the patients.

    They are spread evenly over the names, as data sets are often sorted by hospital or by year.

    Raises:
        InputError: there are fewer than two patients.
    """
    patients = sorted({patient_of(study) for study in studies})
    if len(patients) < 2:  # noqa: PLR2004 - one to learn from, one to judge by
        raise InputError(
            "The data hold one patient only, and nobody would be left to validate on.",
            "Add studies of other patients, or choose another folder.",
        )
    count = max(round(SHARE_THAT_VALIDATES * len(patients)), 1)
    stride = len(patients) / count
    chosen = {patients[int((number + 0.5) * stride)] for number in range(count)}
    return [study for study in studies if patient_of(study) in chosen]


def with_all_studies_of(study: str, studies: Iterable[str]) -> list[str]:
    """Return all studies of the patient to whom `study` belongs."""
    return [other for other in studies if patient_of(other) == patient_of(study)]


def check_split(studies: Collection[str], held_out: Collection[str]) -> str:
    """Return a warning about a split, "" when there is nothing to warn of.

    Args:
        studies: the names of all studies.
        held_out: of those that validate.

    Raises:
        InputError: nobody is left to train, or a patient is on both sides.
    """
    validating = {patient_of(study) for study in held_out}
    training = {patient_of(study) for study in studies if study not in held_out}
    both = sorted(validating & training)
    if both:
        raise InputError(
            f"The patient '{both[0]}' would train and validate.",
            "Let all studies of a patient be on one side.",
        )
    if not training:
        raise InputError(
            "Every study is held out, and none is left to train on.", "Hold out fewer studies."
        )
    if not validating:
        return "Nobody validates: nothing will tell whether the network learns or memorises."
    sentences = []
    if len(training) < FEWEST_TO_TRAIN:
        sentences.append(
            f"{_patients(len(training))} only to train on: the network will know little else."
        )
    if len(validating) < FEWEST_TO_VALIDATE:
        sentences.append(
            f"{_patients(len(validating))} only to validate on: "
            "the Dice will say little about other patients."
        )
    return " ".join(sentences)


def _patients(count: int) -> str:
    words = {1: "One patient", 2: "Two patients", 3: "Three patients"}
    return words.get(count, f"{count} patients")
