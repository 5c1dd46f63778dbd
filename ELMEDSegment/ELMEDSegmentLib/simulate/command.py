"""`elmed simulate`: simulated studies from the command line."""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDLib.cohort.command import INTERRUPTED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ELMEDLib.progress import Progress
    from ELMEDSegmentLib.simulate.options import SimulationOptions

KINDS = ("glioblastoma", "non-enhancing", "mismatch", "diffuse")
PLACES = {
    "right-frontal": (0.62, 0.24, 0.27),
    "left-frontal": (0.62, 0.24, 0.73),
    "right-temporal": (0.30, 0.42, 0.17),
    "left-temporal": (0.30, 0.42, 0.83),
    "right-frontotemporal": (0.46, 0.34, 0.22),
    "left-frontotemporal": (0.46, 0.34, 0.78),
    "right-parietal": (0.70, 0.66, 0.27),
    "left-parietal": (0.70, 0.66, 0.73),
    "right-occipital": (0.48, 0.86, 0.32),
    "left-occipital": (0.48, 0.86, 0.68),
}
"""Tumour places as fractions of the cerebrum's box: from inferior, anterior, patient's right."""

LIMITS = {
    "spacing": (0.5, 5, " mm", "Give 1 for full resolution."),
    "lower_grade": (0, 1, "", "Give a share, such as 0.3."),
    "multifocal": (0, 1, "", "Give a share, such as 0.3."),
    "without_tumour": (0, 1, "", "Give a share, such as 0.3."),
    "noise": (0, 0.5, "", "Give a share, such as 0.035."),
    "intensity": (1, 10_000, "", "Give what scanners give, such as 600."),
    "slices": (0.5, 20, " mm", "Give 5 for a usual clinical scan."),
    "radius": (1, 60, " mm", "Give 15 for a usual tumour."),
}
"""Of each number that is given: least, most, unit, and what to give."""

_DESCRIPTION = """\
Simulate glioma patients: T1, contrast-enhanced T1, T2 and FLAIR on one grid, with the true
segmentation. Useful to try ELMED without patient data, to teach, to test, and to train.

Each study gets its own anatomy, its own tumour that pushes the tissue around it, its own
scanner settings, noise and uneven field. The same seed gives the same files.
"""
_EPILOG = """\
each study folder holds
  t1.nii.gz t1c.nii.gz t2.nii.gz flair.nii.gz   int16, skull-stripped unless --with-skull
  seg.nii.gz     0 background, 1 necrotic or non-enhancing core, 2 oedema, 3 enhancing tumour
  study.json     seed, anatomy, command, volumes of the sub-regions

examples
  elmed simulate -o patient                          one patient, from nothing
  elmed simulate -o studies --count 20 --seed 100    twenty: studies/sim-000100 ...
  elmed simulate -o patient --anatomy aseg.nii.gz    in the head of a FreeSurfer-like label map
  elmed simulate -o quick --spacing 2                small and fast
  elmed simulate -o patient --place left-temporal --kind glioblastoma
  elmed simulate -o mixed --count 40 --lower-grade 0.4 --without-tumour 0.1
  elmed simulate -o clinical --slices 5              as scanned in slices of 5 mm
"""


