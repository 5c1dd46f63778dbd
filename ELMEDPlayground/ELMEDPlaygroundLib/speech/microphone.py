"""Listening to the microphone for some seconds.

The recorder, sounddevice (MIT licence), comes with PocketSphinx, which needs it. On Windows and
macOS it brings PortAudio along; on Linux PortAudio is a package of the system.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import CancelledError, InputError, MissingPackageError

if TYPE_CHECKING:
    import numpy as np

    from ELMEDLib.progress import Progress

PIECE_S = 0.1


def listen(seconds: float, progress: Progress) -> tuple[np.ndarray, int]:
    """Record the default microphone.

    Args:
        seconds: how long.
        progress: told how far it is.

    Returns:
        Samples (samples,) where 1 is full scale, and samples a second.

    Raises:
        InputError: there is no microphone, or it cannot be opened.
        MissingPackageError: the recorder or PortAudio is not installed.
    """
    import numpy as np

    recorder = _recorder()
    pieces = []
    try:
        rate = int(recorder.query_devices(kind="input")["default_samplerate"])
        with recorder.InputStream(samplerate=rate, channels=1, dtype="float32") as stream:
            for number in range(round(seconds / PIECE_S)):
                piece, _lost = stream.read(round(rate * PIECE_S))
                pieces.append(piece[:, 0].copy())
                done = PIECE_S * (number + 1)
                left = max(seconds - done, 0.0)
                progress("listening", done / seconds, f"Listening: {left:.0f} s left")
    except CancelledError:
        raise
    except Exception as error:  # PortAudio's own errors, and those of a device that was pulled out
        raise InputError(
            "The microphone cannot be opened.",
            "Look whether another program uses it, and whether this one may.",
        ) from error
    return np.concatenate(pieces), rate


def _recorder() -> Any:
    """Return sounddevice, once it is sure that there is a microphone."""
    try:
        import sounddevice
    except ImportError as error:
        raise MissingPackageError(
            "sounddevice, which records the microphone, is not installed.",
            "Install sounddevice, or use a WAV file.",
        ) from error
    except OSError as error:  # it is there, and PortAudio is not
        raise MissingPackageError(
            "PortAudio, which records the microphone, is not installed on this computer.",
            "Install the system's package for it (libportaudio2), or use a WAV file.",
        ) from error
    if not any(device["max_input_channels"] > 0 for device in sounddevice.query_devices()):
        raise InputError(
            "This computer has no microphone.", "Plug one in and restart, or use a WAV file."
        )
    return sounddevice
