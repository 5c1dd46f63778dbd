"""Loading models of other makers, and what is said when that fails."""

from __future__ import annotations

import logging
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ELMEDLib.errors import ELMEDError, MissingPackageError, ModelError, OutOfMemoryError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

logger = logging.getLogger(__name__)


@contextmanager
def failures_explained(folder: Path) -> Iterator[None]:
    """Turn whatever the libraries raise into an error for people; the details go to the log.

    Raises:
        MissingPackageError: the libraries are installed without something that they need.
        OutOfMemoryError: the device has too little memory.
        ModelError: anything else.
    """
    from ELMEDSegmentLib.memory import is_out_of_memory

    try:
        yield
    except ELMEDError:
        raise
    except ImportError as error:
        raise MissingPackageError(
            f"'{error.name or 'A package'}', which the model's library needs, cannot be loaded.",
            "Install diffusers and transformers anew with all that they need, or choose a Python "
            "that has them in the advanced settings of ELMED Segment.",
        ) from error
    except Exception as error:
        if is_out_of_memory(error):
            raise OutOfMemoryError(
                "The model needs more memory than there is.",
                "Choose a smaller model or picture, or close other programs.",
            ) from error
        # Without the error's own text, which may name folders, and with them a patient.
        frames = "".join(traceback.format_tb(error.__traceback__))
        logger.error("A large model failed:\n%s%s", frames, type(error).__qualname__)  # noqa: TRY400 - see above
        raise ModelError(
            f"The model in '{folder.name}' cannot be loaded or run.",
            "It may be incomplete, damaged, or made for another version of the libraries.",
        ) from error
