"""Reading weights files of any origin without running what they hold.

PyTorch's files are pickles, and a pickle can be a program. The `weights_only` loader creates
tensors, numbers, texts and containers, and nothing else. Checkpoints of Auto3DSeg may also hold
numbers of numpy (a best score); a stand-in reads these, so that no code of numpy's is called.
"""

from __future__ import annotations

import pickle
import struct
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import torch

NUMBER_CODES = {"f8": "d", "f4": "f", "i8": "q", "i4": "i", "b1": "?"}
"""The types of numbers that may stand in a checkpoint, as numpy and as `struct` name them."""

NUMPY_SCALARS = ("numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar")


class _NumberType:
    """Stands for numpy's `dtype` of a plain number."""

    def __init__(self, code: Any = "", *_: Any) -> None:
        self.code = str(code)

    def __setstate__(self, state: Any) -> None:
        """Ignore byte order and sizes: numbers are read as little-endian."""


def _number(kind: Any, content: Any) -> float | int | bool | None:
    """Stand for numpy's `scalar`: return the number, None for what is not a plain one."""
    code = NUMBER_CODES.get(getattr(kind, "code", ""))
    data = content.encode("latin1") if isinstance(content, str) else content
    if code is None or not isinstance(data, bytes) or len(data) != struct.calcsize(f"<{code}"):
        return None
    value: float | int | bool = struct.unpack(f"<{code}", data)[0]
    return value


def read_checkpoint(path: Path) -> Any:
    """Read what a PyTorch file holds; nothing in it is run.

    Returns:
        A dictionary in all files that are useful here.

    Raises:
        ModelError: it is not such a file, or holds more than tensors, numbers and texts.
    """
    try:
        return _loaded(path)
    except Exception as error:  # torch raises many kinds for a file that it cannot use
        raise ModelError(
            f"'{path.name}' cannot be read as weights alone: it is damaged, or it holds code.",
            "Take a file that its maker saved as a plain state_dict.",
        ) from error


def _loaded(path: Path) -> Any:
    import torch

    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        # The stand-ins need PyTorch 2.6; older ones read all files but those with numpy's numbers.
        if "numpy" not in str(error) or not hasattr(torch.serialization, "safe_globals"):
            raise
    stand_ins = [(_number, name) for name in NUMPY_SCALARS]
    with torch.serialization.safe_globals([*stand_ins, (_NumberType, "numpy.dtype")]):
        return torch.load(path, map_location="cpu", weights_only=True)


def state_in(content: Any, key: str) -> Mapping[str, torch.Tensor]:
    """Return the `state_dict` in a checkpoint.

    Args:
        content: of the file.
        key: the entry that holds it; "" when the content is one.

    Raises:
        ModelError: there are no weights.
    """
    import torch

    state = content.get(key) if key and isinstance(content, dict) else content
    if not isinstance(state, dict) or not state:
        raise _no_weights()
    if not all(isinstance(tensor, torch.Tensor) for tensor in state.values()):
        raise _no_weights()
    return state


def key_of_state(content: Any) -> str:
    """Return the key under which a checkpoint keeps its `state_dict`, "" for the content itself.

    Raises:
        ModelError: there are no weights.
    """
    for key in ("", "state_dict", "model", "model_state_dict"):
        try:
            state_in(content, key)
        except ModelError:
            continue
        return key
    raise _no_weights()


def read_state(path: Path, key: str = "") -> Mapping[str, torch.Tensor]:
    """Read the `state_dict` of a weights file; see `read_checkpoint` and `state_in`."""
    return state_in(read_checkpoint(path), key)


def _no_weights() -> ModelError:
    return ModelError(
        "The file holds no weights of a network.", "Take a file that holds a state_dict."
    )
