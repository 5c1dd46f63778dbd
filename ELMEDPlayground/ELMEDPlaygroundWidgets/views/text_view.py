"""What the views of a language model share: the prompt, the temperature, and painted characters.

All of them show the same wish: whoever types a prompt above one types it for the others as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import qt

from ELMEDPlaygroundWidgets.views.images_painting import PALE, Box, left, words
from ELMEDPlaygroundWidgets.views.images_view import ImageView, offer

if TYPE_CHECKING:
    from collections.abc import Mapping

WAIT_MS = 250
"""How long a typing user is waited for."""

MOST_PROMPT = 400
TEMPERATURES = (0.3, 0.5, 0.8, 1.0, 1.5, 2.0)
FIRST = {"prompt": None, "temperature": 0.8, "draw": 0}
SIGNS = {" ": "␣", "\n": "↵", "\t": "⇥"}
"""What stands for a character that leaves no mark."""

HEAD, FOOT = 22, 18
_WHITE, _BLUE, _ORANGE = (
    np.array(c, float) for c in ((255, 255, 255), (0, 114, 178), (213, 94, 0))
)


class TextView(ImageView):
    """A view of a language model."""

    showsOneImage = False
    asks = False
    """Whether the user can choose a temperature above the view."""

    wish: ClassVar[dict[str, Any]] = {}
    learnt: ClassVar[dict[str, str]] = {}

    def __init__(self) -> None:
        """Make the canvas, the prompt and, where the view asks, the temperature."""
        super().__init__()
        TextView.wish.update(FIRST)
        TextView.learnt.clear()
        self.promptEdit = qt.QLineEdit()
        self.promptEdit.setObjectName(f"{self.name}-prompt")
        self.promptEdit.setMaxLength(MOST_PROMPT)
        self.promptEdit.setMinimumWidth(90)
        self.promptEdit.setToolTip(
            "The prompt: what the network is given, and goes on from. All views show the same."
        )
        self.promptEdit.connect("textEdited(QString)", self._typed)
        self.bar.addWidget(self.promptEdit, 1)
        self._waiting = qt.QTimer()
        self._waiting.setSingleShot(True)
        self._waiting.setInterval(WAIT_MS)
        self._waiting.connect("timeout()", self.changed)
        if self.asks:
            self.temperatureCombo = self.addCombo(
                "How boldly to choose among the next characters. Greedy: always the likeliest. "
                "Below 1 the likely become likelier; above 1 the unlikely get their chance.",
                self._wished,
            )
            warm = [(f"temperature {value:g}", value) for value in TEMPERATURES]
            offer(self.temperatureCombo, [("greedy", None), *warm], FIRST["temperature"])

    def suits(self, summary: Mapping[str, Any]) -> bool:
        """Suit language models; what was wished for one text is forgotten with it."""
        text = summary["text"] if summary.get("generates") == "text" else ""
        if TextView.learnt.get("text", "") != text:
            TextView.learnt["text"] = text
            TextView.wish.update(FIRST)
        return bool(text)

    def clear(self) -> None:
        """Forget what was drawn; the wish stays, for it may be tried on the next network."""
        super().clear()
        if self.wish["prompt"] is None:
            self._showPrompt("")

    def request(self) -> dict[str, Any]:
        """Ask to go on from the prompt."""
        self._showWish()
        wish = {"prompt": self.wish["prompt"]}
        return {**wish, "temperature": self.wish["temperature"]} if self.asks else wish

    def show(self, data: Mapping[str, Any]) -> None:
        """Show the first prompt, too, where the user has typed none."""
        if self.wish["prompt"] is None and "prompt" in data:
            self._showPrompt(data["prompt"])
        super().show(data)

    def wishFor(self, **wish: Any) -> None:
        """Choose `prompt`, `temperature` or `draw` in all views."""
        TextView.wish.update(wish)
        self.changed()

    def _typed(self, text: str) -> None:
        TextView.wish.update(prompt=text)
        self._waiting.start()

    def _wished(self, *_) -> None:
        self.wishFor(temperature=self.temperatureCombo.currentData)

    def _showWish(self) -> None:
        """Show what another view was asked."""
        if self.wish["prompt"] is not None:
            self._showPrompt(self.wish["prompt"])
        if self.asks:
            combo = self.temperatureCombo
            values = [combo.itemData(place) for place in range(combo.count)]
            wasBlocked = combo.blockSignals(True)
            combo.setCurrentIndex(values.index(self.wish["temperature"]))
            combo.blockSignals(wasBlocked)

    def _showPrompt(self, prompt: str) -> None:
        if self.promptEdit.text != prompt:  # else the cursor would jump
            self.promptEdit.setText(prompt)


def sign(character: str) -> str:
    """Return what stands for a character, also where it leaves no mark."""
    return SIGNS.get(character, character)


def choiceOf(temperature: float | None) -> str:
    """Return in words how the next character is chosen."""
    return "greedy" if temperature is None else f"temperature {temperature:g}"


def strangers(painter: Any, data: Mapping[str, Any], width: int, height: int) -> None:
    """Say at the foot which characters of the prompt the network does not know."""
    if data["strange"]:
        shown = " ".join(sign(one) for one in data["strange"][:12])
        text = (f"Not in the text, so not seen by the network: {shown}", f"Unknown: {shown}")
        words(painter, Box(8, height - FOOT, width - 16, FOOT), text, 11, PALE, left())


def bluer(shares: np.ndarray) -> np.ndarray:
    """Return colours, uint8 (..., 3), for 0..1: white to blue, small shares lifted (root)."""
    return _between(shares, _BLUE)


def warmer(shares: np.ndarray) -> np.ndarray:
    """Return colours, uint8 (..., 3), for 0..1: white to orange."""
    return _between(shares**2, _ORANGE)


def _between(shares: np.ndarray, end: np.ndarray) -> np.ndarray:
    share = np.sqrt(np.clip(shares, 0.0, 1.0))[..., None]
    colours: np.ndarray = np.rint(_WHITE + share * (end - _WHITE)).astype(np.uint8)
    return colours
