"""Installing a package into Slicer's Python, old and new, as far as that can be without Slicer."""

from __future__ import annotations

import importlib.metadata
import sys
import types
from pathlib import Path

import pytest

from ELMEDLib.environment import Requirement

WANTED = Requirement("elmed-tries-this", "Trial", "1.0", "2", module="elmed_tries_this")


@pytest.fixture
def packages(host, monkeypatch, tmp_path):
    """The bridge's packages in an application that asks, and whose pip writes into a folder."""
    from ELMEDLib.bridge import packages

    del host
    installed = []

    def install(requirement, constraints):
        installed.append((requirement, Path(constraints).read_text(encoding="utf-8")))
        (tmp_path / "elmed_tries_this.py").touch()
        metadata = tmp_path / "elmed_tries_this-1.2.dist-info" / "METADATA"
        metadata.parent.mkdir()
        metadata.write_text("Metadata-Version: 2.1\nName: elmed-tries-this\nVersion: 1.2\n")

    def pip_install(arguments):
        option, constraints, requirement = arguments
        assert option == "--constraint"
        install(requirement, constraints)

    def pip_ensure(requirements, constraints, **options):
        assert options["skip_packages"] == ["torch"]
        install(*requirements, constraints)

    application = types.SimpleNamespace(
        app=types.SimpleNamespace(testingEnabled=lambda: False),
        util=types.SimpleNamespace(
            confirmOkCancelDisplay=lambda *_, **__: True,
            settingsValue=lambda _key, default, **_: default,
            pip_install=pip_install,
        ),
    )
    monkeypatch.setattr(packages, "slicer", application)
    monkeypatch.setattr("slicer.packaging.pip_ensure", pip_ensure)
    monkeypatch.syspath_prepend(tmp_path)
    packages.installed = installed
    yield packages
    del packages.installed


@pytest.mark.parametrize("version", ["5.10", "5.11"])
def test_a_package_comes_with_what_it_needs_and_slicers_numpy_stays(packages, monkeypatch, version):
    if version == "5.10":  # there is no `slicer.packaging` yet
        monkeypatch.setitem(sys.modules, "slicer.packaging", None)

    assert packages.ensurePackages([WANTED], "ELMED")

    ((requirement, kept),) = packages.installed
    assert requirement == "elmed-tries-this>=1.0,<2"
    assert f"numpy=={importlib.metadata.version('numpy')}\n" in kept
