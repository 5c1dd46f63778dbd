"""The command `elmed train-brain`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ELMEDLib.progress import Progress

TRAIN_BRAIN = """\
Train the bundled brain extraction on simulated heads: random contrasts, noise, resolution and
fields of view of whole-head label maps with skull, which have FreeSurfer's numbers as SynthSeg's
training maps do. A run that was stopped goes on from its checkpoint.
"""

EXAMPLE = """\
example:
  elmed train-brain head-labels/*.nii.gz --hold-out head_04.nii.gz head_09.nii.gz -o brain
"""


def add_command(commands: Any) -> None:
    """Add `train-brain` to the commands of `elmed`."""
    parser = commands.add_parser(
        "train-brain",
        help="train the brain extraction on simulated heads",
        description=TRAIN_BRAIN,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("label_maps", type=Path, nargs="*", metavar="MAP", help="whole-head label maps")
    add("-o", "--output", type=Path, required=True, help="folder for checkpoint and model")
    add("--hold-out", nargs="+", default=[], metavar="NAME", help="files not to train on")
    add("--procedural", type=int, default=2, help="generated heads to add (%(default)s)")
    add("--coarse-steps", type=int, default=1200, help="steps at 4 mm (%(default)s)")
    add("--fine-steps", type=int, default=700, help="steps at 3 mm (%(default)s)")
    add("--seed", type=int, default=0, help="of all chance (%(default)s)")
    add("--name", default="elmed-brain", help="name of the model (%(default)s)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, progress: Progress) -> None:
    """Carry out `elmed train-brain`."""
    from dataclasses import replace

    from ELMEDSegmentLib.training.brain import COARSE, FINE, BrainTraining, train_brain

    held_out = [path for path in arguments.label_maps if path.name in arguments.hold_out]
    phases = (
        replace(COARSE, steps=arguments.coarse_steps),
        replace(FINE, steps=arguments.fine_steps),
    )
    plan = BrainTraining(
        [path for path in arguments.label_maps if path not in held_out],
        arguments.output,
        arguments.procedural,
        held_out,
        tuple(phase for phase in phases if phase.steps > 0),
        arguments.seed,
        name=arguments.name,
    )
    sys.stdout.write(f"Brain extraction: {train_brain(plan, progress)}\n")
