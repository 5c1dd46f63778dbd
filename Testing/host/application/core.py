"""`slicer.app`: what the application knows about itself."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    Property,
    QCoreApplication,
    QEventLoop,
    QObject,
    QProcessEnvironment,
    QSettings,
    Signal,
)
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QWidget

from host import session
from host.pythonqt.classes import stands_in

_ABOUT = {
    "applicationName": "Slicer",
    "mainApplicationName": "Slicer",
    "mainApplicationDisplayName": "3D Slicer",
    "documentationBaseUrl": "https://slicer.readthedocs.io/",
    "documentationVersion": "latest",
    "releaseType": "Experimental",
    "applicationVersion": "5.13.0",
    "revision": "0",
    "repositoryRevision": "0",
    "os": "linux",
    "arch": "amd64",
    "platform": "linux-amd64",
}


@stands_in
class qSlicerApplication(QObject):
    """The application, started with `--testing`."""

    mrmlSceneChanged = Signal(object)
    startupCompleted = Signal()
    renderPaused = Signal(bool)
    aboutToQuit = Signal()

    def __init__(self, testing: bool, temporary: Path) -> None:
        super().__init__()
        self._testing = testing
        self._temporary = temporary
        QApplication.instance().aboutToQuit.connect(self.aboutToQuit)

    for _name, _value in _ABOUT.items():
        locals()[_name] = Property(str, lambda _self, value=_value: value)
    majorVersion = Property(int, lambda _self: 5)
    minorVersion = Property(int, lambda _self: 13)
    isInstalled = Property(bool, lambda _self: False)
    temporaryPath = Property(str, lambda self: str(self._temporary))
    slicerHome = Property(str, lambda self: str(self._temporary))
    slicerSharePath = Property(str, lambda _self: "share/Slicer-5.13")
    extensionsInstallPath = Property(str, lambda self: str(self._temporary / "Extensions"))
    defaultScenePath = Property(str, lambda self: str(self._temporary))
    cachePath = Property(str, lambda self: str(self._temporary / "Cache"))
    slicerUserSettingsFilePath = Property(str, lambda _self: QSettings().fileName())

    def testingEnabled(self) -> bool:
        """Tell whether the application was started with `--testing`."""
        return self._testing

    def applicationDirPath(self) -> str:
        """Return the folder of the executable."""
        return str(Path(sys.executable).parent)

    def mrmlScene(self) -> Any:
        """Return the scene."""
        return session.current().core.scene

    def applicationLogic(self) -> Any:
        """Return the application logic."""
        return session.current().core.app_logic

    def moduleLogic(self, name: str) -> Any:
        """Return a module's logic."""
        return session.current().core.app_logic.GetModuleLogic(name)

    def layoutManager(self) -> Any:
        """Return the layout manager."""
        return session.current().layout_manager

    def moduleManager(self) -> Any:
        """Return the module manager."""
        return session.current().module_manager

    def coreIOManager(self) -> Any:
        """Return what reads and writes files."""
        return session.current().io_manager

    ioManager = coreIOManager

    def settings(self) -> QSettings:
        """Return the user's settings."""
        return QSettings()

    userSettings = settings
    revisionUserSettings = settings

    def environment(self) -> QProcessEnvironment:
        """Return the environment of this process."""
        return QProcessEnvironment.systemEnvironment()

    def startupEnvironment(self) -> QProcessEnvironment:
        """Return the environment that the launcher was started in."""
        return QProcessEnvironment.systemEnvironment()

    def setEnvironmentVariable(self, name: str, value: str) -> None:
        """Set a variable of this process."""
        os.environ[name] = value

    def processEvents(self, flags: Any = None, msec: int | None = None) -> None:
        """Let Qt do what is waiting."""
        if msec is not None:
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag(flags or 0), msec)
        else:
            QCoreApplication.processEvents()

    def topLevelWidgets(self) -> list[QWidget]:
        """Return all windows."""
        return QApplication.topLevelWidgets()

    def setOverrideCursor(self, cursor: Any) -> None:
        """Show another mouse pointer."""
        QApplication.setOverrideCursor(QCursor(cursor))

    def restoreOverrideCursor(self) -> None:
        """Show the mouse pointer as before."""
        QApplication.restoreOverrideCursor()

    def overrideCursor(self) -> Any:
        """Return the mouse pointer that is shown instead."""
        return QApplication.overrideCursor()

    def clipboard(self) -> Any:
        """Return the clipboard."""
        return QApplication.clipboard()

    def palette(self) -> Any:
        """Return the colours."""
        return QApplication.palette()

    def font(self) -> Any:
        """Return the font."""
        return QApplication.font()

    def style(self) -> Any:
        """Return the style."""
        return QApplication.style()

    def keyboardModifiers(self) -> Any:
        """Return which modifier keys are down."""
        return QApplication.keyboardModifiers()

    def focusWidget(self) -> Any:
        """Return the widget with the keyboard."""
        return QApplication.focusWidget()

    def pauseRender(self) -> None:
        """Render nothing for now."""
        session.current().layout_manager.pauseRender()

    def resumeRender(self) -> None:
        """Render again."""
        session.current().layout_manager.resumeRender()

    def moduleDocumentationUrl(self, name: str) -> str:
        """Return where a module is documented."""
        return f"https://slicer.readthedocs.io/en/latest/user_guide/modules/{name.lower()}.html"

    def openUrl(self, url: str) -> bool:
        """Open a page; recorded, as nobody watches."""
        session.current().dialogs.record("openUrl", url)
        return True

    def applicationPid(self) -> int:
        """Return the process number."""
        return os.getpid()

    def exit(self, code: int = 0) -> None:
        """End the application."""
        QApplication.exit(code)

    def quit(self) -> None:
        """End the application."""
        QApplication.quit()
