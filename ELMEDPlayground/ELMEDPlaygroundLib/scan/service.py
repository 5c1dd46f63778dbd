"""What the worker can be asked about a patient's scan: files in, files and numbers out."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import InputError, OutputError
from ELMEDLib.files import written_whole
from ELMEDLib.progress import Progress, within
from ELMEDPlaygroundLib import checked
from ELMEDPlaygroundLib.arrays import encode
from ELMEDPlaygroundLib.threads import threads

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import SimpleITK as sitk

    from ELMEDPlaygroundLib.scan.opened import OpenScan

MOST_STEPS = 2000


class _Desk:
    """The scan that lies open, and the maps that were last looked at: a warm worker keeps both."""

    def __init__(self) -> None:
        self._scan: OpenScan | None = None
        self._maps: tuple[str, np.ndarray] | None = None

    @property
    def scan(self) -> OpenScan:
        if self._scan is None:
            raise InputError("No scan is open.", "Open the scan again.")
        return self._scan

    def put(self, scan: OpenScan) -> None:
        self._scan, self._maps = scan, None

    def maps(self, path: str) -> np.ndarray:
        from ELMEDPlaygroundLib.scan.feature_maps import maps_of

        if self._maps is None or self._maps[0] != path:
            self._maps = path, maps_of(self.scan, path)
        return self._maps[1]


DESK = _Desk()


@threads()
def open_files(arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Open a study for looking into a network.

    Args:
        arguments: `volumes` (path by channel), and optionally `model` (name or manifest) and
            `device`.
        progress: told what is done.

    Returns:
        `layers` (path, name, kind, channels), `regions`, `channels`, `model` (its title) and
        `members` (of an ensemble; its first one is looked into).
    """
    from ELMEDPlaygroundLib.scan.opened import open_scan
    from ELMEDSegmentLib.catalogue import find_model
    from ELMEDSegmentLib.inputs.study import read_study
    from ELMEDSegmentLib.model import load_model

    progress("model", 0.0, "Loading the network")
    model = load_model(find_model(arguments.get("model")))
    progress("reading", 0.3, "Reading the volumes")
    study = read_study(arguments["volumes"], model.manifest.channels)
    progress("preparation", 0.6, "Preparing the volumes")
    scan = open_scan(study, model, arguments.get("device") or "auto")
    DESK.put(scan)
    members = getattr(model.network, "members", None)
    return {
        "layers": [
            {"path": layer.path, "name": layer.name, "kind": layer.kind, "channels": layer.channels}
            for layer in scan.layers
        ],
        "regions": list(model.manifest.regions),
        "channels": list(model.manifest.channels),
        "model": model.manifest.title,
        "members": 1 if members is None else len(members),
    }


@threads()
def thumbnails(arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Return a small picture of every map of the layer `layer`: `thumbnails`, PPM in base64."""
    from ELMEDPlaygroundLib.scan.layers import layer_at
    from ELMEDPlaygroundLib.scan.thumbnails import thumbnails as draw

    progress("network", 0.1, "Running the network")
    layer = layer_at(DESK.scan.layers, str(arguments["layer"]))
    return {"thumbnails": draw(DESK.scan, DESK.maps(layer.path), layer)}


@threads()
def feature_map(arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Write one map as a volume.

    Args:
        arguments: `layer` (path), `channel` (from 0), `output` (image file).
        progress: told what is done.

    Returns:
        `output`, `layer` (its name), `typical` and `spread` (see `FeatureVolume`).
    """
    from ELMEDPlaygroundLib.scan.feature_maps import feature_volume

    progress("network", 0.1, "Running the network")
    path = str(arguments["layer"])
    channel = checked.whole(arguments["channel"], "the channel", 0, 100_000)
    found = feature_volume(DESK.scan, path, channel, DESK.maps(path))
    progress("writing", 0.9, "Writing the map")
    output = _write(found.image, arguments["output"])
    return encode(
        {
            "output": output,
            "layer": found.layer.name,
            "typical": found.typical,
            "spread": found.spread,
        }
    )


@threads()
def grad_cam(arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Write what speaks for a region as a volume.

    Args:
        arguments: `layer` (path), `region`, `output` (image file), and optionally `segment` (image
            file of the voxels to explain).
        progress: told what is done.

    Returns:
        `output`, `layer` (its name), `region`, `voxels` and `share_inside` (see `GradCam`).
    """
    import SimpleITK as sitk

    from ELMEDPlaygroundLib.scan.grad_cam import grad_cam as explain

    progress("network", 0.1, "Running the network there and back")
    segment = arguments.get("segment")
    image = sitk.ReadImage(str(segment)) if segment else None
    found = explain(DESK.scan, str(arguments["layer"]), str(arguments["region"]), image)
    output = _write(found.image, arguments["output"])
    return {
        "output": output,
        "layer": found.layer.name,
        "region": found.region,
        "voxels": found.voxels,
        "share_inside": found.share_inside,
    }


@threads()
def contrast_removed(arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Segment with all contrasts and without one.

    Args:
        arguments: `channel`, and the image files `before`, `after` and `difference`.
        progress: told how far it is.

    Returns:
        `channel`, and `changes`: rows of `region`, `with_ml`, `without_ml`, `dice`.
    """
    from ELMEDPlaygroundLib.scan.contrast_removed import remove_contrast

    found = remove_contrast(DESK.scan, str(arguments["channel"]), within(progress, 0.0, 0.9))
    for name in ("before", "after", "difference"):
        _write(getattr(found, name), arguments[name])
    return {"channel": found.channel, "changes": [asdict(change) for change in found.changes]}


@threads()
def generalisation(arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Learn one simulated subject; see `generalisation.compare`, whose result this returns."""
    from ELMEDPlaygroundLib.scan.generalisation import as_answer, compare

    seed = checked.whole(arguments.get("seed", 1), "the seed", 0, 1_000_000)
    steps = checked.whole(arguments.get("steps", 120), "the number of steps", 1, MOST_STEPS)
    answer: dict[str, Any] = encode(as_answer(compare(seed, steps, progress=progress)))
    return answer


def _write(image: sitk.Image, path: Any) -> str:
    import SimpleITK as sitk

    try:
        with written_whole(Path(str(path))) as temporary:
            sitk.WriteImage(image, str(temporary))
    except RuntimeError as error:
        raise OutputError(
            "The volume could not be written; the disk may be full.", "Free some space."
        ) from error
    return str(path)


SCAN_TASKS: dict[str, Callable[[dict[str, Any], Progress], dict[str, Any]]] = {
    "scan_open": open_files,
    "scan_thumbnails": thumbnails,
    "scan_feature_map": feature_map,
    "scan_grad_cam": grad_cam,
    "scan_contrast_removed": contrast_removed,
    "generalisation": generalisation,
}
"""The room's tasks that are about scans, by the names that the worker knows."""
