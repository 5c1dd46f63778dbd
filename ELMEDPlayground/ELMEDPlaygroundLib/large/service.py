"""What the worker can be asked about large models."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDLib.environment import require
from ELMEDLib.errors import InputError, OutputError
from ELMEDLib.files import written_whole
from ELMEDLib.progress import within
from ELMEDPlaygroundLib import checked
from ELMEDPlaygroundLib.large.kinds import Kind, kind_of
from ELMEDPlaygroundLib.synthetic import SYNTHETIC

if TYPE_CHECKING:
    from collections.abc import Callable

    from ELMEDLib.progress import Progress
    from ELMEDPlaygroundLib.large.folder import Facts

LONGEST_PROMPT = 4000
MOST_STEPS, MOST_TOKENS, MOST_SEED, MOST_SIDE = 200, 1000, 2**31 - 1, 1024
SIDE_STEP = 8


def look_at_folder(arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:  # noqa: ARG001 - a task's
    """Say what a folder holds, before anything of it is loaded.

    Args:
        arguments: `kind`, `folder`, and optionally `device`.
        progress: not told: it takes a moment.

    Returns:
        What `as_answer` says.
    """
    from ELMEDPlaygroundLib.large.folder import look

    kind = kind_of(arguments.get("kind"))
    return as_answer(look(_folder(arguments), kind), kind, arguments)


def ask_the_hub(arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Ask the hub about a model.

    Args:
        arguments: `kind`, `model` ("owner/model"), `consent` (the site that may be asked), and
            optionally `device`.
        progress: told what is done.

    Returns:
        What `as_answer` says.
    """
    from ELMEDPlaygroundLib.large.hub import ask_about, site_address

    kind = kind_of(arguments.get("kind"))
    progress("asking", 0.1, "Asking the hub about the model")
    model = ask_about(str(arguments.get("model") or ""), kind, str(arguments.get("consent") or ""))
    return as_answer(model.facts(site_address()), kind, arguments)


