"""What the worker and the command line ask for: time points in files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import InputError
from ELMEDLib.progress import Progress, no_progress, within
from ELMEDRadiomicsLib.burden.corrections import Corrections
from ELMEDRadiomicsLib.burden.service import burden_options, left_out, with_parts
from ELMEDRadiomicsLib.follow_up.assess import TimePoint, assess
from ELMEDRadiomicsLib.follow_up.table import clinic_of, day_of, write_follow_up
from ELMEDRadiomicsLib.reading import read_volume

if TYPE_CHECKING:
    from collections.abc import Mapping

READ = 0.1
KINDS = ("auto", "enhancing", "non-enhancing")


def follow_up_files(
    arguments: Mapping[str, Any], progress: Progress = no_progress
) -> dict[str, Any]:
    """Assess the time points of one patient.

    Args:
        arguments: JSON-able:
            `points`: records with `date`, `labels` (path), `image` (path or None), `corrections`
            (of `Corrections.as_json`, or None) and what `table.clinic_of` reads;
            `parts`: label values, as for `burden_files`;
            `method`: "2d" or "volume"; `kind`: "auto", "enhancing" or "non-enhancing";
            `options`: of the burden;
            `output`: path of a `.csv` or `.json` file, or None.
        progress: told how far the work is.

    Returns:
        What `FollowUp.as_json` gives, and `outputs` (paths).

    Raises:
        ELMEDError: something cannot be read, used or written.
    """
    kind = arguments.get("kind") or "auto"
    if kind not in KINDS:
        raise InputError(f"There is no kind '{kind}'.", f"Choose one of {', '.join(KINDS)}.")
    points = []
    warnings: list[str] = []
    records = arguments.get("points") or []
    for number, record in enumerate(records):
        progress("read", READ * number / len(records), "Reading the scans")
        given = read_volume(record["labels"], "label map")
        labels = with_parts(given, arguments.get("parts"), empty=True)
        warnings += left_out(given, labels)
        image = read_volume(record["image"], "image") if record.get("image") else None
        known = record.get("corrections")
        corrections = Corrections.from_json(known) if known else None
        day = day_of(record["date"])
        points.append(TimePoint(day, labels, image, clinic_of(record), corrections))
    options = burden_options(arguments.get("options"))
    found = assess(
        points, arguments.get("method") or "2d", kind, options, within(progress, READ, 1.0)
    )
    found.warnings += dict.fromkeys(warnings)
    result = found.as_json()
    output = arguments.get("output")
    outputs = [str(write_follow_up(result, output))] if output else []
    progress("done", 1.0, "Time points assessed")
    return {**result, "outputs": outputs}
