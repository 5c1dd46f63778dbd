"""Pictures from words, by a Stable Diffusion pipeline in a folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ELMEDPlaygroundLib.large.loading import failures_explained
from ELMEDPlaygroundLib.large.offline import LOCAL, offline

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np

    from ELMEDLib.progress import Progress

LOADED = 0.3
"""Share of the way after which the model is there."""


@dataclass(frozen=True)
class Wish:
    """What picture is wanted.

    Attributes:
        prompt: in words.
        steps: of taking noise away.
        guidance: how strongly the words are followed; 1 is not more than the network would by
            itself.
        seed: decides what chance does.
        side: of the picture in pixels, 0 for the size that the network was trained on.
    """

    prompt: str
    steps: int = 25
    guidance: float = 7.5
    seed: int = 0
    side: int = 0


def make_picture(folder: Path, wish: Wish, device: str, progress: Progress) -> np.ndarray:
    """Return a picture: uint8 (rows, columns, 3), red, green, blue.

    Args:
        folder: with the pipeline; see `folder.look`.
        wish: what is wanted.
        device: PyTorch's name.
        progress: told of each denoising step; may raise `CancelledError`.

    Raises:
        ModelError: the pipeline cannot be loaded.
        OutOfMemoryError: the device has too little memory.
    """
    offline()
    import torch

    progress("loading", 0.0, "Loading the model")
    precision = torch.float16 if device == "cuda" else torch.float32
    with failures_explained(folder):
        from diffusers import StableDiffusionPipeline

        pipeline: Any = StableDiffusionPipeline.from_pretrained(
            str(folder), torch_dtype=precision, low_cpu_mem_usage=False, **LOCAL
        ).to(device)
    pipeline.set_progress_bar_config(disable=True)

    def told(_pipeline: Any, step: int, _time: Any, kept: dict[str, Any]) -> dict[str, Any]:
        # Some ways to take noise away do a step more than was asked for.
        done = min(step + 1, wish.steps)
        share, message = done / wish.steps, f"Denoising: step {done} of {wish.steps}"
        progress("denoising", LOADED + (1 - LOADED) * share, message)
        return kept

    generator = torch.Generator("cpu").manual_seed(wish.seed)
    progress("denoising", LOADED, f"Denoising: step 0 of {wish.steps}")
    with failures_explained(folder):
        made = pipeline(
            wish.prompt,
            num_inference_steps=wish.steps,
            guidance_scale=wish.guidance,
            generator=generator,
            height=wish.side or None,
            width=wish.side or None,
            output_type="np",
            callback_on_step_end=told,
        )
    picture: np.ndarray = (made.images[0].clip(0, 1) * 255).round().astype("uint8")
    return picture
