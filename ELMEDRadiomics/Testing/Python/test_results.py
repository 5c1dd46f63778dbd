"""What an extraction says about itself, and the files that it is written to."""

import csv
import json
import math
import zipfile
from xml.etree import ElementTree

import pytest
import SimpleITK as sitk

from ELMEDLib.command import main
from ELMEDLib.errors import InputError, OutputError
from ELMEDRadiomicsLib.engine import extract
from ELMEDRadiomicsLib.presets import preset
from ELMEDRadiomicsLib.results import Feature
from ELMEDRadiomicsLib.settings import from_parameters
from ELMEDRadiomicsLib.tasks import TASKS
from ELMEDRadiomicsLib.workbook import MOST_COLUMNS, write_workbook
from ELMEDRadiomicsLib.writing import read_extraction, write_extraction

SHAPE = (9, 10, 11)


@pytest.fixture
def study(cases, tmp_path):
    """Two sequences and a mask of two segments, as files."""
    labels = cases.blob(0, SHAPE)
    labels[:, 5:] *= 2
    images = {"t1c": cases.scan(1, SHAPE), "flair": cases.scan(2, SHAPE, "noise")}
    paths = {}
    for name, array in {**images, "seg": labels}.items():
        paths[name] = str(tmp_path / f"{name}.nii.gz")
        sitk.WriteImage(cases.placed(array), paths[name])
    return paths


@pytest.fixture
def extraction(cases):
    case = next(cases.simulated_cases())
    return extract({"t1c": case.image}, case.mask, labels={1: "Core"})


def test_every_value_says_where_it_comes_from(extraction):
    volume = next(f for f in extraction.features if f.name == "original_shape_MeshVolume")
    assert (volume.image, volume.segment, volume.label) == ("t1c", "Core", 1)
    assert (volume.unit, volume.ibsi, volume.engine) == ("mm3", "RNU0", "elmed")
    assert {"elmed", "python", "numpy", "SimpleITK"} <= set(extraction.versions)
    assert extraction.options["profile"] == "pyradiomics"
    assert extraction.inputs["images"]["t1c"]["size"] == [15, 13, 11]
    assert extraction.inputs["mask"]["digest"]


def test_json_is_read_back_as_it_was(extraction, tmp_path):
    write_extraction(extraction, tmp_path / "a.json")
    assert read_extraction(tmp_path / "a.json") == extraction


def test_json_has_settings_versions_and_records(extraction, tmp_path):
    write_extraction(extraction, tmp_path / "a.json")
    content = json.loads((tmp_path / "a.json").read_text())
    assert {"settings", "versions", "features"} <= set(content)
    keys = {"image", "segment", "label", "name", "value", "unit", "ibsi", "engine"}
    assert all(set(record) == keys for record in content["features"])


def test_csv_holds_every_digit(extraction, tmp_path):
    path, beside = write_extraction(extraction, tmp_path / "a.csv")
    with path.open(newline="", encoding="utf-8") as file:
        rows = {row["name"]: float(row["value"]) for row in csv.DictReader(file)}
    assert rows == extraction.values()
    assert json.loads(beside.read_text())["versions"] == extraction.versions


def test_a_table_that_no_sheet_can_hold_is_refused(tmp_path):
    path = tmp_path / "wide.xlsx"
    write_workbook(path, {"features": [range(MOST_COLUMNS)]})
    with pytest.raises(OutputError, match="at most 16384 columns"):
        write_workbook(path, {"features": [range(MOST_COLUMNS + 1)]})


def test_workbook_holds_numbers_and_settings(extraction, tmp_path):
    extraction.features.append(Feature("<&>", "Core", 1, "x", math.nan, "", "", "elmed"))
    write_extraction(extraction, tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        trees = {name: ElementTree.fromstring(archive.read(name)) for name in archive.namelist()}  # noqa: S314
    main_sheet = trees["xl/worksheets/sheet1.xml"]
    numbers = [float(v.text) for v in main_sheet.iter() if v.tag.endswith("}v")]
    assert extraction.features[0].value in numbers
    assert "<&>" in [t.text for t in main_sheet.iter() if t.tag.endswith("}t")]
    assert len(trees["xl/workbook.xml"][0]) == 2


def test_unknown_extension_is_refused(extraction, tmp_path):
    with pytest.raises(InputError, match="features.txt"):
        write_extraction(extraction, tmp_path / "features.txt")


def test_command_writes_named_sequences_and_labels(study, tmp_path, capsys):
    out = tmp_path / "out.json"
    arguments = ["radiomics", f"t1c={study['t1c']}", study["flair"], "--mask", study["seg"]]
    assert main([*arguments, "--preset", "course", "-o", str(out)]) == 0
    found = json.loads(out.read_text())["features"]
    assert {(f["image"], f["label"]) for f in found} == {
        ("t1c", 1), ("t1c", 2), ("flair", 1), ("flair", 2),
    }  # fmt: skip
    assert str(len(found)) in capsys.readouterr().out


def test_command_repeats_an_earlier_result(study, tmp_path):
    first, second = tmp_path / "a.json", tmp_path / "b.json"
    arguments = ["radiomics", f"t1c={study['t1c']}", "--mask", study["seg"], "--label", "2"]
    assert main([*arguments, "--preset", "course", "--profile", "ibsi", "-o", str(first)]) == 0
    assert main([*arguments, "--settings", str(first), "-o", str(second)]) == 0
    one, two = read_extraction(first), read_extraction(second)
    assert one.features == two.features
    assert one.options == two.options


def test_command_says_what_is_wrong(study, tmp_path, capsys):
    arguments = ["radiomics", study["t1c"], "--mask", study["seg"], "-o", str(tmp_path / "a.csv")]
    assert main([*arguments, "--label", "9"]) == 1
    assert "Label 9" in capsys.readouterr().err
    assert not (tmp_path / "a.csv").exists()


def test_task_of_the_worker_reports_progress_and_values(study, tmp_path):
    seen = []
    arguments = {
        "images": {"t1c": study["t1c"], "flair": study["flair"]},
        "mask": study["seg"],
        "labels": {"1": "Core"},
        "settings": dict(preset("course").settings().parameters),
        "output": str(tmp_path / "a.csv"),
    }
    answer = TASKS["extract"](arguments, lambda *report: seen.append(report))
    json.dumps(answer)
    assert {record["segment"] for record in answer["features"]} == {"Core"}
    fractions = [fraction for _, fraction, _ in seen]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1


def test_features_that_repeat_others_are_given_by_name_only(cases):
    case = next(cases.simulated_cases())
    asked = {
        "firstorder": ["StandardDeviation"],
        "shape": ["Compactness2"],
        "glcm": ["SumVariance"],
    }
    found = extract({"a": case.image}, case.mask, from_parameters({"featureClass": asked})).values()
    assert set(found) == {"original_firstorder_StandardDeviation", "original_shape_Compactness2"}
