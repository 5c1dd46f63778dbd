"""What was done to a study, step by step, so that it can be told, written down and undone.

A step maps positions in millimetres (LPS, `(x, y, z)`) of what it was given to positions in what
it made, by a 4x4 matrix; steps that move nothing have the identity. So the way back is the product
of the inverses, exact to rounding, whatever the steps were.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK as sitk

from ELMEDSegmentLib.geometry import Grid

if TYPE_CHECKING:
    from collections.abc import Mapping

REGISTRATION = "registration"
BRAIN_EXTRACTION = "brain extraction"
RESAMPLING = "resampling"
NORMALISATION = "normalisation"

IDENTITY = np.eye(4)


@dataclass(frozen=True)
class Step:
    """One thing that was done to one volume, or to all of them.

    Attributes:
        name: one of the names above.
        channel: the volume it was done to; "" for all.
        sentence: what was done, for people.
        parameters: how, as values that JSON can hold.
        matrix: 4x4, from positions in mm before the step to positions after it.
    """

    name: str
    channel: str
    sentence: str
    parameters: dict[str, Any] = field(default_factory=dict)
    matrix: np.ndarray = field(default_factory=IDENTITY.copy)

    def inverse(self) -> np.ndarray:
        """Return the 4x4 matrix from positions after the step to positions before it."""
        return rigid_inverse(self.matrix)

    def as_dict(self) -> dict[str, Any]:
        """Return the step as values that JSON can hold."""
        return {
            "name": self.name,
            "channel": self.channel,
            "sentence": self.sentence,
            "parameters": self.parameters,
            "matrix": self.matrix.tolist(),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Step:
        """Return the step that `as_dict` described."""
        return cls(**{**values, "matrix": np.array(values["matrix"], float)})


@dataclass(frozen=True)
class History:
    """The steps from the volumes as they were scanned to the prepared study, in their order.

    Attributes:
        steps: what was done.
        native: the grid of each volume as it was scanned.
        reference: the channel in whose space the prepared study lies.
    """

    steps: tuple[Step, ...]
    native: Mapping[str, Grid]
    reference: str

    def of(self, channel: str) -> list[Step]:
        """Return the steps that were taken with the volume `channel`."""
        return [step for step in self.steps if step.channel in ("", channel)]

    def matrix(self, channel: str) -> np.ndarray:
        """Return the 4x4 matrix from positions in the scan `channel` to the prepared study."""
        total = IDENTITY
        for step in self.of(channel):
            total = step.matrix @ total
        return total

    def inverse(self, channel: str) -> np.ndarray:
        """Return the 4x4 matrix from positions in the prepared study to the scan `channel`."""
        total = IDENTITY
        for step in self.of(channel):
            total = total @ step.inverse()
        return total

    def to_native(self, image: sitk.Image, channel: str) -> sitk.Image:
        """Return an `image` in the space of the prepared study on the grid of a scan.

        Labels are taken from the nearest voxel; float images are interpolated linearly, so that
        probabilities can be thresholded afterwards and have smooth edges.
        """
        labels = "integer" in image.GetPixelIDTypeAsString()
        kind = sitk.sitkNearestNeighbor if labels else sitk.sitkLinear
        return self.native[channel].resample(
            image, kind, through=as_transform(self.matrix(channel))
        )

    def to_prepared(self, image: sitk.Image, channel: str, grid: Grid) -> sitk.Image:
        """Return the scan `image` of `channel`, interpolated once on `grid` of the prepared study.

        Args:
            image: what was scanned, or a mask on its grid, as float32.
            channel: whose way to go.
            grid: in the space of the prepared study.
        """
        return grid.resample(image, through=as_transform(self.inverse(channel)))

    def sentences(self) -> list[str]:
        """Return what was done, a sentence a step."""
        return [step.sentence for step in self.steps]

    def as_dict(self) -> dict[str, Any]:
        """Return the history as values that JSON can hold."""
        from dataclasses import asdict

        return {
            "reference": self.reference,
            "native": {channel: asdict(grid) for channel, grid in self.native.items()},
            "steps": [step.as_dict() for step in self.steps],
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> History:
        """Return the history that `as_dict` described."""
        native = {
            channel: Grid(**{name: tuple(entries) for name, entries in grid.items()})
            for channel, grid in values["native"].items()
        }
        steps = tuple(Step.from_dict(step) for step in values["steps"])
        return cls(steps, native, values["reference"])


def rigid_inverse(matrix: np.ndarray) -> np.ndarray:
    """Return the inverse of a rigid 4x4 `matrix`, more exactly than solving for it would."""
    inverse = np.eye(4)
    inverse[:3, :3] = matrix[:3, :3].T
    inverse[:3, 3] = -matrix[:3, :3].T @ matrix[:3, 3]
    return inverse


def as_transform(matrix: np.ndarray) -> sitk.AffineTransform:
    """Return the 4x4 `matrix` as a SimpleITK transform of points."""
    transform = sitk.AffineTransform(3)
    transform.SetMatrix(matrix[:3, :3].ravel().tolist())
    transform.SetTranslation(matrix[:3, 3].tolist())
    return transform


def as_matrix(transform: sitk.Euler3DTransform) -> np.ndarray:
    """Return a rigid SimpleITK transform of points as a 4x4 matrix."""
    rotation = np.reshape(transform.GetMatrix(), (3, 3))
    centre = np.array(transform.GetCenter())
    matrix = np.eye(4)
    matrix[:3, :3] = rotation
    matrix[:3, 3] = np.array(transform.GetTranslation()) + centre - rotation @ centre
    return matrix
