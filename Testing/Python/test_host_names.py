"""Nothing in our sources and panels is missing in real Slicer, with the recording or without."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("slicer", reason="slicer-core is not installed")

from host import reduce_names, sources, static_check
from host.names import REDUCED, Names, read_recording, recording, reduced_names

TESTING = Path(__file__).resolve().parents[1]


@pytest.fixture
def recorded() -> Names:
    """The recording of a running Slicer, where a developer keeps one."""
    path = recording()
    if path is None:
        pytest.skip("no recording of Slicer is here; the committed list is tested instead")
    return Names(read_recording(path))


def test_real_slicer_has_every_name_that_we_use_says_the_committed_list():
    problems = static_check.all_problems(reduced_names())
    assert not problems, "\n".join(
        [*problems, "If a name is new here and real: python -m host.reduce_names"]
    )


def test_real_slicer_has_every_name_that_we_use_says_the_recording(recorded):
    problems = static_check.all_problems(recorded)
    assert not problems, "\n".join(problems)


def test_the_committed_list_covers_what_we_use(recorded):
    committed = reduced_names()
    missing = [
        name
        for name in reduce_names.wanted_classes(recorded)
        if recorded.of_class(name) is not None
        and committed.of_class(name) != recorded.of_class(name)
    ]
    assert not missing, f"{REDUCED.name} is out of date (python -m host.reduce_names): {missing}"


def test_invented_names_are_found(tmp_path):
    source = tmp_path / "Invented.py"
    source.write_text(
        "import qt, ctk, slicer\n"
        "from slicer import vtkMRMLDreamNode\n"
        "qt.QMagicButton()\n"
        "qt.QTimer.sometimes(1)\n"
        "ctk.ctkCollapsibleButton().text\n"
        "slicer.util.loadEverything()\n"
        "slicer.app.processEvents()\n"
        "slicer.modules.dreams.logic()\n"
    )
    problems = " ".join(static_check.source_problems([source], reduced_names()))
    for name in ("vtkMRMLDreamNode", "QMagicButton", "sometimes", "loadEverything", "dreams"):
        assert name in problems
    for name in ("ctkCollapsibleButton", "processEvents"):
        assert name not in problems


def test_an_attribute_that_a_widget_of_the_panel_lacks_is_found(tmp_path):
    source, ui_file = tmp_path / "Panel.py", tmp_path / "Panel.ui"
    source.write_text(
        "class W:\n"
        "    def setup(self):\n"
        "        self.ui.applyButton.enabled = False\n"
        "        self.ui.applyButton.busy = True\n"
        "        self.ui.cancelButton.hide()\n"
        "        self.ui.applyButton.connect('clicked(bool)', print)\n"
        "        self.ui.applyButton.connect('pushed(bool)', print)\n"
    )
    ui_file.write_text(
        '<ui version="4.0"><widget class="QWidget" name="Panel">'
        '<widget class="QPushButton" name="applyButton">'
        '<property name="busy"><bool>true</bool></property></widget>'
        '<widget class="ctkMagic" name="magic"/></widget></ui>'
    )
    problems = " ".join(static_check.panel_problems(source, ui_file, reduced_names()))
    assert "busy" in problems
    assert "cancelButton" in problems
    assert "pushed(bool)" in problems
    assert "clicked(bool)" not in problems
    assert "enabled" not in problems
    ui_problems = " ".join(static_check.ui_problems(ui_file, reduced_names()))
    assert "ctkMagic" in ui_problems
    assert "no property busy" in ui_problems


def test_the_check_reads_the_products_sources():
    assert any(path.name.startswith("ELMED") for path in sources.product_files())


def test_the_host_is_as_strict_without_the_recording():
    script = (
        "import host; host.start(); import qt, slicer\n"
        "b = qt.QPushButton('a'); assert b.text == 'a'\n"
        "for wrong in (lambda: b.text(), lambda: b.colour, lambda: qt.QMagic,\n"
        "              lambda: slicer.util.loadEverything, lambda: setattr(b, 'colour', 1)):\n"
        "    try: wrong()\n"
        "    except (TypeError, AttributeError): continue\n"
        "    raise SystemExit('let through')\n"
        "assert not b.connect('pushed()', print)\n"
    )
    run_without_the_recording(script)


def test_every_panel_opens_without_the_recording():
    """What an object returns is named in no source: only a panel at work meets it."""
    run_without_the_recording(
        "import host; from host.names import product_modules\n"
        "started = host.start(product_modules())\n"
        "for name in product_modules(): started.select_module(name)\n"
        "started.process_events()\n"
        "assert started.slot_errors == [], started.slot_errors\n"
        "started.shut_down()\n"
    )


def run_without_the_recording(script: str) -> None:
    environment = {**os.environ, "ELMED_SLICER_API": "/nowhere", "PYTHONPATH": str(TESTING)}
    done = subprocess.run(
        [sys.executable, "-c", script],
        check=False,
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr[-2000:]
