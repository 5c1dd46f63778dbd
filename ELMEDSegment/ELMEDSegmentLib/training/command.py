"""`elmed train`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDLib.cohort.command import resumable
from ELMEDSegmentLib.training.designs import DESIGNS
from ELMEDSegmentLib.training.recipe import PRECISIONS, Recipe

if TYPE_CHECKING:
    from ELMEDLib.progress import Progress

DESCRIPTION = """\
Train a network on labelled studies, and publish it as a model for `elmed segment --model`.

A study is a folder with t1, t1c, t2, flair and seg files; BraTS folders and the Medical
Segmentation Decathlon's Task01_BrainTumour are read as they are. A weight after a colon says how
often the studies of a folder are drawn relative to other folders' (DATA:0.2).

The run can be stopped at any time: the same command goes on where it stopped.

With --start-from a trained model is tuned to your data: network and voxel size are the model's.
"""

EXAMPLE = """\
example:
  elmed simulate -o simulated --count 20
  elmed train simulated --hold-out sim-000001 --steps 500 -o training
  elmed train MYDATA --hold-out patient-3 --start-from elmed-glioma --minutes 10 -o tuning
"""


def add_command(commands: Any) -> None:
    """Add `train` to the commands of `elmed`."""
    parser = commands.add_parser(
        "train",
        help="train a network on labelled studies",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("data", nargs="+", metavar="DATA[:WEIGHT]", help="folders of studies")
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder for the run")
    parser.add_argument(
        "--hold-out", nargs="+", default=[], metavar="NAME", help="studies to validate on only"
    )
    parser.add_argument("--lesions", type=Path, help="lesion cubes (.npz) to set into the brains")
    parser.add_argument("--name", default="my-model", help="name of the model (%(default)s)")
    parser.add_argument(
        "--start-from",
        default="scratch",
        metavar="MODEL",
        help="a model's name or manifest to go on with, or scratch (%(default)s)",
    )
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--steps", type=int, default=3000, help="optimiser steps (%(default)s)")
    length.add_argument(
        "--minutes", type=float, help="as many steps as take about so long, instead of --steps"
    )
    _add_validation(parser)
    parser.add_argument("--batch", type=int, default=2, help="patches a step (%(default)s)")
    parser.add_argument(
        "--patch", type=int, default=64, help="side of a patch in voxels (%(default)s)"
    )
    parser.add_argument(
        "--design", choices=DESIGNS, default="residual-unet", help="network (%(default)s)"
    )
    parser.add_argument("--spacing", type=float, default=2.0, help="voxel size in mm (%(default)s)")
    parser.add_argument(
        "--elastic", type=float, default=0.0, metavar="MM", help="bending of anatomy (%(default)s)"
    )
    parser.add_argument(
        "--channel-dropout",
        type=float,
        default=0.1,
        metavar="SHARE",
        help="share of patches without one contrast (%(default)s)",
    )
    parser.add_argument(
        "--learning-rate",
        type=float,
        default=Recipe().learning_rate,
        metavar="RATE",
        help="at its peak (%(default)s; with --start-from a third of it)",
    )
    parser.add_argument("--precision", choices=PRECISIONS, default="float32", help="(%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of all chance (%(default)s)")
    parser.add_argument("--device", default="cpu", help="PyTorch device (%(default)s)")
    parser.set_defaults(run=run)


def _add_validation(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--validate-every", type=int, default=0, metavar="STEPS", help="(a tenth of the steps)"
    )
    parser.add_argument(
        "--patience",
        type=int,
        default=0,
        metavar="N",
        help="stop when N validations in a row were no better than the best one (never)",
    )
    parser.add_argument(
        "--keep-best",
        action="store_true",
        help="publish the weights of the best validation instead of the last ones",
    )


COMBINE = """\
Make one model of several that were trained on different patients: their probabilities are averaged.

Train each with other studies held out; then `elmed evaluate --unseen` judges every study by those
members that never saw it.
"""


def add_combine_command(commands: Any) -> None:
    """Add `combine` to the commands of `elmed`."""
    parser = commands.add_parser(
        "combine",
        help="make one model of several",
        description=COMBINE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("models", nargs="+", type=Path, help="manifests (.json) of the members")
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder for the model")
    parser.add_argument("--name", default="my-ensemble", help="name of the model (%(default)s)")
    parser.set_defaults(run=run_combine)


def run_combine(arguments: argparse.Namespace, progress: Progress) -> None:
    """Carry out `elmed combine`."""
    from ELMEDSegmentLib.training.combine import combine

    progress("combining", 0.0, "Reading the models")
    print(f"Model: {combine(arguments.models, arguments.name, arguments.output)}")


def run(arguments: argparse.Namespace, progress: Progress) -> None:
    """Carry out `elmed train`."""
    from ELMEDSegmentLib.device import named_device
    from ELMEDSegmentLib.training import control
    from ELMEDSegmentLib.training.run import TrainingPlan, run_training
    from ELMEDSegmentLib.training.start import SCRATCH

    recipe = Recipe(
        steps=arguments.steps,
        batch=arguments.batch,
        patch=(arguments.patch,) * 3,
        seed=arguments.seed,
        spacing_mm=arguments.spacing,
        learning_rate=arguments.learning_rate,
        elastic_mm=arguments.elastic,
        channel_dropout=arguments.channel_dropout,
        precision=arguments.precision,
        validate_every=arguments.validate_every,
        validate_first=arguments.start_from != SCRATCH,
        patience=arguments.patience,
        keep_best=arguments.keep_best,
        architecture=dict(DESIGNS[arguments.design]),
    )
    plan = TrainingPlan(
        sources=[source(text) for text in arguments.data],
        output=arguments.output,
        recipe=recipe,
        held_out=arguments.hold_out,
        lesions=arguments.lesions,
        name=arguments.name,
        device=named_device(arguments.device),
        start_from=arguments.start_from,
        minutes=arguments.minutes,
    )
    if plan.output.is_dir():
        control.set_wish(plan.output, control.RUN)
    with resumable(plan.output):
        manifest = run_training(plan, progress)
    print(f"Model: {manifest}")


def source(text: str) -> Any:
    """Return the source that `FOLDER` or `FOLDER:WEIGHT` stands for."""
    from ELMEDSegmentLib.training.run import Source

    folder, separator, weight = text.rpartition(":")
    try:
        return Source(Path(folder), float(weight)) if separator else Source(Path(text))
    except ValueError:  # a colon of the path itself, such as a Windows drive's
        return Source(Path(text))
