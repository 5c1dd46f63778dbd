"""A phantom patient whose tumour a network of three thresholds finds, on any grid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import SimpleITK as sitk

from ELMEDSegmentLib.geometry import Grid
from ELMEDSegmentLib.labels import CHANNELS
from ELMEDSegmentLib.model import Manifest, Model

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)

CENTRE_MM = np.array([12.0, -30.0, 47.0])
TUMOUR_MM = CENTRE_MM + np.array([10.0, -6.0, 5.0])


class Phantom:
    """A ball of brain with a tumour of three shells, defined in millimetres of LPS."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        indices = np.stack(
            np.meshgrid(*(np.arange(n) for n in grid.size), indexing="ij"), axis=-1
        ).reshape(-1, 3)
        positions = grid.position(indices)
        shape = grid.size
        from_centre = np.linalg.norm(positions - CENTRE_MM, axis=1).reshape(shape).T
        from_tumour = np.linalg.norm(positions - TUMOUR_MM, axis=1).reshape(shape).T
        self.brain = from_centre < 36
        self.labels = np.zeros(self.brain.shape, np.uint8)
        self.labels[from_tumour < 16] = 2
        self.labels[from_tumour < 11] = 3
        self.labels[from_tumour < 6] = 1

    def images(self) -> dict[str, sitk.Image]:
        """The four contrasts: tumour bright on FLAIR and T2, rim bright on T1c, core dark on T1."""
        rng = np.random.default_rng(5)
        tissue = {
            "t1": {0: 500, 1: 100, 2: 450, 3: 400},
            "t1c": {0: 500, 1: 300, 2: 480, 3: 1500},
            "t2": {0: 300, 1: 900, 2: 700, 3: 600},
            "flair": {0: 300, 1: 900, 2: 900, 3: 900},
        }
        images = {}
        for channel in CHANNELS:
            array = np.zeros(self.labels.shape, np.float32)
            for label, value in tissue[channel].items():
                array[self.labels == label] = value
            array += rng.normal(0, 8, array.shape)
            images[channel] = self.grid.place(np.where(self.brain, array, 0).astype(np.int16))
        return images

    def write(self, folder: Path) -> dict[str, Path]:
        """Write the contrasts and the true labels, and return the paths by name."""
        folder.mkdir(parents=True, exist_ok=True)
        images = {**self.images(), "seg": self.grid.place(self.labels)}
        paths = {name: folder / f"{name}.nii.gz" for name in images}
        for name, image in images.items():
            sitk.WriteImage(image, str(paths[name]))
        return paths


@pytest.fixture
def phantom(make_phantom: Callable[..., Phantom]) -> Callable[..., Phantom]:
    """Make a phantom on a grid of one's choice that is centred on it."""
    return make_phantom


@pytest.fixture(scope="session")
def make_phantom() -> Callable[..., Phantom]:
    """Make a phantom on a grid of one's choice that is centred on it."""

    def make(
        size: tuple[int, ...] = (80, 84, 76),
        spacing: tuple[float, ...] = (1.0, 1.0, 1.0),
        direction: tuple[float, ...] = IDENTITY,
    ) -> Phantom:
        middle = (np.array(size) - 1) / 2 * np.array(spacing)
        origin = CENTRE_MM - np.reshape(direction, (3, 3)) @ middle
        return Phantom(Grid(size, spacing, tuple(map(float, origin)), direction))

    return make


@pytest.fixture(scope="session")
def threshold_model() -> Model:
    """A model whose network finds the phantom's regions by three thresholds on z-scores."""
    import torch

    class Thresholds(torch.nn.Module):
        def forward(self, image: torch.Tensor) -> torch.Tensor:
            t1, t1c, _, flair = image.unbind(dim=1)
            rim, core = t1c - 1.5, -1.5 - t1
            return 20 * torch.stack([flair - 1, torch.maximum(rim, core), rim], dim=1)

    manifest = Manifest(
        name="thresholds",
        title="Thresholds",
        description="Finds the phantom's tumour.",
        architecture={"name": "UNet", "strides": [2, 2]},
        spacing_mm=2.0,
        weights="none.pt",
        sha256="0" * 64,
        licence="Apache-2.0",
        citation="none",
    )
    return Model(manifest, Thresholds())


