"""The picture of new slices of the sample study, and of the plane that its slices lie in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from host.lesson_screenshots import settle

if TYPE_CHECKING:
    from pathlib import Path

    from host.host import Host

STEPS = 400
PART = "Slices of the open scan"
VIEW = "slices-walk"
POINT = (0.9, -0.4)
PATIENCE_S = 1800


def draw_slices(host: Host, widget: Any, folder: Path, study: Path) -> Path:
    """Draw the part for slices with a new volume in the slice views, and a walk among slices."""
    import slicer

    panel, bench = widget.panel, widget.panel.bench
    source = slicer.util.loadVolume(str(study / "flair.nii.gz"))
    source.SetName("FLAIR")
    generate = next(section for section in panel.sections if section.title == "Generate")
    panel.tabs.open("Generate")
    generate.open(PART)
    part = generate.part(PART)
    part.enter()
    part.volumesCombo.check(source)
    part.walkButton.click()
    host.wait_until(lambda: not part.work.running, PATIENCE_S)
    host.wait_until(lambda: VIEW in panel.views.shown, PATIENCE_S)
    settle(host, bench)
    panel.views.showCount(1)
    panel.views.show([VIEW])
    bench.step(STEPS)
    settle(host, bench)
    panel.views.onScreen()[0].walkTo(*POINT)
    settle(host, bench)
    part.generateButton.click()
    host.wait_until(lambda: not part.work.running, PATIENCE_S)
    host.wait_until(lambda: panel.views.drawn, PATIENCE_S)
    picture = host.screenshot(folder / "ELMEDPlayground-slices.png")
    slicer.mrmlScene.Clear()
    return picture
