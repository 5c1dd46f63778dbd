"""The handwritten digits that come with scikit-learn: 1,797 images of 8 by 8 pixels.

They are half of E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine
Learning Repository, 1998.
"""

from __future__ import annotations

import importlib.util
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDLib.errors import InputError, MissingPackageError
from ELMEDPlaygroundLib import checked
from ELMEDPlaygroundLib.data.examples import Examples, reads

if TYPE_CHECKING:
    from collections.abc import Mapping

AVAILABLE = 1797
SIDE = 8
BRIGHTEST = 16.0
CLASSES = tuple(str(digit) for digit in range(10))
FEWEST = 20


@reads(images=True)
def digits(spec: Mapping[str, Any]) -> Examples:
    """Return the digits, or `count` of them drawn by chance.

    Raises:
        MissingPackageError: scikit-learn is not installed.
    """
    count = checked.whole(spec.get("count") or AVAILABLE, "the number of images", FEWEST, MOST)
    table = _table()
    if count < len(table):
        generator = np.random.default_rng([int(spec.get("seed", 0)), 0])
        table = table[np.sort(generator.permutation(len(table))[:count])]
    images = (table[:, :-1] / BRIGHTEST).astype(np.float32)
    return Examples(images.reshape(-1, 1, SIDE, SIDE), table[:, -1].astype(np.int64), CLASSES)


MOST = 100_000
"""As for other images: who asks for more than there are gets all that there are."""


@lru_cache(maxsize=1)
def _table() -> np.ndarray:
    """Return the digits as rows of 64 grey values 0..16 and the digit.

    The file is read as it lies in scikit-learn's folder: importing the package takes seconds.
    """
    found = importlib.util.find_spec("sklearn")
    if found is None or found.origin is None:
        raise MissingPackageError(
            "The handwritten digits come with scikit-learn, which is not installed.",
            "Install scikit-learn in the Python that does the work, or choose other data.",
        )
    file = Path(found.origin).parent / "datasets" / "data" / "digits.csv.gz"
    try:
        table = np.loadtxt(file, delimiter=",")
    except (OSError, ValueError) as error:
        raise InputError(
            "The handwritten digits in scikit-learn's folder cannot be read.",
            "Install scikit-learn anew, or choose other data.",
        ) from error
    if table.shape != (AVAILABLE, SIDE * SIDE + 1):
        raise InputError(
            "scikit-learn's file of handwritten digits is not the one that is expected.",
            "Install scikit-learn anew, or choose other data.",
        )
    return table
