"""What the command line says when something is wrong: one sentence, and what to do about it."""

from __future__ import annotations

import shutil

import pytest
import SimpleITK as sitk

from ELMEDLib.command import main
from ELMEDSegmentLib.labels import CHANNELS


@pytest.fixture(scope="module")
def places(sample_study, tmp_path_factory):
    """Folders in which something is missing or broken."""
    top = tmp_path_factory.mktemp("places")
    for name in ("empty", "text", "two", "damaged", "cut"):
        (top / name).mkdir()
    (top / "text" / "letter.txt").write_text("Dear colleague")
    (top / "table.csv").write_text("patient,age\nanna,61\n")
    for channel in CHANNELS:
        image = sitk.Shrink(sitk.ReadImage(str(sample_study[channel])), (8, 8, 8))
        sitk.WriteImage(image, str(top / "cut" / f"{channel}.nii.gz"))
        shutil.copy(top / "cut" / f"{channel}.nii.gz", top / "damaged")
        if channel not in ("t2", "flair"):
            shutil.copy(top / "cut" / f"{channel}.nii.gz", top / "two")
    (top / "damaged" / "t2.nii.gz").write_text("no image at all")
    whole = (top / "cut" / "flair.nii.gz").read_bytes()
    (top / "cut" / "flair.nii.gz").write_bytes(whole[: len(whole) // 2])
    shutil.copy(sample_study["seg"], top / "seg.nii.gz")
    return top


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("identify empty", "The folder 'empty' holds no volumes. Choose a folder with"),
        ("identify text", "holds no volumes"),
        ("identify nowhere", "The folder 'nowhere' does not exist. Check the path."),
        ("identify seg.nii.gz", "'seg.nii.gz' is a file, not a folder. Give the folder"),
        ("segment two -o o.nii.gz", "recognised as T2 and FLAIR. Run `elmed identify`"),
        ("segment damaged -o o.nii.gz", "T2; 'damaged/t2.nii.gz' cannot be read. Export"),
        ("segment cut -o o.nii.gz", "'cut/flair.nii.gz' cannot be read as an image"),
        ("segment -o o.nii.gz", "The study has no T1, contrast-enhanced T1, T2 and FLAIR volume."),
        ("segment empty -o o.txt", "does not end in an image format"),
        ("evaluate seg.nii.gz nowhere.nii.gz", "'nowhere.nii.gz' does not exist. Check"),
        ("evaluate seg.nii.gz text/letter.txt", "cannot be read as an image"),
        ("evaluate seg.nii.gz two/t1.nii.gz", "which no tissue of a glioma has. Give labels"),
        ("evaluate seg.nii.gz", "There is nothing to compare. Give a segmentation"),
        ("export seg.nii.gz -o seg.png", "Use one of .seg.nrrd, .nii.gz, .nii, .dcm."),
        ("export seg.nii.gz -o seg.dcm", "none is given. Give the folder of the series"),
        ("export seg.nii.gz -o seg.dcm --series empty", "There is no DICOM image among"),
        ("models install nothing", "The catalogue has no model 'nothing'."),
        ("models add nowhere", "'nowhere' does not exist. Check the path"),
        (f"identify {'n' * 300}", "cannot be used: File name too long. Check the path."),
        ("cohort segment empty -o out", "The folder 'empty' holds no case. Give a folder"),
        ("cohort segment table.csv -o out", "has no column with image files. Add a column"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence_with_advice(
    places, monkeypatch, capsys, command, said
):
    monkeypatch.chdir(places)
    before = sorted(places.rglob("*"))
    assert main(command.split()) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("elmed: ")
    assert printed.err.count("\n") == 1
    assert said in printed.err
    assert printed.err.endswith(".\n")
    assert sorted(places.rglob("*")) == before


def test_what_nobody_foresaw_is_told_with_its_place_but_without_a_name(monkeypatch, capsys):
    def stumble(*_):
        raise ZeroDivisionError("patient Smith")

    monkeypatch.setattr("ELMEDSegmentLib.inputs.identifying.run_identify", stumble)
    assert main(["identify", "anywhere"]) == 1
    said = capsys.readouterr().err
    assert said.endswith("which name no patient and no file of yours.\n")
    assert "Smith" not in said


def test_a_run_without_threads_is_refused(sample_study, tmp_path, capsys):
    pytest.importorskip("torch", reason="PyTorch is not installed")
    for channel in CHANNELS:
        image = sitk.Shrink(sitk.ReadImage(str(sample_study[channel])), (8, 8, 8))
        sitk.WriteImage(image, str(tmp_path / f"{channel}.nii.gz"))
    output = tmp_path / "out.nii.gz"
    assert main(["segment", str(tmp_path), "-o", str(output), "--threads", "0"]) == 1
    assert "Choose at least one thread." in capsys.readouterr().err
    assert not output.exists()