SMALL_NETWORK = {
    "name": "UNet",
    "spatial_dims": 3,
    "in_channels": 4,
    "out_channels": 3,
    "channels": [4, 8],
    "strides": [2],
    "num_res_units": 0,
}


@pytest.fixture
def small_model(tmp_path: Path) -> Path:
    """The manifest of a small untrained network, as `elmed train` publishes one."""
    import torch

    from ELMEDSegmentLib.network import build_network
    from ELMEDSegmentLib.training.publish import publish
    from ELMEDSegmentLib.training.recipe import Recipe

    torch.manual_seed(1)
    recipe = Recipe(architecture=SMALL_NETWORK)
    folder = tmp_path / "model"
    folder.mkdir()
    return publish(build_network(SMALL_NETWORK), "small", recipe, {}, folder)


@pytest.fixture(autouse=True)
def models_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for the user's models: tests see none but their own."""
    folder = tmp_path / "users-models"
    monkeypatch.setenv("ELMED_MODELS", str(folder))
    return folder


@pytest.fixture(scope="session")
def write_series() -> Callable[..., list[Path]]:
    """Write a volume as a DICOM MR series, as a scanner does, and return the files."""
    pydicom = pytest.importorskip("pydicom", reason="pydicom is not installed")
    from pydicom.dataset import FileDataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid

    def write(image: sitk.Image, folder: Path, **entries: str) -> list[Path]:
        folder.mkdir(parents=True, exist_ok=True)
        array = sitk.GetArrayFromImage(image).astype(np.int16)
        axes = np.reshape(image.GetDirection(), (3, 3))
        study, series, frame = (generate_uid() for _ in range(3))
        files = []
        for number, pixels in enumerate(array):
            meta = FileMetaDataset()
            meta.MediaStorageSOPClassUID = MRImageStorage
            meta.MediaStorageSOPInstanceUID = generate_uid()
            meta.TransferSyntaxUID = ExplicitVRLittleEndian
            # File names that are in no order, as archives have them.
            path = folder / f"IM{(number * 7) % 1000:04d}-{number}"
            data = FileDataset(path, {}, file_meta=meta, preamble=b"\0" * 128)
            data.SOPClassUID, data.SOPInstanceUID = MRImageStorage, meta.MediaStorageSOPInstanceUID
            data.StudyInstanceUID, data.SeriesInstanceUID = study, series
            data.FrameOfReferenceUID, data.Modality = frame, "MR"
            data.PatientName, data.PatientID = "Doe^Jane", "4711"
            data.PatientBirthDate = data.AccessionNumber = data.ReferringPhysicianName = ""
            data.PatientSex = data.StudyID = data.PositionReferenceIndicator = ""
            data.StudyDate, data.StudyTime = "20240102", "101500"
            data.SeriesNumber, data.InstanceNumber = 3, number + 1
            data.Manufacturer = "Scanner"
            data.ImageType = ["ORIGINAL", "PRIMARY", "M", "SE"]
            data.Rows, data.Columns = pixels.shape
            data.PixelSpacing = [f"{image.GetSpacing()[axis]:.8g}" for axis in (1, 0)]
            data.SliceThickness = f"{image.GetSpacing()[2]:.8g}"
            data.ImageOrientationPatient = [f"{value:.8g}" for value in axes[:, :2].T.ravel()]
            corner = image.TransformIndexToPhysicalPoint((0, 0, number))
            data.ImagePositionPatient = [f"{value:.8g}" for value in corner]
            data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
            data.BitsAllocated = data.BitsStored = 16
            data.HighBit, data.PixelRepresentation = 15, 1
            data.PixelData = pixels.tobytes()
            for name, value in entries.items():
                setattr(data, name, value)
            pydicom.dcmwrite(path, data, enforce_file_format=True)
            files.append(path)
        return files

    return write
