"""Pictures of a GAN and of a variational autoencoder that have learnt eight clouds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from host.lesson_screenshots import panel_and_views, settle
from host.pictures import save_picture

if TYPE_CHECKING:
    from pathlib import Path

    from host.host import Host

PICTURES = (
    ("gan", 1000, ("generator-warp", "discriminator-map", "generated", "generative-curves")),
    ("vae", 2000, ("latent-space", "latent-walk", "reconstruction", "generative-curves")),
)
"""The model, the steps that it learns for, and the views."""

HALF_WAY = 12
PATIENCE_S = 1800


def draw_points(host: Host, widget: Any, folder: Path) -> list[Path]:
    """Draw the part for points of the page Generate beside four views, for each model."""
    return [draw_model(host, widget, folder, *picture) for picture in PICTURES]


def draw_model(
    host: Host, widget: Any, folder: Path, model: str, steps: int, views: tuple[str, ...]
) -> Path:
    """Draw one model that has learnt for so many steps."""
    panel, bench = widget.panel, widget.panel.bench
    generate = next(section for section in panel.sections if section.title == "Generate")
    panel.tabs.open("Generate")
    generate.open("Points in the plane")
    part = generate.part("Points in the plane")
    part.modelCombo.setCurrentIndex(part.modelCombo.findData(model))
    part.beginButton.click()
    host.wait_until(lambda: bench.summary is not None, PATIENCE_S)
    settle(host, bench)
    panel.views.showCount(len(views))
    panel.views.show(views)
    bench.step(steps)
    settle(host, bench)
    for view in panel.views.onScreen():
        if view.name == "latent-walk":
            view.goTo(HALF_WAY)
    settle(host, bench)
    host.wait_until(lambda: panel.views.drawn, PATIENCE_S)
    return save_picture(panel_and_views(host, panel.views), folder / f"ELMEDPlayground-{model}.png")
