"""Simulated tumours that grow, shrink, come and go, from label maps to categories."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
import SimpleITK as sitk

from ELMEDLib.command import main
from ELMEDLib.errors import InputError
from ELMEDRadiomicsLib.follow_up.service import follow_up_files
from ELMEDRadiomicsLib.follow_up.table import read_time_points

SIZE = (44, 60, 64)
PLACES = {"A": (22, 24, 20), "B": (22, 40, 46)}


def labels(shift=(0, 0, 0), **radii):
    """Balls of enhancing tumour by place."""
    array = np.zeros(SIZE, np.uint8)
    z, y, x = np.indices(SIZE)
    for name, radius in radii.items():
        centre = np.add(PLACES[name], shift)
        array[(z - centre[0]) ** 2 + (y - centre[1]) ** 2 + (x - centre[2]) ** 2 < radius**2] = 3
    return sitk.GetImageFromArray(array)


def write(folder, scans):
    records = []
    for number, (day, image) in enumerate(scans.items()):
        path = folder / f"{number}.nrrd"
        sitk.WriteImage(image, str(path))
        records.append({"date": day, "labels": str(path), "steroids_mg": 0, "state": "stable"})
    return records


def run(folder, scans, **arguments):
    return follow_up_files({"points": write(folder, scans), **arguments})


@pytest.mark.parametrize(
    ("method", "radius", "category"),
    # What a non-enhancing tumour gets; an enhancing one has no minor response.
    [
        ("2d", 10.0, "SD"),
        ("2d", 8.3, "MR"),
        ("2d", 6.6, "PR"),
        ("2d", 11.5, "PD"),
        ("volume", 10.5, "SD"),
        ("volume", 8.2, "MR"),
        ("volume", 6.8, "PR"),
        ("volume", 11.5, "PD"),
        ("2d", 0.0, "CR"),
    ],
)
def test_a_ball_that_changes_gets_the_category_it_was_built_for(tmp_path, method, radius, category):
    scans = {"2024-01-01": labels(A=10.0), "2024-03-01": labels(A=radius)}
    for kind in ("non-enhancing", "enhancing"):
        found = run(tmp_path, scans, method=method, kind=kind)["assessments"]

        assert [entry["role"] for entry in found] == ["baseline", "follow-up"]
        minor = category == "MR" and kind == "enhancing"
        assert found[1]["category"] == ("SD" if minor else category)


def test_lesions_are_matched_although_their_sizes_change_places(tmp_path):
    scans = {"2024-01-01": labels(A=10, B=7), "2024-04-01": labels(A=6, B=11)}
    tracks = run(tmp_path, scans)["tracks"]
    volumes = {(row["lesion"], row["day"]): row["volume_ml"] for row in tracks}

    assert set(volumes) == {(name, day) for name in "AB" for day in scans}
    assert volumes["A", "2024-01-01"] > volumes["A", "2024-04-01"]
    assert volumes["B", "2024-01-01"] < volumes["B", "2024-04-01"]
    assert not any(row["new"] for row in tracks)


@pytest.mark.parametrize(("radius", "category"), [(7.0, "PD"), (3.5, "SD")])
def test_a_new_lesion_is_progression_when_it_is_measurable(tmp_path, radius, category):
    scans = {"2024-01-01": labels(A=10), "2024-04-01": labels(A=10, B=radius)}
    found = run(tmp_path, scans)

    assert found["assessments"][1]["category"] == category
    assert found["new_lesions"][1] == (["B"] if category == "PD" else [])


def test_a_lesion_that_is_gone_counts_nothing(tmp_path):
    scans = {"2024-01-01": labels(A=8, B=10), "2024-04-01": labels(A=8)}
    found = run(tmp_path, scans)["assessments"]

    assert found[1]["category"] == "PR"
    assert found[1]["sum_mm2"] == pytest.approx(256, rel=0.15)


def test_scans_are_aligned_by_their_volumes(tmp_path):
    """The second scan was taken with the head elsewhere: without alignment the lesion seems new."""
    shift = (0, -14, 18)
    rng = np.random.default_rng(4)
    head = sitk.SmoothingRecursiveGaussian(sitk.GetImageFromArray(rng.normal(size=SIZE)), 4.0)
    z, y, x = np.indices(SIZE)
    inside = ((z - 22) / 18) ** 2 + ((y - 30) / 22) ** 2 + ((x - 26) / 20) ** 2 < 1
    array = np.where(inside, 10 + 40 * sitk.GetArrayFromImage(head), 0).astype(np.float32)
    images = [array, np.roll(array, shift, (0, 1, 2))]
    scans = {"2024-01-01": labels(A=7), "2024-04-01": labels(shift, A=7)}
    records = write(tmp_path, scans)
    apart = follow_up_files({"points": records})
    for number, record in enumerate(records):
        record["image"] = str(tmp_path / f"image-{number}.nrrd")
        sitk.WriteImage(sitk.GetImageFromArray(images[number]), record["image"])
    together = follow_up_files({"points": records})

    assert apart["assessments"][1]["category"] == "PD"
    assert "one space" in apart["warnings"][0]
    assert together["assessments"][1]["category"] == "SD"
    assert {row["lesion"] for row in together["tracks"]} == {"A"}
    assert together["warnings"] == []


def test_the_command_line_reads_a_table_and_writes_the_reasoning(tmp_path, capsys):
    records = write(tmp_path, {"2024-01-01": labels(A=10), "2024-03-01": labels(A=6)})
    table = tmp_path / "patient.csv"
    with table.open("w", newline="") as file:
        writer = csv.DictWriter(file, ["date", "labels", "steroids_mg", "state"])
        writer.writeheader()
        for number, record in enumerate(records):
            writer.writerow({**record, "labels": f"{number}.nrrd"})
    for name in ("out.csv", "out.json"):
        assert main(["--quiet", "follow-up", str(table), "-o", str(tmp_path / name)]) == 0

    said = capsys.readouterr().out
    assert "PR (to be confirmed)" in said
    assert "never a diagnosis" in said
    with (tmp_path / "out.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["category"] for row in rows] == ["", "PR"]
    assert "below the baseline of 2024-01-01" in rows[1]["reasoning"]
    assert json.loads((tmp_path / "out.json").read_text())["assessments"][1]["category"] == "PR"


def test_other_labels_are_told_and_can_be_given(tmp_path, capsys):
    """Some label maps have 4 for the enhancing tumour: its growth must not pass unseen."""
    for name, radius in (("a", 6), ("b", 9)):
        image = labels(A=radius)
        sitk.WriteImage(sitk.Cast(image == 3, sitk.sitkUInt8) * 4, str(tmp_path / f"{name}.nrrd"))
    table = tmp_path / "patient.csv"
    table.write_text("date,labels\n2024-01-01,a.nrrd\n2024-03-01,b.nrrd\n")

    assert main(["--quiet", "follow-up", str(table)]) == 0
    assert "were left out (4)" in capsys.readouterr().out
    assert main(["--quiet", "follow-up", str(table), "--enhancing", "4"]) == 0
    said = capsys.readouterr().out
    assert "left out" not in said
    assert "PD" in said


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("day,labels\n", "lacks the columns"),
        ("date,labels\n31.05.2024,a.nrrd\n2024-06-01,a.nrrd\n", "is no date"),
        ("date,labels,state\n2024-05-31,a.nrrd,fine\n2024-06-01,a.nrrd,\n", "'fine' is unknown"),
        ("date,labels,steroids_mg\n2024-05-31,a.nrrd,much\n2024-06-01,a.nrrd,\n", "is no number"),
        ("date,labels,steroids_mg\n2024-05-31,a.nrrd,nan\n2024-06-01,a.nrrd,\n", "is no number"),
        ("date,labels,steroids_mg\n2024-05-31,a.nrrd,-4\n2024-06-01,a.nrrd,\n", "below zero"),
        ("date,labels\n2024-05-31,a.nrrd\n2024-06-01,\n", "Line 3 .* names no label map"),
        ("date;labels\n2024-05-31;a.nrrd\n;\n", "less than two time points"),
        ("date,labels\n2024-05-31,a.nrrd\n", "less than two time points"),
        ("date,labels\n2024-05-31,a.nrrd\n2024-05-31,a.nrrd\n", "dates that differ"),
    ],
)
def test_mistakes_in_the_table_are_explained(tmp_path, text, message):
    sitk.WriteImage(labels(A=6), str(tmp_path / "a.nrrd"))
    table = tmp_path / "patient.csv"
    table.write_text(text)
    with pytest.raises(InputError, match=message):
        follow_up_files({"points": read_time_points(table)})
