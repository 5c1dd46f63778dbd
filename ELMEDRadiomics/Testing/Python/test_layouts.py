"""Tables of features, a row for each patient, as files and from the command line."""

from __future__ import annotations

import csv
import json

import pytest
import SimpleITK as sitk
from openpyxl import load_workbook

from ELMEDLib.command import main
from ELMEDLib.errors import InputError
from ELMEDRadiomicsLib.layouts import PATIENT, wide_titles
from ELMEDRadiomicsLib.map_settings import has_map, image_type_of, map_settings
from ELMEDRadiomicsLib.results import Feature
from ELMEDRadiomicsLib.writing import read_extraction, write_extraction


@pytest.fixture(scope="module")
def found(cases, tmp_path_factory):
    """The command's long JSON and wide CSV of the same study."""
    folder = tmp_path_factory.mktemp("layouts")
    labels = cases.blob(0, (9, 10, 11))
    labels[:, 5:] *= 2
    sitk.WriteImage(cases.placed(labels), str(folder / "seg.nii.gz"))
    sitk.WriteImage(cases.placed(cases.scan(1, (9, 10, 11))), str(folder / "t1c.nii.gz"))
    words = ["radiomics", f"t1c={folder / 't1c.nii.gz'}", "--mask", str(folder / "seg.nii.gz")]
    assert main([*words, "-o", str(folder / "long.json")]) == 0
    wide = ["--layout", "wide", "--patient", "P-7", "-o", str(folder / "wide.csv")]
    assert main([*words, *wide]) == 0
    return folder, read_extraction(folder / "long.json")


def test_the_wide_table_has_one_row_with_every_value(found):
    folder, extraction = found
    with (folder / "wide.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))

    assert len(rows) == 1
    row = rows[0]
    assert row.pop(PATIENT) == "P-7"
    expected = {f"{f.image}_{f.segment}_{f.name}": f.value for f in extraction.features}
    assert {title: float(value) for title, value in row.items()} == pytest.approx(expected)
    columns = json.loads((folder / "wide.settings.json").read_text())["columns"]
    volume = next(
        entry for entry in columns if entry["column"] == "t1c_label 1_original_shape_MeshVolume"
    )
    assert (volume["unit"], volume["ibsi"], volume["engine"]) == ("mm3", "RNU0", "elmed")


@pytest.mark.parametrize("layout", ["long", "wide"])
def test_numbers_are_numbers_in_a_workbook(found, tmp_path, layout):
    _, extraction = found
    write_extraction(extraction, tmp_path / "a.xlsx", layout, "P-7")
    sheets = load_workbook(tmp_path / "a.xlsx")
    rows = list(sheets["features"].values)

    if layout == "wide":
        assert rows[1][0] == "P-7"
        values = rows[1][1:]
        assert len(list(sheets["columns"].values)) == len(extraction.features) + 1
    else:
        place = rows[0].index("value")
        values = [row[place] for row in rows[1:]]
    assert all(isinstance(value, (int, float)) for value in values)
    assert list(values) == pytest.approx([f.value for f in extraction.features])


def test_equal_titles_are_told_apart():
    one = Feature("t1", "a_b", 1, "c", 1.0, "", "", "elmed")
    other = Feature("t1_a", "b", 2, "c", 2.0, "", "", "elmed")

    assert wide_titles([one, other]) == ["t1_a_b_c", "t1_a_b_c_2"]


def test_an_unknown_layout_is_refused(found, tmp_path):
    with pytest.raises(InputError, match="'tall' is no layout"):
        write_extraction(found[1], tmp_path / "a.csv", "tall")


def test_a_map_is_asked_for_one_feature_of_one_image_type():
    parameters = {"imageType": {"Original": {}, "LoG": {"sigma": [2.0]}, "Wavelet": {}}}

    assert map_settings(parameters, "log-sigma-2-0-mm-3D_glcm_Contrast") == {
        "imageType": {"LoG": {"sigma": [2.0]}},
        "featureClass": {"glcm": ["Contrast"]},
    }
    assert image_type_of("wavelet-HHL_firstorder_Mean") == "Wavelet"
    assert image_type_of("squareroot_firstorder_Mean") == "SquareRoot"
    assert image_type_of("lbp-2D_firstorder_Mean") == "LBP2D"
    assert has_map("original_glcm_Contrast")
    assert not has_map("original_shape_MeshVolume")
    with pytest.raises(InputError, match="has no map"):
        map_settings(parameters, "original_shape_MeshVolume")
