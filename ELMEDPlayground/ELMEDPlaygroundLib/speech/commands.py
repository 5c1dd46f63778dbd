"""The commands that can be spoken, and the grammar that is made of them."""

from __future__ import annotations

from dataclasses import dataclass

from ELMEDPlaygroundLib.lessons.form import translatable as _

SPOKEN = "spoken"
"""Under which the panel tells its parts of a command that is carried out."""


@dataclass(frozen=True)
class Command:
    """Something that can be said.

    Attributes:
        name: of what is carried out.
        phrase: what is said. Square brackets hold what may be left out. American spelling, because
            the words are looked up in an American dictionary.
        does: what happens then, one sentence.
    """

    name: str
    phrase: str
    does: str

    @property
    def wordings(self) -> tuple[str, ...]:
        """What is understood as this command: with what may be left out, and without."""
        if "[" not in self.phrase:
            return (self.phrase,)
        before, _bracket, rest = self.phrase.partition("[")
        optional, _bracket, after = rest.partition("]")
        both = f"{before}{optional}{after}", f"{before}{after}"
        return tuple(" ".join(wording.split()) for wording in both)


COMMANDS = (
    Command("run", "start training", _("The training goes on, as with Run.")),
    Command("pause", "pause training", _("The training rests, as with Pause.")),
    Command("step", "take one step", _("One step of the training, as with Step.")),
    Command("reset", "begin again", _("The experiment begins anew, as with Reset.")),
    Command("next-lesson", "next lesson", _("Opens the next lesson.")),
    Command("previous-lesson", "previous lesson", _("Opens the lesson before.")),
    Command("next-page", "next page", _("Opens the next step of the lesson.")),
    Command("open-lessons", "open [the] lessons", _("Shows the page Lessons.")),
    Command("open-data", "open [the] data", _("Shows the page Data.")),
    Command("open-network", "open [the] network", _("Shows the page Network.")),
    Command("axial", "show axial", _("Slicer shows the axial slice alone.")),
    Command("sagittal", "show sagittal", _("Slicer shows the sagittal slice alone.")),
    Command("coronal", "show coronal", _("Slicer shows the coronal slice alone.")),
    Command("four-views", "show four views", _("Slicer shows three slices and the 3D view.")),
    Command("three-d", "show three dimensions", _("Slicer shows the 3D view alone.")),
    Command("zoom-in", "zoom in", _("The slices are shown larger, by a quarter.")),
    Command("zoom-out", "zoom out", _("The slices are shown smaller, by a fifth.")),
    Command("fit", "center [the] view", _("The slices fit into their views again.")),
    Command("next-slice", "next slice", _("Every slice view goes on by one slice.")),
    Command("previous-slice", "previous slice", _("Every slice view goes back by one slice.")),
    Command("show-segments", "show [the] tumor", _("All segmentations are shown.")),
    Command("hide-segments", "hide [the] tumor", _("All segmentations are hidden.")),
)
"""Two words at the least: a single short word is too easily heard in other talk."""

BY_WORDING = {wording: command for command in COMMANDS for wording in command.wordings}


def grammar() -> str:
    """Return the commands as a grammar in the Java Speech Grammar Format, which JSGF stands for."""
    phrases = " | ".join(command.phrase for command in COMMANDS)
    return f"#JSGF V1.0;\ngrammar elmed;\npublic <command> = {phrases};\n"
