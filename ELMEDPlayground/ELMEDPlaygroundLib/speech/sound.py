"""WAV files of any kind as the recogniser needs them: one channel, 16,000 numbers a second."""

from __future__ import annotations

import warnings
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import InputError

if TYPE_CHECKING:
    import numpy as np

RATE_HZ = 16_000
SHORTEST_S = 0.2
LONGEST_S = 60.0
LARGEST_BYTES = 200_000_000
SLOWEST_HZ, FASTEST_HZ = 8_000, 192_000
LOUDEST = 0.7
"""Peaks are brought to this share of full scale: the recogniser is deaf to whispers in a file."""

QUIETEST = 1e-4
"""A file whose loudest moment is below this share of full scale holds nothing (-80 dB)."""


def read_wav(path: Path | str) -> np.ndarray:
    """Read a WAV file.

    Integer and floating-point samples of any width, any number of channels (their mean is taken),
    and rates from 8 to 192 kHz are understood.

    Args:
        path: of the file.

    Returns:
        16-bit samples at 16 kHz: an array (samples,) of int16.

    Raises:
        InputError: it is no WAV file, damaged, too short, too long, or silent.
    """
    path = Path(path)
    rate, samples = _read(path)
    if not SLOWEST_HZ <= rate <= FASTEST_HZ:
        raise InputError(
            f"'{path.name}' has {rate:,} samples a second, which is no recording of speech.",
            "Save it as a WAV file with 16,000 samples a second.",
        )
    _check_length(path, len(samples) / rate)
    return as_speech(_mono(samples), rate, f"'{path.name}'")


def as_speech(samples: np.ndarray, rate: int, name: str) -> np.ndarray:
    """Return sound as the recogniser needs it.

    Args:
        samples: (samples,), 1 is full scale.
        rate: samples a second.
        name: of the sound, for what is said when it cannot be used.

    Returns:
        16-bit samples at 16 kHz: an array (samples,) of int16.

    Raises:
        InputError: it has values that are no numbers, or is silent.
    """
    import numpy as np
    from scipy.signal import resample_poly

    if not np.isfinite(samples).all():
        raise InputError(
            f"{name} holds values that are no numbers.", "Record it again, or save it as 16 bit."
        )
    samples = samples - samples.mean()
    peak = float(abs(samples).max())
    if peak < QUIETEST:
        raise InputError(
            f"{name} is silent.", "Look whether the microphone was on, and record it again."
        )
    if rate != RATE_HZ:
        ratio = Fraction(RATE_HZ, rate)
        samples = resample_poly(samples, ratio.numerator, ratio.denominator)
        peak = max(float(abs(samples).max()), QUIETEST)
    scaled: np.ndarray = (samples * (LOUDEST / peak * 32767)).clip(-32768, 32767).astype("<i2")
    return scaled


def _read(path: Path) -> tuple[int, Any]:
    """Return the rate and the samples (samples,) or (samples, channels) as they are in the file."""
    from scipy.io import wavfile

    try:
        size = path.stat().st_size
    except OSError as error:
        raise InputError(f"'{path.name}' is not there.", "Choose a WAV file.") from error
    if size > LARGEST_BYTES:
        raise InputError(
            f"'{path.name}' has {size / 1e6:,.0f} MB, too much for a command.",
            "Cut the recording to the few seconds in which the command is said.",
        )
    try:
        with warnings.catch_warnings():
            # What SciPy warns of and reads nevertheless: a file that was cut off.
            warnings.filterwarnings("error", message=".*prematurely.*")
            warnings.filterwarnings("ignore", message="Chunk .non-data.*")
            rate, samples = wavfile.read(path)
    except Exception as error:  # a damaged header makes SciPy fail in many ways
        raise InputError(
            f"'{path.name}' is no WAV file that can be read, or it was cut off.",
            "Save the recording as an uncompressed WAV file, 16 bit, and try again.",
        ) from error
    return int(rate), samples


def _check_length(path: Path, seconds: float) -> None:
    if seconds < SHORTEST_S:
        raise InputError(
            f"'{path.name}' lasts {seconds:.2f} seconds, too short for a command.",
            "Record a command with a moment of silence before and after.",
        )
    if seconds > LONGEST_S:
        raise InputError(
            f"'{path.name}' lasts {seconds:,.0f} seconds; a command takes a few.",
            f"Cut the recording to {LONGEST_S:.0f} seconds or less.",
        )


def _mono(samples: np.ndarray) -> np.ndarray:
    """Return the mean of the channels as floating-point numbers; 1 is full scale."""
    import numpy as np

    if samples.dtype == np.uint8:  # 8-bit files alone have no sign
        scaled = (samples.astype(np.float64) - 128.0) / 128.0
    elif np.issubdtype(samples.dtype, np.integer):
        scaled = samples / -float(np.iinfo(samples.dtype).min)
    else:
        scaled = samples.astype(np.float64)
    mono: np.ndarray = scaled if scaled.ndim == 1 else scaled.mean(axis=1)
    return mono
