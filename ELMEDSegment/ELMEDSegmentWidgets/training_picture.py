"""The picture of a validated slice, and looking back at those of earlier validations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt

from ELMEDSegmentLib.training.curve import pictures

if TYPE_CHECKING:
    from pathlib import Path
    from types import SimpleNamespace

LEGEND = (
    '<span style="color:#3a9bd0">Blue: the expert.</span> '
    '<span style="color:#c98600">Orange: the network.</span>'
)

HELP = (
    "A slice of a patient that is never trained on: whole tumour on FLAIR, tumour core and "
    "enhancing tumour on contrast-enhanced T1. Blue: the expert. Orange: the network."
)


class PictureView(qt.QWidget):
    """Shows a picture as wide as there is room, and is as high as that makes it."""

    def __init__(self) -> None:
        super().__init__()
        self._pixmap = None

    def showPicture(self, content: bytes) -> bool:
        """Show a picture file's content; False when it is none, and nothing changes then."""
        pixmap = qt.QPixmap()
        if not pixmap.loadFromData(content):
            return False
        self._pixmap = pixmap
        self._fit()
        self.update()
        return True

    def resizeEvent(self, _event) -> None:
        """Be as high as the width asks for."""
        self._fit()

    def paintEvent(self, _event) -> None:
        """Paint the picture."""
        if self._pixmap is None:
            return
        painter = qt.QPainter(self)
        painter.setRenderHint(qt.QPainter.SmoothPixmapTransform)
        painter.drawPixmap(self.rect, self._pixmap)
        painter.end()

    def _fit(self) -> None:
        if self._pixmap is not None and self.width > 0:
            self.setFixedHeight(self.width * self._pixmap.height() // self._pixmap.width())


class TrainingPicture:
    """A view of the picture, with `sliceSlider` and `sliceCaptionLabel` below it."""

    def __init__(self, ui: SimpleNamespace) -> None:
        self._ui = ui
        self._pictures: dict[int, Path] = {}
        self.view = PictureView()
        self.view.setToolTip(HELP)
        ui.slicePictureFrame.layout().addWidget(self.view)
        ui.sliceSlider.connect("valueChanged(int)", self._show)
        self.follow(None)

    @property
    def steps(self) -> list[int]:
        """The steps after which there was a validation with a picture."""
        return list(self._pictures)

    @property
    def paths(self) -> list[Path]:
        """The picture files, in the order of the steps."""
        return list(self._pictures.values())

    @property
    def step(self) -> int | None:
        """The step that the picture is of, None when there is none."""
        steps = self.steps
        return steps[min(self._ui.sliceSlider.value, len(steps) - 1)] if steps else None

    def follow(self, folder: Path | None) -> None:
        """Show the newest picture of a run, unless the user looks back at an older one."""
        slider = self._ui.sliceSlider
        before = self.steps
        looksBack = bool(before) and slider.value < len(before) - 1
        self._pictures = pictures(folder) if folder else {}
        last = max(len(self._pictures) - 1, 0)
        wasBlocked = slider.blockSignals(True)
        slider.setRange(0, last)
        if not looksBack or self.steps[: len(before)] != before:
            slider.setValue(last)
        slider.blockSignals(wasBlocked)
        slider.visible = last > 0
        self._show()

    def _show(self, *_) -> None:
        ui, step = self._ui, self.step
        shown = step is not None and self._showFile(self._pictures[step])
        for widget in (ui.slicePictureFrame, ui.sliceCaptionLabel):
            widget.visible = shown
        if shown:
            when = "before the first step" if step == 0 else f"after step {step}"
            ui.sliceCaptionLabel.text = f"Validation {when}. {LEGEND}"

    def _showFile(self, path: Path) -> bool:
        try:
            return self.view.showPicture(path.read_bytes())
        except OSError:  # somebody has removed it
            return False
