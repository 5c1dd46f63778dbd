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
    (top / "empty.npz").touch()
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


@pytest.mark.parametrize("command", ["segment", "segment a -o b --threads x", "cohort", "models"])
def test_a_wrong_command_is_told_in_one_line(capsys, command):
    with pytest.raises(SystemExit) as ended:
        main(command.split())
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("elmed: ")
    assert said.count("\n") == 1
    assert f"'elmed {command.split()[0]} --help' says how it is used." in said


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
        ("segment cut -o cut/t1.nii.gz", "'cut/t1.nii.gz' is one of the files that are read"),
        ("segment --t1 cut/t1.nii.gz -o cut/t1.nii.gz", "is one of the files that are read"),
        ("segment cut -o o.nii.gz --report o.nii.gz", "'o.nii.gz' is given for two outputs."),
        ("segment cut -o o.nii.gz --report empty", "'empty' is a folder, not a file."),
        ("segment cut -o o.nii.gz --uncertainty u.txt", "'u.txt' does not end in an image"),
        ("segment cut -o o.nii.gz --prepared table.csv", "'table.csv' is a file, not a folder."),
        ("identify two --json two/t1.nii.gz", "'two/t1.nii.gz' is one of the files that are"),
        ("evaluate seg.nii.gz seg.nii.gz --json seg.nii.gz", "is one of the files that are read"),
        ("export seg.nii.gz -o text/../seg.nii.gz", "is one of the files that are read"),
        ("simulate -o cut --spacing 2", "'cut' holds a study that is not known to be simulated"),
        ("simulate -o table.csv --spacing 2", "'table.csv' is a file, not a folder."),
        ("simulate -o new --seed -1", "--seed must not be negative."),
        ("simulate -o new --noise nan", "--noise must lie between 0 and 0.5."),
        ("simulate -o new --intensity -5", "--intensity must lie between 1 and 10000."),
        ("simulate -o new --slices 0", "--slices must lie between 0.5 and 20 mm."),
        ("simulate -o new --radius 1000", "--radius must lie between 1 and 60 mm."),
        ("simulate -o new --spacing 0", "--spacing must lie between 0.5 and 5 mm."),
        ("simulate -o new --spacing 2 --tumours empty.npz", "'empty.npz' cannot be read."),
        ("evaluate seg.nii.gz nowhere.nii.gz", "'nowhere.nii.gz' does not exist. Check"),
        ("evaluate seg.nii.gz text/letter.txt", "cannot be read as an image"),
        ("evaluate seg.nii.gz two/t1.nii.gz", "which no tissue of a glioma has. Give labels"),
        ("evaluate seg.nii.gz", "There is nothing to compare. Give a segmentation"),
        ("export seg.nii.gz -o seg.png", "Use one of .seg.nrrd, .nii.gz, .nii, .dcm."),
        ("export seg.nii.gz -o seg.dcm", "none is given. Give the folder of the series"),
        ("export seg.nii.gz -o seg.dcm --series empty", "There is no DICOM image among"),
        ("export seg.nii.gz -o new.nii.gz --regions WT", "NIfTI holds one label a voxel, and no "),
        ("export seg.nii.gz -o new.seg.nrrd --old-labels", "Only NIfTI can have the enhancing"),
        ("train-brain -o new --name ../brain", "'../brain' cannot be a model's name. Use letters"),
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
    assert said.endswith("look first that they name no patient.\n")
    assert "Smith" not in said


@pytest.mark.parametrize(
    ("threads", "said"),
    [("0", "Choose at least one thread."), ("100000", "are more than a computer can run.")],
)
def test_a_run_without_a_sensible_number_of_threads_is_refused(
    sample_study, tmp_path, capsys, threads, said
):
    pytest.importorskip("torch", reason="PyTorch is not installed")
    for channel in CHANNELS:
        image = sitk.Shrink(sitk.ReadImage(str(sample_study[channel])), (8, 8, 8))
        sitk.WriteImage(image, str(tmp_path / f"{channel}.nii.gz"))
    output = tmp_path / "out.nii.gz"
    assert main(["segment", str(tmp_path), "-o", str(output), "--threads", threads]) == 1
    assert said in capsys.readouterr().err
    assert not output.exists()
