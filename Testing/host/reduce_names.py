"""Write `slicer_names.json`, the part of the recording of real Slicer that is in use here.

`python -m host.reduce_names` (with `Testing` on the path) after a source, a panel or the host names
something new of Slicer. It needs the recording; see `host.names`.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from host.names import REDUCED, ROOT, Names, read_recording, recording
from host.sources import product_files, ui_classes, ui_files, uses

if TYPE_CHECKING:
    from pathlib import Path

_KINDS = ("properties", "signals", "methods", "enums")
_FUNCTIONS = (
    "SampleData",
    "slicer.ScriptedLoadableModule",
    "slicer.i18n",
    "slicer.packaging",
    "slicer.parameterNodeWrapper",
    "slicer.testing",
    "slicer.util",
)
_INSTANCES = (
    "slicer.app",
    "slicer.app.ioManager()",
    "slicer.app.layoutManager()",
    "slicer.app.moduleManager()",
    "slicer.modules",
    "slicer.mrmlScene",
    "slicer.util.mainWindow()",
)
# What functions of these classes return, and what Qt hands to overridden methods.
_ALWAYS = """
    QAbstractButton QAbstractItemModel QAbstractItemView QAction QApplication QBoxLayout QBrush
    QButtonGroup QByteArray QCheckBox QClipboard QCloseEvent QColor QComboBox QCoreApplication
    QCursor QDialog QDialogButtonBox QDir QDoubleSpinBox QEvent QFile QFileDialog QFileInfo QFont
    QFontMetrics QFormLayout QFrame QGridLayout QGroupBox QHBoxLayout QHeaderView QHideEvent QIcon
    QImage QItemSelection QKeyEvent QLabel QLayout QLayoutItem QLineEdit QListWidget
    QListWidgetItem QLocale QMainWindow QMenu QMessageBox QModelIndex QMouseEvent QObject
    QPaintEvent QPainter QPalette QPen QPixmap QPlainTextEdit QPoint QPointF QProcess
    QProcessEnvironment QProgressBar QProgressDialog QPushButton QRadioButton QRect QRectF
    QResizeEvent QScrollArea QSettings QShowEvent QSignalBlocker QSize QSizeF QSizePolicy QSlider
    QSortFilterProxyModel QSpacerItem QSpinBox QSplitter QStackedWidget QStandardItem
    QStandardItemModel QStatusBar QStyle QSysInfo QTabWidget QTableView QTableWidget
    QTableWidgetItem QTextBrowser QTextDocument QTextEdit QTimer QToolBar QToolButton QTreeWidget
    QTreeWidgetItem QUiLoader QUrl QVBoxLayout QWheelEvent QWidget QWidgetItem Qt