def add_command(subparsers: Any) -> None:
    """Add `simulate` to the subcommands of `elmed`."""
    parser = subparsers.add_parser(
        "simulate",
        help="make simulated glioma studies with known truth",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("-o", "--output", required=True, metavar="FOLDER", help="where the study is written")
    add("--seed", type=int, default=1, help="the seed of the first study (default 1)")
    add("--count", type=int, default=1, help="how many studies, each in its own folder")
    add(
        "--anatomy",
        nargs="+",
        default=[],
        metavar="FILE",
        help="head label maps with FreeSurfer's numbers (aseg, SynthSeg); one is drawn for each "
        "study and deformed. Without, heads are generated",
    )
    add(
        "--tumours",
        metavar="NPZ",
        help="tumour shapes: an array 'labels' (n, x, y, z) over the BraTS grid. Without, "
        "tumours are grown",
    )
    add(
        "--lesions",
        metavar="NPZ",
        help="real lesion cubes whose intensities tumours take: arrays 'images' (n, 4, x, y, z) "
        "and 'labels'. Without, tumours follow published relaxation times",
    )
    add("--spacing", type=float, default=1.0, metavar="MM", help="voxel size (default 1)")
    add("--with-skull", action="store_true", help="keep skull and scalp")
    add(
        "--grid",
        choices=("brats", "brain"),
        default="brats",
        help="brats: 240x240x155 mm; brain: just the brain (default brats)",
    )
    add("--place", choices=sorted(PLACES), help="where the tumour grows (default: anywhere)")
    add(
        "--kind",
        choices=KINDS,
        help="glioblastoma: necrosis in an enhancing rim; non-enhancing: a solid core; mismatch: a "
        "core that is bright on T2 and dark on FLAIR; diffuse: infiltration with hardly any core "
        "(default: by chance)",
    )
    add(
        "--lower-grade",
        type=float,
        default=0.3,
        metavar="SHARE",
        help="how many tumours are not glioblastomas, 0 to 1 (default 0.3)",
    )
    add(
        "--multifocal",
        type=float,
        metavar="SHARE",
        help="how many patients have tumours in several places, 0 to 1 (default 0.12; 0 where "
        "--place, --kind or --radius is given)",
    )
    add(
        "--without-tumour",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="how many studies have no tumour, 0 to 1 (default 0)",
    )
    add(
        "--slices",
        type=float,
        metavar="MM",
        help="scan every contrast in slices of this thickness (default: some, by chance)",
    )
    add(
        "--noise",
        type=float,
        default=0.035,
        metavar="SHARE",
        help="the most noise, as a share of white matter's signal (default 0.035)",
    )
    add(
        "--intensity",
        type=float,
        default=600.0,
        metavar="N",
        help="what white matter's intensities are drawn around (default 600)",
    )
    add("--radius", type=float, metavar="MM", help="mean radius of the tumour core")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, progress: Progress) -> None:
    """Carry out `elmed simulate`: write the studies and print where they are."""
    from ELMEDLib.errors import InputError
    from ELMEDSegmentLib.simulate.anatomy import AnatomySource
    from ELMEDSegmentLib.simulate.appearance import AppearanceSource
    from ELMEDSegmentLib.simulate.study import simulate_study
    from ELMEDSegmentLib.simulate.tumour import TumourSource
    from ELMEDSegmentLib.simulate.writing import check_folder, write_study

    if arguments.count < 1:
        raise InputError("--count must be at least 1.", "Give the number of studies to make.")
    if arguments.seed < 0:
        raise InputError("--seed must not be negative.", "Give a whole number from 0 on.")
    for name, (least, most, unit, advice) in LIMITS.items():
        value = getattr(arguments, name)
        if value is not None and not least <= value <= most:
            option = "--" + name.replace("_", "-")
            raise InputError(f"{option} must lie between {least:g} and {most:g}{unit}.", advice)
    anatomy = AnatomySource(tuple(arguments.anatomy))
    grown = arguments.place or arguments.radius
    tumours = TumourSource(arguments.tumours, grown_share=1.0 if grown else 0.15)
    lesions = AppearanceSource(arguments.lesions, share=1.0)
    options = _options(arguments)
    for number in range(arguments.count):
        check_folder(_folder(arguments, number))
    for number in range(arguments.count):
        seed, folder = arguments.seed + number, _folder(arguments, number)
        progress("simulate", number / arguments.count, f"Simulating patient with seed {seed}.")
        with _kept(arguments, number):
            study = simulate_study(seed, anatomy, tumours, options, lesions=lesions)
            write_study(study, folder, _command_line(arguments, seed))
        sys.stdout.write(f"{folder}: simulated patient, seed {seed}\n")


def _folder(arguments: argparse.Namespace, number: int) -> Path:
    """Return the folder of a study."""
    folder = Path(arguments.output)
    return folder / f"sim-{arguments.seed + number:06d}" if arguments.count > 1 else folder


@contextlib.contextmanager
def _kept(arguments: argparse.Namespace, done: int) -> Iterator[None]:
    """Say, when the work in the block is interrupted, which studies are there; end the program."""
    from ELMEDLib.errors import CancelledError

    try:
        yield
    except (KeyboardInterrupt, CancelledError):
        if not done:
            raise
        sys.stderr.write(
            f"elmed: cancelled; {done} of {arguments.count} studies are in '{arguments.output}'.\n"
        )
        raise SystemExit(INTERRUPTED) from None


def _options(arguments: argparse.Namespace) -> SimulationOptions:
    from ELMEDSegmentLib.simulate.options import SimulationOptions, TumourChoice

    chosen = arguments.place or arguments.kind or arguments.radius
    multifocal = arguments.multifocal
    return SimulationOptions(
        spacing_mm=arguments.spacing,
        with_skull=arguments.with_skull,
        noise=arguments.noise,
        intensity=arguments.intensity,
        fit_to_brain=arguments.grid == "brain",
        tumour=TumourChoice(
            place=PLACES[arguments.place] if arguments.place else None,
            radius_mm=arguments.radius,
            kind=arguments.kind,
        ),
        lower_grade=arguments.lower_grade,
        multifocal=(0.0 if chosen else 0.12) if multifocal is None else multifocal,
        without_tumour=arguments.without_tumour,
        slices_mm=arguments.slices,
    )


def _command_line(arguments: argparse.Namespace, seed: int) -> str:
    """Return the command that makes this study again, with file names for paths."""
    words = ["elmed simulate -o FOLDER", f"--seed {seed}"]
    if arguments.anatomy:
        words.append("--anatomy " + " ".join(Path(path).name for path in arguments.anatomy))
    if arguments.tumours:
        words.append(f"--tumours {Path(arguments.tumours).name}")
    if arguments.lesions:
        words.append(f"--lesions {Path(arguments.lesions).name}")
    words += [f"--{key} {value}" for key, value in _changed(arguments)]
    if arguments.with_skull:
        words.append("--with-skull")
    return " ".join(words)


def _changed(arguments: argparse.Namespace) -> list[tuple[str, object]]:
    usual: dict[str, object] = {
        "spacing": 1.0,
        "grid": "brats",
        "place": None,
        "kind": None,
        "radius": None,
        "noise": 0.035,
        "intensity": 600.0,
        "lower_grade": 0.3,
        "multifocal": None,
        "without_tumour": 0.0,
        "slices": None,
    }
    return [
        (key.replace("_", "-"), getattr(arguments, key))
        for key, value in usual.items()
        if getattr(arguments, key) != value
    ]
