"""The commands that this room adds to `elmed`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDSegmentLib.labels import CHANNEL_TITLES, CHANNELS, LABEL_TITLES, REGIONS

if TYPE_CHECKING:
    from ELMEDLib.progress import Progress

SEGMENT = """\
Segment a brain tumour in four MRI volumes of one patient.

The volumes may be as they were scanned: they are registered, and the brain is extracted, unless
they are co-registered and skull-stripped already (as BraTS has them). The result has
label 1 in the necrotic or non-enhancing core, 2 in the oedema and 3 in the enhancing tumour, on the
exact grid of the reference volume. Volumes of the regions are printed.
"""

SEGMENT_EXAMPLE = """\
examples:
  elmed segment --t1 t1.nii.gz --t1c t1c.nii.gz --t2 t2.nii.gz --flair flair.nii.gz \\
      -o tumour.nii.gz --report tumour.json
  elmed segment FOLDER -o tumour.nii.gz
"""

DEVICES_TEXT = """\
Show the devices that a network can run on. Each is tried with one operation; the first that works
is what `--device auto` takes.
"""

EVALUATE = """\
Compare a segmentation with a reference segmentation of the same study, or judge a model on a folder
of labelled studies.

Prints, of the whole tumour (WT), the tumour core (TC) and the enhancing tumour (ET), the Dice
coefficient (1 is full agreement), the 95 % Hausdorff distance in mm (0 is full agreement), the
share of the surfaces that lie within 1 mm of each other, and by how many ml the segmentation is
larger than the reference. By BraTS's convention a region that is in neither scores 1, 0 mm and 1;
one that is in only one of them scores 0, 373.13 mm and 0.
"""

MEASURES = (
    ("dice", "Dice", 4),
    ("hd95_mm", "HD95 in mm", 2),
    ("surface_dice", "Surface Dice", 4),
    ("volume_difference_ml", "Volume difference in ml", 2),
)
"""What `evaluate` prints: the measure's name, its title, and how many decimal places."""

EVALUATE_EXAMPLE = """\
examples:
  elmed evaluate tumour.nii.gz seg.nii.gz
  elmed evaluate --studies FOLDER --cases patient-1 patient-2 --model my-model.json
"""


def add_commands(commands: Any) -> None:
    """Add this room's commands to the subparsers of `elmed`."""
    from ELMEDSegmentLib.exporting.command import add_command as add_export
    from ELMEDSegmentLib.inputs.identifying import add_command as add_identify
    from ELMEDSegmentLib.models.command import add_command as add_models
    from ELMEDSegmentLib.raw.command import add_command as add_prepare
    from ELMEDSegmentLib.simulate.command import add_command as add_simulate
    from ELMEDSegmentLib.training.brain_command import add_command as add_train_brain
    from ELMEDSegmentLib.training.command import add_combine_command
    from ELMEDSegmentLib.training.command import add_command as add_train

    _add_segment(commands)
    add_identify(commands)
    add_prepare(commands)
    _add_evaluate(commands)
    _add_devices(commands)
    add_export(commands)
    add_models(commands)
    add_train(commands)
    add_train_brain(commands)
    add_combine_command(commands)
    add_simulate(commands)


def _add_segment(commands: Any) -> None:
    from ELMEDSegmentLib.device import DEVICES
    from ELMEDSegmentLib.raw.command import add_options

    parser = commands.add_parser(
        "segment",
        help="segment a brain tumour in four MRI volumes",
        description=SEGMENT,
        epilog=SEGMENT_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "folder",
        type=Path,
        nargs="?",
        help="with the study's files or DICOM series, told apart as `elmed identify` shows",
    )
    for channel in CHANNELS:
        parser.add_argument(
            f"--{channel}", type=Path, metavar="FILE", help=f"the {CHANNEL_TITLES[channel]} volume"
        )
    parser.add_argument("-o", "--output", type=Path, required=True, help="file for the labels")
    parser.add_argument("--report", type=Path, help="file for the run report (JSON)")
    parser.add_argument("--model", help="name of a model, or its manifest (the bundled one)")
    parser.add_argument("--reference", choices=CHANNELS, help="whose grid the result has (t1c)")
    parser.add_argument("--device", choices=DEVICES, default="auto", help="(%(default)s)")
    parser.add_argument("--threads", type=int, help="CPU threads (as PyTorch chooses)")
    parser.add_argument(
        "--keep-islands", action="store_true", help="keep islands below 0.1 ml in the result"
    )
    parser.add_argument(
        "--mirror", action="store_true", help="predict the mirror image, too: twice the time"
    )
    parser.add_argument(
        "--probabilities", type=Path, metavar="FOLDER", help="write the probability of each region"
    )
    parser.add_argument(
        "--uncertainty", type=Path, metavar="FILE", help="write how undecided the network is (bits)"
    )
    parser.add_argument(
        "--prepared", type=Path, metavar="FOLDER", help="write registered volumes and brain mask"
    )
    add_options(parser)
    parser.set_defaults(run=run_segment)


def _add_devices(commands: Any) -> None:
    parser = commands.add_parser(
        "devices",
        help="show what a network can run on here",
        description=DEVICES_TEXT,
        epilog="example:\n  elmed devices",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run_devices)


