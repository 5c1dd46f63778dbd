"""What every test of the project can ask for."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).resolve().parent

# Set before any test imports Qt: tests need no screen, and must never open a window on one.
os.environ["QT_QPA_PLATFORM"] = "offscreen"

pytest_plugins = ["suite.pytest_plugin"]
if importlib.util.find_spec("host") and importlib.util.find_spec("host.pytest_plugin"):
    pytest_plugins.append("host.pytest_plugin")


@pytest.fixture(scope="session", autouse=True)
def _own_models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the models of whoever runs the tests out of them, and what tests make out of theirs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ELMED_MODELS", str(tmp_path_factory.mktemp("models") / "users"))
        yield


@pytest.fixture(scope="session")
def project() -> Path:
    """The project's folder."""
    return PROJECT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real development data, which is not part of the project."""
    named = os.environ.get("ELMED_DATA")
    folder = Path(named) if named else PROJECT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(
            f"the real development data are not here: '{folder}' is missing "
            "(set ELMED_DATA to the folder that has them)"
        )
    return folder


@pytest.fixture(scope="session")
def sample_study() -> dict[str, Path]:
    """The files of the simulated sample study: t1, t1c, t2, flair and its true labels, seg."""
    folder = PROJECT / "Resources" / "SampleStudy"
    return {name: folder / f"{name}.nii.gz" for name in ("t1", "t1c", "t2", "flair", "seg")}
