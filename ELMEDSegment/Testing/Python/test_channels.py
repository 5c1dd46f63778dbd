"""Volumes are recognised by the names that data sets and scanners give them."""

from __future__ import annotations

import pytest

from ELMEDSegmentLib.channels import channel_of, guess_channels


@pytest.mark.parametrize(
    ("name", "channel"),
    [
        ("VSD.Brain.XX.O.MR_T1c.54514", "t1c"),
        ("VSD.Brain.XX.O.MR_Flair.54512", "flair"),
        ("Brats18_2013_10_1_t1ce", "t1c"),
        ("BraTS20_Training_001_t1", "t1"),
        ("BraTS2021_00495_flair.nii.gz", "flair"),
        ("BraTS-GLI-00000-000-t1n", "t1"),
        ("BraTS-GLI-00000-000-t1c", "t1c"),
        ("BraTS-GLI-00000-000-t2w", "t2"),
        ("BraTS-GLI-00000-000-t2f", "flair"),
        ("sub-01_ses-1_T1w", "t1"),
        ("AX T1 POST GAD", "t1c"),
        ("Ax T1 +C", "t1c"),
        ("T1 SE TRA +GD", "t1c"),
        ("t1_mprage_sag_post_contrast", "t1c"),
        ("POST AX T1", "t1c"),
        ("AX T2 FLAIR", "flair"),
        ("t2_tirm_tra_dark-fluid", "flair"),
        ("t2_tse_tra_448", "t2"),
        ("T2W_TSE", "t2"),
        ("AXIAL T1 PRE", "t1"),
        ("3D MPRAGE", "t1"),
        ("T1-Gd", "t1c"),
        ("MRBrainTumor1", None),
        ("DWI b1000", None),
        ("T10 vertebra", None),
        ("Segmentation", None),
    ],
)
def test_name_speaks_for_its_channel(name, channel):
    found = channel_of(name)
    assert (found[0] if found else None) == channel
    assert channel_of(name.upper()) is None or channel_of(name.upper())[0] == channel


def test_each_channel_gets_the_volume_that_speaks_for_it():
    guesses = guess_channels(["p_flair", "p_t1ce", "p_t2", "p_t1", "mask"])
    assert {channel: guess.index for channel, guess in guesses.items()} == {
        "flair": 0,
        "t1c": 1,
        "t2": 2,
        "t1": 3,
    }
    assert "FLAIR" in guesses["flair"].reason


def test_channel_without_a_name_is_left_open():
    assert set(guess_channels(["p_t1", "p_t2"])) == {"t1", "t2"}


def test_clearer_name_wins():
    guesses = guess_channels(["MPRAGE", "T1"])
    assert guesses["t1"].index == 1
