"""Burden of label maps: volumes, measurable lesions, targets, planes, and the command line."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
import SimpleITK as sitk

from ELMEDLib.command import main
from ELMEDLib.errors import InputError
from ELMEDRadiomicsLib.burden.label_map import label_map
from ELMEDRadiomicsLib.burden.measure import measure_burden
from ELMEDRadiomicsLib.burden.options import BurdenOptions
from ELMEDRadiomicsLib.burden.results import Burden
from ELMEDRadiomicsLib.burden.service import burden_files
from ELMEDRadiomicsLib.reading import read_volume


def boxes(*sizes, spacing=(1.0, 1.0, 1.0), value=3):
    """Boxes (x, y, z voxels) of tumour in a row, apart from each other."""
    labels = np.zeros((30, 30, 30 * len(sizes)), np.uint8)
    for number, (x, y, z) in enumerate(sizes):
        labels[3 : 3 + z, 3 : 3 + y, 30 * number + 3 : 30 * number + 3 + x] = value
    image = sitk.GetImageFromArray(labels)
    image.SetSpacing(spacing)
    return image


def enhancing(image, **options):
    found = measure_burden(image, BurdenOptions(**options))
    return [lesion for lesion in found.lesions if lesion.kind == "enhancing"]


def test_volumes_and_the_largest_diameter_are_exact():
    found = measure_burden(boxes((10, 6, 4), spacing=(0.5, 1.0, 2.0)))
    regions = {region.name: region for region in found.regions}

    assert regions["Enhancing tumour"].volume_ml == pytest.approx(10 * 6 * 4 / 1000)
    assert regions["Whole tumour"].voxels == regions["Tumour core"].voxels == 240
    assert regions["Oedema"].diameter_mm == 0
    # Between the borders of voxels: one of the three sides is a voxel longer than the others.
    assert regions["Enhancing tumour"].diameter_mm == pytest.approx(np.hypot(8, np.hypot(5, 4.5)))


@pytest.mark.parametrize(
    ("size", "spacing", "measurable"),
    [
        ((20, 10, 4), (1.0, 1.0, 1.0), True),
        ((20, 9, 4), (1.0, 1.0, 1.0), False),
        ((20, 10, 1), (1.0, 1.0, 1.0), False),
        ((20, 12, 4), (1.0, 1.0, 5.0), True),
        ((20, 10, 4), (1.0, 1.0, 6.5), False),
        ((20, 14, 4), (1.0, 1.0, 6.5), True),
    ],
)
def test_both_sides_of_what_is_measurable(size, spacing, measurable):
    lesion = enhancing(boxes(size, spacing=spacing), rule="product")[0]

    assert lesion.measurable is measurable, lesion.why
    assert lesion.why


def test_the_three_largest_measurable_lesions_are_the_targets():
    sizes = [(12, 12, 4), (22, 16, 4), (14, 14, 4), (20, 20, 4), (24, 5, 20)]
    lesions = enhancing(boxes(*sizes), rule="product")
    targets = [lesion for lesion in lesions if lesion.target]
    burden = measure_burden(boxes(*sizes), BurdenOptions(rule="product"))

    assert sorted(round(lesion.volume_ml, 3) for lesion in targets) == [0.784, 1.408, 1.6]
    total = sum(lesion.product.product_mm2 for lesion in targets)
    assert burden.sum_of("enhancing").product_mm2 == pytest.approx(total)
    assert burden.sum_of("enhancing").measurable == 4


def test_small_pieces_are_counted_not_listed():
    image = boxes((12, 12, 4), (3, 3, 3))
    found = measure_burden(image)

    assert [lesion.name for lesion in found.lesions if lesion.kind == "enhancing"] == [
        "Enhancing 1"
    ]
    assert found.sum_of("enhancing").pieces == 1
    assert found.sum_of("enhancing").pieces_ml == pytest.approx(0.027)


@pytest.mark.parametrize(
    ("plane", "sides"), [("axial", (24, 16)), ("coronal", (24, 8)), ("sagittal", (16, 8))]
)
def test_diameters_lie_in_the_plane_that_was_asked_for(plane, sides):
    """The grid is turned: its slices are stacked along the patient's left-right axis."""
    labels = np.zeros((30, 14, 22), np.uint8)  # z, y, x of the array
    labels[3:27, 3:11, 3:19] = 3
    image = sitk.GetImageFromArray(labels)
    # x of the array runs to the back, y upwards, z to the left.
    image.SetDirection((0, 0, 1, 1, 0, 0, 0, 1, 0))
    lesion = enhancing(image, plane=plane)[0]
    long, short = sides

    assert lesion.classic.longest.length_mm == pytest.approx(np.hypot(long, short), abs=1.0)
    axis = {"sagittal": 0, "coronal": 1, "axial": 2}[plane]
    for line in (lesion.classic.longest, lesion.classic.perpendicular):
        assert line.start[axis] == pytest.approx(line.end[axis])


def test_the_plane_of_acquisition_is_across_the_thickest_side():
    image = boxes((20, 18, 6), spacing=(1.0, 4.0, 1.0))
    line = enhancing(image, plane="acquired")[0].classic.longest

    assert line.start[1] == pytest.approx(line.end[1])
    with pytest.raises(InputError, match="no plane 'oblique'"):
        measure_burden(image, BurdenOptions(plane="oblique"))


