"""Cut files are found before they are read.

ITK reads a NIfTI file whose end is missing without complaint and fills up with zeros: half a brain
would be segmented as if it were whole.
"""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from pathlib import Path

HEADER_BYTES = 348


def is_whole(path: Path) -> bool:
    """Return False for a NIfTI or gzip file whose end is missing or which is damaged inside.

    Other formats are left to their readers, which notice it themselves.

    Raises:
        OSError: the file cannot be read.
    """
    name = path.name.lower()
    try:
        if name.endswith(".gz"):
            with gzip.open(path) as file:
                return _is_whole_nifti(file) if name.endswith(".nii.gz") else _has_end(file)
        if name.endswith(".nii"):
            with path.open("rb") as file:
                return _is_whole_nifti(file)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        return False
    return True


def _is_whole_nifti(file: BinaryIO | gzip.GzipFile) -> bool:
    """Compare the bytes after the header with what NIfTI-1's dim, bitpix and vox_offset promise."""
    header = file.read(HEADER_BYTES)
    if len(header) < HEADER_BYTES:
        return False
    if 540 in struct.unpack("<i", header[:4]) + struct.unpack(">i", header[:4]):  # noqa: PLR2004
        return _has_end(file)  # NIfTI-2, whose header has other places
    order = "<" if struct.unpack("<i", header[:4])[0] == HEADER_BYTES else ">"
    dimensions = struct.unpack(f"{order}8h", header[40:56])
    (bits,) = struct.unpack(f"{order}h", header[72:74])
    (offset,) = struct.unpack(f"{order}f", header[108:112])
    voxels = math.prod(max(size, 1) for size in dimensions[1 : 1 + max(dimensions[0], 0)])
    return HEADER_BYTES + _rest(file) >= max(offset, HEADER_BYTES) + voxels * bits // 8


def _has_end(file: BinaryIO | gzip.GzipFile) -> bool:
    _rest(file)
    return True


def _rest(file: BinaryIO | gzip.GzipFile) -> int:
    """Read to the end, which checks a gzip file's checksum, and return the number of bytes."""
    count = 0
    while block := file.read(1 << 20):
        count += len(block)
    return count
