"""`elmed generate --text`: a small language model learns a text for some seconds, and writes."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDLib.files import check_writable, spare_inputs, written_whole

if TYPE_CHECKING:
    import argparse

    from ELMEDLib.progress import Progress
    from ELMEDPlaygroundLib.generative.text.experiment import TextExperiment

MOST_SECONDS, MOST_LENGTH = 3600.0, 20_000
PART_S = 0.5
SHIPPED = ""


def add_arguments(parser: Any) -> None:
    """Add what a text needs to `elmed generate`."""
    group = parser.add_argument_group("a text")
    group.add_argument(
        "--text",
        nargs="?",
        const=SHIPPED,
        metavar="FILE",
        help="learn a text character by character, and write more of it: a plain text file in "
        "UTF-8, or without one the novel that ships; into --output, or onto the screen",
    )
    group.add_argument("--seconds", type=float, default=30.0, help="of the training (30)")
    group.add_argument("--prompt", help="to go on from (the first words of the text)")
    group.add_argument(
        "--temperature",
        type=float,
        default=0.8,
        help="how boldly to choose: 0 takes the likeliest each time, above 1 the unlikely (0.8)",
    )
    group.add_argument("--length", type=int, default=400, help="characters to write (400)")


def run(arguments: argparse.Namespace, progress: Progress) -> None:
    """Learn, write, and say how well characters that were held out are foretold."""
    import torch

    from ELMEDPlaygroundLib import checked
    from ELMEDPlaygroundLib.generative.models import begin
    from ELMEDPlaygroundLib.generative.text.writing import TEMPERATURES

    seconds = checked.number(arguments.seconds, "'--seconds'", 0.0, MOST_SECONDS)
    length = checked.whole(arguments.length, "'--length'", 1, MOST_LENGTH)
    temperature = None
    if arguments.temperature != 0:
        temperature = checked.number(arguments.temperature, "'--temperature'", *TEMPERATURES)
    if arguments.output is not None:
        check_writable(arguments.output)
        spare_inputs([arguments.output], [arguments.text] if arguments.text else [])
    torch.set_num_threads(1)
    file = str(Path(arguments.text).absolute()) if arguments.text else ""
    experiment: Any = begin({"model": "text", "file": file, "seed": arguments.seed})
    _learn(experiment, seconds, progress)
    prompt = experiment.first_prompt if arguments.prompt is None else arguments.prompt
    codes = experiment.write(prompt, length, temperature).codes
    text = prompt + experiment.corpus.decode(codes.numpy())
    if arguments.output is None:
        sys.stdout.write(f"{text}\n\n")
    else:
        with written_whole(arguments.output) as temporary:
            temporary.write_text(f"{text}\n", encoding="utf-8")
        sys.stdout.write(f"{len(text)} characters in {arguments.output}.\n")
    counted = experiment.count()
    sys.stdout.write(
        f"{experiment.step} steps; held-out text: {experiment.validate():.2f} nats a character "
        f"(counting pairs {counted['bigram']:.2f}, runs of five {counted['five_gram']:.2f}).\n"
    )
    strange = experiment.corpus.encode(prompt)[1]
    if strange:
        sys.stdout.write(f"Not in the text, so not seen by the network: {' '.join(strange)}\n")


def _learn(experiment: TextExperiment, seconds: float, progress: Progress) -> None:
    begun = time.perf_counter()
    while (spent := time.perf_counter() - begun) < seconds and not experiment.stopped:
        experiment.advance(seconds=min(PART_S, seconds - spent))
        share = min((time.perf_counter() - begun) / seconds, 1.0)
        loss = experiment.history[-1]["validation"]
        progress("training", share, f"Step {experiment.step:,}, validation loss {loss:.2f}")
    progress("training", 1.0, f"Step {experiment.step:,}")