"""


def wanted_classes(full: Names) -> set[str]:
    """Return the Qt classes whose attributes the list keeps."""
    from host.pythonqt.classes import stand_ins

    found = {*_ALWAYS.split(), *stand_ins()}
    for path in ui_files():
        found.update(ui_classes(path).values())
    host_files = [
        *(ROOT / "Testing/host").rglob("*.py"),
        *ROOT.glob("Testing/Python/test_host*.py"),
    ]
    for use in uses([*product_files(), *host_files]):
        found.update(use.dotted.split("."))
    with_bases = set()
    for name in found:
        start: str | None = name
        while start and start not in with_bases:
            with_bases.add(start)
            start = full.data["metaobjects"].get(start, {}).get("super")
    return with_bases


def used_attributes(module: str) -> set[str]:
    """Return the names that our sources use of a module of VTK classes, with what follows them."""
    found = {use.dotted for use in uses(product_files())}
    return {name for name in found if name.startswith(f"{module}.")}


def reduced(full: Names) -> dict[str, Any]:
    """Return the list as it belongs into the file."""
    data = full.data
    wanted = wanted_classes(full)
    modules: dict[str, Any] = {}
    for module in ("qt", "ctk", "slicer"):
        kept = sorted(name for name in wanted if full.is_class(module, name))
        modules[module] = {
            "names": sorted(data["modules"][module]["names"]),
            "classes": {name: _entry(full, name, wanted) for name in kept},
        }
    _add_vtk_classes(modules["slicer"]["classes"], data)
    used_vtk = {name.split(".")[1] for name in used_attributes("vtk") if "." in name}
    modules["vtk"] = {"names": sorted(used_vtk & set(data["modules"]["vtk"]["names"]))}
    return {
        "meta": data["meta"],
        "modules": modules,
        "metaobjects": {
            name: _meta(full, name, meta)
            for name, meta in sorted(data["metaobjects"].items())
            if name in wanted
        },
        "functions": {name: {"names": data["functions"][name]["names"]} for name in _FUNCTIONS},
        "instances": {name: _instance(data["instances"][name]) for name in _INSTANCES},
        "uiloader_widgets": sorted(data["uiloader_widgets"]),
    }


def _meta(full: Names, name: str, meta: dict[str, Any]) -> dict[str, Any]:
    # A recorded class lists its properties itself; only what has no class needs them here.
    keys = ("super", "signals") if full.module_of(name) else ("super", "signals", "properties")
    return {key: meta[key] for key in keys}


def _instance(recorded: dict[str, Any]) -> dict[str, Any]:
    attributes = sorted(name for name in recorded["attrs"] if not name.startswith("__"))
    return {"type": recorded["type"], "attrs": attributes}


def _entry(full: Names, name: str, wanted: set[str]) -> dict[str, Any]:
    """Return a class as its difference from its base class."""
    module = str(full.module_of(name))
    entry = full.data["modules"][module]["classes"][name]
    made: dict[str, Any] = {"kind": "PythonQt"}
    base = full.data["metaobjects"].get(name, {}).get("super")
    base = base or ("QWidget" if "setToolTip" in entry["methods"] and name != "QWidget" else None)
    base_module = full.module_of(base) if base in wanted else None
    above = full.data["modules"][base_module]["classes"][base] if base_module else None
    for kind in _KINDS:
        own, theirs = set(entry[kind]), set(above[kind]) if above else set()
        made[kind] = sorted(own - theirs)
        if theirs - own:
            made.setdefault("without", {})[kind] = sorted(theirs - own)
    if base_module:
        made["base"] = [base_module, base]
    return made


def _add_vtk_classes(classes: dict[str, Any], data: dict[str, Any]) -> None:
    """Keep of the VTK classes in `slicer` the attributes that our sources use."""
    parts = 3
    for dotted in sorted(used_attributes("slicer")):
        words = dotted.split(".")
        recorded = data["modules"]["slicer"]["classes"].get(words[1], {})
        if recorded.get("kind") == "VTK" and len(words) >= parts and words[2] in recorded["attrs"]:
            entry = classes.setdefault(words[1], {"kind": "VTK", "attrs": []})
            entry["attrs"] = sorted({*entry["attrs"], words[2]})


def text(full: Names) -> str:
    """Return the file's text."""
    return _lines(reduced(full), 3) + "\n"


def _lines(value: Any, depth: int) -> str:
    """Return JSON with one line for each entry of the outer levels, so that changes can be read."""
    if depth == 0 or not isinstance(value, dict):
        return json.dumps(value, separators=(",", ":"), sort_keys=True)
    entries = [f"{json.dumps(key)}:{_lines(value[key], depth - 1)}" for key in sorted(value)]
    return "{\n" + ",\n".join(entries) + "\n}"


def main(target: Path = REDUCED) -> int:
    """Write the file."""
    source = recording()
    if source is None:
        print("There is no recording of Slicer to reduce; see host.names.", file=sys.stderr)  # noqa: T201
        return 1
    target.write_text(text(Names(read_recording(source))), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
