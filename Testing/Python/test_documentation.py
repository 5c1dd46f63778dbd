"""What the documentation promises is there and true."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest

from ELMEDSegmentLib.assessment import mean_scores
from ELMEDSegmentLib.catalogue import find_model
from ELMEDSegmentLib.model import read_manifest

PAGES = ["README.md", "CHANGELOG.md", "Resources/SampleStudy/README.md"]
HEAVIEST_PICTURE = 400_000
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


def test_every_page_is_reached_from_the_readme(project):
    found, ahead = set(), [project / "README.md"]
    while ahead:
        page = ahead.pop().resolve()
        if page in found:
            continue
        found.add(page)
        targets = [target for target, _ in LINK.findall(page.read_text(encoding="utf-8"))]
        ahead += [page.parent / target for target in targets if target.endswith(".md")]
    lost = [page.name for page in pages(project) if page.resolve() not in found]
    assert not lost


def test_no_picture_is_heavy(project):
    pictures = [
        *(project / "Resources" / "Screenshots").iterdir(),
        *(project / "Docs").glob("*.png"),
    ]
    heavy = [path.name for path in pictures if path.stat().st_size > HEAVIEST_PICTURE]
    assert not heavy


def test_the_catalogue_says_how_large_the_bundled_model_is(project):
    manifest = find_model(None)
    size = manifest.with_suffix(".pt").stat().st_size / 1e6
    assert f"{size:.1f} MB, bundled" in (project / "Docs/models.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["README.md", "Docs/model-card.md"])
def test_stated_accuracy_is_what_was_measured(project, name):
    manifest = read_manifest(find_model(None))
    text = (project / name).read_text(encoding="utf-8")
    for region, value in mean_scores(manifest.measured["dice"]).items():
        assert f"{value:.2f}" in text, (region, value)


def test_readme_says_research_use_only(project):
    assert "Research use only" in (project / "README.md").read_text(encoding="utf-8")
