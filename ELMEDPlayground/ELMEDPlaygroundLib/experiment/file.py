"""Experiments in files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import InputError, OutputError
from ELMEDLib.files import written_whole

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 512 * 2**20


def read_json(path: Path) -> Any:
    """Return what a JSON file holds.

    Raises:
        InputError: it is missing, too large, or no JSON.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"'{path}' is too large for an experiment.", "Choose another file.")
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputError(f"'{path}' cannot be read.", "Choose a file that exists.") from error
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"'{path}' is no JSON file.", "Choose a file that was saved by the playground."
        ) from error


def write_json(path: Path, value: Any) -> Path:
    """Write a value as JSON, whole or not at all.

    Raises:
        OutputError: it cannot be written there.
    """
    return write_text(path, json.dumps(value, allow_nan=False) + "\n")


def write_text(path: Path, text: str) -> Path:
    """Write a text, whole or not at all.

    Raises:
        OutputError: it cannot be written there.
    """
    try:
        with written_whole(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputError(
            f"'{path}' cannot be written.", "Choose a folder that exists and has space left."
        ) from error
    return path
