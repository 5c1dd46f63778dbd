"""Text that goes on from a beginning, by a GPT-like model in a folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ELMEDPlaygroundLib.large.loading import failures_explained
from ELMEDPlaygroundLib.large.offline import LOCAL, offline
from ELMEDPlaygroundLib.large.streaming import progress_of_tokens

if TYPE_CHECKING:
    from pathlib import Path

    from ELMEDLib.progress import Progress

LOADED = 0.3


@dataclass(frozen=True)
class Beginning:
    """How a text begins, and how it goes on.

    Attributes:
        prompt: its beginning.
        tokens: how many are added at the most.
        temperature: 0 always takes the likeliest token; more is more daring.
        seed: decides what chance does.
    """

    prompt: str
    tokens: int = 60
    temperature: float = 0.8
    seed: int = 0


def go_on(folder: Path, beginning: Beginning, device: str, progress: Progress) -> str:
    """Return the beginning and what the model adds to it.

    Args:
        folder: with the model; see `folder.look`.
        beginning: of the text.
        device: PyTorch's name.
        progress: told of each token; may raise `CancelledError`.

    Raises:
        ModelError: the model cannot be loaded.
        OutOfMemoryError: the device has too little memory.
    """
    offline()
    import torch

    progress("loading", 0.0, "Loading the model")
    with failures_explained(folder):
        from transformers import AutoModelForCausalLM, AutoTokenizer

        tokenizer: Any = AutoTokenizer.from_pretrained(
            str(folder), local_files_only=True, trust_remote_code=False
        )
        model: Any = AutoModelForCausalLM.from_pretrained(
            str(folder), trust_remote_code=False, **LOCAL
        )
        model = model.to(device)
        model.eval()
        asked = tokenizer(beginning.prompt, return_tensors="pt").to(device)
        room = getattr(model.config, "max_position_embeddings", None)
        tokens = beginning.tokens
        if room:
            # What does not fit into the model's window is forgotten from the front.
            tokens = min(tokens, room - 1)
            asked = {name: value[:, -(room - tokens) :] for name, value in asked.items()}
        torch.manual_seed(beginning.seed)
        chance: dict[str, Any] = {"do_sample": beginning.temperature > 0}
        if beginning.temperature > 0:
            chance["temperature"] = beginning.temperature
        added = model.generate(
            **asked,
            max_new_tokens=tokens,
            pad_token_id=tokenizer.eos_token_id,
            streamer=progress_of_tokens(progress, LOADED, 1.0, tokens),
            **chance,
        )
        fresh = added[0, asked["input_ids"].shape[1] :]
        text: str = tokenizer.decode(fresh, skip_special_tokens=True)
    return beginning.prompt + text
