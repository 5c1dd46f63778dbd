"""How fast the playground learns and draws: prints what its promises ask for.

Processor time is measured rather than wall time, so that other work on the machine does not tell
in the figures; everything runs on one core.

    python Testing/benchmarks/playground_speed.py [--seeds 10] [--seconds 3] [--panel]

With `--panel`, the panel is opened in the stand-in host, and redraws while training are counted;
they need a machine with nothing else to do.
"""

from __future__ import annotations

import argparse
import copy
import statistics
import time

FRAMES = 30
VIEWS = {"decision-map": {}, "neurons": {}, "hidden-space": {}}
NAME = "ELMEDPlayground"
WATCHED_S = 5.0


def spiral(seed: int):
    """Return the experiment of the preset, with a seed for all that chance decides."""
    from ELMEDPlaygroundLib.experiment.experiment import Experiment
    from ELMEDPlaygroundLib.networks.presets import PRESETS

    spec = {part: copy.deepcopy(PRESETS["spiral"][part]) for part in ("data", "network")}
    spec["data"]["seed"] = seed
    spec["settings"] = {**PRESETS["spiral"]["settings"], "seed": seed}
    return Experiment(spec)


def learn(seeds: int, seconds: float) -> None:
    """Print the held-out accuracy after `seconds` of training, and when 97 % were reached."""
    reached, when = [], []
    for seed in range(seeds):
        experiment = spiral(seed)
        first = None
        begun = time.process_time()
        while (spent := time.process_time() - begun) < seconds:
            experiment.advance(steps=20)
            if first is None and experiment.history[-1]["test_accuracy"] >= 0.97:  # noqa: PLR2004
                first = spent
        reached.append(experiment.evaluate()["test_accuracy"])
        when.append(first if first is not None else float("inf"))
    print(f"spiral, {seeds} seeds, {seconds:g} s of one core each: held out")
    print(f"  median {100 * statistics.median(reached):.1f} %, least {100 * min(reached):.1f} %")
    print(f"  97 % first reached after {statistics.median(when):.2f} s (median)")


def frames() -> None:
    """Print how long it takes to compute a frame with all maps."""
    from ELMEDPlaygroundLib.views import look

    experiment = spiral(0)
    took = {name: [] for name in (*VIEWS, "all")}
    for _ in range(FRAMES):
        experiment.advance(steps=1)
        for name, views in [("all", VIEWS), *((name, {name: {}}) for name in VIEWS)]:
            begun = time.process_time()
            look(experiment, views)
            took[name].append(1000 * (time.process_time() - begun))
    print("computing a frame, 100 x 100 map, every neuron's map, the bent grid:")
    for name, times in took.items():
        print(f"  {name:14s} median {statistics.median(times):.1f} ms, most {max(times):.1f} ms")


def first_second() -> None:
    """Print how far the loss has fallen in the first second of training."""
    experiment = spiral(0)
    begun = time.process_time()
    while time.process_time() - begun < 1.0:
        experiment.advance(steps=20)
    losses = [experiment.history[place]["train_loss"] for place in (0, -1)]
    print(f"training loss in the first second: {losses[0]:.3f} -> {losses[1]:.3f}")


def panel() -> None:
    """Print redraws a second while training, and the longest stall of the panel."""
    import host
    from host.lateness import TimerWatch, waited_by

    running = host.start([NAME])
    widget = running.select_module(NAME)
    bench = widget.panel.bench
    running.wait_until(lambda: bench.summary is not None, 120)
    drawn = []

    class Watcher:
        def __getattr__(self, name: str):
            return lambda *_about: drawn.append(time.monotonic()) if name == "answered" else None

    bench.follow(Watcher())
    running.wait_until(lambda: not bench.laboratory.busy, 60)
    drawn.clear()
    watch = TimerWatch()
    watch.start()
    worker = bench.laboratory.workerProcessID
    waited, spent = waited_by(worker), time.process_time()
    begun = time.monotonic()
    widget.ui.runButton.click()
    running.wait_until(lambda: time.monotonic() - begun > WATCHED_S or not bench.running, 60)
    seconds = time.monotonic() - begun
    waited, spent = waited_by(worker) - waited, time.process_time() - spent
    watch.stop()
    widget.ui.pauseButton.click()
    first = drawn[0] - begun if drawn else float("inf")
    print(f"panel: {len(drawn) / seconds:.1f} redraws a second, the first after {first:.2f} s")
    frames_drawn = max(len(drawn), 1)
    print(f"  {1000 * spent / frames_drawn:.1f} ms of the panel's process for each")
    print(f"  {1000 * waited / frames_drawn:.1f} ms for each in which the worker got no processor")
    print(f"  longest stall {1000 * watch.latest:.0f} ms, net of waiting for a processor")
    running.shut_down()


def main() -> None:
    """Measure everything, one after the other."""
    import torch

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--panel", action="store_true", help="also count the panel's redraws")
    options = parser.parse_args()
    torch.set_num_threads(1)
    learn(options.seeds, options.seconds)
    frames()
    first_second()
    if options.panel:
        panel()


if __name__ == "__main__":
    main()
