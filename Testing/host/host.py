"""The host: a scene, an application and module panels, without Slicer's desktop."""

from __future__ import annotations

import ctypes.util
import os
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

# Where nobody looks, Qt draws into memory.
if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# VTK draws through EGL, with a screen or without; X11 it would look for in vain here.
if ctypes.util.find_library("EGL"):
    os.environ.setdefault("VTK_DEFAULT_OPENGL_WINDOW", "vtkEGLRenderWindow")

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QSettings, QTimer
from PySide6.QtWidgets import QApplication

from host import session
from host.dialogs import Dialogs, answer_by_default, record_util_dialogs
from host.pythonqt.errors import record_uncaught, slot_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

TICK_MS = 5
"""How long what is awaited may be true unseen: it may happen outside of Qt."""

_LOGICS = {
    "Volumes": "volumes_logic",
    "Segmentations": "segmentations_logic",
    "Terminologies": "terminologies_logic",
    "SubjectHierarchy": "subject_hierarchy_logic",
    "Colors": "color_logic",
    "Data": "data_logic",
}
_MORE_LOGICS = {
    "Tables": "vtkSlicerTablesLogic",
    "Plots": "vtkSlicerPlotsLogic",
    "Models": "vtkSlicerModelsLogic",
    "Transforms": "vtkSlicerTransformLogic",
    "Texts": "vtkSlicerTextsLogic",
    "Units": "vtkSlicerUnitsLogic",
    "Sequences": "vtkSlicerSequencesLogic",
}


@contextmanager
def vtk_is_quiet() -> Iterator[None]:
    """Hold back VTK's warnings where they say nothing, such as which X server is missing."""
    import vtk

    before = vtk.vtkObject.GetGlobalWarningDisplay()
    vtk.vtkObject.SetGlobalWarningDisplay(0)
    try:
        yield
    finally:
        vtk.vtkObject.SetGlobalWarningDisplay(before)


