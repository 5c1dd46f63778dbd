"""What can be chosen of a generator."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from ELMEDPlaygroundLib import checked
from ELMEDPlaygroundLib.generative.clouds import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

MODELS = ("diffusion",)
SCHEDULES = ("cosine", "linear")
LIVE = ("learning_rate", "batch")
"""What can be changed while the training goes on."""

LIMITS: dict[str, tuple[float, float]] = {
    "neurons": (4, 256),
    "levels": (5, 200),
    "learning_rate": (1e-6, 1.0),
    "batch": (1, 2000),
    "seed": (0, 2**31 - 1),
}


@dataclass(frozen=True)
class GeneratorSettings:
    """What is learnt, by which generator, and how.

    Attributes:
        model: which one.
        kind: of the points, one of `clouds.KINDS`.
        points: those drawn by hand, as [x, y, class].
        neurons: in each of the three hidden layers.
        levels: how many steps lead from data to noise.
        schedule: how fast the data drown in noise.
        learning_rate: the size of a step.
        batch: examples in a step.
        seed: of all that chance decides.
    """

    model: str = "diffusion"
    kind: str = "eight-gaussians"
    points: tuple[Any, ...] = ()
    neurons: int = 64
    levels: int = 50
    schedule: str = "cosine"
    learning_rate: float = 0.004
    batch: int = 256
    seed: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the settings as `settings_from` takes them."""
        return {**asdict(self), "points": [list(point) for point in self.points]}


def settings_from(spec: object) -> GeneratorSettings:
    """Return the settings of a description.

    Raises:
        InputError: it says something that is not allowed; the error says what would be.
    """
    values: Mapping[str, Any] = checked.mapping(spec, "the generator")
    names = tuple(field.name for field in fields(GeneratorSettings))
    checked.known(values, names, "a generator")
    given = {**GeneratorSettings().as_json(), **values}
    given["model"] = checked.choice(given["model"], "the model", MODELS)
    given["kind"] = checked.choice(given["kind"], "the kind of points", tuple(KINDS))
    given["schedule"] = checked.choice(given["schedule"], "the noise schedule", SCHEDULES)
    given["points"] = tuple(checked.items(given["points"], "the list of points", 20_000))
    for name, (low, high) in LIMITS.items():
        what = f"'{name}'"
        if name == "learning_rate":
            given[name] = checked.number(given[name], what, low, high)
        else:
            given[name] = checked.whole(given[name], what, int(low), int(high))
    return GeneratorSettings(**given)
