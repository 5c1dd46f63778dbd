"""Regions that are made of several labels are measured as one segment."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from ELMEDLib.command import main
from ELMEDLib.errors import InputError
from ELMEDRadiomicsLib.masks import integer_mask
from ELMEDRadiomicsLib.unions import read_unions, united_masks
from ELMEDRadiomicsLib.writing import read_extraction

SIZE = (10, 11, 12)


@pytest.fixture(scope="module")
def folder(cases, tmp_path_factory):
    """An image, a mask of three nested labels, and the mask that a person would have merged."""
    folder = tmp_path_factory.mktemp("unions")
    labels = np.zeros(SIZE, np.uint8)
    labels[1:9, 1:9, 1:10] = 2
    labels[2:7, 2:8, 2:8] = 3
    labels[3:5, 3:6, 3:6] = 1
    sitk.WriteImage(cases.placed(labels), str(folder / "seg.nii.gz"))
    merged = np.where(np.isin(labels, (1, 3)), 9, 0).astype(np.uint8)
    sitk.WriteImage(cases.placed(merged), str(folder / "merged.nii.gz"))
    sitk.WriteImage(cases.placed(cases.scan(1, SIZE)), str(folder / "t1c.nii.gz"))
    return folder


def measure(folder, mask, *words):
    output = folder / f"{mask}.json"
    image = f"t1c={folder / 't1c.nii.gz'}"
    mask = str(folder / f"{mask}.nii.gz")
    assert main(["radiomics", image, "--mask", mask, *words, "-o", str(output)]) == 0
    return read_extraction(output)


def test_a_union_has_the_features_of_the_merged_segment(folder):
    words = ["--label", "2", "--region", "core=1,3", "--region", "whole tumour=1,2,3"]
    found = measure(folder, "seg", *words)
    merged = measure(folder, "merged")

    assert [*dict.fromkeys(f.segment for f in found.features)] == [
        "label 2",
        "core",
        "whole tumour",
    ]
    core = {f.name: f.value for f in found.features if f.segment == "core"}
    assert core == pytest.approx(merged.values("t1c", 9), nan_ok=True)
    whole = {f.name: f.value for f in found.features if f.segment == "whole tumour"}
    assert whole["original_shape_VoxelVolume"] > core["original_shape_VoxelVolume"]


def test_values_of_unions_are_none_that_the_mask_has():
    mask = sitk.GetImageFromArray(np.array([[[0, 1, 2, 7]]], np.uint8))
    found = united_masks(mask, {"both": (1, 2), "all": (1, 2, 7)})

    assert [names for _, names in found] == [{8: "both"}, {9: "all"}]
    assert sitk.GetArrayFromImage(found[0][0]).ravel().tolist() == [0, 8, 8, 0]
    with pytest.raises(InputError, match="None of the labels of 'none'"):
        united_masks(mask, {"none": (3, 4)})


def test_what_a_region_is_made_of_is_written_in_one_way():
    assert read_unions(["whole tumour = 1, 2,3"]) == {"whole tumour": [1, 2, 3]}
    for wrong in ("1,2", "core=", "core=a,b", "=1"):
        with pytest.raises(InputError, match="which labels"):
            read_unions([wrong])
    with pytest.raises(InputError, match="Two regions are called 'core'"):
        read_unions(["core=1", "core=3"])


def test_a_mask_of_fractions_is_no_label_map():
    values = np.array([[[0, 1, 2, 1.3]]], np.float32)
    with pytest.raises(InputError, match="no whole numbers, such as 1.3, so it is no label map"):
        integer_mask(sitk.GetImageFromArray(values), 0)
    whole = integer_mask(sitk.GetImageFromArray(np.floor(values)), 0)
    assert sitk.GetArrayFromImage(whole).ravel().tolist() == [0, 1, 2, 1]
