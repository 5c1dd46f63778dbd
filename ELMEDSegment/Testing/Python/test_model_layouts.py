"""Models of other makers are read without being run, and answer as their makers' programs do."""

from __future__ import annotations

import itertools
import json
import shutil

import numpy as np
import pytest
import SimpleITK as sitk

pytest.importorskip("torch", reason="PyTorch is not installed")
pytest.importorskip("monai", reason="MONAI is not installed")

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ELMEDLib.errors import ConsentError, InputError, ModelError
from ELMEDSegmentLib.catalogue import find_model
from ELMEDSegmentLib.fitting import axes_of, fitted
from ELMEDSegmentLib.inference import predict
from ELMEDSegmentLib.inputs.study import check_study
from ELMEDSegmentLib.labels import CHANNELS
from ELMEDSegmentLib.manifest import Manifest, axes_are_known, read_manifest
from ELMEDSegmentLib.model import load_model
from ELMEDSegmentLib.models.draft import architecture_of
from ELMEDSegmentLib.models.install import add_from_disk
from ELMEDSegmentLib.models.records import Record
from ELMEDSegmentLib.network import BUILDERS
from ELMEDSegmentLib.preparation import prepare
from ELMEDSegmentLib.segment import Options, segment
from ELMEDSegmentLib.training.start import find_start
from foreign_models import (
    SEGRESNET,
    SEGRESNET_DS,
    segresnet,
    write_bundle,
    write_checkpoint,
    zipped,
)

BRATS_2023 = {"channels": ["flair", "t1c", "t1", "t2"]}


@pytest.fixture(scope="module")
def tumour(make_phantom):
    """A phantom patient on a 1 mm grid whose axes are LPS, as BraTS stores studies."""
    return make_phantom(size=(80, 84, 76))


@pytest.fixture
def bundle(tmp_path):
    return write_bundle(tmp_path / "bundle")


def add(path, may_run=False, **stated):
    return add_from_disk(path, stated, may_run=may_run)


def manifest_like(**changes):
    usual = {
        "name": "x",
        "title": "X",
        "description": "",
        "architecture": {"name": "UNet", "strides": [2]},
        "spacing_mm": 1.0,
        "weights": "x.pt",
        "sha256": "0" * 64,
        "licence": "",
        "citation": "",
    }
    return Manifest(**{**usual, **changes})


# What is read


@pytest.mark.parametrize("packed", [False, True])
def test_a_monai_bundle_becomes_a_model(bundle, packed, tmp_path):
    path = add(zipped(bundle) if packed else bundle, name="zoo")
    manifest = read_manifest(path)
    assert manifest.channels == ("t1c", "t1", "t2", "flair")
    assert manifest.regions == ("TC", "WT", "ET")
    assert manifest.normalisation == "zscore-nonzero"
    assert manifest.axes == "LPS"
    assert manifest.field_of_view == (24, 28, 32)
    assert manifest.architecture == {"name": "SegResNet", **SEGRESNET}
    assert "not to be used for diagnostic purposes" in manifest.description
    assert "LPS" in manifest.notes[0]
    assert (path.parent / "terms-LICENSE").is_file()
    assert not list(path.parent.rglob("*.py"))
    assert find_model("zoo") == path


def test_an_auto3dseg_archive_becomes_a_model(tmp_path):
    write_checkpoint(tmp_path / "tiny-v1.0.0" / "model.pt")
    (tmp_path / "tiny-v1.0.0" / "labels.csv").write_text("LabelValue,Name\n")
    path = add(zipped(tmp_path / "tiny-v1.0.0"), **BRATS_2023)
    manifest = read_manifest(path)
    assert manifest.name == "tiny-v1.0.0"
    assert manifest.channels == ("flair", "t1c", "t1", "t2")
    assert manifest.regions == ("WT", "TC", "ET")
    assert manifest.axes == "RAS"
    assert manifest.weights_key == "state_dict"
    assert manifest.architecture["name"] == "SegResNetDS"


def test_what_a_checkpoint_does_not_say_is_asked_for(tmp_path):
    write_checkpoint(tmp_path / "model.pt")
    with pytest.raises(ModelError, match="do not say which contrasts") as caught:
        add(tmp_path / "model.pt")
    assert "--channels" in caught.value.advice


