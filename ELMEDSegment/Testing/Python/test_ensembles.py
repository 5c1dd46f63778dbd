"""Models of several members: combined, judged fairly, and honest about a missing contrast."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import SimpleITK as sitk

from ELMEDLib.command import main
from ELMEDLib.errors import InputError, ModelError
from ELMEDLib.progress import no_progress
from ELMEDSegmentLib.inputs.study import check_study
from ELMEDSegmentLib.model import Model, load_model, read_manifest
from ELMEDSegmentLib.network import build_network
from ELMEDSegmentLib.segment import Options, segment
from ELMEDSegmentLib.tasks import segment_files
from ELMEDSegmentLib.training.combine import combine
from ELMEDSegmentLib.training.publish import write_model
from ELMEDSegmentLib.unseen import without_knowledge_of

NETWORK = {
    "name": "UNet",
    "spatial_dims": 3,
    "in_channels": 4,
    "out_channels": 3,
    "channels": [4, 8],
    "strides": [2],
}


@pytest.fixture
def members(tmp_path):
    """Manifests of three networks, each of which knows two of three patients."""
    import torch

    manifests = []
    for left_out in range(3):
        torch.manual_seed(left_out)
        studies = [f"patient-{number}" for number in range(3) if number != left_out]
        folder = tmp_path / f"fold-{left_out}"
        folder.mkdir()
        network = build_network(NETWORK)
        manifests.append(write_model(network, "fold", NETWORK, 2.0, {"studies": studies}, folder))
    return manifests


@pytest.fixture
def ensemble(members, tmp_path):
    return load_model(combine(members, "vote", tmp_path / "vote"))


def test_combined_model_segments_as_the_mean_of_its_members(members, ensemble):
    import torch

    image = torch.randn(1, 4, 8, 8, 8)
    with torch.inference_mode():
        together = ensemble.network(image).sigmoid()
        alone = [load_model(path).network(image).sigmoid() for path in members]
    # Stored in half precision, both ways.
    torch.testing.assert_close(together, sum(alone) / 3, atol=1e-3, rtol=0)


def test_combined_model_remembers_what_each_member_was_trained_on(ensemble):
    known = [member["studies"] for member in ensemble.manifest.training["members"]]
    assert known[0] == ["patient-1", "patient-2"]
    assert len(known) == 3


def test_patient_is_judged_by_the_member_that_never_saw_it(members, ensemble):
    import torch

    judge = without_knowledge_of(ensemble, "patient-1")
    image = torch.randn(1, 4, 8, 8, 8)
    with torch.inference_mode():
        torch.testing.assert_close(
            judge.network(image).sigmoid(),
            load_model(members[1]).network(image).sigmoid(),
            atol=1e-4,
            rtol=0,
        )


def test_stranger_is_judged_by_all(ensemble):
    assert without_knowledge_of(ensemble, "stranger") is ensemble


def test_patient_whom_every_member_knows_cannot_judge(members):
    model = load_model(members[0])
    with pytest.raises(InputError, match="not trained on 'patient-1'"):
        without_knowledge_of(model, "patient-1")


def test_model_that_does_not_say_what_it_knows_cannot_be_judged_fairly(threshold_model):
    with pytest.raises(InputError, match="does not say what it was trained on"):
        without_knowledge_of(threshold_model, "patient-1")


def test_models_with_another_grid_do_not_combine(members, tmp_path):
    path = members[1]
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps({**manifest, "spacing_mm": 1.5}))
    with pytest.raises(InputError, match="has another spacing_mm than 'fold'"):
        combine(members, "vote", tmp_path / "vote")


def test_command_line_combines_and_judges_fairly(members, phantom, tmp_path, capsys):
    for number in range(3):
        patient = phantom(size=(40, 40, 40), spacing=(2.0, 2.0, 2.0))
        patient.write(tmp_path / "studies" / f"patient-{number}")
    output = tmp_path / "vote"
    assert main(["combine", *map(str, members), "-o", str(output), "--name", "vote"]) == 0
    model = str(output / "vote.json")
    scores = tmp_path / "scores.json"
    command = ["evaluate", "--studies", str(tmp_path / "studies"), "--model", model, "--unseen"]
    assert main([*command, "--json", str(scores)]) == 0
    assert set(json.loads(scores.read_text())["dice"]) == {f"patient-{n}" for n in range(3)}
    capsys.readouterr()
    assert main([*command[:-1], "--model", str(members[0]), "--unseen"]) != 0
    assert "not trained on 'patient-1'" in capsys.readouterr().err


def test_missing_contrast_is_refused_by_a_model_that_does_not_cope(phantom, threshold_model):
    images = phantom().images()
    del images["t2"]
    with pytest.raises(InputError, match="needs a T2 volume"):
        segment(check_study(images), threshold_model, Options(device="cpu"))


def test_missing_contrast_is_reported_by_a_model_that_copes(phantom, threshold_model):
    patient = phantom()
    images = patient.images()
    del images["t2"]
    manifest = replace(threshold_model.manifest, copes_without=("t2",))
    result = segment(check_study(images), Model(manifest, threshold_model.network))
    assert any("no T2 volume" in warning for warning in result.report.warnings)
    # The thresholds do not look at T2: the tumour is found all the same.
    found = sitk.GetArrayFromImage(result.labels) > 0
    assert np.mean(found[patient.labels > 0]) > 0.9


def test_two_missing_contrasts_are_too_many(phantom, threshold_model):
    images = phantom().images()
    del images["t2"], images["t1"]
    manifest = replace(threshold_model.manifest, copes_without=("t1", "t2"))
    with pytest.raises(InputError, match="needs a T1 volume"):
        segment(check_study(images), Model(manifest, threshold_model.network))


def test_files_of_three_contrasts_are_segmented_when_the_model_copes(
    phantom, small_model, tmp_path
):
    manifest = json.loads(small_model.read_text())
    small_model.write_text(json.dumps({**manifest, "copes_without": ["t1"]}))
    paths = phantom(size=(40, 40, 40), spacing=(2.0, 2.0, 2.0)).write(tmp_path / "patient")
    arguments = {
        "volumes": {name: str(paths[name]) for name in ("t1c", "t2", "flair")},
        "model": str(small_model),
        "output": str(tmp_path / "out.nii.gz"),
    }
    assert any("no T1 volume" in text for text in segment_files(arguments, no_progress)["warnings"])
    del arguments["volumes"]["flair"]
    with pytest.raises(InputError, match="no T1 and FLAIR volume"):
        segment_files(arguments, no_progress)


def test_manifest_that_copes_without_an_unknown_contrast_is_refused(small_model):
    manifest = json.loads(small_model.read_text())
    small_model.write_text(json.dumps({**manifest, "copes_without": ["pet"]}))
    with pytest.raises(ModelError, match="names the channel 'pet'"):
        read_manifest(small_model)
