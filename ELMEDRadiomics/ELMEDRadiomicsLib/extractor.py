"""The elmed engine: features of every sequence in every segment.

The order of work is what makes it fast: masks are looked at once; shape is computed once per mask;
each sequence is normalised, resampled and filtered once for all segments that share a frame; each
filtered image is put into bins once per segment, and its five texture matrices come from shared
neighbour tables.
"""

from __future__ import annotations

import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDLib.progress import Progress, no_progress
from ELMEDRadiomicsLib.boxes import Box, bounding_box, union
from ELMEDRadiomicsLib.filters import check_image_types, filtered_images
from ELMEDRadiomicsLib.frames import Frame, Segment, segment_in_frame
from ELMEDRadiomicsLib.geometry import geometry_of
from ELMEDRadiomicsLib.ibsi import code
from ELMEDRadiomicsLib.masks import check_size, resegmented
from ELMEDRadiomicsLib.names import SHAPE_CLASSES
from ELMEDRadiomicsLib.region import Region
from ELMEDRadiomicsLib.results import Feature
from ELMEDRadiomicsLib.shape import Shape, shape
from ELMEDRadiomicsLib.shape2d import FlatShape, shape2d
from ELMEDRadiomicsLib.texture import texture_features
from ELMEDRadiomicsLib.units import unit
from ELMEDRadiomicsLib.working import Sequence, WorkingImage, spline_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import SimpleITK as sitk
    from numpy.typing import NDArray

    from ELMEDRadiomicsLib.settings import Settings

ENGINE = "elmed"


