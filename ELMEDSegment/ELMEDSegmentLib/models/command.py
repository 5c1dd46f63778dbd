"""`elmed models`: which models there are, and how they come and go."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import ConsentError, InputError
from ELMEDSegmentLib.labels import CHANNELS, LABELS, REGIONS
from ELMEDSegmentLib.manifest import OUTPUTS
from ELMEDSegmentLib.normalisation import NORMALISATIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from ELMEDLib.progress import Progress
    from ELMEDSegmentLib.models.listing import Row

MODELS = """\
List, show, install, add, update and remove models.

Nothing is downloaded before you have agreed to size, source and licence.
"""

EXAMPLES = """\
examples:
  elmed models list
  elmed models install monai-brats
  elmed models add brats-gli-v1.0.0.zip
  elmed models add my-network.ts --channels t1c t1 t2 flair --regions TC WT ET --axes LPS \\
      --spacing 1 --normalisation zscore-nonzero
  elmed segment --model monai-brats ...
"""


def add_command(commands: Any) -> None:
    """Add `models` with its own commands to the subparsers of `elmed`."""
    parser = commands.add_parser(
        "models",
        help="list, install, add, update and remove models",
        description=MODELS,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    listing = _action(actions, "list", "show which models there are", run_list)
    listing.add_argument("--json", action="store_true", help="as JSON")
    show = _action(actions, "show", "show all that is known about a model", run_show)
    show.add_argument("name", help="of the model")
    install = _action(actions, "install", "download and install a model", run_install)
    install.add_argument("name", help="of the model in the catalogue")
    update = _action(actions, "update", "install newer versions of models", run_update)
    update.add_argument("name", nargs="?", help="of one model (all that can be updated)")
    for each in (install, update):
        each.add_argument("--yes", action="store_true", help="agree to size, source and licence")
    _add_remove(actions)
    _add_add(actions)


def _action(actions: Any, name: str, text: str, run: Callable[..., None]) -> Any:
    parser = actions.add_parser(name, help=text, description=text.capitalize() + ".")
    parser.set_defaults(run=run)
    return parser


def _add_remove(actions: Any) -> None:
    remove = _action(actions, "remove", "delete an installed model", run_remove)
    remove.add_argument("name", help="of the model")
    remove.add_argument("--old", action="store_true", help="its older versions only")
    remove.add_argument(
        "--forget",
        action="store_true",
        help="forget the checksum of the first installation, too: accept another file next time",
    )


def _add_add(actions: Any) -> None:
    add = _action(actions, "add", "install a model from disk", run_add)
    add.add_argument("path", type=Path, help="bundle, archive, checkpoint, TorchScript, manifest")
    add.add_argument("--name", help="of the model (the file's)")
    add.add_argument("--title", help="of the model, for people")
    add.add_argument("--licence", help="of the model")
    add.add_argument("--channels", nargs="+", choices=CHANNELS, help="that it takes, in its order")
    add.add_argument("--regions", nargs="+", choices=REGIONS, help="that it gives, in its order")
    add.add_argument(
        "--labels",
        nargs="+",
        choices=("background", *LABELS),
        help="that it gives, in its order, if they exclude each other",
    )
    add.add_argument("--outputs", choices=OUTPUTS, help="what its outputs are")
    add.add_argument("--spacing", type=float, metavar="MM", help="voxel size that it works on")
    add.add_argument("--normalisation", choices=NORMALISATIONS, help="of intensities")
    add.add_argument("--axes", metavar="CODE", help="of its arrays, such as RAS or LPS")
    add.add_argument(
        "--trust-torchscript", action="store_true", help="agree to run a TorchScript program"
    )


def run_list(arguments: argparse.Namespace, _progress: Progress) -> None:
    """Carry out `elmed models list`."""
    from ELMEDSegmentLib.models.listing import all_models

    rows = all_models()
    if arguments.json:
        _print(json.dumps([row.as_dict() for row in rows], indent=2, ensure_ascii=False))
        return
    for row in rows:
        _print(f"{row.name:<18}{row.state:<18}{row.size:>12}  {row.title}")


def run_show(arguments: argparse.Namespace, _progress: Progress) -> None:
    """Carry out `elmed models show`."""
    from ELMEDSegmentLib.models.listing import find_row

    row = find_row(arguments.name)
    _print(f"{row.title} ({row.name}), version {row.version or 'not stated'}")
    for title, text in _facts(row):
        _print(f"{title + ':':<10}{text}")
    for line in row.details:
        _print(line)


def run_install(arguments: argparse.Namespace, progress: Progress) -> None:
    """Carry out `elmed models install`."""
    _install(arguments.name, progress, agreed=arguments.yes)


def run_update(arguments: argparse.Namespace, progress: Progress) -> None:
    """Carry out `elmed models update`."""
    from ELMEDSegmentLib.models.listing import UPDATE, all_models, find_row

    rows = [find_row(arguments.name)] if arguments.name else all_models()
    old = [row for row in rows if row.state == UPDATE]
    for row in old:
        _install(row.name, progress, agreed=arguments.yes)
    if not old:
        _print("All installed models are up to date.")


def run_remove(arguments: argparse.Namespace, _progress: Progress) -> None:
    """Carry out `elmed models remove`."""
    from ELMEDSegmentLib.models.install import remove_model

    count = remove_model(arguments.name, only_old=arguments.old, forget=arguments.forget)
    if not count:
        _print(f"Nothing of {arguments.name} was installed; what was left of a download is gone.")
        return
    _print(f"Removed {count} version{'' if count == 1 else 's'} of {arguments.name}.")


def run_add(arguments: argparse.Namespace, progress: Progress) -> None:
    """Carry out `elmed models add`."""
    from ELMEDSegmentLib.models.service import add_model

    stated = {
        key: getattr(arguments, key)
        for key in ("name", "title", "licence", "channels", "regions", "labels", "outputs")
    }
    stated |= {key: getattr(arguments, key) for key in ("normalisation", "axes")}
    if arguments.labels and not arguments.outputs:
        stated["outputs"] = "label-logits"
    answer = add_model(
        {
            "path": str(arguments.path),
            "stated": {**stated, "spacing_mm": arguments.spacing},
            "agreed_to_run": arguments.trust_torchscript,
        },
        progress,
    )
    _print(f"Installed as '{answer['name']}'.")


def _install(name: str, progress: Progress, *, agreed: bool) -> None:
    from ELMEDSegmentLib.models.entries import find_entry
    from ELMEDSegmentLib.models.install import consent_needed, consent_question, install_entry
    from ELMEDSegmentLib.models.listing import find_row

    entry = find_entry(name)
    _print(consent_question(entry))
    if not agreed and not _asked("Agree and download? [y/N] "):
        raise ConsentError("Nothing was downloaded.", "Agree to it, or give --yes.")
    install_entry(entry, consent_needed(entry), progress)
    _print(f"Installed as '{name}'. Checksum: {find_row(name).checksum}.")


def _asked(question: str) -> bool:
    if not sys.stdin.isatty():
        raise InputError(
            "Nobody can be asked whether to download.", "Give --yes to agree beforehand."
        )
    return input(question).strip().lower() in ("y", "yes")


def _facts(row: Row) -> list[tuple[str, str]]:
    return [
        ("State", row.state),
        ("Size", row.size),
        ("Licence", row.licence),
        ("Source", row.source),
        ("Checksum", row.checksum),
    ]


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
