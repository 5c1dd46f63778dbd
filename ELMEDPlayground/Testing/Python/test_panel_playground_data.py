"""Every kind of data, network and setting, chosen in the panel and trained with by the worker."""

from __future__ import annotations

import gzip
import struct
from dataclasses import replace

import numpy as np
import pytest
import SimpleITK as sitk

from host.playground_bench import page

pytest.importorskip("torch", reason="PyTorch is not installed")

NAME = "ELMEDPlayground"
SHAPE = (44, 48, 46)
SPACING_MM = 2.5
INSIDE = {"circles", "xor", "gaussians", "spiral", "moons", "digits", "shapes", "cifar-like"}
"""The kinds that need nothing of the user's."""

SMALL = [{"kind": "dense", "neurons": 4, "activation": "relu"}]


def settled(host, bench):
    """Wait until the experiment is there and all questions are answered."""
    host.wait_until(lambda: bench.summary is not None, 120)
    host.wait_until(lambda: not bench.laboratory.busy, 120)


def learns(host, panel, bench):
    """Press Step, and tell whether the network has made a step with a loss."""
    settled(host, bench)
    before = bench.latest["step"]
    panel.ui.stepButton.click()
    settled(host, bench)
    assert panel.ui.readinessLabel.text == ""
    return bench.latest["step"] == before + 1 and bench.latest["numbers"]["train_loss"] > 0


def choose_kind(panel, kind):
    data = page(panel, "Data")
    data.kindCombo.setCurrentIndex(data.kindCombo.findData(kind))
    return data


def test_every_kind_of_data_that_comes_along_is_learnt_from(host, panel, bench):
    bench.change(network={"layers": SMALL})
    offered = {
        page(panel, "Data").kindCombo.itemData(row)
        for row in range(page(panel, "Data").kindCombo.count)
    }
    assert offered == INSIDE | {"drawn", "mnist"}
    for kind in sorted(INSIDE):
        data = choose_kind(panel, kind)
        settled(host, bench)
        assert bench.summary["data"] == kind
        assert learns(host, panel, bench), kind
        assert "held out" in data.summaryLabel.text


def write_idx(folder, part, images, labels):
    """Write a part in MNIST's format: the images packed, the classes not."""
    shape = struct.pack(">3I", *images.shape)
    with gzip.open(folder / f"{part}-images-idx3-ubyte.gz", "wb") as file:
        file.write(bytes([0, 0, 8, 3]) + shape + images.tobytes())
    header = bytes([0, 0, 8, 1]) + struct.pack(">I", len(labels))
    (folder / f"{part}-labels-idx1-ubyte").write_bytes(header + labels.tobytes())


def test_mnist_files_are_read_from_a_folder_and_damaged_ones_are_told(host, panel, bench, tmp_path):
    rng = np.random.default_rng(0)
    for part, count in (("train", 60), ("t10k", 40)):
        labels = (np.arange(count) % 3).astype(np.uint8)
        images = rng.integers(0, 60, (count, 28, 28)).astype(np.uint8)
        for number, label in enumerate(labels):
            images[number, :, 4 + 9 * label : 9 + 9 * label] += 150
        write_idx(tmp_path, part, images, labels)
    bench.change(network={"layers": SMALL})
    data = choose_kind(panel, "mnist")
    assert panel.ui.readinessLabel.text == "Choose the folder with the MNIST files."
    data.folderLine.currentPath = str(tmp_path)
    settled(host, bench)
    assert bench.summary["input_shape"] == [1, 28, 28]
    assert bench.summary["classes"] == ["0", "1", "2"]
    # The files say what is for the test: no image of the one is in the other.
    assert (bench.summary["train"], bench.summary["test"]) == (60, 40)
    assert learns(host, panel, bench)

    labels_file = tmp_path / "t10k-labels-idx1-ubyte"
    labels_file.write_bytes(labels_file.read_bytes()[:-5])
    panel.ui.resetButton.click()
    host.wait_until(lambda: panel.ui.readinessLabel.text, 60)
    assert "cut, or its sizes are wrong" in panel.ui.readinessLabel.text
    assert host.dialogs == []


def test_points_drawn_by_hand_are_learnt_from(host, panel, bench):
    import qt
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtTest import QTest

    from host.pythonqt import unwrap

    data = choose_kind(panel, "drawn")
    # What somebody drew before, in this panel, is still there.
    data.padRow.findChild(qt.QPushButton, "drawnClearButton").click()
    pad = unwrap(data.pad)
    for label, corner in ((0, 40), (1, 190)):
        data.classCombo.setCurrentIndex(label)
        for right in range(0, 30, 6):
            QTest.mouseClick(pad, Qt.MouseButton.LeftButton, pos=QPoint(corner + right, corner))
    settled(host, bench)
    assert bench.summary["data"] == "drawn"
    assert bench.summary["train"] + bench.summary["test"] == 10
    assert learns(host, panel, bench)


@pytest.mark.parametrize(
    ("preset", "parameters", "shapes"),
    [
        ("lab-dense", 49_338, [(3, 32, 32), (3072,), (16,), (10,)]),
        ("lab-conv", 182_660, [(3, 32, 32), (100, 28, 28), (100, 14, 14), (50, 10, 10)]),
    ],
)
def test_the_networks_of_the_lab_are_presets(host, panel, bench, preset, parameters, shapes):
    network = page(panel, "Network")
    network.presetCombo.setCurrentIndex(network.presetCombo.findData(preset))
    network._presetChosen()
    settled(host, bench)
    assert f"{parameters:,}" in network.totalLabel.text
    drawn = [tuple(column.shape) for column in network.drawing.columns]
    assert drawn[: len(shapes)] == shapes
    assert learns(host, panel, bench)


