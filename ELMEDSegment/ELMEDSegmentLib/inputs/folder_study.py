"""A study in a folder: image files or DICOM series, found, recognised and read."""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import SimpleITK as sitk

from ELMEDLib.environment import Requirement, require
from ELMEDLib.errors import InputError
from ELMEDSegmentLib.inputs.channels import RIVAL, SURE, Candidate, Identification, identify
from ELMEDSegmentLib.inputs.dicom_series import Series, find_series, read_series
from ELMEDSegmentLib.inputs.findings import NOTE, WARNING, Finding
from ELMEDSegmentLib.inputs.series_facts import SeriesFacts
from ELMEDSegmentLib.inputs.study import Study, as_volume, check_study, lacking, read_volume
from ELMEDSegmentLib.labels import CHANNEL_TITLES, CHANNELS, joined_titles

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

EXTENSIONS = (".nii.gz", ".nii", ".nrrd", ".nhdr", ".mha", ".mhd")

PYDICOM = Requirement("pydicom", "pydicom", "2.4")

DEEPEST = 4
"""So many folders below the chosen one are looked into: patient, examination, series, files."""

MOST_FILES = 20_000

LARGEST_SIDECAR = 1_000_000
"""Bytes of a JSON file beside a volume; dcm2niix writes a few thousand."""

SECONDS_IN_SIDECAR = ("EchoTime", "RepetitionTime", "InversionTime")

INVALID = "it is not a 3D volume of single values"
UNREADABLE = "it cannot be read"


@dataclass(frozen=True)
class FolderVolume:
    """A volume in a folder.

    Attributes:
        name: of the file without extension, or the series' description.
        files: that hold it, sorted by position.
        facts: how it was made, None where nothing tells.
        longest_mm: its coarsest voxel spacing.
        left_out: why it cannot be a contrast, "" when it may be one.
        series: the DICOM series, None for an image file.
    """

    name: str
    files: tuple[Path, ...]
    facts: SeriesFacts | None
    longest_mm: float | None
    left_out: str = ""
    series: Series | None = None

    def read(self, channel: str = "image") -> sitk.Image:
        """Read the volume.

        Raises:
            InputError: a file is damaged, or holds something else than a 3D volume.
        """
        if self.series:
            return as_volume(read_series(self.series), channel)
        return read_volume(self.files[0], channel)


@dataclass(frozen=True)
class FolderStudy:
    """What a folder holds, and what each volume was taken for.

    Attributes:
        volumes: all that were found.
        identification: indices are those of `volumes`.
    """

    volumes: tuple[FolderVolume, ...]
    identification: Identification

    def chosen(self) -> dict[str, FolderVolume]:
        """Return the volume of each recognised channel."""
        guesses = self.identification.guesses
        return {name: self.volumes[guesses[name].index] for name in CHANNELS if name in guesses}

    def acquired(self) -> dict[str, datetime]:
        """Return when the volume of each recognised channel was acquired, as far as known."""
        facts = {channel: volume.facts for channel, volume in self.chosen().items()}
        return {name: each.acquired for name, each in facts.items() if each and each.acquired}

    def mixture(self, channels: Collection[str] = CHANNELS) -> str:
        """Return a sentence when the files of `channels` may be of several patients, else "".

        They may where they lie in several folders, and one of these has a file for a channel for
        which another folder's was taken.
        """
        taken = {
            channel: volume.files[0].parent
            for channel, volume in self.chosen().items()
            if channel in channels and not volume.series
        }
        left_out = self.identification.left_out
        rivals = {
            self.volumes[index].files[0].parent
            for index, reason in left_out.items()
            if reason.startswith(RIVAL)
        }
        folders = set(taken.values())
        if len(folders) == 1 or not rivals & folders:
            return ""
        where = [f"{CHANNEL_TITLES[channel]} in '{path.name}'" for channel, path in taken.items()]
        return (
            f"The volumes lie in several folders ({', '.join(where)}), as if of several patients."
        )

    def findings(self) -> tuple[Finding, ...]:
        """Return how each channel was recognised; a weak guess is a warning."""
        found = []
        for channel, guess in self.identification.guesses.items():
            weak = guess.source == "image" or guess.confidence < SURE
            found.append(
                Finding(
                    WARNING if weak else NOTE,
                    "channel",
                    f"A volume was taken for {CHANNEL_TITLES[channel]} with a confidence of "
                    f"{guess.confidence:.0%} because {guess.reason}.",
                    "Check that it is the right one." if weak else "It is used as that.",
                    (channel,),
                )
            )
        return tuple(found)


