"""The demonstration as a new user runs it, on the sample study, and what it leaves behind."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

pytest.importorskip("trame_slicer", reason="the demonstration needs Slicer's core packages")

from PIL import Image

from demo.command import main
from demo.scene import title_of
from ELMEDLib.bridge.glioma import GLIOMA_SEGMENTS
from ELMEDSegmentLib.labels import CHANNELS, REGIONS

PROJECT = Path(__file__).resolve().parents[2]
PLANES = ("axial", "sagittal", "coronal")

REOPEN = """
import json, sys
import vtk
from demo.scene import start_slicer
app = start_slicer()
opened = app.io_manager.load_scene(sys.argv[1])
def nodes(kind):
    found = app.scene.GetNodesByClass(kind)
    return [found.GetItemAsObject(i) for i in range(found.GetNumberOfItems())]
volumes = {n.GetName(): n.GetImageData().GetDimensions() for n in nodes("vtkMRMLScalarVolumeNode")}
(segmentation,) = nodes("vtkMRMLSegmentationNode")
segments = segmentation.GetSegmentation()
def terminology(segment):
    value = vtk.reference("")
    segment.GetTag(segment.GetTerminologyEntryTagName(), value)
    return value.get()
(table,) = nodes("vtkMRMLTableNode")
print(json.dumps({
    "opened": bool(opened),
    "volumes": volumes,
    "segments": [
        {"name": s.GetName(), "colour": s.GetColor(), "id": segments.GetNthSegmentID(i),
         "terminology": terminology(s),
         "voxels": s.GetRepresentation("Binary labelmap").GetNumberOfPoints()}
        for i, s in ((i, segments.GetNthSegment(i)) for i in range(segments.GetNumberOfSegments()))
    ],
    "background": {
        n.GetLayoutName(): app.scene.GetNodeByID(n.GetBackgroundVolumeID()).GetName()
        for n in nodes("vtkMRMLSliceCompositeNode")
    },
    "surfaces": segments.ContainsRepresentation("Closed surface"),
    "table": [[table.GetCellText(r, c) for c in range(table.GetNumberOfColumns())]
              for r in range(table.GetNumberOfRows())],
}))
"""


def run_demo(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "demo", *map(str, arguments)],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT / "Testing")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory):
    """What the demonstration printed, and the folder that it left."""
    folder = tmp_path_factory.mktemp("demo") / "out"
    done = run_demo("--output", folder)
    assert done.returncode == 0, done.stderr
    return done, folder


@pytest.fixture(scope="module")
def volumes(demonstration) -> dict[str, dict[str, str]]:
    """The rows of the table of volumes by code."""
    with (demonstration[1] / "volumes.csv").open(encoding="utf-8") as file:
        return {row["code"]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def labels(demonstration) -> sitk.Image:
    return sitk.ReadImage(str(demonstration[1] / "segmentation.seg.nrrd"))


def picture(folder: Path, name: str) -> np.ndarray:
    return np.asarray(Image.open(folder / "pictures" / f"{name}.png").convert("RGB")).astype(float)


def test_it_leaves_everything_and_nothing_half_made(demonstration):
    _, folder = demonstration
    names = {f"{plane}-{channel}" for plane in PLANES for channel in CHANNELS}
    names |= {"surfaces-front", "surfaces-side", "overview"}
    expected = {"segmentation.seg.nrrd", "scene.mrb", "volumes.csv", "report.json", "pictures"}
    assert {path.name for path in folder.iterdir()} == expected
    assert {path.stem for path in (folder / "pictures").iterdir()} == names


def test_it_ends_by_printing_the_volumes_and_where_to_look(demonstration, volumes):
    done, folder = demonstration
    printed = dict(re.findall(r"^  (\S.*?) {2,}.* ([\d.]+) ml$", done.stdout, re.MULTILINE))
    for row in volumes.values():
        # The table has a decimal place more.
        assert float(printed[row["region"]]) == pytest.approx(float(row["ml"]), abs=0.0051)
    assert str(folder / "scene.mrb") in done.stdout
    assert "Research use only" in done.stdout


def test_it_prints_no_noise(demonstration):
    assert demonstration[0].stderr == ""


def test_the_volumes_are_those_of_the_segmentation(labels, volumes):
    array = sitk.GetArrayFromImage(labels)
    millilitres = np.prod(labels.GetSpacing()) / 1000
    for kind in GLIOMA_SEGMENTS:
        row = volumes[f"label {kind.label}"]
        assert int(row["voxels"]) == (array == kind.label).sum()
    for region, values in REGIONS.items():
        count = np.isin(array, values).sum()
        assert int(volumes[region]["voxels"]) == count
        assert float(volumes[region]["ml"]) == pytest.approx(count * millilitres, abs=0.01)


def test_a_tumour_is_found_in_the_sample_study(volumes):
    assert float(volumes["WT"]["ml"]) > 1


def test_the_segmentation_lies_on_the_grid_of_the_contrast_enhanced_volume(labels, sample_study):
    reference = sitk.ReadImage(str(sample_study["t1c"]))
    assert labels.GetSize() == reference.GetSize()
    assert labels.GetSpacing() == pytest.approx(reference.GetSpacing(), abs=1e-5)
    assert labels.GetOrigin() == pytest.approx(reference.GetOrigin(), abs=1e-3)
    assert labels.GetDirection() == pytest.approx(reference.GetDirection(), abs=1e-5)


def test_the_report_names_the_model_and_holds_no_paths(demonstration):
    text = (demonstration[1] / "report.json").read_text(encoding="utf-8")
    assert json.loads(text)["model"]["name"]
    assert str(PROJECT) not in text


@pytest.fixture(scope="module")
def reopened(demonstration) -> dict:
    """What another process finds in the scene."""
    done = subprocess.run(
        [sys.executable, "-c", REOPEN, demonstration[1] / "scene.mrb"],
        env={**os.environ, "PYTHONPATH": str(PROJECT / "Testing")},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_the_scene_opens_again_with_the_four_volumes(reopened, sample_study):
    assert reopened["opened"]
    assert set(reopened["volumes"]) == {title_of(channel) for channel in CHANNELS}
    size = sitk.ReadImage(str(sample_study["t1"])).GetSize()
    assert all(tuple(dimensions) == size for dimensions in reopened["volumes"].values())


def test_the_scene_opens_again_with_named_coloured_and_coded_segments(reopened):
    assert [segment["id"] for segment in reopened["segments"]] == [
        kind.identifier for kind in GLIOMA_SEGMENTS
    ]
    for segment, kind in zip(reopened["segments"], GLIOMA_SEGMENTS, strict=True):
        assert segment["name"] == kind.name
        assert segment["colour"] == pytest.approx(kind.colour, abs=0.01)
        assert segment["terminology"] == kind.terminology
        assert segment["voxels"] > 0


def test_the_scene_opens_again_with_the_table_of_volumes(reopened, volumes):
    shown = {row[1]: row for row in reopened["table"]}
    assert set(shown) == set(volumes)
    for code, row in volumes.items():
        assert float(shown[code][2]) == pytest.approx(float(row["ml"]), abs=0.01)
        assert int(shown[code][3]) == int(row["voxels"])


def test_the_scene_opens_again_with_a_volume_in_each_of_slicers_views(reopened):
    assert set(reopened["background"]) == {"Red", "Yellow", "Green"}


def has_colour(pixels: np.ndarray, colour: tuple[float, float, float]) -> np.ndarray:
    """Return where pixels `(y, x, 3)` have the hue of a colour, whatever lies under it."""
    wanted = np.array(colour) - np.mean(colour)
    shown = pixels / 255 - (pixels / 255).mean(axis=2, keepdims=True)
    strength = np.linalg.norm(shown, axis=2)
    likeness = (shown @ wanted) / (np.linalg.norm(wanted) * np.maximum(strength, 1e-6))
    return (likeness > 0.9) & (strength > 0.08)


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("plane", PLANES)
def test_each_slice_shows_brain_and_tumour(demonstration, channel, plane):
    pixels = picture(demonstration[1], f"{plane}-{channel}")
    assert (pixels.max(axis=2) > 25).mean() > 0.15, "hardly any brain"
    assert (pixels.max(axis=2) < 10).mean() > 0.1, "the background is not black"
    coloured = sum(has_colour(pixels, kind.colour).sum() for kind in GLIOMA_SEGMENTS)
    assert coloured > 200, "hardly any tumour"


@pytest.mark.parametrize("plane", PLANES)
def test_no_slice_is_cut_off(demonstration, plane):
    bright = picture(demonstration[1], f"{plane}-t2").max(axis=2) > 60
    edges = (bright[:2], bright[-2:], bright[:, :2], bright[:, -2:])
    assert not any(edge.any() for edge in edges)


def test_anatomy_is_seen_through_the_segmentation(demonstration):
    _, folder = demonstration
    t1, t2 = picture(folder, "axial-t1"), picture(folder, "axial-t2")
    inside = np.zeros(t1.shape[:2], dtype=bool)
    for kind in GLIOMA_SEGMENTS:
        inside |= has_colour(t1, kind.colour) & has_colour(t2, kind.colour)
    assert np.abs(t1 - t2).max(axis=2)[inside].mean() > 5


def test_the_patients_right_is_on_the_left_of_the_picture(demonstration, labels):
    # Where the tumour lies is read from the segmentation; LPS: x grows towards the left.
    array = sitk.GetArrayFromImage(labels) > 0
    tumour = np.argwhere(array)[:, ::-1].mean(axis=0)
    middle = labels.TransformContinuousIndexToPhysicalPoint([s / 2 for s in labels.GetSize()])
    is_right = labels.TransformContinuousIndexToPhysicalPoint(tumour.tolist())[0] < middle[0]
    pixels = picture(demonstration[1], "axial-t1c")
    coloured = sum(has_colour(pixels, kind.colour) for kind in GLIOMA_SEGMENTS).astype(bool)
    on_the_left = np.argwhere(coloured)[:, 1].mean() < pixels.shape[1] / 2
    assert is_right == on_the_left


@pytest.mark.parametrize("name", ["surfaces-front", "surfaces-side"])
def test_surfaces_show_the_tumour_inside_the_brain(demonstration, name):
    pixels = picture(demonstration[1], name)
    coloured = sum(has_colour(pixels, kind.colour).sum() for kind in GLIOMA_SEGMENTS)
    assert coloured > 200
    assert (pixels.max(axis=2) > 15).mean() > 0.2


def test_the_overview_is_fit_for_a_page(demonstration):
    image = Image.open(demonstration[1] / "pictures" / "overview.png")
    assert image.width > image.height
    assert (demonstration[1] / "pictures" / "overview.png").stat().st_size < 2_000_000


def test_four_files_do_the_same(demonstration, volumes, sample_study, tmp_path):
    done = run_demo(*(sample_study[channel] for channel in CHANNELS), "--output", tmp_path)
    assert done.returncode == 0, done.stderr
    with (tmp_path / "volumes.csv").open(encoding="utf-8") as file:
        assert {row["code"]: row for row in csv.DictReader(file)} == volumes


def test_a_run_that_fails_keeps_the_last_results(demonstration, sample_study, tmp_path, capsys):
    results = tmp_path / "volumes.csv"
    results.write_text("the last results", encoding="utf-8")
    damaged = tmp_path / "t2.nii.gz"
    damaged.write_bytes(sample_study["t2"].read_bytes()[:5000])
    options = [f"--{c}={damaged if c == 't2' else sample_study[c]}" for c in CHANNELS]
    assert main([*options, f"--output={tmp_path}"]) == 1
    assert results.read_text(encoding="utf-8") == "the last results"
    assert {path.name for path in tmp_path.iterdir()} == {"volumes.csv", "t2.nii.gz"}
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_too_few_files_are_counted(tmp_path, capsys):
    assert main(["a.nii.gz", "b.nii.gz", f"--output={tmp_path / 'out'}"]) == 1
    assert "2 files were given, and four are needed" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_missing_options_are_named(tmp_path, capsys):
    assert main(["--t1=a.nii.gz", "--t2=b.nii.gz", f"--output={tmp_path / 'out'}"]) == 1
    assert "contrast-enhanced T1 and the FLAIR volume is missing" in capsys.readouterr().err


def test_a_missing_file_is_named(tmp_path, sample_study, capsys):
    files = [str(sample_study[c]) for c in ("t1", "t1c", "t2")]
    assert main([*files, str(tmp_path / "nowhere.nii.gz"), f"--output={tmp_path}"]) == 1
    assert "nowhere.nii.gz" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_named(tmp_path, capsys):
    (tmp_path / "file").touch()
    assert main([f"--output={tmp_path / 'file' / 'out'}"]) == 1
    assert "cannot be written" in capsys.readouterr().err
