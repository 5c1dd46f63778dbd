"""Brain extraction: the bundled network, and programs that the user has."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
import SimpleITK as sitk

from ELMEDLib.errors import CancelledError, InputError, MissingPackageError, ModelError
from ELMEDSegmentLib.catalogue import available_models
from ELMEDSegmentLib.geometry import Grid
from ELMEDSegmentLib.model import sha256
from ELMEDSegmentLib.raw import brain_network
from ELMEDSegmentLib.raw.brain import METHODS, chosen_method, find_brain, in_one_piece
from ELMEDSegmentLib.raw.brain_programs import PROGRAMS, brain_by_program
from ELMEDSegmentLib.simulate.heads import draw_head, read_heads

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HELD_OUT = ("head_04", "head_09", "head_13")
"""Label maps that the bundled network was not trained on."""

GRID = Grid((40, 44, 36), (4.0, 4.0, 4.0), (-78.0, -86.0, -70.0), (1, 0, 0, 0, 1, 0, 0, 0, 1))

STAND_IN = """\
#!{python}
import sys
import SimpleITK as sitk
words = sys.argv[1:]
with open({log!r}, "w", encoding="utf-8") as file:
    file.write("\\n".join(words))
{extra}
head = sitk.ReadImage(words[words.index("-i") + 1])
brain = sitk.Mask(head, head > 500)
sitk.WriteImage(brain, words[words.index("-o") + 1])
"""


def dice(first: np.ndarray, second: np.ndarray) -> float:
    return 2 * float((first & second).sum()) / float(first.sum() + second.sum())


@pytest.fixture
def head() -> sitk.Image:
    """A bright ball within a dark one, on a field of view that is all above zero."""
    z, y, x = np.indices(GRID.size[::-1])
    away = np.sqrt((z - 18.0) ** 2 + (y - 22) ** 2 + (x - 20) ** 2) * 4
    return GRID.place(np.where(away < 55, 900, np.where(away < 68, 300, 5)).astype(np.float32))


@pytest.fixture
def install(tmp_path, monkeypatch) -> Callable[..., Path]:
    """Put a stand-in for a program on the PATH; it writes down what it was asked."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder) + os.pathsep + os.environ["PATH"])

    def write(executable: str, extra: str = "") -> Path:
        log = tmp_path / f"{executable}.log"
        path = folder / executable
        text = STAND_IN.format(python=sys.executable, log=str(log), extra=extra)
        path.write_text(text, encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return log

    return write


@pytest.fixture
def nobody(monkeypatch, tmp_path):
    """A computer without any program for brain extraction."""
    monkeypatch.setenv("PATH", str(tmp_path))


def test_the_bundled_network_finds_brains_of_made_up_heads():
    """Contrasts that no scanner has, thick slices, noise and cuts: most of the brain is found."""
    head = read_heads([], procedural=1)[0]
    scores = []
    for seed in range(4):
        image, share = draw_head(np.random.default_rng([93, seed]), head, (60, 68, 60), 3.5)
        grid = Grid((60, 68, 60), (3.5,) * 3, (0.0,) * 3, GRID.direction)
        found = grid.resample(find_brain(grid.place(image)))
        scores.append(dice(sitk.GetArrayViewFromImage(found) > 0.5, share > 0.5))
    assert np.median(scores) > 0.75, scores


@pytest.mark.slow
@pytest.mark.parametrize("name", HELD_OUT)
def test_it_finds_brains_of_heads_that_it_has_never_seen(name, shared_data):
    head = read_heads([shared_data / "head-labels" / f"{name}.nii.gz"])[0]
    scores = []
    for seed in range(6):
        image, share = draw_head(np.random.default_rng([93, seed]), head, (72, 80, 72), 3.0)
        grid = Grid((72, 80, 72), (3.0,) * 3, (0.0,) * 3, GRID.direction)
        found = grid.resample(find_brain(grid.place(image)))
        scores.append(dice(sitk.GetArrayViewFromImage(found) > 0.5, share > 0.5))
    assert np.median(scores) > 0.87, scores


def test_a_stripped_volume_is_its_own_brain(sample_study):
    image = sitk.ReadImage(str(sample_study["t1"]), sitk.sitkFloat32)
    found = Grid.of(image).resample(find_brain(image))
    assert dice(sitk.GetArrayViewFromImage(found) > 0.5, sitk.GetArrayFromImage(image) > 0) > 0.97


def test_a_brain_has_no_holes_and_no_crumbs():
    array = np.zeros((20, 20, 20), np.float32)
    array[4:16, 4:16, 4:16] = 0.9
    array[9, 9, 9] = 0.1
    array[0, 0, 0] = 0.8
    whole = sitk.GetArrayFromImage(in_one_piece(sitk.GetImageFromArray(array)))
    assert whole[9, 9, 9] == 1
    assert whole[0, 0, 0] == 0
    assert (whole > 0.5).sum() == 12**3


def test_the_brain_extraction_is_no_tumour_model():
    assert brain_network.BUNDLED.is_file()
    assert "elmed-brain" not in [entry.name for entry in available_models()]


def test_the_manifest_fits_its_weights():
    manifest = brain_network.read_brain_manifest(brain_network.BUNDLED)
    weights = brain_network.BUNDLED.parent / manifest.weights
    assert manifest.kind == "brain extraction"
    assert sha256(weights) == manifest.sha256
    assert weights.stat().st_size < 3_000_000
    assert manifest.measured


def test_damaged_weights_are_told(tmp_path):
    for file in brain_network.BUNDLED.parent.iterdir():
        shutil.copy(file, tmp_path / file.name)
    weights = tmp_path / "elmed-brain.pt"
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(ModelError, match="missing or damaged"):
        brain_network.load_brain_network(tmp_path / "elmed-brain.json")


def test_a_manifest_of_something_else_is_refused(project):
    glioma = project / "ELMEDSegment" / "Resources" / "Models" / "elmed-glioma.json"
    with pytest.raises(ModelError, match="cannot be read"):
        brain_network.read_brain_manifest(glioma)


def test_without_programs_the_bundled_network_is_taken(nobody):
    assert chosen_method("auto") == "bundled"


@pytest.mark.parametrize(
    ("name", "executable"), [("hd-bet", "hd-bet"), ("synthstrip", "mri_synthstrip")]
)
def test_a_program_of_the_user_is_taken(name, executable, install, head):
    log = install(executable)
    assert chosen_method("auto") == name
    brain = brain_by_program(PROGRAMS[name], head, "cpu", lambda: None)
    assert Grid.of(brain) == Grid.of(head)
    assert np.array_equal(sitk.GetArrayFromImage(brain) > 0, sitk.GetArrayFromImage(head) > 500)
    words = log.read_text(encoding="utf-8").splitlines()
    assert words[0] == "-i"
    assert words[2] == "-o"
    if name == "hd-bet":
        assert words[4:] == ["-device", "cpu", "--disable_tta"]


def test_dark_ventricles_are_part_of_the_brain_that_a_program_finds(install, head):
    install("hd-bet")
    array = sitk.GetArrayFromImage(head)
    z, y, x = (int(np.median(axis)) for axis in np.nonzero(array > 500))
    whole = array > 500
    array[z - 1 : z + 2, y - 1 : y + 2, x - 1 : x + 2] = 0
    brain = brain_by_program(PROGRAMS["hd-bet"], Grid.of(head).place(array), "cpu", lambda: None)
    assert np.array_equal(sitk.GetArrayFromImage(brain) > 0, whole)


def test_bundled_means_bundled_whatever_is_installed(install):
    install("hd-bet")
    assert chosen_method("bundled") == "bundled"


def test_a_program_that_fails_is_told(install, head):
    install("hd-bet", extra="sys.exit(3)")
    with pytest.raises(MissingPackageError, match="HD-BET ended without"):
        brain_by_program(PROGRAMS["hd-bet"], head, "cpu", lambda: None)


def test_a_program_that_finds_nothing_is_told(install, head):
    install("hd-bet", extra="words[words.index('-i') + 1:1] = []")
    with pytest.raises(InputError, match="found no brain"):
        brain_by_program(PROGRAMS["hd-bet"], head * 0 + 1, "cpu", lambda: None)


def test_a_program_is_ended_when_the_user_cancels(install, head, tmp_path):
    install("hd-bet", extra="import time; time.sleep(60)")
    log = tmp_path / "hd-bet.log"

    def alive() -> None:
        if log.is_file():
            raise CancelledError("Cancelled.")

    with pytest.raises(CancelledError):
        brain_by_program(PROGRAMS["hd-bet"], head, "cpu", alive)


def test_a_program_that_is_not_there_is_told(nobody, head):
    with pytest.raises(MissingPackageError, match="no program 'mri_synthstrip'"):
        brain_by_program(PROGRAMS["synthstrip"], head, "cpu", lambda: None)


def test_an_unknown_way_is_refused():
    with pytest.raises(InputError, match="unknown"):
        chosen_method("bet")
    assert METHODS == ("auto", "bundled", "synthstrip", "hd-bet")
