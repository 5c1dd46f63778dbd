"""Which segment is which part of the tumour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ELMEDLib.bridge.segment_images import segmentNames

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import SimpleNamespace

    import slicer

NONE = "None"
PLANES = {
    "axial": "Axial",
    "coronal": "Coronal",
    "sagittal": "Sagittal",
    "acquired": "As acquired (across the thickest side)",
}
RULES = {
    "classic": "Classic: longest, then perpendicular",
    "product": "Largest product of both",
}


def guessPart(segmentID: str, name: str) -> str:
    """Return the part of the tumour that a segment's name tells, "" for none."""
    text = f"{segmentID} {name}".lower().replace("_", " ")
    if any(word in text for word in ("necro", "non-enh", "nonenh", "non enh", "core", "ncr")):
        return "core"
    if any(word in text for word in ("edema", "oedema", "flair", "t2")):
        return "oedema"
    return "enhancing" if any(word in text for word in ("enhanc", "contrast")) else ""


def guessedParts(segmentationNode: slicer.vtkMRMLSegmentationNode | None) -> dict[str, str]:
    """Return segment ID by part of the tumour as the names tell, "" where there is none."""
    names = segmentNames(segmentationNode) if segmentationNode else {}
    found = dict.fromkeys(("enhancing", "core", "oedema"), "")
    for segmentID, name in names.items():
        part = guessPart(segmentID, name)
        if part and not found[part]:
            found[part] = segmentID
    return found


class BurdenChoices:
    """The combo boxes of the section."""

    def __init__(self, ui: SimpleNamespace, onChange: Callable[[], None]) -> None:
        self.ui = ui
        self._combos = {
            "enhancing": ui.burdenEnhancingComboBox,
            "core": ui.burdenCoreComboBox,
            "oedema": ui.burdenOedemaComboBox,
        }
        for combo, texts in ((ui.burdenPlaneComboBox, PLANES), (ui.burdenRuleComboBox, RULES)):
            for key, text in texts.items():
                combo.addItem(text, key)
        self._shown: tuple | None = None
        self._onChange = onChange
        for combo in self._combos.values():
            combo.connect("currentIndexChanged(int)", lambda *_: onChange())

    @property
    def parts(self) -> dict[str, str]:
        """Segment ID by part, "" where there is none."""
        return {name: combo.currentData or "" for name, combo in self._combos.items()}

    @property
    def options(self) -> dict[str, str]:
        """The engine's options."""
        return {
            "plane": self.ui.burdenPlaneComboBox.currentData,
            "rule": self.ui.burdenRuleComboBox.currentData,
        }

    def show(self, segmentationNode: slicer.vtkMRMLSegmentationNode | None) -> None:
        """Offer a segmentation's segments, keeping the choice or guessing it by their names."""
        names = segmentNames(segmentationNode) if segmentationNode else {}
        shown = (segmentationNode.GetID() if segmentationNode else "", tuple(names.items()))
        if shown == self._shown:
            return
        same = self._shown is not None and self._shown[0] == shown[0]
        chosen = self.parts if same else {}
        self._shown = shown
        for part, combo in self._combos.items():
            wasBlocked = combo.blockSignals(True)
            combo.clear()
            combo.addItem(NONE, "")
            for segmentID, name in names.items():
                combo.addItem(name, segmentID)
            guessed = [key for key, name in names.items() if guessPart(key, name) == part]
            wanted = chosen.get(part) or (guessed[0] if guessed else "")
            combo.setCurrentIndex(max(combo.findData(wanted), 0))
            combo.blockSignals(wasBlocked)
