"""How soon the playground's language model foretells a text, against models that merely count.

The goal is a validation loss of 2.6 nats a character after 30 s on the text that ships. Peers are
a bigram and a 5-gram model of characters with Witten-Bell interpolation, counted in the same part
of the text and judged on the same characters held out. Processor time on one core is measured
rather than wall time, so that other work on the machine does not tell in the figures.

    python Testing/benchmarks/playground_text.py [--seeds 3] [--seconds 30] [--file TEXT]
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

GOAL = 2.6
CHUNK = 10
TEMPERATURES = (None, 0.5, 1.0, 1.5)
WRITTEN = 400


def learn(spec: dict[str, Any], seconds: float) -> tuple[Any, float, float]:
    """Learn; return the experiment, and when the goal and the bigram model were reached."""
    from ELMEDPlaygroundLib.generative.models import begin

    begun = time.process_time()
    experiment: Any = begin(spec)
    reached = {"goal": float("inf"), "bigram": float("inf")}
    bounds = {"goal": GOAL, "bigram": experiment.counted["bigram"]}
    while (spent := time.process_time() - begun) < seconds:
        experiment.advance(steps=CHUNK)
        for name, bound in bounds.items():
            if experiment.history[-1]["validation"] <= bound:
                reached[name] = min(reached[name], spent)
    return experiment, reached["goal"], reached["bigram"]


def tell_counting(spec: dict[str, Any]) -> dict[str, float]:
    """Print what counting loses, and how long it takes; return the losses."""
    from ELMEDPlaygroundLib.generative.models import begin

    experiment: Any = begin(spec)
    begun = time.process_time()
    counted: dict[str, float] = experiment.count()
    took = time.process_time() - begun
    held = len(experiment.corpus.held_out(experiment.settings.context + 1))
    print(f"{experiment.corpus.name}: {len(experiment.corpus.codes):,} characters,")
    print(f"  {len(experiment.corpus.characters)} different ones, {held} rows held out")
    print(
        f"counting (Witten-Bell): bigram {counted['bigram']:.3f}, 5-gram "
        f"{counted['five_gram']:.3f} nats a character, {took:.1f} s for both"
    )
    return counted


def tell_writing(experiment: Any) -> None:
    """Print how surprising to itself the network writes at some temperatures."""
    prompt = experiment.first_prompt
    for temperature in TEMPERATURES:
        written = experiment.write(prompt, WRITTEN, temperature)
        name = "greedy" if temperature is None else f"temperature {temperature:g}"
        print(
            f"  {name}: entropy of the choices {float(written.entropy.mean()):.2f} nats, "
            f"surprise {float(written.surprise.mean()):.2f} nats"
        )


def main() -> None:
    """Measure everything, one seed after the other."""
    import torch

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--file", type=Path, help="another text")
    options = parser.parse_args()
    torch.set_num_threads(1)
    file = str(options.file.absolute()) if options.file else ""
    counted = tell_counting({"model": "text", "file": file})
    print(f"language model, {options.seconds:g} s of one core each:")
    for seed in range(options.seeds):
        spec = {"model": "text", "file": file, "seed": seed}
        experiment, goal, bigram = learn(spec, options.seconds)
        loss = experiment.validate()
        print(
            f"  seed {seed}: {loss:.3f} nats after {experiment.step} steps; ratio to the bigram "
            f"{loss / counted['bigram']:.2f}, to the 5-gram {loss / counted['five_gram']:.2f}; "
            f"{GOAL} nats after {goal:.1f} s, better than the bigram after {bigram:.1f} s"
        )
    tell_writing(experiment)


if __name__ == "__main__":
    main()
