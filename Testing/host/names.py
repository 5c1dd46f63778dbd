"""What real Slicer has: the names that the host lets through.

Two sources say the same thing. A recording of a running Slicer 5.13, where a developer keeps one
beside the project (`../shared/slicer-api`, or the file that `ELMED_SLICER_API` names), and
`slicer_names.json` next to this file: the part of it that our sources, panels and the host itself
use, committed so that the host is as strict on a machine without the recording.
"""

from __future__ import annotations

import gzip
import json
import os
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
REDUCED = Path(__file__).with_name("slicer_names.json")


MODULES = ("ELMEDSegment", "ELMEDRadiomics", "ELMEDPlayground")


def product_modules() -> list[str]:
    """Return the modules of the product that are there."""
    return [name for name in MODULES if (ROOT / name / f"{name}.py").is_file()]


def recording() -> Path | None:
    """Return the file recorded from a running Slicer, or None where there is none."""
    given = os.environ.get("ELMED_SLICER_API")
    path = Path(given) if given else ROOT.parent / "shared/slicer-api/slicer_api.json.gz"
    return path if path.is_file() else None


@dataclass(frozen=True)
class ClassNames:
    """The attributes of one Qt class as Python code in Slicer sees them."""

    name: str
    properties: frozenset[str] = frozenset()
    signals: frozenset[str] = frozenset()
    methods: frozenset[str] = frozenset()
    enums: frozenset[str] = frozenset()
    signatures: frozenset[str] = field(default=frozenset())
    """Signal signatures, such as `clicked(bool)`, of the class and its bases."""

    @property
    def all(self) -> frozenset[str]:
        """Every attribute name."""
        return self.properties | self.signals | self.methods | self.enums


class Names:
    """Names of modules, classes and signals, read from one of the two sources."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data

    def module(self, name: str) -> frozenset[str]:
        """Return the names in `qt`, `ctk`, `slicer` or a Python module such as `slicer.util`."""
        if name in self.data["modules"]:
            return frozenset(self.data["modules"][name]["names"])
        return frozenset(self.data["functions"].get(name, {}).get("names", ()))

    def instance(self, name: str) -> frozenset[str]:
        """Return the attributes of a recorded object, such as `slicer.app`."""
        return frozenset(self.data["instances"].get(name, {}).get("attrs", ()))

    def ui_widgets(self) -> frozenset[str]:
        """Return the widget classes that a `.ui` file may name."""
        return frozenset(self.data["uiloader_widgets"])

    def is_class(self, module: str, name: str) -> bool:
        """Tell whether `module.name` is a recorded Qt class."""
        entry = self.data["modules"][module]["classes"].get(name)
        return entry is not None and entry.get("kind") == "PythonQt"

    def module_of(self, class_name: str) -> str | None:
        """Return which of `qt`, `ctk`, `slicer` has the Qt class, or None."""
        for module in ("qt", "ctk", "slicer"):
            if self.is_class(module, class_name):
                return module
        return None

    @cache  # noqa: B019 - one object per process
    def of_class(self, name: str) -> ClassNames | None:
        """Return the names of a Qt class of `qt`, `ctk` or `slicer`, or None when unknown."""
        module = self.module_of(name)
        if module is None:
            return self._of_instance(name)
        entry = self.data["modules"][module]["classes"][name]
        return ClassNames(
            name,
            frozenset(entry["properties"]),
            frozenset(entry["signals"]),
            frozenset(entry["methods"]),
            frozenset(entry["enums"]),
            frozenset(self.signatures(name)),
        )

    def _of_instance(self, name: str) -> ClassNames | None:
        """Return the names of a class of which only an object was recorded (`slicer.app`)."""
        recorded = [v for v in self.data["instances"].values() if v.get("type") == name]
        listed = recorded[0].get("attrs", ()) if recorded else ()
        attributes = frozenset(name for name in listed if not name.startswith("__"))
        if not attributes or name not in self.data["metaobjects"]:
            return None
        signatures = frozenset(self.signatures(name))
        signals = attributes & {signature.partition("(")[0] for signature in signatures}
        properties = attributes & self._meta_properties(name)
        methods = attributes - signals - properties
        return ClassNames(name, properties, signals, methods, frozenset(), signatures)

    def has_meta(self, name: str) -> bool:
        """Tell whether the Qt meta-object of a class was recorded."""
        return name in self.data["metaobjects"]

    def signatures(self, name: str | None) -> set[str]:
        """Return the signal signatures of a Qt class and its bases."""
        found: set[str] = set()
        while name:
            meta = self.data["metaobjects"].get(name)
            if meta is None:
                break
            found.update(meta["signals"])
            name = meta["super"]
        return found

    def ui_properties(self, name: str) -> frozenset[str]:
        """Return the properties that a `.ui` file may set on a widget class."""
        known = self.of_class(name)
        return self._meta_properties(name) | (known.properties if known else frozenset())

    def _meta_properties(self, name: str | None) -> frozenset[str]:
        found: set[str] = set()
        while name:
            meta = self.data["metaobjects"].get(name)
            if meta is None:
                break
            found.update(meta.get("properties", ()))
            module = self.module_of(name)
            if module is not None:
                found.update(self.data["modules"][module]["classes"][name]["properties"])
            name = meta["super"]
        return frozenset(found)


def read_recording(path: Path) -> dict[str, Any]:
    """Read a recording as it is."""
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        return json.load(stream)


@cache
def names() -> Names:
    """Return the names of this process: the recording's where there is one, else the list's."""
    path = recording()
    if path is not None:
        return Names(read_recording(path))
    return reduced_names()


@cache
def reduced_names() -> Names:
    """Return the names of the committed list, with what it leaves to base classes filled in."""
    data = json.loads(REDUCED.read_text(encoding="utf-8"))
    for module in data["modules"].values():
        for entry in module.get("classes", {}).values():
            _fill(entry, data)
    return Names(data)


def _fill(entry: dict[str, Any], data: dict[str, Any]) -> None:
    """Add to a class what the list leaves out because its base class has it."""
    if "base" not in entry:
        return
    base_module, base_name = entry.pop("base")
    base = data["modules"][base_module]["classes"][base_name]
    _fill(base, data)
    for kind in ("properties", "signals", "methods", "enums"):
        dropped = set(entry.get("without", {}).get(kind, ()))
        entry[kind] = sorted((set(base[kind]) - dropped) | set(entry[kind]))
