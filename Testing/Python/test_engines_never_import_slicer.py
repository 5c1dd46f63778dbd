from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from ELMEDLib.worker.client import child_environment

PROJECT = Path(__file__).resolve().parents[2]
ROOMS = ("ELMEDSegment", "ELMEDRadiomics", "ELMEDPlayground")
SLICERS = {"slicer", "qt", "ctk", "vtk", "PythonQt", "SampleData", "PyTorchUtils"}
HEAVY = {"torch", "monai", "pandas"}

ENGINES = [
    path
    for folder in ("ELMEDLib", *(f"{room}/{room}Lib" for room in ROOMS))
    for path in sorted((PROJECT / folder).rglob("*.py"))
    if "bridge" not in path.relative_to(PROJECT / folder).parts
]
SLICER_FACING = [
    path
    for room in ROOMS
    for path in sorted((PROJECT / room).glob("*.py"))
    + sorted(PROJECT.glob(f"{room}/*Widgets/*.py"))
] + sorted((PROJECT / "ELMEDLib" / "bridge").glob("*.py"))


def imported(path, *, anywhere):
    """Return the top packages that a file imports: anywhere, or as soon as it is imported."""
    tree = ast.parse(path.read_text())
    found = set()
    for node in _nodes(tree, anywhere):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add((node.module or "").partition(".")[0])
    return found


def _nodes(tree, anywhere):
    """Yield the nodes; without `anywhere`, not those in functions or for type checkers."""
    for node in ast.iter_child_nodes(tree):
        if not anywhere:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                continue
            if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
                continue
        yield node
        yield from _nodes(node, anywhere)


def relative(path):
    return path.relative_to(PROJECT).as_posix()


@pytest.mark.parametrize("path", ENGINES, ids=relative)
def test_an_engine_never_imports_slicer(path):
    assert not imported(path, anywhere=True) & SLICERS


@pytest.mark.parametrize("path", SLICER_FACING, ids=relative)
def test_opening_a_panel_imports_nothing_heavy(path):
    assert not imported(path, anywhere=False) & HEAVY


def test_the_rule_is_seen_to_be_broken(tmp_path):
    """The check itself: it finds imports at the top, in functions and of submodules."""
    broken = tmp_path / "broken.py"
    broken.write_text("def f():\n    from slicer.util import getNode\nimport torch.nn\n")

    assert imported(broken, anywhere=True) == {"slicer", "torch"}
    assert imported(broken, anywhere=False) == {"torch"}


def test_what_panels_use_of_the_engines_imports_nothing_heavy():
    modules = "ELMEDSegmentLib.inputs.channels, ELMEDSegmentLib.catalogue, ELMEDSegmentLib.labels"
    program = f"import sys, {modules}; print(*sys.modules)"
    output = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env=child_environment(Path(sys.executable)),
        check=True,
    ).stdout.split()

    assert not HEAVY & set(output)