def test_elmeds_own_models_can_be_added(small_model, tmp_path):
    path = add(small_model)
    assert read_manifest(path).name == "small"
    assert load_model(path).manifest.architecture == load_model(small_model).manifest.architecture
    shutil.copytree(small_model.parent, tmp_path / "copy")
    (tmp_path / "copy" / "small.pt").write_bytes(b"other")
    with pytest.raises(ModelError, match="missing or damaged"):
        add(tmp_path / "copy")


def test_settings_may_refer_to_each_other(tmp_path):
    network = {"_target_": "SegResNetDS", **SEGRESNET_DS, "in_channels": "@input_channels"}
    path = write_checkpoint(tmp_path / "model.pt", network=network)
    assert read_manifest(add(path, **BRATS_2023)).architecture["in_channels"] == 4


# How they answer


def reference_answer(network, phantom, channels, flips):
    """Return probabilities `(region, z, y, x)` of the brain's block, made by MONAI's tools."""
    from monai.transforms import NormalizeIntensity

    images = phantom.images()
    volume = np.stack([sitk.GetArrayFromImage(images[c]).transpose(2, 1, 0) for c in channels])
    normalised = NormalizeIntensity(nonzero=True, channel_wise=True)(volume.astype(np.float32))
    low = [np.flatnonzero(volume.any(axis=(0, *others))) for others in ((2, 3), (1, 3), (1, 2))]
    block = normalised[(slice(None), *(slice(line[0], line[-1] + 1) for line in low))]
    tensor = torch.as_tensor(np.asarray(block))
    padded = torch.nn.functional.pad(
        tensor, [n for size in reversed(tensor.shape[1:]) for n in (0, size % 2)]
    )
    with torch.inference_mode():
        answer = network(padded.flip(flips)[None])[0].flip(flips).sigmoid()
    inside = answer[(slice(None), *(slice(0, n) for n in tensor.shape[1:]))]
    return inside.numpy().transpose(0, 3, 2, 1)


@pytest.mark.parametrize("layout", ["bundle", "auto3dseg"])
def test_probabilities_are_those_of_monais_own_program(layout, tmp_path, tumour):
    """Channel order, axes, normalisation and field of view, all at once."""
    from monai.networks.nets import SegResNetDS

    if layout == "bundle":
        network, flips = segresnet(), []
        path = add(write_bundle(tmp_path / "b", network))
    else:
        torch.manual_seed(8)
        network, flips = SegResNetDS(**SEGRESNET_DS).eval(), [1, 2]
        path = add(write_checkpoint(tmp_path / "model.pt", network), **BRATS_2023)
    model = load_model(path)
    manifest = model.manifest
    study = check_study(tumour.images())
    prepared = prepare(
        study,
        manifest.channels,
        manifest.spacing_mm,
        manifest.normalisation,
        manifest.field_of_view,
    )
    found = predict(model.network, manifest.architecture, prepared.array)
    expected = reference_answer(network, tumour, manifest.channels, flips)
    assert found.shape == expected.shape
    assert np.ptp(expected) > 0.1
    np.testing.assert_allclose(found, expected, atol=2e-3)


@pytest.mark.parametrize("layout", ["bundle", "auto3dseg"])
def test_segment_goes_the_whole_way_with_foreign_models(layout, tmp_path, make_phantom):
    coarse = make_phantom(size=(30, 32, 28), spacing=(3.0, 3.0, 3.0))
    if layout == "bundle":
        path = add(write_bundle(tmp_path / "b"), name="foreign")
    else:
        write_checkpoint(tmp_path / "a" / "model.pt")
        path = add(zipped(tmp_path / "a"), name="foreign", **BRATS_2023)
    result = segment(check_study(coarse.images()), load_model(path), Options(device="cpu"))
    assert result.labels.GetSize() == coarse.grid.size
    assert result.report.model["name"] == "foreign"
    assert any("of each contrast that are not zero" in step for step in result.report.steps)


