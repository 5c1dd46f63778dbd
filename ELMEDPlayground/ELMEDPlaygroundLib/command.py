"""The commands that this room adds to `elmed`."""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import InputError
from ELMEDLib.files import written_whole
from ELMEDPlaygroundLib.generative.slices import command as slices
from ELMEDPlaygroundLib.generative.text import command as text
from ELMEDPlaygroundLib.speech.command import add_listen
from ELMEDPlaygroundLib.tumour import command as tumour

if TYPE_CHECKING:
    from ELMEDLib.progress import Progress
    from ELMEDPlaygroundLib.generative.plane import PlaneExperiment

GENERATE = """\
Train a diffusion model on points in the plane, and write the points that it makes into a CSV file:
x, y, and the mode that each belongs to (empty: far from all data). Says how near they are to points
that it was not trained on.
"""

EXAMPLE = """\
examples:
  elmed generate eight-gaussians --steps 3000 -o points.csv
  elmed generate --text --seconds 30 --prompt "Catherine was " --temperature 0.8
"""

KINDS = ("eight-gaussians", "rings", "moons", "spiral")
ROUNDS = 20


def add_commands(commands: Any) -> None:
    """Add this room's commands to the subparsers of `elmed`."""
    parser = commands.add_parser(
        "generate",
        help="train a small diffusion model on points, and make new ones",
        description=GENERATE,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("points", nargs="?", choices=KINDS, help="what to learn to make more of")
    parser.add_argument("--steps", type=int, default=3000, help="of the training (3000)")
    parser.add_argument("--seed", type=int, default=0, help="decides all that chance does (0)")
    parser.add_argument("--mode", type=int, help="make points of this mode alone, counted from 0")
    parser.add_argument(
        "--guidance", type=float, default=0.0, help="how strongly to ask for it (0)"
    )
    parser.add_argument(
        "-o", "--output", type=Path, help="the CSV file to write; a text can do without"
    )
    tumour.add_arguments(parser)
    text.add_arguments(parser)
    slices.add_arguments(parser)
    parser.set_defaults(run=_generate)
    add_listen(commands)


def _generate(arguments: argparse.Namespace, progress: Progress) -> None:
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
    import torch

    from ELMEDPlaygroundLib import checked
    from ELMEDPlaygroundLib.generative.models import begin
    from ELMEDPlaygroundLib.generative.views import generated

    steps = checked.whole(arguments.steps, "'--steps'", 1, 1_000_000)
    torch.set_num_threads(1)
    experiment: Any = begin({"kind": arguments.points, "seed": arguments.seed})
    wish = {"mode": arguments.mode, "guidance": arguments.guidance}
    generated(experiment, wish)  # says what is wrong with a wish before the training, not after
    for number in range(1, ROUNDS + 1):
        until = steps * number // ROUNDS
        if until > experiment.step and not experiment.stopped:
            experiment.advance(steps=until - experiment.step)
        progress("training", number / ROUNDS, f"Step {experiment.step:,} of {steps:,}")
    shown = generated(experiment, wish)
    _write(arguments.output, experiment, shown)
    share = shown["energy"] / max(shown["energy_noise"], 1e-9)
    sys.stdout.write(
        f"{len(shown['points'])} points in {arguments.output}: {shown['covered']} of "
        f"{len(shown['modes'])} modes, energy distance {100 * share:.0f} % of that of noise.\n"
    )


def _write(path: Path, experiment: PlaneExperiment, shown: dict[str, Any]) -> None:
    names = experiment.cloud.modes
    with (
        written_whole(path) as temporary,
        temporary.open("w", newline="", encoding="utf-8") as file,
    ):
        writer = csv.writer(file)
        writer.writerow(["x", "y", "mode"])
        for (x, y), mode in zip(shown["points"], shown["targets"], strict=True):
            name = names[mode] if mode < len(names) else ""
            writer.writerow([f"{x:.5f}", f"{y:.5f}", name])
