"""The picture of a language model that has learnt the novel that ships."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from host.lesson_screenshots import panel_and_views, settle
from host.pictures import save_picture

if TYPE_CHECKING:
    from pathlib import Path

    from host.host import Host

STEPS = 1500
VIEWS = ("text-written", "text-next", "text-attention", "text-curves")
PROMPT = "Mrs. Allen was so "
PATIENCE_S = 1800


def draw_text(host: Host, widget: Any, folder: Path) -> Path:
    """Draw the part Text of the page Generate beside four views."""
    panel, bench = widget.panel, widget.panel.bench
    generate = next(section for section in panel.sections if section.title == "Generate")
    panel.tabs.open("Generate")
    generate.open("Text")
    generate.part("Text").beginButton.click()
    host.wait_until(lambda: bench.summary is not None, PATIENCE_S)
    settle(host, bench)
    panel.views.showCount(len(VIEWS))
    panel.views.show(VIEWS)
    bench.step(STEPS)
    settle(host, bench)
    panel.views.onScreen()[0].wishFor(prompt=PROMPT)
    settle(host, bench)
    host.wait_until(lambda: panel.views.drawn, PATIENCE_S)
    picture = panel_and_views(host, panel.views)
    return save_picture(picture, folder / "ELMEDPlayground-text.png")