def _add_evaluate(commands: Any) -> None:
    parser = commands.add_parser(
        "evaluate",
        help="compare a segmentation with a reference",
        description=EVALUATE,
        epilog=EVALUATE_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("segmentation", type=Path, nargs="?", help="labels to judge")
    parser.add_argument(
        "expected", type=Path, nargs="?", metavar="reference", help="labels to judge by"
    )
    parser.add_argument("--studies", type=Path, metavar="FOLDER", help="labelled studies")
    parser.add_argument(
        "--cases", nargs="+", default=[], metavar="NAME", help="of these only (all in the folder)"
    )
    parser.add_argument("--model", help="name of a model, or its manifest (the bundled one)")
    parser.add_argument(
        "--unseen",
        action="store_true",
        help="judge each study only by members of the model that were not trained on it",
    )
    parser.add_argument("--without", choices=CHANNELS, help="take this contrast away first")
    parser.add_argument("--mirror", action="store_true", help="predict the mirror image, too")
    parser.add_argument("--json", type=Path, help="write the numbers to this file, too")
    parser.set_defaults(run=run_evaluate)


def run_segment(arguments: argparse.Namespace, progress: Progress) -> None:
    """Carry out `elmed segment`."""
    from ELMEDSegmentLib.tasks import segment_files

    paths = {channel: getattr(arguments, channel) for channel in CHANNELS}
    result = segment_files(
        {
            "volumes": {channel: str(path) for channel, path in paths.items() if path},
            "folder": _text(arguments.folder),
            "output": str(arguments.output),
            "report": _text(arguments.report),
            "probabilities": _text(arguments.probabilities),
            "uncertainty": _text(arguments.uncertainty),
            "prepared": _text(arguments.prepared),
            "model": arguments.model,
            "reference": arguments.reference,
            "options": {
                "device": arguments.device,
                "threads": arguments.threads,
                "postprocess": not arguments.keep_islands,
                "mirror": arguments.mirror,
                "prepare": arguments.prepare,
                "brain_extraction": arguments.brain_extraction,
            },
        },
        progress,
    )
    for warning in result["warnings"]:
        sys.stderr.write(f"Warning: {warning}\n")
    if arguments.prepared and not result["prepared"]:
        sys.stderr.write(f"Note: nothing had to be prepared, so '{arguments.prepared}' is empty.\n")
    for name, volume in result["volumes_ml"].items():
        _print(f"{LABEL_TITLES.get(name, name):<18}{volume:10.2f} ml")
    _print(f"Labels: {result['output']}")


def run_devices(arguments: argparse.Namespace, progress: Progress) -> None:  # noqa: ARG001
    """Carry out `elmed devices`."""
    from ELMEDSegmentLib.device import choose_device, find_devices

    chosen = choose_device()
    for device in find_devices():
        mark = "  (taken by 'auto')" if device.name == chosen else ""
        _print(f"{device.name:<6}{device.sentence()}{mark}")


def run_evaluate(arguments: argparse.Namespace, progress: Progress) -> None:
    """Carry out `elmed evaluate`."""
    from ELMEDLib.errors import InputError

    if arguments.studies:
        _evaluate_model(arguments, progress)
    elif arguments.segmentation and arguments.expected:
        _evaluate_segmentation(arguments)
    else:
        raise InputError(
            "There is nothing to compare.",
            "Give a segmentation and its reference, or --studies with a folder.",
        )


def _evaluate_segmentation(arguments: argparse.Namespace) -> None:
    from ELMEDLib.files import spare_inputs
    from ELMEDSegmentLib.evaluation import compare_files

    if arguments.json:
        spare_inputs([arguments.json], [arguments.segmentation, arguments.expected])
    comparison = compare_files(arguments.segmentation, arguments.expected)
    scores = comparison.scores
    _write_json(arguments.json, scores)
    if comparison.note:
        sys.stderr.write(f"Note: {comparison.note}\n")
    for measure, title, places in MEASURES:
        values = scores[measure]
        for region in REGIONS:
            _print(f"{title} {region}  {values[region]:.{places}f}")
        _print(f"{title} mean {sum(values.values()) / len(values):.{places}f}")


def _evaluate_model(arguments: argparse.Namespace, progress: Progress) -> None:
    from ELMEDSegmentLib.assessment import Judging, assess, mean_scores
    from ELMEDSegmentLib.catalogue import find_model
    from ELMEDSegmentLib.model import load_model
    from ELMEDSegmentLib.segment import Options

    model = load_model(find_model(arguments.model))
    judging = Judging(arguments.unseen, arguments.without)
    scores = assess(
        model,
        arguments.studies,
        arguments.cases,
        Options(mirror=arguments.mirror),
        progress,
        judging,
    )
    _write_json(arguments.json, {"model": model.manifest.sha256, **scores})
    for measure, title, places in MEASURES:
        studies = scores[measure]
        _print(f"{title:<24}{'WT':>8}{'TC':>8}{'ET':>8}{'mean':>8}")
        for name, values in [*studies.items(), ("mean", mean_scores(studies))]:
            mean = sum(values[region] for region in REGIONS) / len(REGIONS)
            columns = "".join(f"{values[region]:8.{places}f}" for region in REGIONS)
            _print(f"{name:<24}{columns}{mean:8.{places}f}")


def _write_json(path: Path | None, values: dict[str, Any]) -> None:
    import json

    from ELMEDLib.files import written_whole

    if path:
        with written_whole(path) as temporary:
            temporary.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")


def _text(path: Path | None) -> str | None:
    return str(path) if path else None


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
