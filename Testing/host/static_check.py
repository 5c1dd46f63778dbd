"""Names in our sources and panels that real Slicer does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from host import sources
from host.names import MODULES, ROOT, Names

if TYPE_CHECKING:
    from pathlib import Path

# Made by the application or by modules while it runs; asked for with hasattr before use.
_AT_RUN_TIME = {
    "slicer.selfTests",
    "slicer.modules.sampleDataSources",
    "slicer.modules.pytorchutils",
}


def problem(use: sources.Use, names: Names) -> str | None:  # noqa: PLR0911 - one for each kind
    """Return what is wrong with one name, or None."""
    words = use.dotted.split(".")
    if use.dotted in _AT_RUN_TIME or len(words) == 1:
        return None
    module, name, rest = words[0], words[1], words[2:]
    nested = {
        "util": "slicer.util",
        "i18n": "slicer.i18n",
        "packaging": "slicer.packaging",
        "testing": "slicer.testing",
        "parameterNodeWrapper": "slicer.parameterNodeWrapper",
        "ScriptedLoadableModule": "slicer.ScriptedLoadableModule",
    }
    if module == "vtk" and name == "util":
        return None
    if module == "slicer" and name in nested:
        known = names.module(nested[name])
        return f"{use} is not in real Slicer" if rest and rest[0] not in known else None
    if module == "slicer" and name in ("app", "modules", "mrmlScene"):
        return _instance_problem(use, name, rest, names)
    if name not in names.module(module):
        return f"{use} is not in real Slicer"
    if rest and names.module_of(name) == module:
        known_class = names.of_class(name)
        allowed = known_class.all if known_class else frozenset()
        return None if rest[0] in allowed else f"{use} is not in real Slicer"
    return _vtk_problem(use, names)


def _instance_problem(use: sources.Use, name: str, rest: list[str], names: Names) -> str | None:
    if not rest:
        return None
    own = {m.lower() for m in MODULES}
    own |= {f"{m}{suffix}" for m in MODULES for suffix in ("Widget", "Instance")}
    allowed = names.instance(f"slicer.{name}") | (own if name == "modules" else set())
    return None if rest[0] in allowed else f"{use} is not in real Slicer"


def _vtk_problem(use: sources.Use, names: Names) -> str | None:
    module, name, *rest = use.dotted.split(".")
    classes = names.data["modules"].get(module, {}).get("classes", {})
    entry: dict[str, Any] = classes.get(name, {})
    if rest and entry.get("kind") == "VTK" and rest[0] not in entry["attrs"]:
        return f"{use} is not in real Slicer"
    return None


def source_problems(paths: list[Path], names: Names) -> list[str]:
    """Return what sources name and real Slicer does not have."""
    found = (problem(use, names) for use in sources.uses(paths))
    return sorted({text for text in found if text is not None})


def panel_problems(source: Path, ui_file: Path, names: Names) -> list[str]:
    """Return what a module's file asks of its panel's widgets that they do not have.

    Sections of a panel may have files of their own beside it, named after it.
    """
    classes: dict[str, str] = {}
    for path in sorted(ui_file.parent.glob(f"{ui_file.stem}*.ui")):
        classes.update(sources.ui_classes(path))
    return [
        text
        for use in sources.read(source).widgets
        if (text := _widget_problem(use, classes, names)) is not None
    ]


def _widget_problem(use: sources.WidgetUse, classes: dict[str, str], names: Names) -> str | None:
    class_name = classes.get(use.widget)
    if class_name is None:
        return f"{use}: the panel has no widget '{use.widget}'"
    known = names.of_class(class_name)
    if known is None:
        return f"{use}: there is no class {class_name}"
    if use.attribute not in known.all | {"name", "exec_", "raise_"}:
        return f"{use}: {class_name} has no '{use.attribute}'"
    recorded = known.signatures
    signature = (use.signature or "").replace(" ", "")
    if use.signature is not None and recorded and signature not in recorded:
        return f"{use}: {class_name} has no signal {use.signature}"
    return None


def ui_problems(ui_file: Path, names: Names) -> list[str]:
    """Return what a `.ui` file names and real Slicer does not have."""
    from host.application.ui_loader import problems_of

    tree = ElementTree.parse(ui_file).getroot()  # noqa: S314 - our own files
    return [f"{ui_file}: {text}" for text in problems_of(tree, names)]


def all_problems(names: Names) -> list[str]:
    """Return every name in the product that real Slicer does not have."""
    found = source_problems(sources.product_files(), names)
    for ui_file in sources.ui_files():
        found += ui_problems(ui_file, names)
        room = ui_file.parents[2]
        if ui_file.stem == room.name:
            for source in sources.product_files():
                if source.is_relative_to(room):
                    found += panel_problems(source, ui_file, names)
    return sorted({text.replace(f"{ROOT}/", "") for text in found})
