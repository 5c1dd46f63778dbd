"""Spoken commands: what synthetic voices say is understood, and other sounds are refused."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.io import wavfile

pytest.importorskip("pocketsphinx", reason="PocketSphinx is not installed")
pytest.importorskip("espeakng_loader", reason="eSpeak NG, which speaks in the tests, is not there")

from ELMEDLib.command import main
from ELMEDLib.errors import ELMEDError, InputError, MissingPackageError
from ELMEDLib.progress import no_progress
from ELMEDPlaygroundLib.speech.commands import BY_WORDING, COMMANDS, grammar
from ELMEDPlaygroundLib.speech.recogniser import recognise
from ELMEDPlaygroundLib.speech.service import listen_to_file, listen_to_microphone
from ELMEDPlaygroundLib.speech.sound import RATE_HZ, as_speech, read_wav
from spoken import say, write_wav

VOICES = ("en-us", "en-us+m3", "en-us+f3", "en-gb-scotland")

NONSENSE = (
    "the weather is nice today",
    "please bring me a cup of coffee",
    "where is the nearest train station",
    "show me your holiday pictures",
    "good morning everybody",
    "the tumor has grown since last month",
    "seventeen bananas",
    "pause for a moment and think",
    "nobody knows the answer",
    "one two three four five",
)


def heard(text, voice="en-us"):
    sound, rate = say(text, voice)
    return recognise(as_speech(sound / 32768.0, rate, text))


def test_at_least_eighteen_of_twenty_commands_are_understood():
    """Twenty commands, five by each of four voices, two of which had no part in the limits."""
    right = 0
    for number, command in enumerate(COMMANDS[:20]):
        found = heard(command.wordings[0], VOICES[number % len(VOICES)])
        right += found.command is command
        assert found.command in (command, None), f"{command.name} was taken for another command"
        assert (found.confidence >= 0.5) == (found.command is not None)
    assert right >= 18


def test_other_sentences_are_refused_with_a_reason():
    taken = []
    for number, text in enumerate(NONSENSE):
        found = heard(text, VOICES[number % len(VOICES)])
        if found.command is not None:
            taken.append((text, found.nearest))
        else:
            assert found.why
            assert found.confidence < 0.5
    assert not taken


def test_what_was_heard_before_changes_nothing():
    sounds = []
    for text, voice in (("next lesson", "en-us"), ("previous lesson", "en-us+f3")):
        sound, rate = say(text, voice)
        sounds.append(as_speech(sound / 32768.0, rate, text))
    alone = [recognise(sound) for sound in sounds]
    assert [recognise(sound) for sound in reversed(sounds)] == alone[::-1]


def test_noise_and_tones_are_no_commands():
    draw = np.random.default_rng(1)
    seconds = np.arange(2 * RATE_HZ) / RATE_HZ
    for sound in (
        draw.normal(0, 0.2, len(seconds)),
        np.sin(2 * np.pi * 440 * seconds),
        np.where(draw.random(len(seconds)) < 0.001, 0.9, 0.0),
    ):
        found = recognise(as_speech(sound, RATE_HZ, "noise"))
        assert found.command is None
        assert found.why


def test_a_word_that_may_be_left_out_may_be_left_out():
    assert {wording for wording in BY_WORDING if "tumor" in wording} == {
        "show the tumor",
        "show tumor",
        "hide the tumor",
        "hide tumor",
    }
    assert heard("open the network").command is heard("open network").command
    assert all(command.phrase in grammar() for command in COMMANDS)


@pytest.fixture(scope="module")
def command_sound():
    sound, rate = say("show sagittal")
    return sound.astype(np.float64) / 32768.0, rate


@pytest.mark.parametrize(
    ("rate", "kind"),
    [(8000, "int16"), (44100, "uint8"), (48000, "int32"), (22050, "float32"), (96000, "float64")],
)
def test_any_rate_width_and_number_of_channels_is_read(tmp_path, command_sound, rate, kind):
    sound, own = command_sound
    places = np.arange(0, len(sound), own / rate)
    sound = np.interp(places, np.arange(len(sound)), sound)
    stereo = np.stack([sound, 0.5 * sound], axis=1)
    if kind == "uint8":
        stereo = (stereo * 127 + 128).astype(np.uint8)
    elif kind.startswith("int"):
        stereo = (stereo * np.iinfo(kind).max).astype(kind)
    path = tmp_path / "command.wav"
    wavfile.write(path, rate, stereo.astype(kind))
    samples = read_wav(path)
    assert samples.dtype == np.int16
    assert samples.ndim == 1
    assert len(samples) == pytest.approx(len(sound) * RATE_HZ / rate, abs=2)
    assert recognise(samples).command.name == "sagittal"


def test_a_wav_file_of_24_bit_is_read(tmp_path, command_sound):
    import wave

    sound, rate = command_sound
    path = tmp_path / "command.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 3, rate, 0, "NONE", ""))
        whole = (sound * (2**23 - 1)).astype("<i4")
        file.writeframes(b"".join(int(value).to_bytes(3, "little", signed=True) for value in whole))
    assert recognise(read_wav(path)).command.name == "sagittal"


def test_files_that_cannot_be_used_are_refused_kindly(tmp_path):
    sound, rate = say("show axial")
    good = write_wav(tmp_path / "good.wav", sound, rate)
    cut = tmp_path / "cut.wav"
    cut.write_bytes(good.read_bytes()[: len(sound)])
    text = tmp_path / "text.wav"
    text.write_text("RIFF, but not really a recording")
    silent = write_wav(tmp_path / "silent.wav", np.zeros(RATE_HZ), RATE_HZ)
    short = write_wav(tmp_path / "short.wav", sound[:100], rate)
    long = write_wav(tmp_path / "long.wav", np.tile(sound[:8000], 100), 8000)
    odd = write_wav(tmp_path / "odd.wav", sound, 400)
    broken = tmp_path / "broken.wav"
    wavfile.write(broken, rate, np.full(rate, np.nan, np.float32))
    for path, words in (
        (tmp_path / "missing.wav", "not there"),
        (tmp_path, "no WAV file"),
        (cut, "cut off"),
        (text, "no WAV file"),
        (silent, "silent"),
        (short, "too short"),
        (long, "Cut the recording"),
        (odd, "no recording of speech"),
        (broken, "no numbers"),
    ):
        with pytest.raises(InputError) as caught:
            read_wav(path)
        assert words in str(caught.value)
        assert caught.value.advice
        assert str(tmp_path) not in str(caught.value)


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=300))
def test_whatever_stands_in_a_file_there_is_a_sentence(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "anything.wav"
    path.write_bytes(b"RIFF" + content[:4] + b"WAVEfmt " + content[4:])
    with pytest.raises(ELMEDError):
        read_wav(path)


@settings(max_examples=20, deadline=None)
@given(
    arrays.arrays(np.float64, st.integers(4000, 9000), elements=st.floats(-2, 2)),
    st.sampled_from([8000, 11025, 44100]),
)
def test_sound_keeps_its_length_and_fits_into_16_bit(samples, rate):
    if np.ptp(samples) < 1e-3:
        with pytest.raises(InputError, match="silent"):
            as_speech(samples * 0, rate, "a sound")
        return
    speech = as_speech(samples, rate, "a sound")
    assert len(speech) == pytest.approx(len(samples) * RATE_HZ / rate, abs=2)
    assert 0 < abs(speech.astype(int)).max() <= 32768


def test_the_command_line_prints_what_was_said(tmp_path, capsys):
    path = write_wav(tmp_path / "command.wav", *say("zoom in"))
    assert main(["listen", str(path)]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["command"] == "zoom-in"
    assert answer["confidence"] >= 0.5
    assert main(["listen", "--list"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(COMMANDS)
    assert main(["listen", str(tmp_path / "none.wav")]) == 1
    assert "not there" in capsys.readouterr().err


def test_a_missing_package_says_what_to_install_and_how_large_it_is(tmp_path, monkeypatch):
    path = write_wav(tmp_path / "command.wav", *say("zoom in"))
    monkeypatch.delitem(sys.modules, "pocketsphinx", raising=False)
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if "site-packages" not in entry])
    monkeypatch.setattr(sys, "path_importer_cache", {})
    with pytest.raises(MissingPackageError, match=r"Install pocketsphinx>=\S+ \(30 MB\)"):
        listen_to_file({"path": str(path)}, no_progress)


def test_without_a_microphone_there_is_a_sentence():
    try:
        import sounddevice

        if any(device["max_input_channels"] for device in sounddevice.query_devices()):
            pytest.skip("this computer has a microphone")
    except OSError:
        pass
    with pytest.raises(ELMEDError) as caught:
        listen_to_microphone({"seconds": 1.0}, no_progress)
    assert "WAV file" in caught.value.advice
