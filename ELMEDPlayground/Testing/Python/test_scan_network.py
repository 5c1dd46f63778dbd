"""Looking into segmentation networks: overlays lie where their source does, whatever the net."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

pytest.importorskip("torch", reason="PyTorch is not installed")
pytest.importorskip("monai", reason="MONAI is not installed")

from ELMEDLib.errors import InputError
from ELMEDPlaygroundLib.scan.contrast_removed import remove_contrast
from ELMEDPlaygroundLib.scan.feature_maps import feature_volume
from ELMEDPlaygroundLib.scan.grad_cam import grad_cam
from ELMEDPlaygroundLib.scan.opened import open_scan
from ELMEDPlaygroundLib.scan.thumbnails import thumbnails
from ELMEDSegmentLib.geometry import Grid
from ELMEDSegmentLib.inputs.study import check_study
from ELMEDSegmentLib.labels import CHANNELS
from ELMEDSegmentLib.model import Manifest, Model
from ELMEDSegmentLib.network import build_network

UNET = {
    "name": "UNet",
    "spatial_dims": 3,
    "in_channels": 4,
    "out_channels": 3,
    "channels": [4, 6, 8],
    "strides": [2, 2],
    "num_res_units": 1,
    "norm": "BATCH",
}
ARCHITECTURES = {
    "UNet": UNET,
    "Ensemble": {"name": "Ensemble", "members": 2, "member": UNET},
    "DynUNet": {
        "name": "DynUNet",
        "spatial_dims": 3,
        "in_channels": 4,
        "out_channels": 3,
        "kernel_size": [3, 3, 3],
        "strides": [1, 2, 2],
        "upsample_kernel_size": [2, 2],
        "filters": [4, 6, 8],
        "norm_name": "batch",
    },
    "SegResNet": {
        "name": "SegResNet",
        "spatial_dims": 3,
        "in_channels": 4,
        "out_channels": 3,
        "init_filters": 8,
        "blocks_down": [1, 1, 1],
        "blocks_up": [1, 1],
    },
}
TURN = np.deg2rad(20)
DIRECTION = (
    *(np.cos(TURN), -np.sin(TURN), 0.0),
    *(-np.sin(TURN), -np.cos(TURN), 0.0),
    *(0.0, 0.0, 1.0),
)
"""Turned, and with the patient's back first: not the network's own axes."""

GRID = Grid((52, 60, 48), (1.1, 1.0, 1.3), (-20.0, 35.0, -12.0), DIRECTION)
LANDMARK_MM = GRID.position(np.array([[30, 24, 28]]))[0]


def positions():
    indices = np.stack(np.meshgrid(*(np.arange(n) for n in GRID.size), indexing="ij"), axis=-1)
    return GRID.position(indices.reshape(-1, 3)).reshape(*GRID.size, 3).transpose(2, 1, 0, 3)


@pytest.fixture(scope="module")
def study():
    """A ball of brain with a bright landmark, on an oblique grid."""
    rng = np.random.default_rng(3)
    middle = GRID.position((np.array(GRID.size)[None] - 1) / 2)[0]
    brain = np.linalg.norm(positions() - middle, axis=-1) < 25
    spot = np.linalg.norm(positions() - LANDMARK_MM, axis=-1) < 6
    images = {}
    for number, channel in enumerate(CHANNELS):
        values = 300 + 50 * number + rng.normal(0, 6, brain.shape) + 900 * spot
        images[channel] = GRID.place(np.where(brain, values, 0).astype(np.float32))
    return check_study(images, "t1c")


@pytest.fixture(scope="module", params=list(ARCHITECTURES))
def scan(request, study):
    import torch

    torch.manual_seed(4)
    architecture = ARCHITECTURES[request.param]
    network = build_network(architecture).eval()
    manifest = Manifest("a", "A", "", architecture, 2.0, "a.pt", "0" * 64, "", "")
    return open_scan(study, Model(manifest, network), "cpu")


def assert_same_place(image, source):
    assert image.GetSize() == source.GetSize()
    assert image.GetSpacing() == source.GetSpacing()
    assert image.GetOrigin() == source.GetOrigin()
    assert image.GetDirection() == source.GetDirection()


def test_layers_have_names_of_their_own_and_lie_about_the_scan(scan):
    names = [layer.name for layer in scan.layers]
    assert len(names) == len(set(names)) >= 8
    assert {layer.kind for layer in scan.layers} >= {"convolution", "block"}
    assert names[-1].endswith("output")
    assert scan.layers[-1].channels == 3
    coarsest = max(max(layer.stride) for layer in scan.layers)
    assert coarsest == 4
    for layer in scan.layers:
        # Its voxels cover the scan: what has been through the bottom and up again is off by no more
        # than half of a voxel there.
        assert np.all(np.abs(layer.offset) <= coarsest / 2)


def test_a_feature_map_lies_where_its_source_does(scan, study):
    for layer in scan.layers[:: max(len(scan.layers) // 5, 1)]:
        found = feature_volume(scan, layer.path, layer.channels - 1)
        assert_same_place(found.image, study.images["t1c"])
        values = sitk.GetArrayFromImage(found.image)
        assert np.all(values[~scan.brain] == 0)
        assert abs(np.median(values[scan.brain])) < 1e-5
    assert len(thumbnails(scan, np.ones((2, 9, 9, 9)), scan.layers[0])) == 2


def test_a_landmark_stays_in_its_place_at_every_layer(scan, study):
    """A layer's answer to the landmark alone has its centre where the landmark is."""
    import torch

    place = scan.prepared.preparation.working
    shape = scan.prepared.brain.shape
    index = np.rint((LANDMARK_MM - np.array(place.origin)) / np.array(place.spacing)).astype(int)
    centre = place.position(index[None])[0]
    for layer in scan.layers:
        stride = np.array(layer.stride[::-1])
        blob = np.zeros(shape, np.float32)
        z, y, x = np.indices(shape)
        away = (x - index[0]) ** 2 + (y - index[1]) ** 2 + (z - index[2]) ** 2
        blob = np.exp(-away / (2 * 2.5**2)).astype(np.float32)
        # What a layer with this stride and offset holds of the blob.
        grid = [
            np.arange(int(np.ceil(n / s)) + 1) * s + o
            for n, s, o in zip(shape, layer.stride, layer.offset, strict=True)
        ]
        corners = torch.from_numpy(np.stack(np.meshgrid(*grid, indexing="ij"))).numpy()
        from scipy.ndimage import map_coordinates

        coarse = map_coordinates(blob, corners, order=1)
        image = scan.to_reference(coarse, layer)
        weights = sitk.GetArrayFromImage(image)
        found = (positions() * weights[..., None]).sum(axis=(0, 1, 2)) / weights.sum()
        assert np.linalg.norm(found - centre) < 0.35 * stride.max() * place.spacing[0]


