"""A model that is damaged, lies or comes from a stranger is refused and can do no harm."""

from __future__ import annotations

import json
import os
import pickle
import shutil
from pathlib import Path

import pytest
import torch

from ELMEDLib.errors import ModelError
from ELMEDSegmentLib import store
from ELMEDSegmentLib.catalogue import DEFAULT_MODEL, available_models, find_model
from ELMEDSegmentLib.labels import CHANNELS
from ELMEDSegmentLib.model import load_model, read_manifest, save_weights, sha256


def edit(manifest, **values):
    content = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**content, **values}))


def test_published_model_loads_with_its_weights(small_model):
    model = load_model(small_model)
    saved = torch.load(small_model.with_suffix(".pt"), weights_only=True)
    name, tensor = next(iter(saved.items()))
    assert tensor.dtype == torch.float16
    torch.testing.assert_close(model.network.state_dict()[name], tensor.float())


def test_values_too_large_for_half_precision_survive(tmp_path, small_model):
    """Variances of a batch normalisation can be; as infinity they would switch the layer off."""
    network = load_model(small_model).network
    name = next(iter(network.state_dict()))
    network.state_dict()[name].fill_(1e5)
    save_weights(network, tmp_path / "large.pt")
    saved = torch.load(tmp_path / "large.pt", weights_only=True)
    assert (saved[name] == 1e5).all()


def test_damaged_weights_are_refused(small_model):
    weights = small_model.with_suffix(".pt")
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 0xFF
    weights.write_bytes(content)
    with pytest.raises(ModelError, match="damaged or were replaced"):
        load_model(small_model)


def test_missing_weights_are_named(small_model):
    small_model.with_suffix(".pt").unlink()
    with pytest.raises(ModelError, match=r"'small\.pt' of small are missing"):
        load_model(small_model)


def test_weights_of_another_network_are_refused(small_model):
    content = json.loads(small_model.read_text())
    edit(small_model, architecture={**content["architecture"], "channels": [4, 16]})
    with pytest.raises(ModelError, match="do not fit the network"):
        load_model(small_model)


def test_weights_that_are_a_program_do_not_run(small_model, tmp_path):
    trace = tmp_path / "ran"

    class Program:
        def __reduce__(self):
            return (exec, (f"open({str(trace)!r}, 'w').close()",))

    weights = small_model.with_suffix(".pt")
    weights.write_bytes(pickle.dumps(Program()))
    edit(small_model, sha256=sha256(weights))
    with pytest.raises(ModelError, match="holds code"):
        load_model(small_model)
    assert not trace.exists()


@pytest.mark.parametrize("name", ["../small.pt", "/etc/passwd", "..\\small.pt", "a/b.pt"])
def test_weights_outside_the_folder_are_refused(small_model, name):
    edit(small_model, weights=name)
    with pytest.raises(ModelError, match="outside its own folder"):
        load_model(small_model)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"format": 99}, "format 99"),
        ({"channels": ["t1", "adc"]}, "the channel 'adc'"),
        ({"regions": ["XX"]}, "the region 'XX'"),
        ({"normalisation": "minmax"}, "normalisation 'minmax'"),
        ({"spacing_mm": 0}, "voxel size"),
        ({"surprise": 1}, "unknown"),
    ],
)
def test_manifest_that_is_not_understood_is_refused(small_model, values, words):
    edit(small_model, **values)
    with pytest.raises(ModelError, match=words):
        read_manifest(small_model)


def test_file_that_is_no_manifest_is_refused(tmp_path):
    path = tmp_path / "model.json"
    path.write_text("not json")
    with pytest.raises(ModelError, match="is not a model's manifest"):
        read_manifest(path)


def test_unknown_model_name_tells_which_there_are():
    with pytest.raises(ModelError, match=DEFAULT_MODEL):
        find_model("no-such-model")


def test_bundled_model_comes_first_is_small_and_says_what_it_is():
    entry = available_models()[0]
    manifest = read_manifest(entry.manifest)
    weights = entry.manifest.parent / manifest.weights
    assert entry.name == DEFAULT_MODEL
    shipped = sum(path.stat().st_size for path in entry.manifest.parent.rglob("*.pt"))
    assert shipped <= 20_000_000
    assert manifest.channels == CHANNELS
    assert sha256(weights) == manifest.sha256
    members = manifest.training["members"]
    assert len(members) == manifest.architecture["members"]
    for study in manifest.measured["dice"]:
        assert any(study in member["held_out"] for member in members), study
    for member in members:
        assert not set(member["studies"]) & set(member["held_out"])
    assert manifest.licence != "not stated"
    assert manifest.citation != "not stated"


def test_what_an_ended_installation_has_left_goes_with_the_next(models_folder, small_model):
    left = [models_folder / ".elmed-a", models_folder / "mine" / ".elmed-b"]
    others = [models_folder / ".elmed-c", models_folder / "mine" / ".elmed-d"]
    for folder in (*left, *others):
        folder.mkdir(parents=True)
        (folder / "weights.pt").write_bytes(b"half")
    for folder in left:
        os.utime(folder, (0, 0))

    def write(folder):
        return Path(shutil.copy(small_model, folder / "mine.json"))

    manifest = store.install("mine", write)
    assert manifest.is_file()
    assert not any(folder.exists() for folder in left)
    # Others may be at work.
    assert all(folder.exists() for folder in others)


def test_a_models_folder_that_may_not_be_looked_into_keeps_nobody_from_elmeds_own(
    models_folder, monkeypatch, caplog
):
    """Root may look into any folder, so the refusal is the test's."""
    models_folder.mkdir()
    look = Path.iterdir

    def refuse(folder):
        if folder == models_folder:
            raise PermissionError(13, "Permission denied")
        return look(folder)

    monkeypatch.setattr(Path, "iterdir", refuse)
    assert DEFAULT_MODEL in [entry.name for entry in available_models()]
    assert "cannot be looked into" in caplog.text
    assert str(models_folder) not in caplog.text
