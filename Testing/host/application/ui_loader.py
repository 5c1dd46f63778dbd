"""`qt.QUiLoader`: real `.ui` files, with Slicer's widgets, and nothing that Slicer lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject
from PySide6.QtUiTools import QUiLoader as RealLoader

from host.names import Names, names
from host.pythonqt.classes import python_qt_class, stand_ins, stands_in

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

# Properties that Designer and the loader know, though the class has none of the name.
_DESIGNER = {"QLabel": {"buddy"}}


class UiFileError(RuntimeError):
    """A `.ui` file names something that real Slicer does not have."""


@stands_in
class QUiLoader(RealLoader):
    """Loads a `.ui` file; widget classes and properties are checked, connections made."""

    def createWidget(self, class_name: str, parent: QWidget | None = None, name: str = "") -> Any:
        """Make a widget of a class that the file names."""
        made_by = stand_ins().get(class_name)
        if made_by is None:
            return super().createWidget(class_name, parent, name)
        widget = made_by(parent)
        widget.setObjectName(name)
        return widget

    def load(self, device: QIODevice, parent: QWidget | None = None) -> Any:
        """Read a file that is open."""
        tree = ElementTree.fromstring(bytes(device.readAll()))  # noqa: S314
        problems = problems_of(tree)
        if problems:
            raise UiFileError("; ".join(problems))
        _spell_out_enumerations(tree)
        connections = tree.find("connections")
        if connections is not None:
            tree.remove(connections)
        buffer = QBuffer()
        buffer.setData(QByteArray(ElementTree.tostring(tree)))
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        widget = super().load(buffer, parent)
        for connection in connections if connections is not None else ():
            _connect(widget, connection)
        return widget


def problems_of(tree: Any, known_names: Names | None = None) -> list[str]:
    """Return what a `.ui` file asks for and real Slicer does not have."""
    has = known_names or names()
    problems = []
    for widget in tree.iter("widget"):
        class_name, name = widget.get("class"), widget.get("name")
        if class_name not in has.ui_widgets() and class_name != "Line":
            problems.append(f"{name}: there is no widget class {class_name}")
            continue
        if class_name == "Line":
            continue
        known = has.ui_properties(class_name) | _DESIGNER.get(class_name, set())
        problems += [
            f"{name}: {class_name} has no property {entry.get('name')}"
            for entry in widget.findall("property")
            if entry.get("stdset") != "0" and entry.get("name") not in known
        ]
    return problems


def _spell_out_enumerations(tree: Any) -> None:
    """Write enumeration values of stand-in widgets as numbers, which their properties are."""
    for widget in tree.iter("widget"):
        made_by = stand_ins().get(widget.get("class"))
        if made_by is None:
            continue
        meta = made_by.staticMetaObject
        for entry in list(widget.findall("property")):
            index = meta.indexOfProperty(entry.get("name"))
            value = entry.find("set") if entry.find("set") is not None else entry.find("enum")
            if value is None or index < 0 or meta.property(index).isEnumType():
                continue
            number = sum(_enumeration_value(made_by, part) for part in value.text.split("|"))
            entry.remove(value)
            ElementTree.SubElement(entry, "number").text = str(number)


def _enumeration_value(made_by: type, text: str) -> int:
    """Return the number of `ctkPathLineEdit::Files` or `QFrame::NoFrame`."""
    owner, _, name = text.strip().rpartition("::")
    owner_class = made_by if hasattr(made_by, name) else python_qt_class(owner.split("::")[0])
    value = getattr(owner_class, name)
    return int(getattr(value, "value", value))


def _connect(root: QWidget, connection: Any) -> None:
    from host.pythonqt.objects import wrap

    def found(tag: str) -> Any:
        name = connection.findtext(tag)
        target = root if root.objectName() == name else root.findChild(QObject, name)
        if target is None:
            raise UiFileError(f"A connection names '{name}', which is not in the file")
        return wrap(target)

    sender, receiver = found("sender"), found("receiver")
    signal, slot = connection.findtext("signal"), connection.findtext("slot")
    method = getattr(receiver, slot.partition("(")[0])
    if not sender.connect(signal, method):
        raise UiFileError(f"{connection.findtext('sender')} has no signal {signal}")
