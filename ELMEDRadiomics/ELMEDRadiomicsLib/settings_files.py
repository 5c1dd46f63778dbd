"""Parameter files on disk: YAML when PyYAML is there, JSON always."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ELMEDLib.files import written_whole
from ELMEDRadiomicsLib.optional import optional_package
from ELMEDRadiomicsLib.settings import Settings, SettingsError, from_parameters


def read_settings(path: Path | str) -> Settings:
    """Read and check a pyradiomics parameter file (`.yaml`, `.yml`, `.json`).

    Raises:
        SettingsError: the file is missing, cannot be parsed, or says something not allowed.
        MissingPackageError: the file is YAML and PyYAML is not installed.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SettingsError(
            f"The parameter file '{path}' cannot be read: {error.strerror or error}.",
            "Choose a YAML or JSON file.",
        ) from error
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"The parameter file '{path}' is not a text file.", "Choose a YAML or JSON file."
        ) from error
    try:
        return parse_settings(text)
    except SettingsError as error:
        raise SettingsError(f"{path.name}: {error.message}", error.advice) from error


def parse_settings(text: str) -> Settings:
    """Parse and check the text of a parameter file, JSON or YAML.

    Raises:
        SettingsError, MissingPackageError: as `read_settings`.
    """
    stripped = text.lstrip()
    parsed = _from_json(text) if stripped.startswith("{") else _from_yaml(text)
    return from_parameters({} if parsed is None else parsed, text)


def _from_json(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise SettingsError(
            f"Line {error.lineno}: this is not valid JSON ({error.msg}).",
            "Correct the parameter file and try again.",
        ) from error


def _from_yaml(text: str) -> Any:
    yaml = optional_package("yaml", "PyYAML", "Reading a YAML parameter file", "use JSON")
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"Line {mark.line + 1}: " if mark is not None else ""
        what = getattr(error, "problem", None) or "cannot be understood"
        raise SettingsError(
            f"{where}this is not valid YAML ({what}).", "Correct the parameter file and try again."
        ) from error


def write_settings(settings: Settings, path: Path | str) -> None:
    """Write settings to a `.json` or `.yaml` file that pyradiomics reads as well.

    Settings that were read from a file of the same kind are written as they were, comments and
    all.

    Raises:
        MissingPackageError: the file is to be YAML and PyYAML is not installed.
        OutputError: the file cannot be written.
    """
    path = Path(path)
    text = settings_text(settings, as_json=path.suffix.lower() == ".json")
    with written_whole(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def settings_text(settings: Settings, *, as_json: bool) -> str:
    """Return settings as the text of a parameter file."""
    source = settings.source
    if source is not None and source.lstrip().startswith("{") == as_json:
        return source
    plain = json.loads(json.dumps(settings.parameters))
    if as_json:
        return json.dumps(plain, indent=2) + "\n"
    yaml = optional_package("yaml", "PyYAML", "Writing a YAML parameter file", "write .json")
    text: str = yaml.safe_dump(plain, sort_keys=False)
    return text
