"""What the documentation promises is there and true."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest

from ELMEDSegmentLib.assessment import mean_scores
from ELMEDSegmentLib.catalogue import find_model
from ELMEDSegmentLib.model import read_manifest

PAGES = ["README.md", "CHANGELOG.md", "Resources/SampleStudy/README.md"]
LINK = re.compile(r"\]\(([^)#\s]+)(#[^)]*)?\)")


def pages(project):
    return [*(project / name for name in PAGES), *sorted((project / "Docs").glob("*.md"))]


def test_every_link_and_picture_leads_to_a_file(project):
    missing = [
        f"{page.name}: {target}"
        for page in pages(project)
        for target, _ in LINK.findall(page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / unquote(target)).exists()
    ]
    assert not missing


@pytest.mark.parametrize("name", ["README.md", "Docs/model-card.md"])
def test_stated_accuracy_is_what_was_measured(project, name):
    manifest = read_manifest(find_model(None))
    text = (project / name).read_text(encoding="utf-8")
    for region, value in mean_scores(manifest.measured["dice"]).items():
        assert f"{value:.2f}" in text, (region, value)


def test_readme_says_research_use_only(project):
    assert "Research use only" in (project / "README.md").read_text(encoding="utf-8")
