"""`make app`: the panels in a window, to try ELMED before installing Slicer.

A preview: Slicer's data model and views, but not Slicer. Run with `Testing` on the path:
`python -m host.app [--picture out.png] [file ...]`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from host.host import Host, start
from host.names import product_modules

TITLE = "ELMED preview (not 3D Slicer)"


def open_preview(files: list[str]) -> Host:
    """Start the host with every module, and show the window."""
    present = product_modules()
    host = start(present, testing=False)
    window = host.main_window
    window.setWindowTitle(TITLE)
    window.statusBar().showMessage(
        "Preview of the ELMED panels on Slicer's data model. For clinical research use 3D Slicer."
    )
    window.add_views()
    window.add_file_menu()
    window.resize(1400, 900)
    window.show()
    if present:
        host.select_module(present[0])
    import slicer

    for path in files:
        slicer.util.loadNodeFromFile(path)
    host.process_events()
    return host


def main(arguments: list[str] | None = None) -> int:
    """Open the preview, or only draw it."""
    parser = argparse.ArgumentParser(prog="python -m host.app", description=TITLE)
    parser.add_argument("files", nargs="*", help="volumes or scenes to load")
    parser.add_argument("--picture", type=Path, help="draw the window into a PNG file and end")
    options = parser.parse_args(arguments)
    host = open_preview(options.files)
    if options.picture is None:
        code = host.qt_application.exec()
        host.shut_down()
        return code
    host.layout_manager.resetSliceViews()
    host.layout_manager.resetThreeDViews()
    host.process_events()
    host.main_window.grab().save(str(options.picture))
    host.shut_down()
    return 0


if __name__ == "__main__":
    sys.exit(main())