def test_the_field_of_view_is_filled_with_background(phantom):
    patient = phantom()
    small = prepare(check_study(patient.images()), CHANNELS, 2.0, "zscore-nonzero")
    large = prepare(check_study(patient.images()), CHANNELS, 2.0, "zscore-nonzero", (60, 50, 40))
    assert large.array.shape == (4, 40, 50, 60)
    assert large.preparation.working.size == (60, 50, 40)
    np.testing.assert_allclose(
        np.sort(large.array[large.array != 0]), np.sort(small.array[small.array != 0]), rtol=1e-6
    )
    # At the block's faces, interpolation meets background in one and the grid's end in the other.
    middle = (slice(2, -2),) * 3
    back = large.preparation.to_brain(large.array[3])[middle]
    np.testing.assert_allclose(back, small.preparation.to_brain(small.array[3])[middle], atol=1e-5)


AXES = [
    "".join(letters)
    for letters in itertools.permutations("LRPASI", 3)
    if axes_are_known("".join(letters))
]


@settings(deadline=None, max_examples=48)
@given(st.sampled_from(AXES))
def test_whatever_the_axes_the_answer_lies_where_the_image_does(axes):
    class Echo(torch.nn.Module):
        def forward(self, image):
            self.seen = image
            return image

    image = torch.arange(2 * 3 * 4 * 5, dtype=torch.float32).reshape(1, 2, 3, 4, 5)
    echo = Echo()
    network = fitted(echo, manifest_like(axes=axes))
    torch.testing.assert_close(network(image), image)
    if axes == "RAS":
        expected = image.permute(0, 1, 4, 3, 2).flip([2, 3])
        torch.testing.assert_close(echo.seen, expected)
    order, _ = axes_of(axes)
    assert sorted(order) == [0, 1, 2]


def test_labels_that_exclude_each_other_become_nested_regions():
    labels = ("background", "necrotic_core", "oedema", "enhancing_tumour")
    shares = torch.tensor([0.1, 0.2, 0.3, 0.4]).reshape(1, 4, 1, 1, 1)
    for outputs, given_values in (("label-logits", shares.log()), ("label-probabilities", shares)):
        manifest = manifest_like(outputs=outputs, labels=labels)
        network = fitted(torch.nn.Identity(), manifest)
        found = network(given_values).sigmoid().flatten().tolist()
        assert found == pytest.approx([0.9, 0.6, 0.4], abs=1e-4)


def test_foreign_networks_are_not_fine_tuned_as_if_they_were_ours(bundle):
    with pytest.raises(InputError, match="otherwise than training does"):
        find_start(str(add(bundle)), [])


# What is refused


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"network_def": {"_target_": "SegResNet", "init_filters": "$8"}}, "hold Python"),
        ({"network_def": {"_target_": "SegResNet", "in_channels": "@device"}}, "hold Python"),
        ({"network_def": {"_target_": "SegResNet", "act": {"_target_": "os.system"}}}, "Python"),
        ({"network_def": {"_target_": "os.system", "command": "touch x"}}, "'system' is not one"),
        ({"network_def": "$__import__('os').system('touch x')"}, "does not define its network"),
        ({"network_def": {"_target_": "SegResNet", "init_filters": 4000}}, "too large"),
        ({"network_def": {"_target_": "SegResNet", "blocks_down": [99999]}}, "too large"),
        ({"preprocessing": {"transforms": [{"_target_": "ScaleIntensityd"}]}}, "ScaleIntensityd"),
        ({"preprocessing": {"transforms": []}}, "none at all"),
    ],
)
def test_bundles_that_would_have_to_be_run_are_refused(tmp_path, changes, words, models_folder):
    bundle = write_bundle(tmp_path / "bundle", **changes)
    with pytest.raises(ModelError, match=words):
        add(bundle, name="evil")
    assert not list(models_folder.glob("evil/*"))
    assert not (tmp_path / "x").exists()


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text("$@#ab_", max_size=4),
    lambda part: (
        st.lists(part, max_size=3)
        | st.dictionaries(st.sampled_from(["_target_", "a", "norm", "strides", "channels"]), part)
    ),
    max_leaves=8,
)


