"""`elmed generate --volume`: scans become a new, synthetic volume of the same geometry."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDPlaygroundLib.data.scan_patches import PLANES

if TYPE_CHECKING:
    import argparse

    from ELMEDLib.progress import Progress

GIVEN = "given"
"""What errors call a volume that stands alone: "The given volume has ..."."""


def add_arguments(parser: Any) -> None:
    """Add what slices of scans need to `elmed generate`."""
    group = parser.add_argument_group("slices of scans")
    group.add_argument(
        "--volume",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="learn the slices of these volumes (NIfTI or NRRD), one subject each, and write a new "
        "volume with the geometry of the first to --output",
    )
    group.add_argument(
        "--contrasts",
        action="store_true",
        help="the volumes are contrasts of one subject; --output is a folder",
    )
    group.add_argument(
        "--segment", type=Path, metavar="FILE", help="label image: classes are with and without it"
    )
    group.add_argument("--plane", choices=tuple(PLANES), default="axial", help="(axial)")
    group.add_argument("--latent", choices=("pca", "vae"), default="pca", help="(pca)")
    group.add_argument(
        "--class",
        dest="wanted",
        type=int,
        help="0, 1 or 2: lower, middle or upper third; or 0 and 1: without and with the segment",
    )


def run(arguments: argparse.Namespace, progress: Progress) -> None:
    """Learn, write, and say what was measured."""
    from ELMEDLib.errors import InputError
    from ELMEDLib.files import check_writable, spare_inputs
    from ELMEDPlaygroundLib.generative.slices.figures import rows_of, sentence_of
    from ELMEDPlaygroundLib.generative.slices.service import generate_files
    from ELMEDPlaygroundLib.synthetic import SYNTHETIC, check_ending

    given = [*arguments.volume, *([arguments.segment] if arguments.segment else [])]
    absent = next((path for path in given if not path.is_file()), None)
    if absent:
        raise InputError(f"There is no file '{absent}'.", "Check the name.")
    paths = [str(path) for path in arguments.volume]
    if arguments.contrasts:
        names = [_name(path) for path in arguments.volume]
        if len(set(names)) < len(names):
            raise InputError("Two of the volumes have the same name.", "Rename one of them.")
        subjects: list[dict[str, Any]] = [{"images": dict(zip(names, paths, strict=True))}]
        outputs = {name: str(arguments.output / f"{name}-synthetic.nii.gz") for name in names}
    else:
        subjects = [{"images": {GIVEN: path}} for path in paths]
        outputs = {GIVEN: str(arguments.output)}
    for output in outputs.values():
        check_ending(output)
        check_writable(output)
    spare_inputs(outputs.values(), given)
    if arguments.segment is not None:
        if len(subjects) > 1:
            raise InputError(
                "A segment belongs to one subject.", "Give one volume, or add --contrasts."
            )
        subjects[0]["labels"] = str(arguments.segment)
    settings = {
        "plane": arguments.plane,
        "latent": arguments.latent,
        "wanted": arguments.wanted,
        "guidance": arguments.guidance,
        "steps": arguments.steps,
        "seed": arguments.seed,
    }
    task = {"subjects": subjects, "settings": settings, "outputs": outputs}
    report = generate_files(task, progress)
    lines = [f"{what}: {value} ({compared})" for what, value, compared in rows_of(report)]
    files = ", ".join(report["outputs"].values())
    sys.stdout.write("\n".join([*lines, sentence_of(report), f"{files}: {SYNTHETIC}.", ""]))


def _name(path: Path) -> str:
    """Return a file's name without its endings."""
    return path.name.removesuffix(".gz").rsplit(".", 1)[0]
