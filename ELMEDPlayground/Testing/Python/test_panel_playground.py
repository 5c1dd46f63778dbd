"""The playground's panel: what it offers, and how it lives."""

from __future__ import annotations

from host import panel_checks

NAME = "ELMEDPlayground"


def test_opening_the_panel_imports_nothing_heavy():
    panel_checks.opens_without(NAME, {"torch", "monai", "pandas", "scipy", "sklearn"})


def test_every_control_has_a_help_text(panel):
    assert panel_checks.without_help(panel.ui, NAME) == []


def test_loading_closing_and_reloading_leave_nothing_behind(host, panel):
    assert panel_checks.nodes_left_by_reloading(host, NAME, times=20) == 0
    assert host.slot_errors == []
