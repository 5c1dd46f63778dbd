"""Pictures of spoken commands and of large models, each done as a user does it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from host.pictures import panel_picture, save_picture
from spoken import say, write_wav

if TYPE_CHECKING:
    from host.host import Host

PATIENCE_S = 600
STEPS = 4


def draw_language(host: Host, widget: Any, folder: Path) -> list[Path]:
    """Draw the parts Speech and Large models, after a command and after a picture."""
    host.wait_until(lambda: widget.panel.bench.summary is not None, PATIENCE_S)
    widget.panel.tabs.open("Generate")
    page = next(section for section in widget.panel.sections if section.title == "Generate")
    with tempfile.TemporaryDirectory() as place:
        return [
            _draw_speech(host, page, folder, Path(place)),
            _draw_large(host, page, folder, Path(place)),
        ]


def _draw_speech(host: Host, page: Any, folder: Path, place: Path) -> Path:
    page.open("Speech")
    part = page.part("Speech")
    part.pathEdit.setCurrentPath(str(write_wav(place / "command.wav", *say("show sagittal"))))
    part.fileButton.click()
    host.wait_until(lambda: not part.work.running, PATIENCE_S)
    return _draw(host, folder / "ELMEDPlayground-speech.png")


def _draw_large(host: Host, page: Any, folder: Path, place: Path) -> Path:
    from ELMEDPlaygroundLib.large.offline import offline

    offline()
    from tiny_models import make_stable_diffusion

    model = make_stable_diffusion(place / "tiny-diffusion")
    page.open("Large models")
    part = page.part("Large models")
    form = part.form
    form.sourceCombo.setCurrentIndex(form.sourceCombo.findData("folder"))
    form.pathEdit.setCurrentPath(str(model))
    form.lookButton.click()
    host.wait_until(lambda: not part.work.running, PATIENCE_S)
    form.lengthSpinBox.setValue(STEPS)
    form.runButton.click()
    host.wait_until(lambda: not part.work.running, PATIENCE_S)
    return _draw(host, folder / "ELMEDPlayground-large.png")


def _draw(host: Host, path: Path) -> Path:
    host.process_events()
    return save_picture(panel_picture(host), path)
