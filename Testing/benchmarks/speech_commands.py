"""How many spoken commands are understood, and how much other talk is taken for a command.

Each command is said by several synthetic voices, and so are sentences that are no command; noises
come on top. `--table` writes every sound's figures, from which the limits in
`ELMEDPlaygroundLib/speech/recogniser.py` were chosen with the voices CHOSEN_WITH; the voices that
are measured by default played no part in that, but for the share to be covered, which a sentence of
en-us+steph raised. Synthetic voices are clear and alike: people will be understood less well.

  python Testing/benchmarks/speech_commands.py [--voices en-us,en+f4] [--table figures.csv]
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "Testing"), str(ROOT / "ELMEDPlayground")]

from ELMEDPlaygroundLib.speech.commands import COMMANDS  # noqa: E402
from ELMEDPlaygroundLib.speech.recogniser import Heard, recognise  # noqa: E402
from ELMEDPlaygroundLib.speech.sound import RATE_HZ, as_speech  # noqa: E402
from spoken import say  # noqa: E402 - found by the line above

CHOSEN_WITH = ("en-us", "en-us+f3", "en", "en-gb-x-rp+f2", "en-us+m7", "en+f4")
MEASURED_WITH = ("en-us+m3", "en-us+Alicia", "en-gb-scotland", "en-us+steph")

NONSENSE = (
    "he left the keys on the kitchen table",
    "our neighbor has three black cats",
    "next summer we will travel to Norway",
    "show business is hard work",
    "the zoo opens at nine",
    "my previous car was green",
    "please call me back tomorrow",
    "could you pass the salt",
    "the doctor will see you now",
    "it rains",
    "what a lovely day",
    "take it easy",
    "begin with the soup",
    "once upon a time",
    "yellow submarine",
    "I did not hear you",
    "football is on tonight",
    "turn left at the church",
    "open your mouth",
    "nobody knows the answer",
)

CLICKS = 0.0005
"""How likely there is a click at each of the 16,000 samples of a second."""


def noises() -> dict[str, np.ndarray]:
    """Return sounds of two seconds without speech: int16 at 16 kHz."""
    draw = np.random.default_rng(0)
    seconds = np.arange(2 * RATE_HZ) / RATE_HZ
    white = draw.normal(0, 0.2, len(seconds))
    sounds = {
        "white noise": white,
        "rumbling": np.cumsum(white) / 100,
        "a tone": 0.5 * np.sin(2 * np.pi * 440 * seconds),
        "a hum": sum(0.1 * np.sin(2 * np.pi * 50 * n * seconds) for n in range(1, 9)),
        "clicks": np.where(draw.random(len(seconds)) < CLICKS, 0.8, 0.001),
        "a siren": 0.4 * np.sin(2 * np.pi * (600 * seconds + 80 * np.sin(6 * seconds))),
    }
    return {name: as_speech(sound, RATE_HZ, name) for name, sound in sounds.items()}


def listen(text: str, voice: str) -> Heard:
    """Let a voice say a sentence, and recognise it."""
    sound, rate = say(text, voice)
    return recognise(as_speech(sound / 32768.0, rate, text))


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--voices", default=",".join(MEASURED_WITH), help="with commas")
    parser.add_argument("--table", type=Path, help="a CSV file for the figures of every sound")
    arguments = parser.parse_args()
    rows: list[tuple[str, str, str, Heard]] = []
    for voice in arguments.voices.split(","):
        began = time.process_time()
        mine = [
            ("command", voice, command.name, listen(command.wordings[0], voice))
            for command in COMMANDS
        ]
        mine += [("nonsense", voice, text, listen(text, voice)) for text in NONSENSE]
        rows += mine
        commands = [row for row in mine if row[0] == "command"]
        right = sum(h.command is not None and h.command.name == said for _, _, said, h in commands)
        wrong = sum(h.command is not None and h.command.name != said for _, _, said, h in commands)
        taken = sum(h.command is not None for kind, _, _, h in mine if kind == "nonsense")
        took = (time.process_time() - began) / len(mine)
        print(
            f"{voice:16} {right} of {len(commands)} commands right, {wrong} wrong, the others "
            f"refused; {taken} of {len(NONSENSE)} other sentences taken; {took:.2f} s each"
        )
    heard = {name: recognise(sound) for name, sound in noises().items()}
    taken_noises = [name for name, found in heard.items() if found.command is not None]
    print(f"noises taken for a command: {', '.join(taken_noises) or 'none'} of {len(heard)}")
    if arguments.table:
        write(arguments.table, rows)
    return 0


def write(path: Path, rows: list[tuple[str, str, str, Heard]]) -> None:
    """Write what was measured of every sound."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["kind", "voice", "said", "heard", "nearest", "confidence", "fit", "covered"]
        )
        for kind, voice, said, found in rows:
            name = found.command.name if found.command else ""
            numbers = (f"{number:.3f}" for number in (found.confidence, found.fit, found.covered))
            writer.writerow([kind, voice, said, name, found.nearest, *numbers])


if __name__ == "__main__":
    sys.exit(main())
