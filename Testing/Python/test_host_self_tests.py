"""Each module's self-test, which also runs in a real Slicer, passes in the host."""

from __future__ import annotations

import unittest

import pytest

pytest.importorskip("slicer", reason="slicer-core is not installed")

from host.names import product_modules


@pytest.mark.parametrize("name", product_modules())
def test_the_modules_self_test_passes(host, name):
    import slicer

    host.select_module(name)
    try:
        slicer.selfTests[name](msec=0)
    except unittest.SkipTest as reason:
        pytest.skip(str(reason))
    assert not host.slot_errors


def test_every_test_of_a_self_test_class_is_run(host):
    from pathlib import Path

    import slicer

    host.load_module(Path(__file__).resolve().parents[1] / "host/fixtures/HostProbe/HostProbe.py")
    import HostProbe

    before = HostProbe.HostProbeTest.ran
    slicer.selfTests["HostProbe"](msec=0)
    assert HostProbe.HostProbeTest.ran == before + 1