@dataclass
class Stages:
    """CPU seconds per stage of the work."""

    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Add the CPU time of this thread in the block to a stage."""
        start = time.process_time()
        try:
            yield
        finally:
            self.seconds[stage] += time.process_time() - start


@dataclass
class Piece:
    """A segment as it is used for one sequence: after resegmentation, if any."""

    segment: Segment
    voxels: NDArray[np.bool_]
    box: Box
    shape_voxels: NDArray[np.bool_]
    region: Region


class Extractor:
    """Computes the features that some settings ask for.

    Args:
        settings: what to compute.
        profile: `pyradiomics` or `ibsi`.
    """

    def __init__(self, settings: Settings, profile: str = "pyradiomics") -> None:
        self.settings = settings
        self.profile = profile
        self.general = settings.general
        self.classes = settings.feature_classes
        self.stages = Stages()
        self.warnings: list[str] = []
        self._segments: dict[Any, list[Segment]] = {}
        self._regions: dict[Any, Region] = {}
        self._shapes: dict[Any, dict[tuple[str, str], float]] = {}
        check_image_types(list(settings.image_types))

    def run(
        self,
        sequences: list[Sequence],
        mask: sitk.Image,
        labels: Mapping[int, str],
        progress: Progress = no_progress,
        threads: int = 1,
    ) -> list[Feature]:
        """Return the features of all sequences in all segments, sequence by sequence.

        Args:
            sequences: the images.
            mask: whole numbers, one component.
            labels: the segments' values and names.
            progress: told after each filtered image.
            threads: how many sequences are worked on at once.

        Raises:
            InputError: an image, the mask or a setting cannot be used.
        """
        for sequence in sequences:  # masks and shape first: shared by all, and errors show early
            self._prepare(sequence, mask, labels)
        done = 0

        def one(sequence: Sequence) -> list[Feature]:
            nonlocal done
            found = self._sequence(sequence, self._segments_for(sequence))
            done += 1
            progress("features", done / len(sequences), f"{sequence.name}: features computed")
            return found

        if threads > 1 and len(sequences) > 1:
            with ThreadPoolExecutor(min(threads, len(sequences))) as pool:
                lists = list(pool.map(one, sequences))
        else:
            lists = [one(sequence) for sequence in sequences]
        return [feature for found in lists for feature in found]

    def _segments_for(self, sequence: Sequence) -> list[Segment]:
        return self._segments[geometry_of(sequence.read)]

    def _prepare(self, sequence: Sequence, mask: sitk.Image, labels: Mapping[int, str]) -> None:
        key = geometry_of(sequence.read)
        if key not in self._segments:
            with self.stages.timed("masks"):
                self._segments[key] = [
                    segment_in_frame(sequence.read, mask, label, name, self.general)
                    for label, name in labels.items()
                ]

    def _sequence(self, sequence: Sequence, segments: list[Segment]) -> list[Feature]:
        with self.stages.timed("resampling"):
            spline = spline_for(sequence, [segment.frame for segment in segments])
        groups: dict[Frame, list[Segment]] = defaultdict(list)
        for segment in segments:
            groups[segment.frame].append(segment)
        found: dict[int, dict[str, tuple[str, str, float]]] = defaultdict(dict)
        codes: dict[str, str] = {}
        for frame, members in groups.items():
            working = WorkingImage(sequence, frame, spline)
            pieces = [self._piece(working, segment) for segment in members]
            for piece in pieces:
                for (kind, name), value in self._shape(piece).items():
                    full = f"original_{kind}_{name}"
                    found[piece.segment.label][full] = (kind, name, value)
                    codes[full] = code(kind, name, self.general, self.profile)
            self._image_types(working, pieces, found, codes)
        return [
            Feature(
                sequence.name, segment.name, segment.label, full, value, unit(kind, name),
                codes[full], ENGINE,
            )
            for segment in segments
            for full, (kind, name, value) in found[segment.label].items()
        ]  # fmt: skip

    def _piece(self, working: WorkingImage, segment: Segment) -> Piece:
        voxels, box = segment.voxels, segment.box
        shape_voxels = voxels
        if self.general["resegmentRange"]:
            values = working.array(box)
            part = resegmented(values, voxels[box.slices], segment.label, self.general)
            voxels = np.zeros_like(voxels)
            voxels[box.slices] = part
            count = int(np.count_nonzero(part))
            box = check_size(bounding_box(voxels), count, segment.label, self.general)
            if self.general["resegmentShape"]:
                shape_voxels = voxels
        return Piece(segment, voxels, box, shape_voxels, self._region(segment, voxels, box))

    def _region(self, segment: Segment, voxels: NDArray[np.bool_], box: Box) -> Region:
        key = id(segment) if voxels is segment.voxels else None
        if key in self._regions:
            return self._regions[key]
        flat_axis = self.general["force2Ddimension"] if self.general["force2D"] else None
        with self.stages.timed("neighbours"):
            region = Region(
                voxels[box.slices], segment.frame.spacing, self.general["distances"], flat_axis
            )
        if key is not None:
            self._regions[key] = region
        return region

    def _shape(self, piece: Piece) -> dict[tuple[str, str], float]:
        key = id(piece.segment) if piece.voxels is piece.segment.voxels else None
        if key in self._shapes:
            return self._shapes[key]
        with self.stages.timed("shape"):
            # pyradiomics crops to the resegmented box even when the mask is not resegmented.
            values = self._shape_values(
                piece.shape_voxels[piece.box.slices], piece.segment.frame.spacing
            )
        if key is not None:
            self._shapes[key] = values
        return values

    def _shape_values(
        self, mask: NDArray[np.bool_], spacing: tuple[float, ...]
    ) -> dict[tuple[str, str], float]:
        found: dict[tuple[str, str], float] = {}
        if "shape" in self.classes:
            solid = Shape(mask, spacing, sample=self.profile == "ibsi")
            for name, value in shape(solid, self.classes["shape"]).items():
                found["shape", name] = value
        if "shape2D" in self.classes:
            axis = self.general["force2Ddimension"]
            if not self.general["force2D"]:
                self._warn("shape2D needs force2D; it was left out.")
            elif mask.shape[axis] > 1:
                self._warn(
                    f"shape2D needs a segment of one slice along dimension {axis}; it was left out."
                )
            else:
                flat = mask.squeeze(axis)
                sides = [side for other, side in enumerate(spacing) if other != axis]
                for name, value in shape2d(FlatShape(flat, sides), self.classes["shape2D"]).items():
                    found["shape2D", name] = value
        return found

    def _warn(self, text: str) -> None:
        if text not in self.warnings:
            self.warnings.append(text)

    def _image_types(
        self,
        working: WorkingImage,
        pieces: list[Piece],
        found: dict[int, dict[str, tuple[str, str, float]]],
        codes: dict[str, str],
    ) -> None:
        classes = {
            name: features for name, features in self.classes.items() if name not in SHAPE_CLASSES
        }
        if not classes:
            return
        window = union(piece.box for piece in pieces)
        for image_type in self.settings.image_types:
            settings = self.settings.for_image_type(image_type)
            images = filtered_images(working, window, image_type, settings)
            while True:
                with self.stages.timed("resampling" if image_type == "Original" else image_type):
                    name, values = next(images, ("", None))
                if values is None:
                    break
                for piece in pieces:
                    part = values[piece.box.inside(window).slices][piece.region.mask]
                    with self.stages.timed("features"):
                        features = texture_features(
                            part, piece.region, classes, settings, self.profile
                        )
                    for (kind, feature), value in features.items():
                        full = f"{name}_{kind}_{feature}"
                        found[piece.segment.label][full] = (kind, feature, value)
                        codes[full] = code(kind, feature, settings, self.profile)