def test_the_thickness_is_that_of_the_slices_the_lines_lie_in():
    """A scan in sagittal slices has its thick side from left to right."""
    image = boxes((16, 12, 5))
    image.SetSpacing((1.0, 1.0, 6.0))
    image.SetDirection((0, 0, 1, 1, 0, 0, 0, 1, 0))
    for plane, thickness in (("axial", 1.0), ("sagittal", 6.0), ("acquired", 6.0)):
        found = measure_burden(image, BurdenOptions(plane=plane))
        assert found.thickness_mm == thickness
        assert Burden.from_json(found.as_json()).thickness_mm == thickness


def test_a_burden_survives_its_way_through_json():
    found = measure_burden(boxes((12, 14, 5), (20, 6, 5)))

    assert Burden.from_json(json.loads(json.dumps(found.as_json()))) == found


def test_segments_on_grids_of_their_own_make_one_label_map():
    fine = sitk.GetImageFromArray(np.ones((8, 8, 8), np.uint8))
    fine.SetSpacing((0.5, 0.5, 0.5))
    fine.SetOrigin((10.25, 10.25, 10.25))
    coarse = sitk.GetImageFromArray(np.ones((6, 6, 6), np.uint8))
    coarse.SetSpacing((2.0, 2.0, 2.0))
    coarse.SetOrigin((7.0, 7.0, 7.0))
    found = label_map({"enhancing": fine, "oedema": coarse})
    array = sitk.GetArrayFromImage(found)

    assert found.GetSpacing() == fine.GetSpacing()
    assert (array == 3).sum() / 8 == pytest.approx(8**3 / 8)
    assert (array > 0).sum() / 8 == pytest.approx(6**3 * 8)


def test_the_command_line_measures_and_writes(tmp_path, capsys):
    path = tmp_path / "seg.nii.gz"
    sitk.WriteImage(boxes((16, 12, 5), value=4), str(path))
    for name in ("out.csv", "out.json"):
        arguments = [str(path), "--enhancing", "4", "-o", str(tmp_path / name)]
        assert main(["--quiet", "burden", *arguments]) == 0

    assert "Sum of products, enhancing" in capsys.readouterr().out
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["Lesion"] for row in rows] == ["Enhancing 1", "T2/FLAIR 1"]
    assert json.loads((tmp_path / "out.json").read_text())["lesions"][0]["measurable"]
    labels = sitk.ReadImage(str(path))
    labels[0, 0, 0] = 9
    sitk.WriteImage(labels, str(path))
    assert main(["--quiet", "burden", str(path), "--enhancing", "4"]) == 0
    assert "were left out (9)" in capsys.readouterr().out
    assert main(["--quiet", "burden", str(path)]) == 1
    assert "holds no tumour" in capsys.readouterr().err
    assert main(["--quiet", "burden", str(path), "--enhancing", "4", "--core", "4"]) == 1
    assert "label 4 is given for two parts" in capsys.readouterr().err
    assert main(["--quiet", "burden", str(path), "--atlas-names", "names.txt"]) == 1
    assert "but no atlas" in capsys.readouterr().err


def test_options_that_mean_nothing_are_refused(tmp_path):
    path = tmp_path / "seg.nrrd"
    sitk.WriteImage(boxes((12, 12, 4)), str(path))
    for options, message in (
        ({"rule": "new"}, "no rule 'new'"),
        ({"colour": 1}, "no option"),
        ({"targets": 0}, "no targets"),
        ({"targets": -1}, "no targets"),
    ):
        with pytest.raises(InputError, match=message):
            burden_files({"labels": str(path), "options": options})


def test_files_that_are_no_volume_are_refused_and_nan_counts_as_nothing(tmp_path):
    labels = boxes((12, 12, 4))
    files = {
        "series": sitk.JoinSeries([labels, labels]),
        "colours": sitk.Compose([labels] * 3),
        "known": sitk.Cast(labels, sitk.sitkFloat32),
    }
    array = sitk.GetArrayFromImage(files["known"])
    array[array == 0] = np.nan
    files["nan"] = sitk.GetImageFromArray(array)
    paths = {name: str(tmp_path / f"{name}.nrrd") for name in files}
    for name, image in files.items():
        sitk.WriteImage(image, paths[name])

    for name, has in (("series", "4 dimensions"), ("colours", "3 values a voxel")):
        for given in ({"labels": paths[name]}, {"labels": paths["known"], "image": paths[name]}):
            with pytest.raises(InputError, match=has):
                burden_files(given)
    # Programs that strip the skull write NaN around the brain.
    for name in ("known", "nan"):
        found = burden_files({"labels": paths[name]})["burden"]["regions"]
        assert found[0]["voxels"] == 12 * 12 * 4
    array = np.random.default_rng(0).normal(100, 9, (30, 30, 30)).astype(np.float32)
    array[:4] = np.nan
    sitk.WriteImage(sitk.GetImageFromArray(array), paths["nan"])
    zero = sitk.GetArrayFromImage(read_volume(paths["nan"]))
    assert not zero[:4].any()
    assert np.array_equal(zero[4:], array[4:])


def test_real_tumours_are_measured_with_lines_in_their_world(shared_data):
    study = shared_data / "glioma" / "msd-brats-001"
    labels = sitk.ReadImage(str(next(study.glob("*seg*"))))
    found = measure_burden(labels)
    lesion = found.lesions[0]
    for point in (lesion.classic.longest.start, lesion.classic.longest.end):
        index = labels.TransformPhysicalPointToContinuousIndex(point)
        near = [
            labels[tuple(round(i + d) for i, d in zip(index, (dx, dy, 0), strict=True))]
            for dx in (-0.6, 0, 0.6)
            for dy in (-0.6, 0, 0.6)
        ]
        assert 3 in near
    assert lesion.target
