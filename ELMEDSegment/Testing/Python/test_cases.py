"""Labelled studies are found in the folder layouts that people have."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from ELMEDLib.errors import InputError
from ELMEDSegmentLib.training.cases import find_cases


@pytest.fixture
def patient(phantom):
    return phantom(size=(40, 42, 38), spacing=(2.0, 2.0, 2.0))


@pytest.mark.parametrize(
    "pattern",
    [
        {"t1": "t1", "t1c": "t1c", "t2": "t2", "flair": "flair", "seg": "seg"},
        {n: f"BraTS20_Training_001_{n}" for n in ("t1", "t1ce", "t2", "flair", "seg")},
        {n: f"BraTS-GLI-00000-000-{n}" for n in ("t1n", "t1c", "t2w", "t2f", "seg")},
    ],
)
def test_folder_of_a_patient_is_found_whatever_its_names(patient, tmp_path, pattern):
    paths = patient.write(tmp_path / "plain")
    folder = tmp_path / "data" / "patient"
    folder.mkdir(parents=True)
    for path, name in zip(paths.values(), pattern.values(), strict=True):
        shutil.copy(path, folder / f"{name}.nii.gz")

    (case,) = find_cases(tmp_path / "data")

    study, labels = case.read()
    assert case.name == "patient"
    np.testing.assert_array_equal(labels, patient.labels)
    for channel, image in patient.images().items():
        np.testing.assert_array_equal(
            sitk.GetArrayFromImage(study.images[channel]), sitk.GetArrayFromImage(image)
        )


def test_enhancing_tumour_of_early_brats_is_label_four(patient, tmp_path):
    paths = patient.write(tmp_path / "data" / "patient")
    early = patient.grid.place(np.where(patient.labels == 3, 4, patient.labels).astype(np.uint8))
    sitk.WriteImage(early, str(paths["seg"]))
    _, labels = find_cases(tmp_path / "data")[0].read()
    np.testing.assert_array_equal(labels, patient.labels)


def test_decathlon_is_read_in_its_order_and_labels(patient, tmp_path):
    folder = tmp_path / "Task01"
    (folder / "imagesTr").mkdir(parents=True)
    (folder / "labelsTr").mkdir()
    images = patient.images()
    series = sitk.JoinSeries([images[name] for name in ("flair", "t1", "t1c", "t2")])
    sitk.WriteImage(series, str(folder / "imagesTr" / "BRATS_001.nii.gz"))
    decathlon = np.array([0, 2, 1, 3], np.uint8)[patient.labels]
    sitk.WriteImage(patient.grid.place(decathlon), str(folder / "labelsTr" / "BRATS_001.nii.gz"))
    entry = {"image": "./imagesTr/BRATS_001.nii.gz", "label": "./labelsTr/BRATS_001.nii.gz"}
    (folder / "dataset.json").write_text(json.dumps({"training": [entry]}))

    (case,) = find_cases(folder)

    study, labels = case.read()
    assert case.name == "BRATS_001"
    np.testing.assert_array_equal(labels, patient.labels)
    np.testing.assert_array_equal(
        sitk.GetArrayFromImage(study.images["t1c"]), sitk.GetArrayFromImage(images["t1c"])
    )


def test_data_set_that_names_files_outside_its_folder_is_refused(tmp_path):
    entry = {"image": "../secret.nii.gz", "label": "labels.nii.gz"}
    (tmp_path / "dataset.json").write_text(json.dumps({"training": [entry]}))
    with pytest.raises(InputError, match="outside its folder"):
        find_cases(tmp_path)


def test_unknown_label_is_named(patient, tmp_path):
    paths = patient.write(tmp_path / "data" / "patient")
    sitk.WriteImage(patient.grid.place(patient.labels + 7), str(paths["seg"]))
    with pytest.raises(InputError, match="hold the value 7"):
        find_cases(tmp_path / "data")[0].read()


def test_folder_without_studies_is_refused(tmp_path):
    with pytest.raises(InputError, match="holds no study"):
        find_cases(tmp_path)
    with pytest.raises(InputError, match="does not exist"):
        find_cases(tmp_path / "nowhere")


def test_study_without_labels_is_passed_over(patient, tmp_path):
    patient.write(tmp_path / "data" / "whole")
    (patient.write(tmp_path / "data" / "unlabelled")["seg"]).unlink()
    assert [case.name for case in find_cases(tmp_path / "data")] == ["whole"]


def test_a_folder_that_may_not_be_looked_into_is_passed_over(patient, tmp_path, monkeypatch):
    """Every disk has one. Root may look into any, so the refusal is the test's."""
    patient.write(tmp_path / "anna")
    (tmp_path / "lost+found").mkdir()
    look = Path.iterdir

    def refuse(folder):
        if folder.name == "lost+found":
            raise PermissionError(13, "Permission denied")
        return look(folder)

    monkeypatch.setattr(Path, "iterdir", refuse)
    assert [case.name for case in find_cases(tmp_path)] == ["anna"]


def test_a_missing_file_of_the_decathlon_is_said(tmp_path):
    entry = {"image": "./imagesTr/BRATS_001.nii.gz", "label": "./labelsTr/BRATS_001.nii.gz"}
    (tmp_path / "dataset.json").write_text(json.dumps({"training": [entry]}))
    (case,) = find_cases(tmp_path)
    with pytest.raises(InputError, match="is missing or cannot be read as an image"):
        case.read()