class Host:
    """The one host of this process; `host.start()` makes it."""

    def __init__(self, *, testing: bool = True) -> None:
        session.begin(self)
        self.dialogs = Dialogs()
        self.layout_manager: Any = None
        self._temporary = tempfile.TemporaryDirectory(prefix="elmed-host-")
        self.temporary_path = Path(self._temporary.name)
        self._start_qt(testing)
        self._start_slicer(testing)
        record_uncaught()

    def _start_qt(self, testing: bool) -> None:
        from host.python_modules import install_qt

        QCoreApplication.setOrganizationName("NA-MIC")
        QCoreApplication.setApplicationName("Slicer")
        QSettings.setDefaultFormat(QSettings.Format.IniFormat)
        for scope in (QSettings.Scope.UserScope, QSettings.Scope.SystemScope):
            QSettings.setPath(QSettings.Format.IniFormat, scope, str(self.temporary_path))
        self.qt_application = QApplication.instance() or QApplication([sys.argv[0]])
        self.qt_application.setStyle("Fusion")
        if testing:
            answer_by_default(self.dialogs)
        install_qt()

    def _start_slicer(self, testing: bool) -> None:
        import slicer
        from trame_slicer.core import SlicerApp

        from host.python_modules import install_python_parts, install_slicer

        self.core = SlicerApp()
        install_slicer()
        slicer.mrmlScene = self.core.scene
        # Slicer's own application adds this node; the displayable managers ask for it.
        interaction = slicer.vtkMRMLInteractionNode()
        interaction.SetSingletonTag("Singleton")
        self.core.scene.AddNode(interaction)

        from host.application.core import qSlicerApplication
        from host.application.input_output import qSlicerCoreIOManager
        from host.application.layout_manager import qSlicerLayoutManager
        from host.application.main_window import qSlicerMainWindow
        from host.application.modules import qSlicerModuleManager
        from host.pythonqt import wrap

        self.application = qSlicerApplication(testing, self.temporary_path)
        self.module_manager = qSlicerModuleManager()
        self.io_manager = qSlicerCoreIOManager()
        slicer.app = wrap(self.application)
        install_python_parts()
        if testing:
            record_util_dialogs(self.dialogs, slicer.util)
        self._add_own_modules(slicer)
        self.layout_manager = qSlicerLayoutManager()
        with vtk_is_quiet():
            self.layout_manager.make_views()
        self.main_window = qSlicerMainWindow()

    def _add_own_modules(self, slicer: Any) -> None:
        from host.application.modules import qSlicerLoadableModule
        from host.pythonqt import wrap

        logics = {name: getattr(self.core, attribute) for name, attribute in _LOGICS.items()}
        logics["Markups"] = (
            self.core.markups_logic._slicer_obj
            if hasattr(self.core.markups_logic, "_slicer_obj")
            else self.core.app_logic.GetModuleLogic("Markups")
        )
        for name, class_name in _MORE_LOGICS.items():
            logics[name] = self.core.register_module_logic(
                getattr(slicer, class_name)(), logic_name=name
            )
        logics["VolumeRendering"] = self.core.app_logic.GetModuleLogic("VolumeRendering")
        for name, logic in logics.items():
            module = qSlicerLoadableModule(name, logic)
            self.module_manager.add(module)
            setattr(slicer.modules, name.lower(), wrap(module))

    def load_module(self, path: str | Path) -> Any:
        """Load a scripted module from its file, or `<name>/<name>.py` of the checkout.

        Returns the module; its panel is made when it is first selected. A module that is loaded
        already stays as it is.
        """
        from host.application.modules import qSlicerScriptedLoadableModule
        from host.names import ROOT

        path = Path(path)
        if path.suffix != ".py":
            path = ROOT / path.name / f"{path.name}.py"
        loaded = self.module_manager.module(path.stem)
        if loaded is not None:
            return loaded
        if str(path.parent) not in sys.path:
            sys.path.insert(0, str(path.parent))
        module = qSlicerScriptedLoadableModule(str(path))
        module.set_python_source()
        self.module_manager.add(module)
        self.main_window.moduleSelector().offer(path.stem, module.title or path.stem)
        return module

    def widget(self, name: str) -> Any:
        """Return a module's Python widget object, made if it was not yet."""
        return self.module_manager.module(name).widgetRepresentation().self()

    def select_module(self, name: str) -> Any:
        """Leave the present module, come to another, and return its Python widget object."""
        self.main_window.moduleSelector().selectModule(name)
        self.process_events()
        return self.widget(name) if name else None

    def reload(self, name: str) -> Any:
        """Load a module's file again, as its Reload button does."""
        import slicer

        slicer.util.reloadScriptedModule(name)
        self.process_events()
        return self.widget(name)

    def close_scene(self) -> None:
        """Close the scene, as the File menu does."""
        self.core.scene.Clear(False)
        self.process_events()

    def process_events(self) -> None:
        """Let Qt do what is waiting, deletions too."""
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def wait_until(self, condition: Callable[[], Any], timeout: float = 60.0) -> None:
        """Let Qt work until `condition()` is true.

        Raises:
            TimeoutError: it did not become true within `timeout` seconds.
        """
        end = time.monotonic() + timeout
        # Without a limit of time Qt sleeps until something happens, and here that is a tick at the
        # latest; given one, it would not sleep at all, and take the processor from those who work.
        tick = QTimer()
        tick.start(TICK_MS)
        try:
            while not condition():
                if time.monotonic() > end:
                    raise TimeoutError(f"Still not so after {timeout} s: {condition}")
                QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        finally:
            tick.stop()

    def screenshot(self, path: str | Path, **options: Any) -> Path:
        """Draw the present panel beside the views into a PNG file."""
        from host.pictures import screenshot

        return screenshot(self, Path(path), **options)

    @property
    def slot_errors(self) -> list[BaseException]:
        """Exceptions that were only printed, as Qt or VTK called the code."""
        return slot_errors

    def shut_down(self) -> None:
        """Unload the modules, as the application does at its end."""
        self.main_window.moduleSelector().selectModule("")
        self.module_manager.unload_all()
        self.process_events()


def start(module_paths: Sequence[str | Path] = (), *, testing: bool = True) -> Host:
    """Start the host of this process and load modules into it."""
    host = Host(testing=testing)
    for path in module_paths:
        host.load_module(path)
    host.application.startupCompleted.emit()
    host.process_events()
    return host
