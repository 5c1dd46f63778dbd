"""Speech as text, by a Whisper model in a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ELMEDPlaygroundLib.large.loading import failures_explained
from ELMEDPlaygroundLib.large.offline import LOCAL, offline
from ELMEDPlaygroundLib.large.streaming import progress_of_tokens

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np

    from ELMEDLib.progress import Progress

LOADED = 0.3
RATE_HZ = 16_000
MOST_TOKENS = 200
"""Of a piece of speech; Whisper's own window has 448."""


def write_down(folder: Path, samples: np.ndarray, device: str, progress: Progress) -> str:
    """Return what is said, as the model understands it.

    Longer recordings are cut into pieces of the model's length (30 seconds); a word at a cut may
    suffer.

    Args:
        folder: with the model; see `folder.look`.
        samples: int16 at 16 kHz, (samples,); see `speech.sound.read_wav`.
        device: PyTorch's name.
        progress: told of each token; may raise `CancelledError`.

    Raises:
        ModelError: the model cannot be loaded.
        OutOfMemoryError: the device has too little memory.
    """
    offline()
    progress("loading", 0.0, "Loading the model")
    with failures_explained(folder):
        from transformers import WhisperForConditionalGeneration, WhisperProcessor

        processor: Any = WhisperProcessor.from_pretrained(str(folder), local_files_only=True)
        model: Any = WhisperForConditionalGeneration.from_pretrained(str(folder), **LOCAL)
        model = model.to(device).eval()
        most = min(MOST_TOKENS, model.config.max_target_positions // 2)
        length = int(processor.feature_extractor.n_samples)
        pieces = [samples[start : start + length] for start in range(0, len(samples), length)]
        written = []
        for number, piece in enumerate(pieces):
            heard = processor(
                piece / 32768.0,
                sampling_rate=RATE_HZ,
                return_tensors="pt",
                return_attention_mask=True,
            ).to(device)
            start, end = (
                LOADED + (1 - LOADED) * place / len(pieces) for place in (number, number + 1)
            )
            tokens = model.generate(
                heard.input_features,
                attention_mask=heard.attention_mask,
                max_new_tokens=most,
                streamer=progress_of_tokens(progress, start, end, most),
            )
            written.append(processor.batch_decode(tokens, skip_special_tokens=True)[0].strip())
    return " ".join(part for part in written if part)
