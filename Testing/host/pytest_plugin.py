"""The host in tests: one for the whole run, with an empty scene for each test."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Any

import pytest

from host.panel_checks import wait_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def started_host() -> Iterator[Any]:
    """The host of this test run."""
    pytest.importorskip("slicer", reason="slicer-core is not installed")
    pytest.importorskip("PySide6", reason="PySide6 is not installed")
    from host import session, start
    from host.names import product_modules

    running = session.current() if session.started() else start(product_modules())
    yield running
    running.shut_down()


@pytest.fixture
def host(started_host: Any) -> Iterator[Any]:
    """The host with an empty scene; a slot that failed unseen fails the test.

    A test that expects such failures looks at `host.slot_errors` and clears it.
    """
    started_host.select_module("")
    started_host.close_scene()
    started_host.dialogs.clear()
    started_host.slot_errors.clear()
    yield started_host
    started_host.process_events()
    failures = list(started_host.slot_errors)
    started_host.select_module("")
    started_host.close_scene()
    started_host.slot_errors.clear()
    if failures:
        pytest.fail(f"Slots, timers or observers failed: {failures}")


@pytest.fixture
def slicer(host: Any) -> Any:
    """The `slicer` package, once there is an application behind it."""
    del host
    import slicer

    return slicer


@pytest.fixture(scope="module")
def fresh_module(request: pytest.FixtureRequest, started_host: Any) -> str:
    """The module that the test file calls `NAME`: loaded anew, and with no settings of the user.

    What the tests of another file chose in its panel, or left of it, is gone.
    """
    from PySide6.QtCore import QSettings

    name = str(request.module.NAME)
    QSettings().clear()
    if started_host.module_manager.module(name) is None:
        started_host.load_module(name)
    else:
        started_host.reload(name)
    return name


@pytest.fixture
def panel(fresh_module: str, host: Any) -> Iterator[Any]:
    """The panel of the module that the test file calls `NAME`: open, with an empty scene."""
    yield host.select_module(fresh_module)
    host.close_scene()


@pytest.fixture
def add_noise(host: Any) -> Callable[[str], Any]:
    """A function that adds a small volume of noise under a name, and returns its node."""
    del host
    import numpy as np
    import SimpleITK as sitk

    from ELMEDLib.bridge.volumes import addVolumeFromImage

    def add(name: str) -> Any:
        array = np.random.default_rng(len(name)).normal(size=(8, 9, 10)).astype(np.float32)
        return addVolumeFromImage(sitk.GetImageFromArray(array), name)

    return add


@pytest.fixture
def no_leftovers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Check that nothing stays in the folder for temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield
    wait_for(lambda: not any(folder.iterdir()), 30.0)
