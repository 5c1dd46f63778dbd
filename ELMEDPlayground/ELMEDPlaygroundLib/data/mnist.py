"""MNIST, and data in its format (Fashion-MNIST and others), from the user's own folder.

The format, idx, is described at http://yann.lecun.com/exdb/mnist/ : a magic number, the sizes, all
as big-endian 32-bit numbers, then the bytes. What comes from outside is not trusted: magic number,
sizes and length must fit each other before anything is made of them.
"""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDLib.errors import InputError
from ELMEDPlaygroundLib import checked
from ELMEDPlaygroundLib.data.examples import Examples, reads

if TYPE_CHECKING:
    from collections.abc import Mapping

PARTS = {"train": ("train-images", "train-labels"), "test": ("t10k-images", "t10k-labels")}
ENDINGS = ("-idx{}-ubyte.gz", "-idx{}-ubyte", ".idx{}-ubyte.gz", ".idx{}-ubyte")
UNSIGNED_BYTES = 0x08
IMAGE_AXES, LABEL_AXES = 3, 1
MOST_BYTES = 128 * 2**20
MOST_IMAGES = 100_000
LARGEST_SIDE = 64
MOST_CLASSES = 100
DEFAULT_COUNT = 4000
FEWEST = 20
ADVICE = "Get the files anew, and put them into the folder as they are, with or without .gz."


@reads("folder", images=True)
def mnist(spec: Mapping[str, Any]) -> Examples:
    """Return `count` images from `folder`; the files decide which are for training and for test.

    Of `count`, the share `test_share` comes from the test files.

    Raises:
        InputError: files are missing, or not what they claim to be.
    """
    folder = spec.get("folder")
    if not isinstance(folder, str) or not folder or not Path(folder).is_dir():
        raise InputError(
            "There is no folder with the MNIST files.",
            "Choose the folder with train-images-idx3-ubyte and the other three, or their .gz.",
        )
    count = checked.whole(
        spec.get("count") or DEFAULT_COUNT, "the number of images", FEWEST, MOST_IMAGES
    )
    share = checked.number(spec.get("test_share", 0.5), "the test share", 0.01, 0.95)
    generator = np.random.default_rng([int(spec.get("seed", 0)), 0])
    wanted = {"train": count - round(share * count), "test": max(round(share * count), 1)}
    images, labels, test = [], [], []
    for part, names in PARTS.items():
        of_part, answers = _read_part(Path(folder), names)
        chosen = generator.permutation(len(of_part))[: wanted[part]]
        images.append(of_part[chosen])
        labels.append(answers[chosen])
        test.append(np.full(len(chosen), part == "test"))
    if images[0].shape[1:] != images[1].shape[1:]:
        raise InputError("The images for training and for testing differ in size.", ADVICE)
    targets = np.concatenate(labels).astype(np.int64)
    classes = int(targets.max()) + 1
    if classes > MOST_CLASSES:
        raise InputError(f"There are {classes} classes in the files.", ADVICE)
    inputs = np.concatenate(images)[:, None].astype(np.float32) / 255.0
    names_of_classes = tuple(str(label) for label in range(classes))
    return Examples(inputs, targets, names_of_classes, test=np.concatenate(test))


def _read_part(folder: Path, names: tuple[str, str]) -> tuple[np.ndarray, np.ndarray]:
    images = read_idx(_find(folder, names[0], IMAGE_AXES), IMAGE_AXES)
    labels = read_idx(_find(folder, names[1], LABEL_AXES), LABEL_AXES)
    if len(images) != len(labels) or not len(images):
        raise InputError(f"There are {len(images)} images, but {len(labels)} classes.", ADVICE)
    if not 1 <= min(images.shape[1:]) <= max(images.shape[1:]) <= LARGEST_SIDE:
        raise InputError(
            f"The images have {images.shape[2]} x {images.shape[1]} pixels.",
            f"Choose images with a side of at most {LARGEST_SIDE} pixels.",
        )
    return images, labels


def _find(folder: Path, name: str, axes: int) -> Path:
    for ending in ENDINGS:
        file = folder / (name + ending.format(axes))
        if file.is_file():
            return file
    wanted = name + ENDINGS[1].format(axes)
    raise InputError(f"The folder has no file '{wanted}' (or .gz).", ADVICE)


def read_idx(file: Path, axes: int) -> np.ndarray:
    """Return the bytes of an idx file as an array, uint8.

    Args:
        file: with or without gzip's compression.
        axes: how many there must be.

    Raises:
        InputError: it cannot be read, is not such a file, is cut or has too much, or is too large.
    """
    content = _content(file)
    header = 4 + 4 * axes
    if len(content) < header or content[:4] != bytes([0, 0, UNSIGNED_BYTES, axes]):
        raise InputError(f"'{file.name}' is no file of {axes} axes in MNIST's format.", ADVICE)
    shape = struct.unpack(f">{axes}I", content[4:header])
    if 0 in shape or math.prod(shape) != len(content) - header:
        raise InputError(f"'{file.name}' is cut, or its sizes are wrong.", ADVICE)
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape)


def _content(file: Path) -> bytes:
    opened = gzip.open if file.suffix == ".gz" else Path.open
    try:
        with opened(file, "rb") as stream:
            content: bytes = stream.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"'{file.name}' cannot be read.", ADVICE) from error
    if len(content) > MOST_BYTES:
        raise InputError(
            f"'{file.name}' has more than {MOST_BYTES // 2**20} MiB.", "Choose smaller files."
        )
    return content
