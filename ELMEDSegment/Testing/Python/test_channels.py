"""Volumes are recognised by names and DICOM headers; duplicates and gaps are said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ELMEDSegmentLib.inputs.channel_evidence import probabilities
from ELMEDSegmentLib.inputs.channel_names import evidence_of_name
from ELMEDSegmentLib.inputs.channels import Candidate, channel_of, guess_channels, identify
from ELMEDSegmentLib.inputs.series_facts import KEYWORDS, SeriesFacts
from ELMEDSegmentLib.labels import CHANNELS


@pytest.mark.parametrize(
    ("name", "channel"),
    [
        ("VSD.Brain.XX.O.MR_T1c.54514", "t1c"),
        ("VSD.Brain.XX.O.MR_T1.54514", "t1"),
        ("VSD.Brain.XX.O.MR_T2.54514", "t2"),
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
        ("SimulatedGlioma_T1c", "t1c"),
        ("SimulatedGlioma_T1", "t1"),
        ("T1 without contrast", "t1"),
        ("T1 W/O CONTRAST", "t1"),
        ("AX T1 NON CONTRAST", "t1"),
        ("Ax T1 FLAIR", "t1"),
        ("AX T1 FLAIR POST", "t1c"),
        ("Ax T2* GRE", None),
        ("T2_FFE", None),
        ("t2_fl2d_tra_hemo", None),
        ("ep2d_diff_3scan_trace_p2_ADC", None),
        ("T2W_FLAIR SENSE", "flair"),
        ("3D Brain VIEW FLAIR", "flair"),
        ("Sag CUBE FLAIR", "flair"),
        ("Ax CUBE T2", "t2"),
        ("T1W_3D_TFE", "t1"),
        ("sT1W_3D_TFE_Gd", "t1c"),
        ("T1W_SE_GD", "t1c"),
        ("sag t1_space", "t1"),
        ("t1_mpr_ns_sag_p2_iso", "t1"),
        ("t1_mpr_ns_sag_p2_iso_km", "t1c"),
        ("T1 nach KM", "t1c"),
        ("T1 nativ", "t1"),
        ("t2_space_dark-fluid_sag_p2_iso", "flair"),
        ("SAG 3D BRAVO +C", "t1c"),
        ("Ax T1 BRAVO Pre", "t1"),
        ("AX FSPGR 3D C+", "t1c"),
        ("AX PD/T2 FSE", "t2"),
        ("FSE PD AXIAL OBL", None),
        ("UCSF-PDGM-0004_T1_bias", "t1"),
        ("UCSF-PDGM-0004_T1c_bias", "t1c"),
        ("UCSF-PDGM-0004_FLAIR_bias", "flair"),
        ("UPENN-GBM-00001_11_T1GD", "t1c"),
        ("BRATS_001_0002", "t1c"),
        ("BRATS_001_0000.nii.gz", "flair"),
        ("TCGA-02-0003_1997.06.08_t1Gd", "t1c"),
        ("3 Plane Localizer", None),
        ("AAHead_Scout", None),
        ("MPRAGE post Gd", "t1c"),
        ("T1w_contrast", "t1c"),
        ("CE-T1", "t1c"),
        ("cet1w", "t1c"),
        ("t1w_gd", "t1c"),
        ("T1_post", "t1c"),
        ("pre_T1", "t1"),
        ("T1 post Gd", "t1c"),
        ("T2 TSE", "t2"),
        ("FLAIR", "flair"),
        ("FLAIR post", "flair"),
        ("AX FLAIR C+", "flair"),
        ("T2 FSE PROPELLER", "t2"),
        ("t2_blade_tra", "t2"),
        ("SWI_Images", None),
        ("perfusion DSC", None),
        ("sub-003_space-MNI_T2w", "t2"),
        ("t1", "t1"),
        ("AX T1 SE C+ FAT SAT", "t1c"),
        ("T1W_TSE", "t1"),
        ("eAx T1 3D post", "t1c"),
        ("series 5", None),
        ("flair_3d", "flair"),
        ("T1map", None),
        ("T2_map", None),
        ("seg", None),
        ("TRA T1 ohne KM", "t1"),
        ("TRA T1 mit KM", "t1c"),
        ("T1 SE Contraste", "t1c"),
        ("pre-op_T1", "t1"),
        ("pre-op_T1c", "t1c"),
        ("preop T1 post Gd", "t1c"),
        ("postop_T1", "t1"),
        ("postop_T1ce", "t1c"),
        ("post-op T1", "t1"),
        ("post-op T1 post contrast", "t1c"),
        ("post RT FLAIR", "flair"),
        ("t1_nach_OP", "t1"),
        ("t1_km_nach_OP", "t1c"),
        ("before treatment T1", "t1"),
        ("B102_T1", "t1"),
        ("ep_b1000", None),
    ],
)
def test_name_speaks_for_its_channel_in_any_case(name, channel):
    for written in (name, name.upper(), name.lower()):
        found = channel_of(written)
        assert (found[0] if found else None) == channel


def test_each_channel_gets_the_volume_that_speaks_for_it():
    guesses = guess_channels(["p_flair", "p_t1ce", "p_t2", "p_t1", "mask"])
    assert {channel: guess.index for channel, guess in guesses.items()} == {
        "flair": 0,
        "t1c": 1,
        "t2": 2,
        "t1": 3,
    }
    assert "FLAIR" in guesses["flair"].reason


def test_channel_without_a_name_is_left_open_and_said():
    found = identify([Candidate("p_t1"), Candidate("p_t2")])
    assert set(found.guesses) == {"t1", "t2"}
    assert "No volume was recognised as contrast-enhanced T1 and FLAIR." in found.remarks


def test_clearer_name_wins():
    guesses = guess_channels(["MPRAGE", "T1"])
    assert guesses["t1"].index == 1


SPIN_ECHO = {"Modality": "MR", "ScanningSequence": "SE"}
T1_TIMES = SPIN_ECHO | {"EchoTime": "9.8", "RepetitionTime": "520"}


@pytest.mark.parametrize(
    ("values", "channel"),
    [
        (T1_TIMES, "t1"),
        (T1_TIMES | {"ContrastBolusAgent": "Gadovist"}, "t1c"),
        (T1_TIMES | {"ContrastBolusAgent": "NONE"}, "t1"),
        (SPIN_ECHO | {"EchoTime": "98", "RepetitionTime": "5200"}, "t2"),
        (SPIN_ECHO | {"EchoTime": "380", "RepetitionTime": "3200"}, "t2"),
        (
            SPIN_ECHO | {"EchoTime": "120", "RepetitionTime": "9000", "InversionTime": "2500"},
            "flair",
        ),
        (
            {
                "ScanningSequence": ["GR", "IR"],
                "EchoTime": 2.3,
                "RepetitionTime": 2000.0,
                "InversionTime": 900.0,
            },
            "t1",
        ),
        ({"ScanningSequence": "GR", "EchoTime": "20", "RepetitionTime": "650"}, None),
        (SPIN_ECHO | {"EchoTime": "22", "RepetitionTime": "2300"}, None),
        ({"ScanningSequence": "EP", "EchoTime": "90", "RepetitionTime": "6000"}, None),
        (SPIN_ECHO | {"EchoTime": "98", "RepetitionTime": "5200", "DiffusionBValue": 1000}, None),
        (SPIN_ECHO | {"EchoTime": "60", "RepetitionTime": "4000", "InversionTime": "150"}, None),
        ({"Modality": "CT", "SeriesDescription": "T1"}, None),
        ({"SeriesDescription": "T1 SE TRA", "ContrastBolusAgent": "Dotarem"}, "t1c"),
        ({"SeriesDescription": "T1 without contrast", "ContrastBolusAgent": ""}, "t1"),
        ({"ProtocolName": "Brain FLAIR", "SeriesDescription": "S7"}, "flair"),
        ({"EchoTime": "unknown", "RepetitionTime": "", "SeriesDescription": "Ax T2"}, "t2"),
    ],
)
def test_header_speaks_for_its_channel(values, channel):
    found = identify([Candidate("series 7", SeriesFacts.of(values))])
    assert list(found.guesses) == ([channel] if channel else [])
    assert (0 in found.left_out) == (channel is None)


def test_reason_names_the_header_s_values_and_what_speaks_against():
    facts = SeriesFacts.of(T1_TIMES | {"SeriesDescription": "T1 tra", "ContrastBolusAgent": "Gd"})
    guess = identify([Candidate("x", facts)]).guesses["t1c"]
    assert guess.source == "DICOM"
    assert "TE 9.8, TR 520 ms make T1" in guess.reason
    assert "the header names a contrast agent" in guess.reason
    assert "although no contrast agent is named" in guess.reason
    assert 0.5 < guess.confidence < 0.9


def test_agreeing_evidence_raises_the_confidence():
    name_alone = identify([Candidate("T1 post")]).guesses["t1c"].confidence
    facts = SeriesFacts.of(T1_TIMES | {"SeriesDescription": "T1 post", "ContrastBolusAgent": "Gd"})
    assert identify([Candidate("x", facts)]).guesses["t1c"].confidence > name_alone


def test_of_two_volumes_the_finer_is_taken_and_both_are_named():
    found = identify(
        [
            Candidate("T1 post tra", longest_mm=5.0),
            Candidate("T1 MPRAGE post", longest_mm=1.0),
            Candidate("T1", longest_mm=1.0),
        ]
    )
    assert found.guesses["t1c"].index == 1
    assert (
        "Two volumes look like contrast-enhanced T1: 'T1 MPRAGE post' and 'T1 post tra'; "
        "'T1 MPRAGE post' was taken because its voxels are finer (1.0 against 5.0 mm)."
    ) in found.remarks
    assert found.left_out[0] == "another volume was taken for contrast-enhanced T1"


def test_an_original_series_goes_before_one_that_was_computed():
    header = {"SeriesDescription": "T2 tra", "ImageType": "DERIVED\\SECONDARY"}
    computed = Candidate("T2 reformatted", SeriesFacts.of(header), longest_mm=1.0)
    original = Candidate("T2", SeriesFacts.of({"SeriesDescription": "T2"}), longest_mm=3.0)
    assert identify([computed, original]).guesses["t2"].index == 1


def test_facts_hold_nothing_of_the_patient():
    facts = SeriesFacts.of(
        {"SeriesDescription": "T1", "PatientName": "Doe^Jane", "PatientID": "4711"}
    )
    assert "Doe" not in repr(facts)
    assert "4711" not in repr(facts)


@given(st.text(max_size=60))
def test_any_name_has_probabilities_that_sum_to_one(name):
    shares = probabilities(evidence_of_name(name))
    assert sum(shares.values()) == pytest.approx(1)
    assert all(0 <= share <= 1 for share in shares.values())


@given(
    st.dictionaries(
        st.sampled_from(KEYWORDS),
        st.one_of(st.none(), st.text(max_size=12), st.floats(), st.lists(st.text(max_size=4))),
    )
)
def test_any_header_is_understood_or_left_alone(values):
    found = identify([Candidate("x", SeriesFacts.of(values))])
    assert len(found.guesses) + len(found.left_out) == 1


def test_every_volume_is_taken_or_left_out_with_a_reason():
    names = ["T1", "T1 post", "T2", "FLAIR", "DWI b1000", "scout", "series 9", "T2 again"]
    found = identify([Candidate(name) for name in names])
    assert set(found.guesses) == set(CHANNELS)
    taken = {guess.index for guess in found.guesses.values()}
    assert taken | set(found.left_out) == set(range(len(names)))
    assert all(found.left_out.values())
