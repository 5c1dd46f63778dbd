"""What the worker can be asked for new slices: files in, files and figures out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ELMEDLib.progress import Progress, within
from ELMEDPlaygroundLib import checked
from ELMEDPlaygroundLib.arrays import encode
from ELMEDPlaygroundLib.threads import threads

if TYPE_CHECKING:
    from collections.abc import Callable

READ, MADE = 0.08, 0.97


@threads(1)  # small matrices: two would wait for each other
def generate_files(arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Learn the slices of scans, and write a new volume for each channel.

    Args:
        arguments: `subjects` (see `data.read_slices`), `settings` (see `settings.SliceSettings`)
            and `outputs` (image file by channel; it is told in its header that it is synthetic).
        progress: told how far it is.

    Returns:
        `outputs` (those written, by channel), and the report of `generate.generate`.
    """
    from ELMEDPlaygroundLib.generative.slices.data import read_slices
    from ELMEDPlaygroundLib.generative.slices.generate import generate
    from ELMEDPlaygroundLib.generative.slices.settings import settings_from
    from ELMEDPlaygroundLib.synthetic import write_synthetic

    settings = settings_from(arguments.get("settings") or {})
    outputs = checked.mapping(arguments.get("outputs"), "the list of outputs")
    progress("reading", 0.0, "Cutting the scan into slices")
    slices = read_slices(arguments.get("subjects"), settings.plane, settings.side)
    made = generate(slices, settings, within(progress, READ, MADE))
    progress("writing", MADE, "Writing the new volume")
    written = {
        name: write_synthetic(made.images[name], str(path))
        for name, path in outputs.items()
        if name in made.images
    }
    answer: dict[str, Any] = encode({"outputs": written, **made.report})
    return answer


SLICE_TASKS: dict[str, Callable[[dict[str, Any], Progress], dict[str, Any]]] = {
    "generate_slices": generate_files,
}
"""The tasks, by the names that the worker knows."""
