"""A study as it was scanned is prepared, segmented, and given back where it came from."""

from __future__ import annotations

import json

import numpy as np
import pytest
import SimpleITK as sitk

from ELMEDLib.command import main
from ELMEDLib.errors import CancelledError, InputError
from ELMEDSegmentLib.geometry import Grid
from ELMEDSegmentLib.inputs.study import check_study
from ELMEDSegmentLib.labels import CHANNELS
from ELMEDSegmentLib.model import load_model
from ELMEDSegmentLib.raw.aligning import NOT_WANTED, SKIPPED, Aligning, align
from ELMEDSegmentLib.raw.steps import History
from ELMEDSegmentLib.segment import Options, segment
from ELMEDSegmentLib.tasks import TASKS
from scanned_study import GRIDS, scan_study

COARSEST_MM = 5.0
"""The longest side of a voxel of the scans."""

BRAIN_DICE = 0.93


def dice(first: np.ndarray, second: np.ndarray) -> float:
    return 2 * float((first & second).sum()) / max(float(first.sum() + second.sum()), 1.0)


@pytest.fixture(scope="module")
def scanned():
    return scan_study()


@pytest.fixture(scope="module")
def aligned(scanned):
    study = check_study(scanned.images, preparing=True)
    assert not study.prepared
    return align(study, Aligning(brain_extraction="bundled"))


def test_every_contrast_is_brought_to_the_reference(scanned, aligned):
    inside = np.argwhere(sitk.GetArrayViewFromImage(scanned.brain) > 0)[::97, ::-1]
    positions = Grid.of(scanned.brain).position(inside)
    for channel in ("t1", "t2", "flair"):
        found, true = aligned.registrations[channel].matrix, scanned.motions[channel]
        scanner = (positions - true[:3, 3]) @ true[:3, :3]
        again = scanner @ found[:3, :3].T + found[:3, 3]
        error = np.linalg.norm(again - positions, axis=1)
        assert error.max() < COARSEST_MM
        assert error.mean() < 1.5, channel


def test_the_brain_is_found(scanned, aligned):
    native = aligned.history.to_native(aligned.brain, "t1c")
    true = sitk.GetArrayViewFromImage(scanned.brain) > 0
    assert dice(sitk.GetArrayViewFromImage(native) > 0, true) > BRAIN_DICE
    for image in aligned.study.images.values():
        array, inside = sitk.GetArrayViewFromImage(image), sitk.GetArrayViewFromImage(aligned.brain)
        assert not array[inside == 0].any()
        assert Grid.of(image) == Grid.of(aligned.brain)


def test_every_step_is_told(aligned):
    said = " ".join(aligned.sentences)
    for words in ("T1 was registered", "FLAIR was registered", "information", "extracted by"):
        assert words in said
    assert aligned.history.native == GRIDS
    names = [step.name for step in aligned.history.steps]
    assert names == ["registration"] * 3 + ["brain extraction", "resampling"]


def test_the_tumour_comes_back_on_the_scan_as_good_as_from_a_prepared_study(scanned, project):
    models = project / "ELMEDSegment" / "Resources" / "Models"
    model = load_model(models / "elmed-glioma.json")
    options = Options(device="cpu", brain_extraction="bundled")
    result = segment(check_study(scanned.images, preparing=True), model, options)
    prepared = segment(check_study(scanned.stripped), model, options)
    assert Grid.of(result.labels) == GRIDS["t1c"]
    found = sitk.GetArrayViewFromImage(result.labels) > 0
    best = sitk.GetArrayViewFromImage(prepared.labels) > 0
    score = dice(found, sitk.GetArrayViewFromImage(scanned.labels) > 0)
    reachable = dice(best, sitk.GetArrayViewFromImage(scanned.true_labels) > 0)
    assert score > reachable - 0.1, (score, reachable)
    assert SKIPPED in prepared.report.steps
    again = History.from_dict(json.loads(json.dumps(result.report.history)))
    assert {step.name for step in again.steps} >= {"registration", "normalisation"}
    voxel_ml = float(np.prod(GRIDS["t1c"].spacing)) / 1000
    assert result.report.volumes_ml["WT"] == pytest.approx(found.sum() * voxel_ml)


def test_a_prepared_study_is_left_alone(scanned):
    study = check_study(scanned.stripped, preparing=True)
    assert study.prepared
    left = align(study)
    assert left.study is study
    assert left.sentences == [SKIPPED]
    assert left.history is None


def test_preparation_can_be_switched_off(scanned):
    study = check_study({"t1": scanned.images["t1"]}, "t1", preparing=True)
    assert align(study, Aligning(prepare="never")).sentences == [NOT_WANTED]
    with pytest.raises(InputError, match="does not say when"):
        align(study, Aligning(prepare="perhaps"))


def test_volumes_without_a_brain_are_refused():
    """A field of view of 50 ml holds no brain, whatever it shows."""
    noise = np.random.default_rng(1).gamma(2, 50, (18, 18, 18)).astype(np.float32)
    grid = Grid((18, 18, 18), (2.0, 2.0, 2.0), (0.0, 0.0, 0.0), GRIDS["t1"].direction)
    study = check_study({"t1": grid.place(noise)}, "t1", preparing=True)
    with pytest.raises(InputError, match="No brain was found in the T1 volume"):
        align(study, Aligning(prepare="always", brain_extraction="bundled"))


def test_the_user_can_cancel_between_stages(scanned):
    stages = []

    def progress(stage: str, fraction: float, message: str) -> None:
        stages.append((stage, fraction))
        if stage == "registration":
            raise CancelledError("Cancelled.")

    with pytest.raises(CancelledError):
        align(check_study(scanned.images, preparing=True), progress=progress)
    assert stages[0][0] == "brain extraction"
    assert [fraction for _, fraction in stages] == sorted(fraction for _, fraction in stages)


def test_prepare_on_the_command_line_writes_what_slicer_can_load(scanned, tmp_path, capsys):
    files = scanned.write(tmp_path / "scans")
    two = [word for name in ("t1c", "t2") for word in (f"--{name}", files[name])]
    folder = tmp_path / "prepared"
    assert main(["prepare", *two, "-o", str(folder), "--brain-extraction", "bundled"]) == 0
    assert "T2 was registered" in capsys.readouterr().out
    names = {path.name for path in folder.iterdir()}
    assert names == {"t1c.nii.gz", "t2.nii.gz", "brain.nii.gz", "t2.tfm", "preparation.json"}
    transform = sitk.ReadTransform(str(folder / "t2.tfm"))
    record = json.loads((folder / "preparation.json").read_text(encoding="utf-8"))
    history = History.from_dict({name: record[name] for name in ("reference", "native", "steps")})
    point = (10.0, -20.0, 30.0)
    there = history.inverse("t2") @ np.array([*point, 1.0])
    np.testing.assert_allclose(transform.TransformPoint(point), there[:3], atol=1e-6)


def test_the_worker_keeps_prepared_volumes_on_request(scanned, tmp_path, small_model):
    arguments = {
        "volumes": scanned.write(tmp_path / "scans"),
        "output": str(tmp_path / "labels.nrrd"),
        "prepared": str(tmp_path / "kept"),
        "model": str(small_model),
        "options": {"device": "cpu", "brain_extraction": "bundled"},
    }
    answer = TASKS["segment"](arguments, lambda *_: None)
    assert set(CHANNELS) < set(answer["prepared"])
    assert any("was registered" in sentence for sentence in answer["preparation"])
    brain = sitk.ReadImage(answer["prepared"]["brain"])
    assert Grid.of(sitk.ReadImage(answer["prepared"]["t1"])).size == brain.GetSize()
