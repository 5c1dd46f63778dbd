from __future__ import annotations

import pytest

NAME = "ELMEDPlayground"


@pytest.fixture
def panel(host):
    if host.module_manager.module(NAME) is None:
        host.load_module(NAME)
    return host.select_module(NAME)


def test_the_panel_says_what_is_coming(panel):
    assert "in preparation" in panel.ui.stateLabel.text


def test_the_panel_survives_reloading(host, panel):
    for _ in range(3):
        host.reload(NAME)
        host.close_scene()

    assert host.slot_errors == []
