"""From the catalogue to an installed model and out again, with consent and without."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed")

from ELMEDLib.command import main
from ELMEDLib.errors import ConsentError, ModelError
from ELMEDSegmentLib import store
from ELMEDSegmentLib.catalogue import DEFAULT_MODEL, available_models, find_model
from ELMEDSegmentLib.manifest import manifest_of, read_manifest
from ELMEDSegmentLib.model import load_model
from ELMEDSegmentLib.models.entries import CATALOGUE_FILE, find_entry, read_catalogue
from ELMEDSegmentLib.models.install import (
    Consent,
    add_from_disk,
    consent_needed,
    consent_question,
    install_entry,
)
from ELMEDSegmentLib.models.listing import all_models, find_row
from ELMEDSegmentLib.network import build_network
from foreign_models import offer_models, segresnet, write_catalogue
from loopback import serving

SCHEMA_FILE = CATALOGUE_FILE.with_name("models.schema.json")


@pytest.fixture
def server():
    with serving() as loopback:
        yield loopback


@pytest.fixture
def catalogue(tmp_path, monkeypatch, server):
    """A catalogue with tiny models, as the shipped one describes the real ones."""
    offer_models(server, tmp_path)

    def write(**versions):
        path = write_catalogue(server, tmp_path / "catalogue.json", **versions)
        monkeypatch.setenv("ELMED_CATALOGUE", str(path))

    write()
    return write


def install(name):
    entry = find_entry(name)
    return install_entry(entry, consent_needed(entry))


# The catalogue that is shipped


def test_the_shipped_catalogue_is_valid_and_the_engine_reads_it():
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    schema = json.loads(SCHEMA_FILE.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(CATALOGUE_FILE.read_text()), schema)
    entries = {entry.name: entry for entry in read_catalogue(CATALOGUE_FILE)}
    assert next(iter(entries)) == DEFAULT_MODEL
    assert {f"brats2023-{kind}" for kind in ("gli", "men", "met", "ped", "ssa")} <= set(entries)
    zoo = entries["monai-brats"]
    assert zoo.download.md5 == "870e677b782a5184cbc48db1456b78e8"
    assert zoo.manifest["channels"] == ["t1c", "t1", "t2", "flair"]
    assert zoo.manifest["regions"] == ["TC", "WT", "ET"]
    for name, entry in entries.items():
        assert entry.download is None or entry.download.url.startswith("https://")
        assert entry.download is None or entry.sources, f"{name} cites nothing"
        if name.startswith("brats2023"):
            assert entry.manifest["channels"] == ["flair", "t1c", "t1", "t2"]


def test_the_network_of_the_model_zoo_is_built_as_its_bundle_defines_it():
    architecture = find_entry("monai-brats").manifest["architecture"]
    count = sum(parameter.numel() for parameter in build_network(architecture).parameters())
    # The weights of a file of about 19 MB in single precision.
    assert count == 4_702_227


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"url": "http://example.org/m.pt"}, "not HTTPS"),
        ({"layout": "pickle"}, "layout"),
        ({"size_bytes": -1}, "size"),
        ({"md5": "xyz"}, "checksum"),
    ],
)
def test_catalogues_are_checked_without_the_schema_too(tmp_path, change, words):
    content = json.loads(CATALOGUE_FILE.read_text())
    content["models"][1]["download"].update(change)
    path = tmp_path / "c.json"
    path.write_text(json.dumps(content))
    with pytest.raises(ModelError, match=words):
        read_catalogue(path)


def test_manifests_of_the_first_format_are_still_read():
    values = json.loads(find_model(DEFAULT_MODEL).read_text())
    assert manifest_of({**values, "format": 1}, "old").axes == "SPL"
    with pytest.raises(ModelError, match="format 3"):
        manifest_of({**values, "format": 3}, "new")


# Consent


def test_nothing_is_asked_for_before_consent_to_exactly_this(catalogue, server):
    entry = find_entry("brats2023-gli")
    needed = consent_needed(entry)
    for consent in (
        None,
        Consent("", None, ""),
        Consent(needed.url, 1, needed.licence),
        Consent(needed.url, needed.size_bytes, "MIT"),
    ):
        with pytest.raises(ConsentError):
            install_entry(entry, consent)
    assert not server.requests


def test_the_question_names_size_source_and_licence():
    known = consent_question(find_entry("brats2023-gli"))
    assert "322.7 MB" in known
    assert "https://github.com/lassoan/SlicerMONAIAuto3DSeg/releases" in known
    assert "Free to use and/or refer to the BraTS datasets" in known
    assert "No checksum is published" in known
    unknown = consent_question(find_entry("brats2023-men"))
    assert "Size: not stated by its makers; beyond 2.1 GB it is refused." in unknown
    zoo = consent_question(find_entry("monai-brats"))
    assert "about 19 MB, reckoned from" in zoo
    assert "held against the published MD5" in zoo


# Coming and going


def test_a_model_with_published_md5_is_installed_checked_and_used(catalogue):
    path = install("monai-brats")
    manifest = read_manifest(path)
    assert manifest.channels == ("t1c", "t1", "t2", "flair")
    assert manifest.source.endswith("/model.pt")
    assert load_model(find_model("monai-brats")).manifest == manifest
    row = find_row("monai-brats")
    assert (row.state, row.checksum) == ("installed", "MD5 as published; SHA-256 recorded")
    assert "monai-brats" in [entry.name for entry in available_models()]


def test_a_model_without_checksum_says_that_it_is_trusted_at_first_use(catalogue, server):
    install("brats2023-gli")
    assert find_row("brats2023-gli").checksum == (
        "none published; recorded at the first installation"
    )
    install("brats2023-gli")
    assert find_row("brats2023-gli").checksum == (
        "none published; same as at the first installation"
    )
    resource = server.resources["brats-gli.zip"]
    resource.content = resource.content[:-1] + bytes([resource.content[-1] ^ 1])
    with pytest.raises(ModelError, match="not the one that was first installed"):
        install("brats2023-gli")
    load_model(find_model("brats2023-gli"))
    assert main(["models", "remove", "brats2023-gli"]) == 0
    with pytest.raises(ModelError, match="not the one that was first installed"):
        install("brats2023-gli")
    assert main(["models", "remove", "brats2023-gli", "--forget"]) == 0
    install("brats2023-gli")
    assert (
        find_row("brats2023-gli").checksum == "none published; recorded at the first installation"
    )


def test_a_corrupted_download_leaves_the_old_version_in_use(catalogue, server, models_folder):
    before = install("monai-brats")
    resource = server.resources["model.pt"]
    resource.content = resource.content[:-4] + b"evil"
    with pytest.raises(ModelError, match="MD5 is another one"):
        install("monai-brats")
    assert find_model("monai-brats") == before
    load_model(before)
    assert not list((models_folder / ".downloads").glob("*.part"))


def test_an_update_is_offered_and_stands_beside_the_old_version(catalogue, capsys):
    first = install("monai-brats")
    catalogue(monai_brats="0.6.0")
    row = find_row("monai-brats")
    assert row.state == "update available"
    assert "Version 0.6.0 can be had." in row.details
    assert main(["models", "update", "--yes"]) == 0
    assert find_row("monai-brats").state == "installed"
    second = find_model("monai-brats")
    assert (first.parent.name, second.parent.name) == ("1", "2")
    assert main(["models", "remove", "monai-brats", "--old"]) == 0
    assert not first.exists()
    assert second.is_file()
    assert main(["models", "update", "--yes"]) == 0
    assert "up to date" in capsys.readouterr().out


def test_an_interrupted_installation_is_resumed_by_the_next(catalogue, server):
    resource = server.resources["model.pt"]
    resource.stall_after = 5000
    told = []

    def stop(stage, fraction, message):
        told.append(stage)
        if len(told) > 3 or (told and fraction > 0):
            raise KeyboardInterrupt

    entry = find_entry("monai-brats")
    with pytest.raises(KeyboardInterrupt):
        install_entry(entry, consent_needed(entry), stop)
    assert find_row("monai-brats").state == "available"
    resource.stall_after = None
    install("monai-brats")
    assert server.asked("model.pt")[-1]["Range"].startswith("bytes=")


def test_a_file_that_was_downloaded_by_hand_is_known_and_checked(catalogue, tmp_path, server):
    by_hand = tmp_path / "by-hand" / "brats-gli.zip"
    by_hand.parent.mkdir()
    by_hand.write_bytes(server.resources["brats-gli.zip"].content)
    manifest = read_manifest(add_from_disk(by_hand, {}))
    assert manifest.name == "brats2023-gli"
    assert manifest.channels == ("flair", "t1c", "t1", "t2")
    assert find_row("brats2023-gli").state == "installed"
    assert not server.requests


def test_a_damaged_model_does_not_hide_the_others(catalogue):
    path = install("monai-brats")
    path.write_text("{")
    rows = {row.name: row for row in all_models()}
    assert rows["monai-brats"].state == "damaged"
    assert rows[DEFAULT_MODEL].state == "bundled"


# The command line


def test_the_command_line_lists_shows_installs_and_removes(catalogue, capsys, server):
    with pytest.raises(ModelError, match="is not installed") as caught:
        find_model("monai-brats")
    assert "elmed models install monai-brats" in caught.value.advice
    assert main(["models", "list"]) == 0
    listed = capsys.readouterr().out
    assert [line.split()[0] for line in listed.splitlines()] == [
        DEFAULT_MODEL,
        "monai-brats",
        "brats2023-gli",
    ]
    assert main(["models", "install", "monai-brats"]) == 1
    assert "--yes" in capsys.readouterr().err
    assert not server.requests
    assert main(["models", "install", "monai-brats", "--yes"]) == 0
    shown = capsys.readouterr().out
    assert "Licence: Apache-2.0" in shown
    assert "MD5 as published" in shown
    assert main(["models", "show", "monai-brats"]) == 0
    assert "Citation: Myronenko 2018" in capsys.readouterr().out
    assert main(["models", "list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["state"] for row in rows] == ["bundled", "installed", "available"]
    assert main(["models", "remove", "monai-brats"]) == 0
    assert not (store.user_models_folder() / "monai-brats").exists()
    assert main(["models", "remove", "monai-brats"]) == 1


def test_the_command_line_adds_from_disk(catalogue, tmp_path, capsys):
    import torch

    state = tmp_path / "scripted.ts"
    torch.jit.trace(segresnet(), torch.zeros(1, 4, 8, 8, 8)).save(str(state))
    command = ["models", "add", str(state), "--channels", "t1c", "t1", "t2", "flair"]
    command += ["--regions", "TC", "WT", "ET", "--spacing", "1", "--axes", "LPS"]
    command += ["--normalisation", "zscore-nonzero", "--name", "mine"]
    assert main(command) == 1
    assert "trust who made it" in capsys.readouterr().err
    assert main([*command, "--trust-torchscript"]) == 0
    row = find_row("mine")
    assert (row.state, row.checksum) == ("installed", "recorded when it was added from disk")
    assert main(["models", "add", str(state), "--name", DEFAULT_MODEL]) == 1
    assert main(["models", "add", str(tmp_path / "nothing.zip")]) == 1
