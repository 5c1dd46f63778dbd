"""Arrays on their way through JSON: type, shape, and the bytes in base64."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ELMEDLib.errors import InputError

KEYS = {"dtype", "shape", "data"}
TYPES = ("bool", "uint8", "int8", "uint16", "int16", "int32", "int64", "float32", "float64")
MOST_BYTES = 256 * 2**20
MOST_AXES = 8


def encode(value: Any) -> Any:
    """Return a value as JSON can carry it.

    Arrays become `{"dtype", "shape", "data"}` (C order, little endian), numpy's scalars plain
    numbers, and numbers that are not finite become null; arrays keep theirs.

    Args:
        value: numbers, texts, arrays, and mappings and sequences of them.

    Raises:
        TypeError: an array is of a type that has no place here, such as one of objects.
    """
    if isinstance(value, np.ndarray):
        return _encode_array(value)
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): encode(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [encode(entry) for entry in value]
    return value


def decode(value: Any) -> Any:
    """Return a value with the arrays in it as arrays again; the opposite of `encode`.

    Raises:
        InputError: an array is damaged, of another type, or too large.
    """
    if isinstance(value, Mapping):
        if set(value) == KEYS:
            return decode_array(value)
        return {key: decode(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [decode(entry) for entry in value]
    return value


def decode_array(value: Mapping[str, Any]) -> np.ndarray:
    """Return the array that `{"dtype", "shape", "data"}` stands for, writable.

    Raises:
        InputError: it is damaged, of another type, or too large.
    """
    dtype, shape, data = value.get("dtype"), value.get("shape"), value.get("data")
    if dtype not in TYPES or not isinstance(data, str) or not isinstance(shape, (list, tuple)):
        raise _damaged("it is no array of numbers")
    whole = all(isinstance(side, int) and 0 <= side <= MOST_BYTES for side in shape)
    if not whole or len(shape) > MOST_AXES:
        raise _damaged("its shape is impossible")
    wanted = math.prod(shape) * np.dtype(dtype).itemsize
    # Sides beside one of zero take no memory, but numpy refuses what would be too large without it.
    if math.prod(filter(None, shape)) > MOST_BYTES or wanted > MOST_BYTES:
        raise _damaged("it is too large")
    if len(data) > 4 * (wanted // 3 + 1):
        raise _damaged("its size does not fit its shape")
    try:
        content = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _damaged("its bytes cannot be read") from error
    if len(content) != wanted:
        raise _damaged("its size does not fit its shape")
    numbers = np.frombuffer(content, np.dtype(dtype).newbyteorder("<")).reshape(shape)
    return numbers.astype(dtype)


def _encode_array(array: np.ndarray) -> dict[str, Any]:
    if array.dtype.name not in TYPES:
        raise TypeError(f"arrays of {array.dtype} cannot be sent")
    little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    return {
        "dtype": array.dtype.name,
        "shape": list(array.shape),
        "data": base64.b64encode(little.tobytes()).decode("ascii"),
    }


def _damaged(why: str) -> InputError:
    return InputError(
        f"An array of the experiment cannot be read: {why}.",
        "The file was damaged or changed; save the experiment again, or begin anew.",
    )