def find_study(folder: Path | str) -> FolderStudy:
    """Find the volumes in a folder and what each of them is.

    DICOM series are looked for where there are no image files of other formats.

    Raises:
        InputError: the folder does not exist, holds no volume, or volumes of several patients.
        MissingPackageError: the folder holds no image files, and pydicom is not installed.
    """
    folder = Path(folder)
    if folder.is_file():
        raise InputError(f"'{folder}' is a file, not a folder.", "Give the folder that it lies in.")
    if not folder.is_dir():
        raise InputError(f"The folder '{folder}' does not exist.", "Check the path.")
    paths = list(_files(folder))
    images = [path for path in paths if path.name.lower().endswith(EXTENSIONS)]
    volumes = [_file_volume(path) for path in images] if images else _series_volumes(paths)
    if not volumes:
        raise InputError(
            f"The folder '{folder}' holds no volumes.",
            "Choose a folder with NIfTI or NRRD files, or with the DICOM files of one patient.",
        )
    usable = [index for index, volume in enumerate(volumes) if not volume.left_out]
    titles = titles_of(volumes)
    found = identify([_candidate(volumes[index], titles[index]) for index in usable])
    found = replace(found, remarks=(*_visits(volumes), *found.remarks))
    study = FolderStudy(tuple(volumes), _renumbered(found, usable, volumes))
    if not (mixture := study.mixture()):
        return study
    told = replace(study.identification, remarks=(mixture, *study.identification.remarks))
    return replace(study, identification=told)


def read_folder_study(
    folder: Path | str,
    optional: tuple[str, ...] = (),
    reference: str | None = None,
    *,
    preparing: bool = False,
    named: Mapping[str, Path | str] | None = None,
    working_mm: float | None = None,
) -> Study:
    """Find, recognise and read the study in a folder.

    Args:
        folder: with image files or DICOM series.
        optional: channels of which one may be missing.
        reference: the channel whose grid results are returned on; T1c unless told.
        preparing: see `study.check_study`.
        named: file of each channel that the user names; it goes before what was recognised.
        working_mm: see `study.check_study`.

    Raises:
        InputError: a channel is missing, files may be of several patients, or see `find_study` and
            `study.check_study`.
    """
    named = named or {}
    found = find_study(folder)
    chosen = {name: volume for name, volume in found.chosen().items() if name not in named}
    there = {*chosen, *named}
    # What cannot be read may be the contrast that is missing: nothing is left out unasked.
    unread = any(volume.left_out == UNREADABLE for volume in found.volumes)
    missing = lacking(there, () if unread else optional)
    if missing:
        raise _not_found(missing, found)
    if mixture := found.mixture(chosen):
        raise InputError(mixture, "Give the folder of one patient, or name the files yourself.")
    acquired = {name: moment for name, moment in found.acquired().items() if name in chosen}
    images = {
        channel: chosen[channel].read(channel)
        if channel in chosen
        else read_volume(named[channel], channel)
        for channel in CHANNELS
        if channel in there
    }
    study = check_study(
        images, reference, preparing=preparing, acquired=acquired, working_mm=working_mm
    )
    findings = [each for each in found.findings() if each.channels[0] in chosen]
    warnings = tuple(str(finding) for finding in findings if finding.severity == WARNING)
    return replace(
        study,
        findings=(*study.findings, *findings),
        warnings=(*study.warnings, *warnings),
    )