def test_where_a_layers_voxels_lie_is_what_the_network_says(study):
    """Moving the scan by a layer's stride moves its map by one voxel, about the told places."""
    import torch

    torch.manual_seed(0)
    for name in ("UNet", "DynUNet", "SegResNet"):
        network = build_network(ARCHITECTURES[name]).eval()
        for parameter in network.parameters():
            parameter.data.abs_()
        from ELMEDPlaygroundLib.scan.layers import layers_of

        layers = [layer for layer in layers_of(network, 4, 4, 1.0) if layer.kind == "convolution"]
        layer = max(layers[:8], key=lambda layer: max(layer.stride))
        image = torch.zeros((1, 4, 32, 32, 32), requires_grad=True)
        caught = []
        handle = network.get_submodule(layer.path).register_forward_hook(
            lambda _m, _i, output, caught=caught: caught.append(output)
        )
        network(image)
        handle.remove()
        middle = [n // 2 for n in caught[0].shape[2:]]
        caught[0][0, 0, middle[0], middle[1], middle[2]].backward()
        sensed = image.grad[0].abs().sum(dim=0).numpy()
        z = np.indices(sensed.shape)
        centre = (z * sensed).sum(axis=(1, 2, 3)) / sensed.sum()
        told = np.array(layer.offset) + np.array(layer.stride) * middle
        assert np.abs(centre - told).max() < 0.6 * max(layer.stride), name


def test_grad_cam_of_a_segment_and_of_a_region(scan, study):
    spot = np.linalg.norm(positions() - LANDMARK_MM, axis=-1) < 6
    segment = GRID.place(spot.astype(np.uint8))
    shown = 0
    for layer in scan.layers[:: max(len(scan.layers) // 4, 1)]:
        try:
            found = grad_cam(scan, layer.path, "TC", segment)
        except InputError as error:  # an untrained layer may speak against everything
            assert "speaks for" in str(error)  # noqa: PT017 - what it says is what matters
            continue
        shown += 1
        assert_same_place(found.image, study.images["t1c"])
        values = sitk.GetArrayFromImage(found.image)
        assert 0 <= values.min() <= values.max() == pytest.approx(1.0)
        assert 0 <= found.share_inside <= 1
    assert shown > 0
    assert all(parameter.requires_grad for parameter in scan.network.parameters())
    far = GRID.place(np.zeros(spot.shape, np.uint8))
    with pytest.raises(InputError, match="no voxel"):
        grad_cam(scan, scan.layers[0].path, "WT", far)


def test_a_contrast_removed_is_as_if_it_had_never_been_there(scan, study):
    from ELMEDSegmentLib.inference import predict

    found = remove_contrast(scan, "flair")
    for image in (found.before, found.after, found.difference):
        assert_same_place(image, study.images["t1c"])
    assert [change.region for change in found.changes] == ["WT", "TC", "ET"]
    zeroed = scan.prepared.array.copy()
    zeroed[3] = 0
    manifest = scan.model.manifest
    expected = predict(scan.model.network, manifest.architecture, zeroed)
    before = predict(scan.model.network, manifest.architecture, scan.prepared.array)
    rise = scan.prepared.preparation.to_brain(expected[0] - before[0])
    inside = sitk.GetArrayFromImage(found.difference)
    assert np.abs(inside).max() == pytest.approx(np.abs(rise).max(), abs=1e-5)
    for change in found.changes:
        assert 0 <= change.dice <= 1


def test_what_there_is_not_is_said(scan):
    with pytest.raises(InputError, match="no channel"):
        feature_volume(scan, scan.layers[0].path, 999)
    with pytest.raises(InputError, match="no such layer"):
        feature_volume(scan, "nowhere", 0)
    with pytest.raises(InputError, match="does not know the region"):
        grad_cam(scan, scan.layers[0].path, "XX")
    with pytest.raises(InputError, match="does not take"):
        remove_contrast(scan, "pet")