def fetch_from_the_hub(arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Download a model, and say what its folder holds.

    Args:
        arguments: as for `ask_the_hub`, and `size_bytes`, which the user agreed to.
        progress: told how far it is.

    Returns:
        What `as_answer` says, and `folder`.
    """
    from ELMEDPlaygroundLib.large.folder import look
    from ELMEDPlaygroundLib.large.hub import ask_about, fetch

    kind = kind_of(arguments.get("kind"))
    consent = str(arguments.get("consent") or "")
    model = ask_about(str(arguments.get("model") or ""), kind, consent)
    size = sum(file.size_bytes for file in model.files)
    if size > checked.whole(arguments.get("size_bytes"), "the size", 0, 10**13):
        raise InputError(
            "The model has grown since you agreed to its size.", "Look at it again, and decide."
        )
    folder = fetch(model, kind, consent, progress)
    return {**as_answer(look(folder, kind), kind, arguments), "folder": str(folder)}


def picture(arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Make a picture from words.

    Args:
        arguments: `folder`, `prompt`, `output` (a PNG file), and optionally `steps`, `guidance`,
            `seed`, `side`, `device`.
        progress: told of each denoising step.

    Returns:
        `output`, `rows`, `columns` and `origin`, which says that it is no patient's.
    """
    from ELMEDPlaygroundLib.large.images import Wish, make_picture

    folder, device = _ready("image", arguments)
    output = Path(str(arguments.get("output") or ""))
    if output.suffix.lower() != ".png":
        raise InputError(
            f"'{output.name}' is no name of a PNG file.", "Give one that ends in .png."
        )
    side = checked.whole(arguments.get("side", 0), "the side", 0, MOST_SIDE)
    wish = Wish(
        prompt=_prompt(arguments),
        steps=checked.whole(arguments.get("steps", 25), "the number of steps", 1, MOST_STEPS),
        guidance=checked.number(arguments.get("guidance", 7.5), "the guidance", 0.0, 30.0),
        seed=_seed(arguments),
        side=side - side % SIDE_STEP,
    )
    made = make_picture(folder, wish, device, within(progress, 0.0, 0.98))
    _write_picture(made, output)
    return {
        "output": str(output),
        "rows": made.shape[0],
        "columns": made.shape[1],
        "origin": SYNTHETIC,
    }


def text(arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Let a text go on.

    Args:
        arguments: `folder`, `prompt`, and optionally `tokens`, `temperature`, `seed`, `device`.
        progress: told of each token.

    Returns:
        `text` (with its beginning) and `origin`.
    """
    from ELMEDPlaygroundLib.large.texts import Beginning, go_on

    folder, device = _ready("text", arguments)
    beginning = Beginning(
        prompt=_prompt(arguments),
        tokens=checked.whole(arguments.get("tokens", 60), "the number of tokens", 1, MOST_TOKENS),
        temperature=checked.number(arguments.get("temperature", 0.8), "the temperature", 0.0, 5.0),
        seed=_seed(arguments),
    )
    return {"text": go_on(folder, beginning, device, progress), "origin": SYNTHETIC}


def dictation(arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Write down what is said in the WAV file `recording`: `text`; `folder` has the model."""
    from ELMEDPlaygroundLib.large.dictation import write_down
    from ELMEDPlaygroundLib.speech.sound import read_wav

    folder, device = _ready("dictation", arguments)
    samples = read_wav(str(arguments.get("recording") or ""))
    return {"text": write_down(folder, samples, device, progress)}


def as_answer(facts: Facts, kind: Kind, arguments: dict[str, Any]) -> dict[str, Any]:
    """Return what is known of a model as JSON carries it.

    Returns:
        What `Facts` has, `device`, `device_title`, `needed_gb`, `available_gb`, `enough`, and
        `packages`: sentences about what is not installed.
    """
    from ELMEDLib.environment import problems
    from ELMEDPlaygroundLib.large.needs import needs_of

    needs = needs_of(kind.name, facts.weights_bytes, str(arguments.get("device") or "auto"))
    return {
        **asdict(facts),
        "device": needs.device,
        "device_title": needs.title,
        "needed_gb": needs.needed_gb,
        "available_gb": needs.available_gb,
        "enough": needs.enough,
        "packages": [problem.message for problem in problems(kind.packages)],
    }


def _ready(name: str, arguments: dict[str, Any]) -> tuple[Path, str]:
    """Return folder and device of a run, after making sure that all is there and safe."""
    from ELMEDPlaygroundLib.large.folder import look
    from ELMEDSegmentLib.device import choose_device

    kind = kind_of(name)
    require(kind.packages)
    folder = _folder(arguments)
    look(folder, kind)
    return folder, choose_device(str(arguments.get("device") or "auto"))


def _folder(arguments: dict[str, Any]) -> Path:
    named = str(arguments.get("folder") or "")
    if not named:
        raise InputError("No folder is chosen.", "Choose the folder that holds the model.")
    return Path(named)


def _prompt(arguments: dict[str, Any]) -> str:
    prompt = str(arguments.get("prompt") or "").strip()
    if not prompt or len(prompt) > LONGEST_PROMPT:
        raise InputError(
            "The words to begin with are missing, or too many.",
            f"Write 1 to {LONGEST_PROMPT:,} letters.",
        )
    return prompt


def _seed(arguments: dict[str, Any]) -> int:
    return checked.whole(arguments.get("seed", 0), "the seed", 0, MOST_SEED)


def _write_picture(made: Any, path: Path) -> None:
    import SimpleITK as sitk

    image = sitk.GetImageFromArray(made, isVector=True)
    try:
        with written_whole(path) as temporary:
            sitk.WriteImage(image, str(temporary))
    except RuntimeError as error:
        raise OutputError(
            f"The picture could not be written to '{path}'.", "Make sure that the disk has space."
        ) from error


LARGE_TASKS: dict[str, Callable[[dict[str, Any], Progress], dict[str, Any]]] = {
    "large_look": look_at_folder,
    "large_ask_hub": ask_the_hub,
    "large_fetch": fetch_from_the_hub,
    "large_picture": picture,
    "large_text": text,
    "large_dictation": dictation,
}
"""The room's tasks that are about large models, by the names that the worker knows."""