def _not_found(missing: list[str], found: FolderStudy) -> InputError:
    """Return the error that channels are missing; a file that cannot be read may be one of them."""
    unread = [f"'{each.files[0]}'" for each in found.volumes if each.left_out == UNREADABLE]
    sentence = f"No volume in the folder was recognised as {joined_titles(missing)}"
    if unread:
        return InputError(
            f"{sentence}; {joined_titles(unread)} cannot be read.",
            "Export what is damaged again, or name another file yourself.",
        )
    return InputError(
        f"{sentence}.",
        "Run `elmed identify` on the folder to see why, and name the files yourself.",
    )


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files in a folder and below it, sorted; links to folders are not followed."""
    count = 0
    for root, folders, names in os.walk(folder):
        depth = len(Path(root).relative_to(folder).parts)
        folders[:] = sorted(n for n in folders if not n.startswith(".") and depth < DEEPEST)
        for name in sorted(names):
            if name.startswith("."):
                continue
            count += 1
            if count > MOST_FILES:
                raise InputError(
                    f"The folder '{folder}' holds more than {MOST_FILES} files.",
                    "Choose the folder of one patient.",
                )
            yield Path(root) / name


def _file_volume(path: Path) -> FolderVolume:
    extension = next(each for each in EXTENSIONS if path.name.lower().endswith(each))
    name = path.name[: -len(extension)]
    facts = _sidecar(path.with_name(f"{name}.json"))
    reader = sitk.ImageFileReader()
    reader.SetFileName(str(path))
    try:
        reader.ReadImageInformation()
    except RuntimeError:
        return FolderVolume(name, (path,), facts, None, UNREADABLE)
    size = [n for n in reader.GetSize() if n > 1]
    single = reader.GetNumberOfComponents() == 1
    left_out = "" if len(size) == 3 and single else INVALID  # noqa: PLR2004 - three axes
    return FolderVolume(name, (path,), facts, max(reader.GetSpacing()[:3]), left_out)


def _sidecar(path: Path) -> SeriesFacts | None:
    """Return what the JSON file tells that dcm2niix writes beside a volume, None without one."""
    try:
        if path.stat().st_size > LARGEST_SIDECAR:
            return None
        values: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(values, dict) or "Modality" not in values:
        return None
    for name in SECONDS_IN_SIDECAR:
        if isinstance(values.get(name), (int, float)):
            values[name] = values[name] * 1000
    return SeriesFacts.of(values)


def _series_volumes(paths: list[Path]) -> list[FolderVolume]:
    require((PYDICOM,))
    return [
        FolderVolume(
            series.name,
            tuple(header.path for header in series.headers),
            series.facts,
            series.longest_mm,
            series.left_out,
            series,
        )
        for series in find_series(paths)
    ]


def _visits(volumes: list[FolderVolume]) -> tuple[str, ...]:
    """Return a sentence when the series are of several examinations."""
    studies = {volume.series.headers[0].study for volume in volumes if volume.series}
    if len(studies) <= 1:
        return ()
    count = len(studies)
    return (f"The folder holds series of {count} examinations; take volumes of one of them.",)


def titles_of(volumes: Sequence[FolderVolume]) -> list[str]:
    """Return the volumes' names, those of several with the folder that each lies in."""
    names = Counter(volume.name for volume in volumes)
    return [
        f"{volume.files[0].parent.name}/{volume.name}" if names[volume.name] > 1 else volume.name
        for volume in volumes
    ]


def _candidate(volume: FolderVolume, title: str) -> Candidate:
    computed = volume.facts is not None and volume.facts.derived
    # What was computed from other series shows anything: its brightness is no evidence.
    image = None if computed else lru_cache(maxsize=1)(partial(volume.read, volume.name))
    return Candidate(volume.name, volume.facts, volume.longest_mm, image, title)


def _renumbered(
    found: Identification, usable: list[int], volumes: list[FolderVolume]
) -> Identification:
    """Return `found`, whose indices are places in `usable`, with indices in `volumes`."""
    guesses = {
        channel: replace(guess, index=usable[guess.index])
        for channel, guess in found.guesses.items()
    }
    left_out = {usable[index]: reason for index, reason in found.left_out.items()}
    left_out |= {i: volume.left_out for i, volume in enumerate(volumes) if volume.left_out}
    return Identification(guesses, found.remarks, left_out)
