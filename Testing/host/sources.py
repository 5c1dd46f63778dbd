"""What our own sources and panels name of Slicer, found by reading them."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from host.names import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MODULES = ("qt", "ctk", "slicer", "vtk", "SampleData")


def product_files() -> list[Path]:
    """Return the Python files that run inside Slicer."""
    files = [*ROOT.glob("ELMEDLib/bridge/**/*.py")]
    for folder in ROOT.glob("ELMED*"):
        files += [f for f in folder.rglob("*.py") if "Testing" not in f.relative_to(folder).parts]
    return sorted(set(files))


def ui_files() -> list[Path]:
    """Return the panels' `.ui` files."""
    return sorted(ROOT.glob("ELMED*/Resources/UI/*.ui"))


@dataclass
class Use:
    """One name that a source uses: `slicer.util.loadUI` at a line."""

    dotted: str
    path: Path
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.dotted}"


@dataclass
class WidgetUse:
    """One attribute of a widget of the panel: `self.ui.applyButton.enabled` at a line."""

    widget: str
    attribute: str
    signature: str | None
    path: Path
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: ui.{self.widget}.{self.attribute}"


@dataclass
class _Reader(ast.NodeVisitor):
    """Collects uses from one file."""

    path: Path
    uses: list[Use] = field(default_factory=list)
    widgets: list[WidgetUse] = field(default_factory=list)
    aliases: dict[str, str] = field(default_factory=dict)

    def visit_Import(self, node: ast.Import) -> None:
        """Remember what a module is called here."""
        for entry in node.names:
            if entry.name.partition(".")[0] in MODULES:
                bound = entry.asname or entry.name.partition(".")[0]
                self.aliases[bound] = entry.name if entry.asname else bound
                self.uses.append(Use(entry.name, self.path, node.lineno))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Remember names taken from a module."""
        if node.module is None or node.module.partition(".")[0] not in MODULES:
            return
        for entry in node.names:
            dotted = node.module if entry.name == "*" else f"{node.module}.{entry.name}"
            self.uses.append(Use(dotted, self.path, node.lineno))
            if entry.name != "*":
                self.aliases[entry.asname or entry.name] = dotted

    def visit_Call(self, node: ast.Call) -> None:
        """Note the signature that a widget's `connect` names."""
        function = node.func
        if isinstance(function, ast.Attribute) and function.attr == "connect" and node.args:
            first = node.args[0]
            place = _chain(function.value)
            if isinstance(first, ast.Constant) and isinstance(first.value, str) and place:
                name = _widget_name([*place, "connect"])
                if name is not None:
                    line = node.lineno
                    self.widgets.append(WidgetUse(name, "connect", first.value, self.path, line))
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """Note `slicer.x.y` and `self.ui.x.y`."""
        chain = _chain(node)
        if chain is None:
            self.generic_visit(node)
            return
        if chain[0] in self.aliases:
            dotted = ".".join([self.aliases[chain[0]], *chain[1:]])
            self.uses.append(Use(dotted, self.path, node.lineno))
        name = _widget_name(chain)
        if name is not None:
            attribute = chain[chain.index("ui") + 2]
            self.widgets.append(WidgetUse(name, attribute, None, self.path, node.lineno))


def _chain(node: ast.AST) -> list[str] | None:
    """Return `a.b.c` as its parts, or None where it does not begin with a name."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return [node.id, *reversed(parts)]


def _widget_name(chain: list[str]) -> str | None:
    """Return the widget that `self.ui.<widget>.<attribute>` names."""
    after = 2
    if "ui" in chain and len(chain) > chain.index("ui") + after:
        return chain[chain.index("ui") + 1]
    return None


def read(path: Path) -> _Reader:
    """Read one file."""
    reader = _Reader(path)
    reader.visit(ast.parse(path.read_text(encoding="utf-8")))
    return reader


def uses(paths: list[Path]) -> Iterator[Use]:
    """Return every name of Slicer in some files."""
    for path in paths:
        yield from read(path).uses


def ui_classes(path: Path) -> dict[str, str]:
    """Return the class of each widget in a `.ui` file, by name."""
    tree = ElementTree.parse(path)  # noqa: S314 - our own files
    return {w.get("name", ""): w.get("class", "") for w in tree.iter("widget")}
