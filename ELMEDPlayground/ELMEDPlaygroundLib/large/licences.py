"""The licence that a model states: in its card, its configuration, or a file of its own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

NOT_STATED = "not stated"
LONGEST = 80
MOST_BYTES = 200_000
CARD = re.compile(r"\A---\s*\n(.*?)\n---\s*(\n|\Z)", re.DOTALL)
"""The block at the head of a README in which the hub keeps what is known of a model."""


def licence_of(folder: Path) -> str:
    """Return the licence that the files of a model state, or "not stated"."""
    card = folder / "README.md"
    stated = licence_of_card(_text(card)) if card.is_file() else ""
    if stated:
        return stated
    for path in sorted(folder.glob("LICEN[CS]E*")):
        first = next((line.strip() for line in _text(path).splitlines() if line.strip()), "")
        if first:
            return f"{first[:LONGEST]} ({path.name})"
    return NOT_STATED


def licence_of_card(text: str) -> str:
    """Return the licence that a model card states, "" when it states none."""
    import yaml

    block = CARD.match(text)
    if block is None:
        return ""
    try:
        content = yaml.safe_load(block[1])
    except yaml.YAMLError:
        return ""
    return licence_in(content)


def licence_in(content: object) -> str:
    """Return the licence among the named values of a model card, "" when there is none."""
    if not isinstance(content, dict):
        return ""
    stated = content.get("license_name") or content.get("license")
    if isinstance(stated, list):
        stated = ", ".join(str(entry) for entry in stated)
    return " ".join(str(stated or "").split())[:LONGEST]


def _text(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(MOST_BYTES)
    except OSError:
        return ""
