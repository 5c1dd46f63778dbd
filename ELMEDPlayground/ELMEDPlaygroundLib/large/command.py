"""`elmed large`: what a folder with a large model holds, and what the model makes."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import InputError

if TYPE_CHECKING:
    from ELMEDLib.progress import Progress

DESCRIPTION = """\
Look at a large model in a folder: its size, licence, and the memory that it needs. With --prompt or
--recording it is loaded and run: Stable Diffusion makes a picture, a GPT goes on with a text, and
Whisper writes down what is said. The folder is in the format of diffusers or transformers, with
safetensors weights. Nothing is downloaded.
"""

EXAMPLE = """\
examples:
  elmed large text models/gpt2
  elmed large text models/gpt2 --prompt "The tumour" --length 40
  elmed large image models/stable-diffusion --prompt "a brain" -o brain.png
  elmed large dictation models/whisper-tiny --recording note.wav
"""


def add_large(commands: Any) -> None:
    """Add `large` to the subparsers of `elmed`."""
    parser = commands.add_parser(
        "large",
        help="look at, and run, a large generative model in a folder",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("kind", choices=("image", "text", "dictation"), help="what it makes")
    parser.add_argument("folder", type=Path, help="that holds the model")
    parser.add_argument("--prompt", help="the words to begin with")
    parser.add_argument("--recording", type=Path, help="a WAV file to write down")
    parser.add_argument("--length", type=int, help="denoising steps (25), or tokens (60)")
    parser.add_argument("--seed", type=int, default=0, help="decides all that chance does (0)")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or mps (auto)")
    parser.add_argument("-o", "--output", type=Path, help="the PNG file of a picture")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace, progress: Progress) -> None:
    from ELMEDPlaygroundLib.large import service

    asked: dict[str, Any] = {
        "kind": arguments.kind,
        "folder": str(arguments.folder),
        "prompt": arguments.prompt,
        "seed": arguments.seed,
        "device": arguments.device,
    }
    if arguments.prompt is None and arguments.recording is None:
        sys.stdout.write(f"{json.dumps(service.look_at_folder(asked, progress))}\n")
    elif arguments.kind == "image":
        if arguments.output is None:
            raise InputError("Nothing is said of where the picture goes.", "Give -o FILE.png.")
        asked["output"] = str(arguments.output)
        answer = service.picture({**asked, **_length(arguments, "steps")}, progress)
        sys.stdout.write(f"{answer['output']}: {answer['origin']}\n")
    elif arguments.kind == "text":
        answer = service.text({**asked, **_length(arguments, "tokens")}, progress)
        sys.stdout.write(f"{answer['text']}\n")
    else:
        asked["recording"] = str(arguments.recording or "")
        sys.stdout.write(f"{service.dictation(asked, progress)['text']}\n")


def _length(arguments: argparse.Namespace, name: str) -> dict[str, int]:
    return {} if arguments.length is None else {name: arguments.length}
