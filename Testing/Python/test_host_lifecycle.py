"""Modules come, go, reload and lose their scene, again and again, and leave nothing behind."""

from __future__ import annotations

from pathlib import Path

import pytest

PROBE = Path(__file__).resolve().parents[1] / "host/fixtures/HostProbe/HostProbe.py"
TIMES = 20


def loaded(host, name):
    """Return a module's name, loaded, or skip where the module is not there yet."""
    from host.names import ROOT

    path = PROBE if name == "HostProbe" else ROOT / name / f"{name}.py"
    if not path.is_file():
        pytest.skip(f"{name} is not there yet")
    host.load_module(path)
    return name


@pytest.mark.parametrize("name", ["HostProbe", "ELMEDSegment", "ELMEDRadiomics", "ELMEDPlayground"])
def test_twenty_visits_reloads_and_closed_scenes_leave_nothing_behind(host, name):
    from host.counting import ObserverCount, child_processes, standing

    observers, before = ObserverCount(), child_processes()
    observers.watch(host.core.scene)
    loaded(host, name)
    seen = []
    for _ in range(TIMES):
        host.select_module(name)
        parameters = host.core.scene.GetSingletonNode(name, "vtkMRMLScriptedModuleNode")
        if parameters is not None:
            observers.watch(parameters)
        host.reload(name)
        host.close_scene()
        host.select_module("")
        host.select_module(name)
        host.select_module("")
        seen.append(standing(host, observers, before))
        assert not host.slot_errors
    # The first visit makes what stays, such as the parameter node.
    assert set(seen[1:]) == {seen[1]}, f"{seen}\n{observers}"


@pytest.mark.parametrize("name", ["ELMEDSegment", "ELMEDRadiomics", "ELMEDPlayground"])
def test_a_panel_that_was_reloaded_does_not_follow_the_scene(host, slicer, name):
    loaded(host, name)
    panel = host.select_module(name)
    widgets = slicer.util.findChildren(panel.parent)
    following = [widget for widget in widgets if hasattr(widget, "mrmlScene")]
    assert slicer.mrmlScene in [widget.mrmlScene() for widget in following]

    host.reload(name)

    assert {widget.mrmlScene() for widget in following} == {None}


def test_the_calls_come_in_slicers_order(host):
    loaded(host, "HostProbe")
    host.reload("HostProbe")
    widget = host.select_module("HostProbe")
    widget.calls.clear()
    host.select_module("")
    host.select_module("HostProbe")
    host.close_scene()
    host.reload("HostProbe")
    assert widget.calls == ["exit", "enter", "startClose", "endClose", "cleanup"]


def test_reloading_executes_the_file_again(host):
    import sys

    loaded(host, "HostProbe")
    before = host.select_module("HostProbe")
    first = sys.modules["HostProbe"]
    after = host.reload("HostProbe")
    assert after is not before
    assert sys.modules["HostProbe"] is not first
    assert type(after) is sys.modules["HostProbe"].HostProbeWidget
    import slicer

    assert slicer.modules.HostProbeWidget is after
    assert slicer.util.getModuleWidget("HostProbe") is after


def test_a_module_is_found_as_in_slicer(host):
    import slicer

    loaded(host, "HostProbe")
    module = slicer.modules.hostprobe
    assert (module.name, module.title) == ("HostProbe", "Host probe")
    assert module.path == str(PROBE)
    assert slicer.util.modulePath("HostProbe") == str(PROBE)
    slicer.util.selectModule("HostProbe")
    assert slicer.util.selectedModule() == "HostProbe"
    assert slicer.modules.hostprobe.widgetRepresentation().isEntered


def test_opening_a_panel_does_not_import_torch_or_monai():
    import os
    import subprocess
    import sys

    from host.names import product_modules

    script = (
        "import sys, host\n"
        "names = sys.argv[1:]\n"
        "running = host.start(names)\n"
        "for name in names: running.select_module(name)\n"
        "print('HEAVY', sorted({'torch', 'monai', 'pandas'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *product_modules()],
        env={**os.environ, "PYTHONPATH": str(PROBE.parents[3])},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert "HEAVY []" in done.stdout, done.stdout + done.stderr[-2000:]
