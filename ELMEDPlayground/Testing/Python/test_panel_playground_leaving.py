"""Who leaves the playground lets its worker go, and who comes back goes on."""

from __future__ import annotations

import os
import time

import pytest

from host.panel_checks import is_alive, wait_for
from host.playground_bench import quiet, run_until, step

pytest.importorskip("torch", reason="PyTorch is not installed")

NAME = "ELMEDPlayground"


def come_back(host, bench):
    host.select_module(NAME)
    host.wait_until(lambda: bench.summary is not None, 60)
    quiet(host, bench)


def test_leaving_the_module_ends_the_worker_and_coming_back_goes_on(host, panel, bench):
    run_until(host, panel, bench, 30)
    rested = step(bench)
    worker = panel.logic.laboratory.workerProcessID
    host.select_module("")
    host.wait_until(lambda: panel.logic.laboratory.workerProcessID is None)
    wait_for(lambda: not is_alive(worker), 5.0)

    come_back(host, bench)
    assert step(bench) == rested


def test_who_comes_back_at_once_finds_the_experiment_at_work(host, panel, bench):
    quiet(host, bench)
    worker = panel.logic.laboratory.workerProcessID
    # Without a turn of the event loop between them: the state is still on its way.
    panel.exit()
    panel.enter()
    quiet(host, bench)
    rested = step(bench)

    assert bench.summary is not None
    assert panel.logic.laboratory.workerProcessID == worker
    panel.ui.stepButton.click()
    quiet(host, bench)
    assert step(bench) == rested + 1


def test_a_worker_that_dies_while_it_is_left_is_not_started_anew(host, panel, bench):
    run_until(host, panel, bench, 30)
    rested = step(bench)
    worker = panel.logic.laboratory.workerProcessID
    os.kill(worker, 19)  # SIGSTOP: the state cannot be saved before the end
    host.select_module("")
    os.kill(worker, 9)
    host.wait_until(lambda: not bench.laboratory.busy)

    assert panel.logic.laboratory.workerProcessID is None
    assert panel.ui.readinessLabel.text == ""
    come_back(host, bench)
    assert step(bench) == rested


def test_a_scene_that_is_opened_while_the_panel_is_left_ends_the_worker(host, panel, bench):
    quiet(host, bench)
    worker = panel.logic.laboratory.workerProcessID
    panel.exit()
    bench.lay(bench.spec, None)
    host.wait_until(lambda: panel.logic.laboratory.workerProcessID is None, 5)
    wait_for(lambda: not is_alive(worker), 5.0)


def test_what_is_chosen_or_started_after_leaving_waits_for_who_comes_back(host, panel, bench):
    quiet(host, bench)
    host.select_module("")
    host.wait_until(lambda: panel.logic.laboratory.workerProcessID is None)
    # As what was learnt of a scan does, and a spoken command, when they come late.
    bench.change(generate={"model": "vae", "kind": "moons"})
    bench.step()
    bench.run()
    time.sleep(0.2)
    host.process_events()
    assert panel.logic.laboratory.workerProcessID is None
    assert not bench.running

    host.select_module(NAME)
    host.wait_until(lambda: bench.summary is not None, 60)
    quiet(host, bench)
    assert bench.summary["generates"] == "vae"
    assert step(bench) == 0
    panel.ui.stepButton.click()
    quiet(host, bench)
    assert step(bench) == 1
