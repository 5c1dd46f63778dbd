"""What the panel does where PyTorch or MONAI is missing: asks, installs, or says what to do."""

from __future__ import annotations

import subprocess
import sys
import types

import pytest

from ELMEDLib.environment import TORCH
from ELMEDLib.errors import MissingPackageError

NAME = "ELMEDSegment"


@pytest.fixture
def installation(panel):
    from ELMEDSegmentWidgets import installation

    return installation


@pytest.fixture
def without_torch(monkeypatch):
    """An interpreter in which torch cannot be found."""
    monkeypatch.setitem(sys.modules, "torch", None)


@pytest.fixture
def outside_tests(panel, monkeypatch):
    """The application as users run it: it asks, and may install."""
    said = []
    fake = types.SimpleNamespace(
        app=types.SimpleNamespace(testingEnabled=lambda: False),
        util=types.SimpleNamespace(
            confirmOkCancelDisplay=lambda text, **_: said.append(text) or fake.answer,
            settingsValue=lambda _key, default, **_: default,
        ),
        answer=True,
        said=said,
    )
    from ELMEDLib.bridge import packages

    monkeypatch.setattr(packages, "slicer", fake)
    return fake


@pytest.fixture
def torch_extension(monkeypatch):
    """The module of the PyTorch extension, which here only notes what it is asked for."""
    asked = []

    class PyTorchUtilsLogic:
        outcome = object()

        def installTorch(self, **options):  # noqa: N802 - the extension's name
            asked.append(options)
            if isinstance(self.outcome, Exception):
                raise self.outcome
            sys.modules.pop("torch", None)
            return self.outcome

    module = types.ModuleType("PyTorchUtils")
    module.PyTorchUtilsLogic = PyTorchUtilsLogic
    monkeypatch.setitem(sys.modules, "PyTorchUtils", module)
    return types.SimpleNamespace(asked=asked, logic=PyTorchUtilsLogic)


def test_where_all_is_there_nobody_is_asked(installation, outside_tests):
    pytest.importorskip("torch", reason="PyTorch is not installed")
    pytest.importorskip("monai", reason="MONAI is not installed")

    assert installation.ensurePackages()
    assert outside_tests.said == []


def test_under_test_nothing_is_installed(installation, without_torch):
    with pytest.raises(MissingPackageError, match="PyTorch is not installed") as caught:
        installation.ensurePackages()

    assert str(TORCH) in caught.value.advice


def test_apply_says_what_is_missing_and_can_be_pressed_again(
    host, panel, without_torch, monkeypatch
):
    monkeypatch.setattr(type(panel.panel), "check", lambda *_: None)
    panel.ui.applyButton.enabled = True

    panel.ui.applyButton.click()

    assert "PyTorch is not installed" in host.dialogs.texts()[-1]
    assert panel.ui.applyButton.text == "Apply"
    assert not panel.logic.segmenter.running


def test_what_nobody_foresaw_is_told_and_logged_without_names(host, panel, monkeypatch, caplog):
    patient = "Smith"

    def stumble():
        raise ValueError(patient)

    monkeypatch.setattr(type(panel.panel), "check", lambda *_: None)
    monkeypatch.setattr(panel.panel, "prepare", stumble)
    panel.ui.applyButton.enabled = True

    panel.ui.applyButton.click()

    assert "did not foresee" in host.dialogs.texts()[-1]
    assert panel.ui.applyButton.text == "Apply"
    assert "ValueError" in caplog.text
    assert "Smith" not in caplog.text


def test_who_does_not_want_it_is_left_alone(
    installation, without_torch, outside_tests, torch_extension
):
    outside_tests.answer = False

    assert not installation.ensurePackages()
    assert "PyTorch is not installed" in outside_tests.said[0]
    assert "Download and install" in outside_tests.said[0]
    assert torch_extension.asked == []


def test_pytorch_comes_through_its_extension(
    installation, without_torch, outside_tests, torch_extension
):
    pytest.importorskip("monai", reason="MONAI is not installed")

    assert installation.ensurePackages()
    assert torch_extension.asked == [{"torchVersionRequirement": ">=2.2"}]


def test_a_missing_extension_is_named(installation, without_torch, outside_tests):
    with pytest.raises(MissingPackageError, match="extension 'PyTorch'") as caught:
        installation.ensurePackages()

    assert "Extensions Manager" in caught.value.advice


@pytest.mark.parametrize("outcome", [None, OSError("no network")])
def test_an_installation_that_fails_is_told(
    installation, without_torch, outside_tests, torch_extension, outcome
):
    torch_extension.logic.outcome = outcome

    with pytest.raises(MissingPackageError, match="PyTorch"):
        installation.ensurePackages()


def test_the_self_test_is_skipped_with_its_reason(panel, without_torch):
    import unittest

    import ELMEDSegment

    with pytest.raises(unittest.SkipTest, match="PyTorch is not installed"):
        ELMEDSegment.ELMEDSegmentTest().runTest()


def test_the_reload_button_takes_up_changed_code(project):
    """In a process of its own: what other tests hold would be of the old code."""
    program = """
import sys
import host
started = host.start(["ELMEDSegment"])
widget = started.select_module("ELMEDSegment")
before = sys.modules["ELMEDSegmentWidgets.run"], sys.modules["ELMEDLib.errors"]
widget.onReload()
started.process_events()
assert sys.modules["ELMEDSegmentWidgets.run"] is not before[0]
assert sys.modules["ELMEDLib.errors"] is before[1]
assert started.widget("ELMEDSegment").ui.applyButton.text == "Apply"
assert started.slot_errors == [], started.slot_errors
started.shut_down()
"""
    subprocess.run([sys.executable, "-c", program], cwd=project / "Testing", check=True)
