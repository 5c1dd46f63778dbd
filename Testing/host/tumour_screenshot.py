"""The picture of a painted tumour on the page Generate of ELMED Playground."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from host.pictures import panel_picture, save_picture
from host.pythonqt import unwrap

if TYPE_CHECKING:
    from pathlib import Path

    from host.host import Host

PATIENCE_S = 300
TITLE = "A painted tumour"
SEED = 3
WIDTH = 600
MARGIN = 24


def draw_tumour(host: Host, widget: Any, path: Path) -> Path:
    """Draw the example in four contrasts, and the panel down to the pictures."""
    panel = widget.panel
    panel.tabs.open("Generate")
    page = next(section for section in panel.sections if section.title == "Generate")
    page.open(TITLE)
    part = page.part(TITLE)
    part.seedSpinBox.setValue(SEED)
    part.generateButton.click()
    host.wait_until(lambda: not part.work.running, PATIENCE_S)
    host.process_events()
    picture = panel_picture(host, WIDTH)
    line = unwrap(part.work.widget)
    bottom = line.mapTo(host.main_window.shown_panel(), line.rect().bottomLeft()).y()
    return save_picture(picture.copy(0, 0, picture.width(), bottom + MARGIN), path)
