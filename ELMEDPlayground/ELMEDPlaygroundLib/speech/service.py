"""What the worker can be asked about speech."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ELMEDPlaygroundLib import checked

if TYPE_CHECKING:
    from collections.abc import Callable

    from ELMEDLib.progress import Progress
    from ELMEDPlaygroundLib.speech.recogniser import Heard

SHORTEST_S, LONGEST_S = 1.0, 15.0


def listen_to_file(arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Recognise the command in the WAV file `path`; the answer is that of `as_answer`."""
    from ELMEDPlaygroundLib.speech.recogniser import recognise
    from ELMEDPlaygroundLib.speech.sound import read_wav

    progress("reading", 0.1, "Reading the sound")
    samples = read_wav(str(arguments.get("path") or ""))
    progress("recognising", 0.4, "Recognising")
    return as_answer(recognise(samples))


def listen_to_microphone(arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Recognise a command that is said within `seconds`; the answer is that of `as_answer`."""
    from ELMEDLib.progress import within
    from ELMEDPlaygroundLib.speech.microphone import listen
    from ELMEDPlaygroundLib.speech.recogniser import recognise
    from ELMEDPlaygroundLib.speech.sound import as_speech

    seconds = checked.number(
        arguments.get("seconds", 4.0), "the number of seconds", SHORTEST_S, LONGEST_S
    )
    samples, rate = listen(seconds, within(progress, 0.0, 0.9))
    progress("recognising", 0.95, "Recognising")
    return as_answer(recognise(as_speech(samples, rate, "What the microphone recorded")))


def as_answer(heard: Heard) -> dict[str, Any]:
    """Return what was heard as JSON carries it.

    Returns:
        `command` (name, "" when refused), `phrase` (as it stands in the list of commands),
        `nearest`, `confidence`, `why`, `fit`, `covered`, `seconds`; see `Heard`.
    """
    command = heard.command
    return {
        "command": command.name if command else "",
        "phrase": command.phrase if command else "",
        "nearest": heard.nearest,
        "confidence": heard.confidence,
        "why": heard.why,
        "fit": heard.fit,
        "covered": heard.covered,
        "seconds": heard.seconds,
    }


SPEECH_TASKS: dict[str, Callable[[dict[str, Any], Progress], dict[str, Any]]] = {
    "speech_file": listen_to_file,
    "speech_microphone": listen_to_microphone,
}
"""The room's tasks that are about speech, by the names that the worker knows."""
