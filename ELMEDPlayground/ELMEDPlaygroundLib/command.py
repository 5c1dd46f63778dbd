"""The commands that this room adds to `elmed`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import InputError, OutputError
from ELMEDLib.files import check_writable
from ELMEDPlaygroundLib.generative.slices import command as slices
from ELMEDPlaygroundLib.generative.text import command as text
from ELMEDPlaygroundLib.large.command import add_large
from ELMEDPlaygroundLib.speech.command import add_listen
from ELMEDPlaygroundLib.tumour import command as tumour

if TYPE_CHECKING:
    from ELMEDLib.progress import Progress

GENERATE = """\
Train a generator on points in the plane (a diffusion model, a GAN or a VAE), and write the points
that it makes into a CSV file: x, y, and the mode that each belongs to (empty: far from all data).
Says how near they are to points that it was not trained on.

Or make something else: with --volume, new slices of a scan as a volume; with --tumour, the brain
around a painted tumour, in four contrasts; with --text, a text. All of it is synthetic, and
volumes say so in their headers.
"""

EXAMPLE = """\
examples:
  elmed generate eight-gaussians --steps 3000 -o points.csv
  elmed generate eight-gaussians --model gan --preset collapses --steps 1000 -o points.csv
  elmed generate --volume flair.nii.gz -o new.nii.gz
  elmed generate --tumour mask.png --level 36 -o drawn
  elmed generate --text --seconds 30 --prompt "Catherine was " --temperature 0.8
"""

KINDS = ("eight-gaussians", "rings", "moons", "spiral")
MODELS = ("diffusion", "gan", "vae")
ROUNDS = 20


def add_commands(commands: Any) -> None:
    """Add this room's commands to the subparsers of `elmed`."""
    parser = commands.add_parser(
        "generate",
        help="make points, slices of a scan, tumours or texts with small generators",
        description=GENERATE,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("points", nargs="?", choices=KINDS, help="what to learn to make more of")
    parser.add_argument(
        "--model", choices=MODELS, default=MODELS[0], help="what learns the points (diffusion)"
    )
    parser.add_argument(
        "--preset", help="choices with a name: covers or collapses (GAN); balanced, exact or unused"
    )
    parser.add_argument("--steps", type=int, default=3000, help="of the training (3000)")
    parser.add_argument("--seed", type=int, default=0, help="decides all that chance does (0)")
    parser.add_argument("--mode", type=int, help="make points of this mode alone, counted from 0")
    parser.add_argument(
        "--guidance", type=float, default=0.0, help="how strongly to ask for it (0)"
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        help="what to write: a CSV file, a volume, a folder (--tumour); a text can do without",
    )
    tumour.add_arguments(parser)
    text.add_arguments(parser)
    slices.add_arguments(parser)
    parser.set_defaults(run=_generate)
    add_listen(commands)
    add_large(commands)


def _generate(arguments: argparse.Namespace, progress: Progress) -> None:
    wanted = {
        "points": arguments.points,
        "--text": arguments.text is not None,
        "--tumour": arguments.tumour,
        "--volume": arguments.volume,
    }
    given = [name for name, there in wanted.items() if there]
    if len(given) > 1:
        raise InputError(
            f"Only one thing is generated at a time, and {' and '.join(given)} are asked for.",
            "Leave one out.",
        )
    if arguments.text is not None:
        text.run(arguments, progress)
        return
    if arguments.output is None:
        raise InputError("Nothing is said of where to write.", "Give --output FILE.")
    if arguments.tumour:
        tumour.run(arguments, progress)
        return
    if arguments.volume:
        slices.run(arguments, progress)
        return
    if not arguments.points:
        raise InputError(
            "Nothing is said of what to generate.",
            f"Name points ({', '.join(KINDS)}), or give --tumour MASK or --volume FILE.",
        )
    _points(arguments, progress)


def _points(arguments: argparse.Namespace, progress: Progress) -> None:
    if arguments.output.suffix.lower() != ".csv":
        raise OutputError(
            f"'{arguments.output.name}' does not end in .csv.", "Points are written as a table."
        )
    check_writable(arguments.output)
    import torch

    from ELMEDPlaygroundLib import checked
    from ELMEDPlaygroundLib.experiment.file import write_text
    from ELMEDPlaygroundLib.experiment.tables import csv_of
    from ELMEDPlaygroundLib.generative.measures import against_noise
    from ELMEDPlaygroundLib.generative.models import begin
    from ELMEDPlaygroundLib.generative.tables import samples_columns
    from ELMEDPlaygroundLib.generative.views import MOST_GUIDANCE, generated

    steps = checked.whole(arguments.steps, "'--steps'", 1, 1_000_000)
    guidance = checked.number(arguments.guidance, "'--guidance'", 0.0, MOST_GUIDANCE)
    if guidance and arguments.mode is None:
        raise InputError(
            "'--guidance' says how strongly to ask for a mode, and none is asked for.",
            "Add --mode, or leave --guidance out.",
        )
    torch.set_num_threads(1)
    spec = {"kind": arguments.points, "seed": arguments.seed, "model": arguments.model}
    experiment: Any = begin({**spec, **_preset(arguments.model, arguments.preset)})
    wish = {"mode": arguments.mode, "guidance": guidance}
    if arguments.mode is not None and arguments.model != MODELS[0]:
        raise InputError(
            "Only a diffusion model can be asked for one mode.",
            "Leave --mode out, or take --model diffusion.",
        )
    generated(experiment, wish)  # says what is wrong with a wish before the training, not after
    for number in range(1, ROUNDS + 1):
        until = steps * number // ROUNDS
        if until > experiment.step and not experiment.stopped:
            experiment.advance(steps=until - experiment.step)
        progress("training", number / ROUNDS, f"Step {experiment.step:,} of {steps:,}")
    shown = generated(experiment, wish)
    write_text(arguments.output, csv_of(samples_columns(shown)))
    share = against_noise(shown["energy"], shown["energy_noise"])
    sys.stdout.write(
        f"{len(shown['points'])} points in {arguments.output}: {shown['covered']} of "
        f"{len(shown['modes'])} modes, energy distance {share}.\n"
    )


def _preset(model: str, preset: str | None) -> dict[str, Any]:
    """Return the choices of a preset.

    Raises:
        InputError: the model has none of this name.
    """
    from ELMEDPlaygroundLib import checked
    from ELMEDPlaygroundLib.generative import gan_experiment, vae_experiment

    if preset is None:
        return {}
    presets = {"gan": gan_experiment.PRESETS, "vae": vae_experiment.PRESETS}.get(model)
    if presets is None:
        raise InputError(f"There are no presets of --model {model}.", "Leave --preset out.")
    return presets[checked.choice(preset, "the preset", presets)]
