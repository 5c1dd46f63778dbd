"""Large models in the small: looked at, run from folders alone, and fetched after consent."""

from __future__ import annotations

import hashlib
import json
import shutil
import socket
import sys
from dataclasses import replace

import numpy as np
import pytest
import SimpleITK as sitk

pytest.importorskip("torch", reason="PyTorch is not installed")
pytest.importorskip("transformers", reason="Transformers is not installed")
pytest.importorskip("diffusers", reason="Diffusers is not installed")

from ELMEDLib.command import main
from ELMEDLib.errors import (
    CancelledError,
    ConsentError,
    DownloadError,
    InputError,
    MissingPackageError,
    ModelError,
)
from ELMEDLib.progress import no_progress
from ELMEDPlaygroundLib.large import service
from ELMEDPlaygroundLib.large.kinds import KINDS
from ELMEDPlaygroundLib.large.licences import licence_of_card
from ELMEDPlaygroundLib.large.texts import Beginning, go_on
from loopback import Loopback


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Folders with an untrained model of each kind, by kind."""
    from ELMEDPlaygroundLib.large.offline import offline

    offline()
    import tiny_models

    folder = tmp_path_factory.mktemp("large")
    return {
        "image": tiny_models.make_stable_diffusion(folder / "diffusion"),
        "text": tiny_models.make_gpt(folder / "gpt"),
        "dictation": tiny_models.make_whisper(folder / "whisper"),
    }


@pytest.fixture
def copied(models, tmp_path):
    """Return what gives a copy of a model, to be changed."""

    def copy(kind):
        return shutil.copytree(models[kind], tmp_path / f"copy-{kind}")

    return copy


def look(kind, folder):
    return service.look_at_folder({"kind": kind, "folder": str(folder)}, no_progress)


class Reports(list):
    """What was told of the progress; cancels when a stage is reached."""

    def __init__(self, cancel_at=""):
        super().__init__()
        self.cancel_at = cancel_at

    def __call__(self, stage, fraction, message):
        self.append((stage, fraction, message))
        if self.cancel_at and self.cancel_at in message:
            raise CancelledError("Cancelled.")


def test_a_folder_is_described_before_anything_is_loaded(models):
    for kind, licence in (("image", "openrail++"), ("text", "mit"), ("dictation", "not stated")):
        facts = look(kind, models[kind])
        files = [path for path in models[kind].rglob("*") if path.is_file()]
        assert facts["size_bytes"] == sum(path.stat().st_size for path in files)
        weights = sum(path.stat().st_size for path in files if path.suffix == ".safetensors")
        assert facts["weights_bytes"] == weights > 0
        assert facts["licence"] == licence
        assert facts["device"] in ("cpu", "cuda", "mps")
        assert facts["needed_gb"] > 0
        assert facts["enough"]
        assert facts["where"] == "this computer"
        assert facts["packages"] == []


def test_a_picture_comes_of_a_pipeline_step_by_step(models, tmp_path):
    reports = Reports()
    asked = {"folder": str(models["image"]), "prompt": "a brain", "steps": 3, "seed": 4}
    answer = service.picture({**asked, "output": str(tmp_path / "one.png")}, reports)
    picture = sitk.GetArrayFromImage(sitk.ReadImage(answer["output"]))
    assert picture.shape == (16, 16, 3)
    assert picture.std() > 0
    assert "SYNTHETIC" in answer["origin"]
    steps = [message for stage, _, message in reports if stage == "denoising"]
    assert [message.split()[2] for message in steps] == ["0", "1", "2", "3"]
    fractions = [fraction for _, fraction, _ in reports]
    assert fractions == sorted(fractions)

    service.picture({**asked, "output": str(tmp_path / "same.png")}, no_progress)
    service.picture({**asked, "seed": 5, "output": str(tmp_path / "other.png")}, no_progress)
    same, other = (
        sitk.GetArrayFromImage(sitk.ReadImage(str(tmp_path / name)))
        for name in ("same.png", "other.png")
    )
    assert np.array_equal(picture, same)
    assert not np.array_equal(picture, other)


def test_a_text_goes_on_token_by_token(models):
    reports = Reports()
    asked = {"folder": str(models["text"]), "prompt": "The tumour", "tokens": 6}
    answer = service.text(asked, reports)
    assert answer["text"].startswith("The tumour")
    assert len(answer["text"]) > len("The tumour")
    counts = [int(m.split()[1]) for _, _, m in reports if m.startswith("Token")]
    assert counts == list(range(7))
    assert service.text(asked, no_progress) == answer
    assert service.text({**asked, "seed": 1}, no_progress) != answer
    greedy = [service.text({**asked, "temperature": 0, "seed": n}, no_progress) for n in (0, 1)]
    assert greedy[0] == greedy[1]
    long = service.text({**asked, "prompt": "word " * 400, "tokens": 5}, no_progress)
    assert long["text"].startswith("word word")


def test_speech_is_written_down(models, tmp_path):
    from scipy.io import wavfile

    sound = np.random.default_rng(0).normal(0, 0.1, 22050).astype(np.float32)
    wavfile.write(tmp_path / "speech.wav", 22050, sound)
    asked = {"folder": str(models["dictation"]), "recording": str(tmp_path / "speech.wav")}
    reports = Reports()
    answer = service.dictation(asked, reports)
    assert isinstance(answer["text"], str)
    assert [m for stage, _, m in reports if stage == "writing" and m.startswith("Token 1 ")]
    with pytest.raises(InputError, match="not there"):
        service.dictation({**asked, "recording": str(tmp_path / "none.wav")}, no_progress)


def test_work_is_cancelled_between_steps_and_between_tokens(models, tmp_path):
    output = tmp_path / "picture.png"
    asked = {"folder": str(models["image"]), "prompt": "a brain", "steps": 9}
    with pytest.raises(CancelledError):
        service.picture({**asked, "output": str(output)}, Reports("step 2 of"))
    assert not output.exists()
    with pytest.raises(CancelledError):
        service.text({"folder": str(models["text"]), "prompt": "a"}, Reports("Token 2 of"))


def test_folders_that_could_run_code_or_leave_their_place_are_refused(copied, tmp_path):
    folder = copied("text")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(
        json.dumps({**config, "auto_map": {"AutoModelForCausalLM": "own.Model"}})
    )
    with pytest.raises(ModelError, match="never runs"):
        look("text", folder)
    (folder / "config.json").write_text(json.dumps(config))
    outside = tmp_path / "outside.safetensors"
    (folder / "model.safetensors").rename(outside)
    with pytest.raises(ModelError, match="no weights in the safetensors format"):
        look("text", folder)
    (folder / "model.safetensors").symlink_to(outside)
    with pytest.raises(ModelError, match="outside its folder"):
        look("text", folder)
    (folder / "model.safetensors").unlink()
    index = {"weight_map": {"a": "../outside.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(ModelError, match="outside its folder"):
        look("text", folder)

    pipeline = copied("image")
    index = json.loads((pipeline / "model_index.json").read_text())
    (pipeline / "model_index.json").write_text(json.dumps({**index, "unet": ["own", "Net"]}))
    with pytest.raises(ModelError, match="'unet' comes from code of its own"):
        look("image", pipeline)
    for odd in ([["own"], "Net"], "ab"):
        (pipeline / "model_index.json").write_text(json.dumps({**index, "unet": odd}))
        with pytest.raises(ModelError, match="'unet' comes from code of its own"):
            look("image", pipeline)
    (pipeline / "model_index.json").write_text(json.dumps(index))
    (pipeline / "unet").rename(tmp_path / "net-elsewhere")
    (pipeline / "unet").symlink_to(tmp_path / "net-elsewhere", target_is_directory=True)
    with pytest.raises(ModelError, match="outside its folder"):
        look("image", pipeline)


def test_weights_that_can_carry_code_are_never_loaded(tmp_path):
    import tiny_models

    folder = tiny_models.make_gpt(tmp_path / "pickled", safe=False)
    with pytest.raises(ModelError, match="safetensors"):
        service.text({"folder": str(folder), "prompt": "a"}, no_progress)


def test_a_model_of_another_kind_or_a_damaged_one_is_said_to_be_so(
    models, copied, tmp_path, caplog
):
    with pytest.raises(InputError, match="no model for Dictation"):
        look("dictation", models["text"])
    with pytest.raises(InputError, match="'model_index.json' is missing"):
        look("image", models["text"])
    with pytest.raises(InputError, match="not there"):
        look("image", tmp_path / "none")
    folder = copied("text")
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:100])
    with pytest.raises(ModelError, match="incomplete, damaged"):
        service.text({"folder": str(folder), "prompt": "a"}, no_progress)
    logged = "".join(r.getMessage() for r in caplog.records if r.name.startswith("ELMED"))
    assert "A large model failed" in logged
    assert str(tmp_path) not in caplog.text
    (folder / "config.json").write_text(json.dumps({"architectures": 5}))
    with pytest.raises(InputError, match="no model for Text"):
        look("text", folder)
    (folder / "config.json").write_text("{")
    with pytest.raises(ModelError, match="damaged"):
        look("text", folder)


@pytest.mark.parametrize(
    ("card", "licence"),
    [
        ("---\nlicense: apache-2.0\n---\ntext", "apache-2.0"),
        ("---\nlicense: other\nlicense_name: own-terms\n---\n", "own-terms"),
        ("---\nlicense: [mit, cc-by-4.0]\n---\n", "mit, cc-by-4.0"),
        ("---\nlicense: !!python/object/apply:os.system ['true']\n---\n", ""),
        ("# no card", ""),
    ],
)
def test_licences_are_read_from_cards_as_data(card, licence):
    assert licence_of_card(card) == licence


# The hub, on this computer

NAME = "someone/tiny-gpt"
COMMIT = "a" * 40


@pytest.fixture
def hub(models, monkeypatch, tmp_path):
    """A hub on this computer that offers the small GPT, and files that must not be taken."""
    server = Loopback()
    siblings = []
    extra = {"pytorch_model.bin": b"no", "own.py": b"no", "onnx/model.json": b"{}"}
    files = {path.name: path.read_bytes() for path in models["text"].iterdir()}
    for name, content in {**files, **extra}.items():
        entry = {"rfilename": name, "size": len(content)}
        if name.endswith(".safetensors"):
            entry["lfs"] = {"sha256": hashlib.sha256(content).hexdigest()}
        siblings.append(entry)
        server.serve(f"{NAME}/resolve/{COMMIT}/{name}", content)
    siblings.append({"rfilename": "../evil.json", "size": 3})
    about = {"sha": COMMIT, "siblings": siblings, "cardData": {"license": "mit"}}
    server.serve(f"api/models/{NAME}?blobs=true", json.dumps(about).encode())
    server.start()
    monkeypatch.setenv("HF_ENDPOINT", server.url("").rstrip("/"))
    monkeypatch.setenv("ELMED_MODELS", str(tmp_path / "own"))
    yield server
    server.stop()


def consent(hub):
    return f"127.0.0.1:{hub.port}"


def test_a_model_of_the_hub_is_described_and_fetched_after_consent(hub, models):
    asked = {"kind": "text", "model": NAME, "consent": consent(hub)}
    facts = service.ask_the_hub(asked, no_progress)
    assert facts["licence"] == "mit"
    assert facts["where"] == consent(hub)
    assert facts["size_bytes"] == look("text", models["text"])["size_bytes"]
    assert len(hub.requests) == 1, "describing a model downloads none of its files"

    reports = Reports()
    answer = service.fetch_from_the_hub({**asked, "size_bytes": facts["size_bytes"]}, reports)
    fractions = [fraction for _, fraction, _ in reports]
    assert fractions == sorted(fractions)
    assert answer["where"] == "this computer"
    taken = {path.rpartition("/")[2] for path, _ in hub.requests if "/resolve/" in path}
    assert taken == {path.name for path in models["text"].iterdir()}
    assert not any("Authorization" in headers for _, headers in hub.requests)
    assert (
        "abc"
        in service.text({"folder": answer["folder"], "prompt": "abc", "tokens": 2}, no_progress)[
            "text"
        ]
    )

    before = len(hub.requests)
    service.fetch_from_the_hub({**asked, "size_bytes": facts["size_bytes"]}, no_progress)
    assert len(hub.requests) == before + 1, "what is here is not downloaded again"


def test_without_consent_nothing_is_requested(hub, monkeypatch):
    for agreed in ("", "huggingface.co"):
        asked = {"kind": "text", "model": NAME, "consent": agreed, "size_bytes": 10**9}
        for task in (service.ask_the_hub, service.fetch_from_the_hub):
            with pytest.raises(ConsentError):
                task(asked, no_progress)
    assert hub.requests == []


def test_looking_at_and_running_local_models_connects_to_nowhere(models, monkeypatch, tmp_path):
    tried = []
    monkeypatch.setattr(socket.socket, "connect", lambda _self, address: tried.append(address))
    look("text", models["text"])
    service.text({"folder": str(models["text"]), "prompt": "a", "tokens": 2}, no_progress)
    asked = {"folder": str(models["image"]), "prompt": "a", "steps": 1}
    service.picture({**asked, "output": str(tmp_path / "made.png")}, no_progress)
    assert tried == []


def test_a_model_that_grew_or_changed_on_the_way_is_refused(hub):
    asked = {"kind": "text", "model": NAME, "consent": consent(hub)}
    size = service.ask_the_hub(asked, no_progress)["size_bytes"]
    with pytest.raises(InputError, match="has grown"):
        service.fetch_from_the_hub({**asked, "size_bytes": size - 1}, no_progress)
    weights = hub.resources[f"{NAME}/resolve/{COMMIT}/model.safetensors"]
    weights.content = bytes(len(weights.content))
    with pytest.raises(ModelError, match="not the file that the site announced"):
        service.fetch_from_the_hub({**asked, "size_bytes": size}, no_progress)
    with pytest.raises(InputError, match="owner/model"):
        service.ask_the_hub({**asked, "model": "../etc/passwd"}, no_progress)
    with pytest.raises(DownloadError):
        service.ask_the_hub({**asked, "model": "someone/unknown"}, no_progress)


@pytest.mark.parametrize(
    "siblings", [5, {"rfilename": "config.json"}, ["config.json", {"rfilename": 3, "size": -1}]]
)
def test_an_answer_of_the_hub_that_makes_no_sense_is_said_to_be_so(hub, siblings):
    about = {"sha": COMMIT, "siblings": siblings}
    hub.serve(f"api/models/{NAME}?blobs=true", json.dumps(about).encode())
    asked = {"kind": "text", "model": NAME, "consent": consent(hub)}
    with pytest.raises(InputError, match=r"no 'config.json'"):
        service.ask_the_hub(asked, no_progress)


def test_a_picture_that_could_not_be_written_is_not_made(models, tmp_path):
    asked = {"folder": str(models["image"]), "prompt": "a", "output": str(tmp_path / "made")}
    reports = Reports()
    with pytest.raises(InputError, match=r"ends in \.png"):
        service.picture(asked, reports)
    assert reports == []


def test_a_missing_package_says_what_to_install_and_how_large_it_is(models, monkeypatch):
    from ELMEDLib import environment

    newer = environment.Requirement("diffusers", "Diffusers", "99", size="10 MB")
    monkeypatch.setitem(KINDS, "image", replace(KINDS["image"], packages=(newer,)))
    assert "too old" in look("image", models["image"])["packages"][0]
    with pytest.raises(MissingPackageError, match=r"diffusers>=99 \(10 MB\)"):
        service.picture({"folder": str(models["image"]), "prompt": "a"}, no_progress)


def test_a_library_that_lacks_what_it_needs_is_said_to_be_so(models, monkeypatch):
    # As it is where a library was installed without its dependencies.
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(MissingPackageError, match="cannot be loaded"):
        go_on(models["text"], Beginning("a"), "cpu", no_progress)


def test_the_command_line_looks_and_generates(models, tmp_path, capsys):
    assert main(["large", "text", str(models["text"])]) == 0
    assert json.loads(capsys.readouterr().out)["licence"] == "mit"
    assert main(["large", "text", str(models["text"]), "--prompt", "A", "--length", "3"]) == 0
    assert capsys.readouterr().out.startswith("A")
    output = tmp_path / "made.png"
    asked = ["large", "image", str(models["image"]), "--prompt", "a brain", "--length", "2"]
    assert main([*asked, "-o", str(output)]) == 0
    assert output.is_file()
    assert main(asked) == 1
    assert "-o" in capsys.readouterr().err


def test_a_folder_is_named_even_where_one_stands_in_it(tmp_path, monkeypatch, capsys):
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    assert main(["large", "text", "."]) == 1
    assert "'empty' holds no model of this kind" in capsys.readouterr().err
