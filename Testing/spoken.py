"""Sentences said by a synthesiser, as WAV files; for tests and benchmarks alone.

eSpeak NG (GPL, version 3 or later) is not part of ELMED: the package `espeakng-loader` brings it,
and only the tests ask for that package.
"""

from __future__ import annotations

import ctypes
import wave
from functools import cache
from typing import TYPE_CHECKING

import espeakng_loader
import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

SYNCHRONOUS = 2
RATE, PITCH = 1, 3
CHARACTERS = 1
QUIET_S = 0.3
HISS = 10.0
"""Standard deviation of the noise that any recording has, in steps of 16 bit."""

_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


def say(
    text: str, voice: str = "en-us", speed: int = 150, pitch: int = 50
) -> tuple[np.ndarray, int]:
    """Return a sentence as sound.

    Args:
        text: what is said.
        voice: of eSpeak NG; `+` adds a variant, as in "en-us+f3".
        speed: words a minute.
        pitch: from 0 to 99.

    Returns:
        int16 (samples,), with a moment of silence before and after, and samples a second.

    Raises:
        ValueError: there is no such voice.
    """
    library, rate, pieces, _kept = _synthesiser()
    pieces.clear()
    if library.espeak_SetVoiceByName(voice.encode()) != 0:
        raise ValueError(f"eSpeak NG has no voice {voice!r}")
    library.espeak_SetParameter(RATE, speed, 0)
    library.espeak_SetParameter(PITCH, pitch, 0)
    content = text.encode()
    library.espeak_Synth(content, len(content) + 1, 0, CHARACTERS, 0, 1, None, None)
    library.espeak_Synchronize()
    quiet = np.zeros(round(QUIET_S * rate))
    sound = np.concatenate([quiet, *pieces, quiet])
    sound += np.random.default_rng(len(sound)).normal(0, HISS, len(sound))
    return sound.clip(-32768, 32767).astype(np.int16), rate


def write_wav(path: Path, samples: np.ndarray, rate: int) -> Path:
    """Write int16 samples, (samples,) or (samples, channels), as a WAV file; return its path."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2").tobytes())
    return path


@cache
def _synthesiser() -> tuple[ctypes.CDLL, int, list[np.ndarray], object]:
    """Return the library, its rate, and the list that it puts pieces of sound into."""
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    data = str(espeakng_loader.get_data_path()).encode()
    rate = library.espeak_Initialize(SYNCHRONOUS, 0, data, 0)
    pieces: list[np.ndarray] = []

    def take(sound: ctypes._Pointer[ctypes.c_short], samples: int, _events: object) -> int:
        if sound and samples > 0:
            pieces.append(np.ctypeslib.as_array(sound, (samples,)).copy())
        return 0

    callback = _Callback(take)
    library.espeak_SetSynthCallback(callback)
    return library, rate, pieces, callback
