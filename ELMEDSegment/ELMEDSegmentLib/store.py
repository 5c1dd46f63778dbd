"""The user's own models: where they are kept, and how a new one comes there.

Each model has a folder with numbered versions, each with a manifest and its weights. A new version
is made complete under another name and then renamed: whoever looks sees the old one or the new one,
never half of one. Old versions stay; without the newest, the one before it is used again.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ELMEDLib.errors import InputError, OutputError

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)

FOLDER_VARIABLE = "ELMED_MODELS"
"""Names another folder, for people who share models and for tests."""

UNFINISHED = ".elmed-"
"""What the names of folders begin with in which a model is being made, or taken away."""

FORGOTTEN_S = 3600.0
"""An unfinished folder that nobody has touched for so long was left by a program that was ended."""

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def user_models_folder() -> Path:
    """Return the folder of the user's models; it may not exist yet."""
    named = os.environ.get(FOLDER_VARIABLE)
    if named:
        return Path(named)
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local")) / "ELMED" / "models"
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "ELMED" / "models"
    return Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "ELMED" / "models"


def user_manifests() -> list[Path]:
    """Return the manifest of the newest version of each of the user's models.

    A folder that may not be looked into does not keep other models from being used.
    """
    manifests: list[Path] = []
    try:
        models = sorted(path for path in user_models_folder().iterdir() if path.is_dir())
    except FileNotFoundError:
        return []
    except OSError:
        logger.warning("The folder of the user's models cannot be looked into.")
        return []
    for model in models:
        with suppress(OSError):
            manifests += [
                manifest
                for version in _versions(model)
                if (manifest := version / f"{model.name}.json").is_file()
            ][-1:]
    return manifests


def check_name(name: str) -> None:
    """Tell whether a model may have this name.

    Raises:
        InputError: it may not.
    """
    if not NAME.fullmatch(name):
        raise InputError(
            f"'{name}' cannot be a model's name.",
            "Use letters, digits, dots, dashes and underscores, beginning with a letter or digit.",
        )


def install(name: str, write: Callable[[Path], Path]) -> Path:
    """Put a new version of the model `name` beside the old ones, and return its manifest.

    Args:
        name: of the model.
        write: writes manifest and weights into the folder that it is given, and returns the
            manifest, which is called `<name>.json`.

    Raises:
        InputError: a model cannot have this name.
        OutputError: the user's models cannot be written; nothing has changed then.
    """
    check_name(name)
    model = user_models_folder() / name
    temporary = None
    _sweep(user_models_folder())
    _sweep(model)
    try:
        model.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=model))
        manifest = write(temporary)
        # mkdtemp makes folders private; a shared folder of models is for everybody.
        temporary.chmod(0o755)
        return _renamed(temporary, model) / manifest.name
    except OSError as error:
        raise OutputError(
            f"The model cannot be installed in '{model}': {error.strerror or error}.",
            "Free some space, or see to it that you may write there.",
        ) from error
    finally:
        if temporary is not None and temporary.is_dir():
            shutil.rmtree(temporary, ignore_errors=True)


def remove(name: str, *, only_old: bool = False) -> int:
    """Delete a model of the user's, or its old versions only; return how many versions went.

    What is deleted is taken out of sight first: nobody finds half of a model.

    Raises:
        InputError: there is no such model.
        OutputError: it cannot be deleted; another program may be using it.
    """
    check_name(name)
    model = user_models_folder() / name
    versions = _versions(model) if model.is_dir() else []
    if not versions:
        raise InputError(
            f"There is no model '{name}' among those that you have installed.",
            "Choose one of those that 'elmed models list' shows as installed.",
        )
    going = versions[:-1] if only_old else versions
    try:
        for version in going:
            hidden = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=model)) / version.name
            version.rename(hidden)
            shutil.rmtree(hidden.parent)
        if not only_old:
            shutil.rmtree(model)
    except OSError as error:
        raise OutputError(
            f"The model '{name}' cannot be deleted: {error.strerror or error}.",
            "Close other programs that use it, or see to it that you may write there.",
        ) from error
    return len(going)


def bytes_of(name: str) -> int:
    """Return the space that all versions of a model of the user's take."""
    folder = user_models_folder() / name
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _sweep(folder: Path) -> None:
    """Remove what installations that were ended half-way have left: it may be gigabytes."""
    for path in folder.glob(f"{UNFINISHED}*"):
        try:
            forgotten = time.time() - path.stat().st_mtime > FORGOTTEN_S
        except OSError:  # somebody else has removed it
            continue
        if forgotten:
            shutil.rmtree(path, ignore_errors=True)


def _versions(model: Path) -> list[Path]:
    """Return the folders of the versions of a model, oldest first."""
    found = [path for path in model.iterdir() if path.is_dir() and path.name.isdigit()]
    return sorted(found, key=lambda path: int(path.name))


def _renamed(temporary: Path, model: Path) -> Path:
    while True:
        versions = _versions(model)
        number = int(versions[-1].name) + 1 if versions else 1
        target = model / str(number)
        try:
            return temporary.rename(target)
        except OSError:
            # Somebody else has just taken the number.
            if not target.exists():
                raise