@settings(deadline=None, max_examples=60)
@given(ANYTHING, st.dictionaries(st.sampled_from(["a", "b"]), ANYTHING))
def test_whatever_a_definition_holds_it_is_plain_data_or_refused(definition, config):
    for each in (definition, {"_target_": "monai.networks.nets.SegResNet", "act": definition}):
        try:
            found = architecture_of(each, config)
        except ModelError:
            continue
        assert found["name"] in BUILDERS
        assert "$" not in json.dumps(found.get("act"))[1:2]


def test_weights_alone_are_not_a_model(tmp_path):
    torch.save(segresnet().state_dict(), tmp_path / "model.pt")
    with pytest.raises(ModelError, match="holds weights alone"):
        add(tmp_path / "model.pt", **BRATS_2023)


@pytest.mark.parametrize(
    "metadata", ["[]", "{", '"text"', '{"network_data_format": 1}', '{"references": 3}']
)
def test_damaged_metadata_is_told_or_asked_for_never_fatal(bundle, metadata):
    (bundle / "configs" / "metadata.json").write_text(metadata)
    with pytest.raises(ModelError):
        add(bundle)


def test_weights_with_code_are_refused_and_do_not_run(bundle, tmp_path):
    trace = tmp_path / "ran"

    class Program:
        def __reduce__(self):
            return (exec, (f"open({str(trace)!r}, 'w').close()",))

    torch.save({"state_dict": Program()}, bundle / "models" / "model.pt")
    with pytest.raises(ModelError, match="holds code"):
        add(bundle)
    write_checkpoint(tmp_path / "c" / "model.pt", class_names=Program())
    with pytest.raises(ModelError, match="holds code"):
        add(tmp_path / "c")
    assert not trace.exists()


def test_a_model_whose_outputs_are_not_what_it_says_is_refused(tmp_path):
    two = {**SEGRESNET_DS, "out_channels": 2}
    from monai.networks.nets import SegResNetDS

    path = write_checkpoint(
        tmp_path / "model.pt", SegResNetDS(**two), network={"_target_": "SegResNetDS", **two}
    )
    with pytest.raises(ModelError, match="does not give 3 outputs"):
        add(path, **BRATS_2023)
    ours = write_checkpoint(tmp_path / "other.pt")
    with pytest.raises(ModelError, match="does not take 3 contrasts"):
        add(ours, channels=["t1", "t2", "flair"])


# TorchScript

SCRIPTED = {
    "channels": ["t1c", "t1", "t2", "flair"],
    "regions": ["TC", "WT", "ET"],
    "spacing_mm": 1.0,
    "normalisation": "zscore-nonzero",
    "axes": "LPS",
    "architecture": {"name": "TorchScript", "multiple": 2},
}


@pytest.fixture(scope="module")
def script(tmp_path_factory):
    path = tmp_path_factory.mktemp("scripts") / "scripted.ts"
    torch.jit.trace(segresnet(), torch.zeros(1, 4, 8, 8, 8)).save(str(path))
    return path


def test_torchscript_is_loaded_after_consent_only(script, models_folder):
    with pytest.raises(ConsentError) as caught:
        add(script, **SCRIPTED)
    assert "trust who made it" in caught.value.advice
    assert not list(models_folder.glob("scripted/*"))
    model = load_model(add(script, may_run=True, **SCRIPTED))
    image = torch.rand(1, 4, 6, 8, 10)
    expected = segresnet()(image.permute(0, 1, 4, 3, 2)).permute(0, 1, 4, 3, 2)
    torch.testing.assert_close(model.network(image), expected, atol=1e-4, rtol=1e-3)


def test_consent_cannot_be_brought_along(script, tmp_path):
    path = add(script, may_run=True, **SCRIPTED)
    folder = tmp_path / "elsewhere" / "1"
    shutil.copytree(path.parent, folder)
    assert json.loads((folder / "installed.json").read_text())["agreed_to_run"] is True
    with pytest.raises(ConsentError):
        load_model(folder / path.name)


def test_consent_is_for_exactly_this_file(script):
    path = add(script, may_run=True, **SCRIPTED)
    Record("", "", "", "own", "0" * 64, agreed_to_run=True).write(path.parent)
    with pytest.raises(ConsentError):
        load_model(path)
