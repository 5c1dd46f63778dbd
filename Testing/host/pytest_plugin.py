"""The host in tests: one for the whole run, with an empty scene for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


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
