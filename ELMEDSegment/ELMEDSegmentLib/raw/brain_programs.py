"""Brain extraction by programs that the user has installed: HD-BET and SynthStrip."""

from __future__ import annotations

import logging
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from ELMEDLib.errors import InputError, MissingPackageError
from ELMEDSegmentLib.geometry import Grid

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)

PATIENCE_S = 0.2
"""How often a running program is looked after, so that it can be cancelled."""


@dataclass(frozen=True)
class BrainProgram:
    """A program that extracts brains.

    Attributes:
        name: the option's value.
        title: for people.
        executable: its file name, looked for on the PATH.
        arguments: what it is given after its name, for an input file, an output file for the image
            of the brain, and a PyTorch device.
        citation: of the method.
    """

    name: str
    title: str
    executable: str
    arguments: Callable[[Path, Path, str], list[str]]
    citation: str

    def found(self) -> str | None:
        """Return the path of the executable, or None when the user does not have it."""
        return shutil.which(self.executable)


def _synthstrip(source: Path, target: Path, device: str) -> list[str]:
    graphics = ["--gpu"] if device.startswith("cuda") else []
    return ["-i", str(source), "-o", str(target), *graphics]


def _hd_bet(source: Path, target: Path, device: str) -> list[str]:
    # Test-time mirroring takes eight times as long, and hardly moves the brain's edge.
    return ["-i", str(source), "-o", str(target), "-device", device, "--disable_tta"]


PROGRAMS = {
    program.name: program
    for program in (
        BrainProgram(
            "synthstrip",
            "SynthStrip",
            "mri_synthstrip",
            _synthstrip,
            "Hoopes et al. 2022, doi:10.1016/j.neuroimage.2022.119474",
        ),
        BrainProgram(
            "hd-bet", "HD-BET", "hd-bet", _hd_bet, "Isensee et al. 2019, doi:10.1002/hbm.24750"
        ),
    )
}
"""In the order in which "auto" looks for them: SynthStrip works in any contrast, and faster."""


def brain_by_program(
    program: BrainProgram, image: sitk.Image, device: str, alive: Callable[[], None]
) -> sitk.Image:
    """Return where `program` finds the brain in `image`: float32, 0 or 1, on its grid.

    Args:
        program: one of `PROGRAMS`.
        image: a scan with skull.
        device: PyTorch's name of the device that the program may use.
        alive: called again and again while the program runs; may raise to have it ended.

    Raises:
        MissingPackageError: the program is not there, or did not work.
        InputError: it found no brain.
    """
    executable = program.found()
    if executable is None:
        raise MissingPackageError(
            f"{program.title} was chosen for the brain extraction, but there is no program "
            f"'{program.executable}' on this computer.",
            "Install it, or choose the bundled brain extraction.",
        )
    # Of this name, what is left when the process is killed is removed by a later run of the panel.
    with tempfile.TemporaryDirectory(prefix="elmed-run-") as name:
        source, target = Path(name) / "head.nii.gz", Path(name) / "brain.nii.gz"
        sitk.WriteImage(image, str(source))
        _run([executable, *program.arguments(source, target, device)], program, alive)
        return _read(target, image, program)


def _run(command: list[str], program: BrainProgram, alive: Callable[[], None]) -> None:
    with tempfile.TemporaryFile() as said:
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT
            )
        except OSError as error:
            raise _failure(program) from error
        try:
            while process.poll() is None:
                alive()
                try:
                    process.wait(PATIENCE_S)
                except subprocess.TimeoutExpired:
                    continue
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        if process.returncode != 0:
            said.seek(0)
            logger.error("%s: %s", program.title, said.read()[-2000:].decode("utf-8", "replace"))
            raise _failure(program)


def _read(path: Path, image: sitk.Image, program: BrainProgram) -> sitk.Image:
    from scipy.ndimage import binary_fill_holes

    try:
        found = sitk.ReadImage(str(path), sitk.sitkFloat32)
    except RuntimeError as error:
        raise _failure(program) from error
    shown = sitk.GetArrayViewFromImage(found) != 0
    if not shown.any():
        raise InputError(
            f"{program.title} found no brain.", "Choose the bundled brain extraction instead."
        )
    # A ventricle may be 0 in the scan that the program has cut the brain out of.
    brain = Grid.of(found).place(binary_fill_holes(shown).astype(np.float32))
    return sitk.Resample(brain, image, sitk.Transform(), sitk.sitkNearestNeighbor, 0.0)


def _failure(program: BrainProgram) -> MissingPackageError:
    return MissingPackageError(
        f"{program.title} ended without having extracted the brain.",
        "Try it on the command line, or choose the bundled brain extraction.",
    )
