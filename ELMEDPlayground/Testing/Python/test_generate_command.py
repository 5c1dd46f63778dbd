"""What `elmed generate` refuses before it learns anything, and the files that it leaves alone."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from ELMEDLib.command import main


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with a scan, a text, and a study that nobody drew."""
    scan = sitk.GetImageFromArray(np.arange(1000, dtype=np.int16).reshape(10, 10, 10))
    for name in ("scan.nii.gz", "study/t1.nii.gz"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        sitk.WriteImage(scan, str(tmp_path / name))
    (tmp_path / "notes.txt").write_text("A letter. " * 600)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("moons -o points.png", "'points.png' does not end in .csv."),
        ("moons -o study", "does not end in .csv"),
        ("moons --volume scan.nii.gz -o new.nii.gz", "points and --volume are asked for."),
        ("--text --tumour mask.png -o drawn", "--text and --tumour are asked for."),
        ("--volume scan.nii.gz -o new.txt", "'new.txt' does not end in an image format"),
        ("--volume scan.nii.gz -o scan.nii.gz", "'scan.nii.gz' is one of the files that are read"),
        ("--volume scan.nii.gz -o notes.txt/new.nii.gz", "cannot be written into"),
        ("--text notes.txt -o notes.txt", "'notes.txt' is one of the files that are read"),
        ("--text notes.txt -o study", "'study' is a folder, not a file."),
        ("--tumour mask.png -o study", "'study' holds a study that was not drawn"),
        ("--tumour mask.png -o notes.txt", "cannot be written into"),
    ],
)
def test_what_cannot_be_written_is_told_before_the_work(place, capsys, command, said):
    pytest.importorskip("torch", reason="PyTorch is not installed")
    before = {path: path.read_bytes() for path in place.rglob("*") if path.is_file()}
    assert main(["generate", *command.split()]) == 1
    error = capsys.readouterr().err
    assert error.startswith("elmed: ")
    assert error.count("\n") == 1
    assert said in error
    assert {path: path.read_bytes() for path in place.rglob("*") if path.is_file()} == before