def test_optimiser_loss_and_what_changes_on_the_run(host, panel, bench):
    training = page(panel, "Training")
    inputs = training.form.inputs
    for name, values in (
        ("optimiser", ("sgd", "momentum", "adam")),
        ("loss", ("squared_error", "cross_entropy")),
    ):
        for value in values:
            inputs[name].setCurrentIndex(inputs[name].findData(value))
            settled(host, bench)
            assert bench.summary["settings"][name] == value
            assert learns(host, panel, bench)
    rested = bench.latest["step"]
    for name, text in (("learning_rate", "0.003"), ("batch", "7"), ("weight_decay", "0.01")):
        inputs[name].setText(text)
        training.form._typed(training.form.fields[name], text)
        assert learns(host, panel, bench)
        assert bench.spec["settings"][name] == float(text)
    assert bench.latest["step"] == rested + 3
    assert bench.latest["numbers"]["learning_rate"] == 0.003


def test_every_field_for_a_number_says_what_is_allowed(panel):
    from ELMEDPlaygroundWidgets.form import Number

    forms = [
        *page(panel, "Data").forms.values(),
        *page(panel, "Network").forms.values(),
        page(panel, "Training").form,
        page(panel, "Training").criterion,
        page(panel, "Scan").learning.form,
    ]
    tried = 0
    for form in forms:
        for name, field in form.fields.items():
            if not isinstance(field, Number):
                continue
            for text in (f"{field.high + 1:g}1", "abc", "nan", "1.5" if field.whole else "--"):
                form.inputs[name].setText(text)
                form._typed(field, text)
                assert panel.ui.readinessLabel.text == field.allowed, (name, text)
                assert field.allowed in form.inputs[name].toolTip
                assert form.values[name] != text
                tried += 1
            form.inputs[name].setText(f"{field.default:g}")
            form._typed(field, f"{field.default:g}")
    assert tried >= 4 * 40


# The scan that is open


def ball(seed):
    """A head with three tissues and a bright lump, and where the lump is, (z, y, x)."""
    rng = np.random.default_rng(seed)
    z, y, x = (np.indices(SHAPE) - np.array(SHAPE)[:, None, None, None] / 2) * SPACING_MM
    brain = z**2 + y**2 + x**2 < 50**2
    lump = (z - 4) ** 2 + (y + 8) ** 2 + (x - 12) ** 2 < 22**2
    tissue = 300 * (z**2 + y**2 + x**2 < 40**2) + 300 * (abs(x) < 16)
    values = 200 + tissue + 500 * lump + rng.normal(0, 15, SHAPE)
    return np.where(brain, values, 0).astype(np.float32), brain & lump


@pytest.fixture
def heads(panel, slicer):
    """Two volumes, and a segment in the first one."""
    from ELMEDLib.bridge.glioma import GLIOMA_SEGMENTS
    from ELMEDLib.bridge.segmentations import setSegments
    from ELMEDPlaygroundWidgets import scan_nodes

    nodes, lumps = [], []
    for seed in (1, 2):
        values, lump = ball(seed)
        image = sitk.GetImageFromArray(values)
        image.SetSpacing((SPACING_MM,) * 3)
        nodes.append(scan_nodes.putVolume(f"head {seed} T1", image))
        lumps.append(lump)
    labels = sitk.GetImageFromArray(lumps[0].astype(np.uint8))
    labels.SetSpacing((SPACING_MM,) * 3)
    kind = replace(GLIOMA_SEGMENTS[0], label=1, identifier="lump", name="tumour")
    segmentation = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "found")
    setSegments(segmentation, labels, [kind], nodes[0])
    return nodes, (segmentation, "lump")


def test_the_loaded_volume_is_learnt_from_by_plane_tissue_and_segment(host, panel, bench, heads):
    nodes, segment = heads
    section = page(panel, "Scan")
    section.enter()
    learning = section.learning
    learning.form.show({"patch": 8, "spacing_mm": 2.5, "gap_mm": 5.0, "count": 120})

    def learn(task, split, count):
        for number, node in enumerate(nodes):
            combo = learning.volumesCombo
            (combo.check if number < count else combo.uncheck)(node)
        apart = "subjects" if split == "subjects" else "channels"
        learning.togetherCombo.setCurrentIndex(learning.togetherCombo.findData(apart))
        learning.form.values.update(task=task, split=split)
        learning.button.click()
        host.wait_until(lambda: not section.work.running, 60)
        assert "begun anew" in section.work.statusLabel.text, section.work.statusLabel.text
        settled(host, bench)
        assert bench.summary["data"] == "scan"
        assert learns(host, panel, bench)
        return bench.summary

    assert learn("plane", "blocks", 1)["classes"] == ["axial", "coronal", "sagittal"]
    assert len(learn("tissue", "blocks", 1)["classes"]) == 3
    learning.segmentCombo.choose(*segment)
    assert learn("segment", "blocks", 1)["classes"] == ["elsewhere", "tumour"]
    by_subject = learn("plane", "subjects", 2)
    assert bench.spec["data"]["split"] == "subjects"
    assert len(bench.spec["data"]["subjects"]) == 2
    assert min(by_subject["train"], by_subject["test"]) > 20


def test_what_cannot_be_learnt_from_a_scan_is_said(panel, bench, heads):
    section = page(panel, "Scan")
    section.enter()
    for node in heads[0]:
        section.learning.volumesCombo.uncheck(node)
    section.learning.button.click()
    assert section.work.statusLabel.text == "Check at least one volume to learn from."
