"""What can be chosen of new slices."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from ELMEDPlaygroundLib import checked
from ELMEDPlaygroundLib.data.scan_patches import PLANES

if TYPE_CHECKING:
    from collections.abc import Mapping

LATENTS = ("pca", "vae")
NUMBERS = {"pca": 64, "vae": 32}
"""How many a picture is compressed to."""

MOST_GUIDANCE = 10.0
CLASSES = {
    "axial": ("lower third", "middle third", "upper third"),
    "coronal": ("front third", "middle third", "back third"),
    "sagittal": ("right third", "middle third", "left third"),
}
"""The classes by position along the stack, in its order."""

SEGMENT_CLASSES = ("without the segment", "with the segment")


@dataclass(frozen=True)
class SliceSettings:
    """How new slices are made.

    Attributes:
        plane: axial, coronal or sagittal.
        latent: what pictures are compressed by: "pca" or "vae".
        numbers: how many a picture is compressed to; 0 for what suits the latent.
        wanted: place of the class that is asked for; None for each slice's own.
        guidance: how strongly; 0 for as strongly as the network has learnt.
        steps: of the denoiser's training.
        side: of a picture, in pixels.
        seed: of all that chance decides.
    """

    plane: str = "axial"
    latent: str = "pca"
    numbers: int = 0
    wanted: int | None = None
    guidance: float = 1.0
    steps: int = 2500
    side: int = 64
    seed: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the settings as `settings_from` takes them."""
        return asdict(self)


def settings_from(spec: object) -> SliceSettings:
    """Return the settings of a description.

    Raises:
        InputError: it says something that is not allowed; the error says what would be.
    """
    values: Mapping[str, Any] = checked.mapping(spec, "the settings of new slices")
    names = tuple(field.name for field in fields(SliceSettings))
    checked.known(values, names, "new slices")
    given = {**SliceSettings().as_json(), **values}
    given["plane"] = checked.choice(given["plane"], "the plane", tuple(PLANES))
    given["latent"] = checked.choice(given["latent"], "the latent", LATENTS)
    given["numbers"] = checked.whole(given["numbers"], "'numbers'", 0, 256)
    given["numbers"] = given["numbers"] or NUMBERS[given["latent"]]
    if given["wanted"] is not None:
        given["wanted"] = checked.whole(given["wanted"], "the class", 0, 2)
    given["guidance"] = checked.number(given["guidance"], "the guidance", 0.0, MOST_GUIDANCE)
    given["steps"] = checked.whole(given["steps"], "'steps'", 10, 100_000)
    given["side"] = 8 * (checked.whole(given["side"], "the side", 16, 128) // 8)
    given["seed"] = checked.whole(given["seed"], "the seed", 0, 2**31 - 1)
    return SliceSettings(**given)
