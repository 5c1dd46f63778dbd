"""What a cohort is made with, kept in the output folder: a run goes on as it began."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ELMEDLib import __version__
from ELMEDLib.errors import InputError
from ELMEDLib.files import written_whole

if TYPE_CHECKING:
    from pathlib import Path

NAME = "cohort.json"


def agree(output: Path, kind: str, settings: dict[str, Any]) -> None:
    """Keep what the run is made with, or see to it that it goes on as it began.

    Args:
        output: the run's folder.
        kind: what is done, such as `segment`.
        settings: all that changes the results, as JSON can hold it.

    Raises:
        InputError: the folder holds a cohort that was made differently.
        OutputError: the folder cannot be written to.
    """
    now = json.loads(json.dumps({"kind": kind, "settings": settings}))
    begun = read_plan(output)
    if begun is None:
        with written_whole(output / NAME) as temporary:
            text = json.dumps({"version": __version__, **now}, indent=1)
            temporary.write_text(text + "\n", encoding="utf-8")
        return
    if begun["kind"] != kind:
        raise InputError(
            f"The folder '{output}' holds a cohort of another kind ({begun['kind']}).",
            "Choose another output folder.",
        )
    before = begun["settings"]
    changed = sorted(
        name for name in {*before, *settings} if before.get(name) != now["settings"].get(name)
    )
    if changed:
        raise InputError(
            f"The cohort in '{output}' was begun with other settings ({', '.join(changed)}).",
            "Choose the same settings again, or another output folder.",
        )


def read_plan(output: Path) -> dict[str, Any] | None:
    """Return what the cohort in a folder is made with; None where there is none.

    Raises:
        InputError: the folder's `cohort.json` is damaged.
    """
    path = output / NAME
    if not path.is_file():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return {"kind": str(content["kind"]), "settings": dict(content["settings"])}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"'{path}' is damaged.", "Choose another output folder, or remove that file."
        ) from error
