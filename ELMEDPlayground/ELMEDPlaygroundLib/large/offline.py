"""The libraries of large models, kept from the network.

They read these variables once, when they are imported: whoever imports them calls `offline` first.
Downloads are ELMED's own, after consent (`hub`); the libraries see local folders alone.
"""

from __future__ import annotations

import os
from typing import Any

VARIABLES = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
    "DISABLE_TELEMETRY": "YES",
    "DO_NOT_TRACK": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "USE_TF": "0",
    "USE_FLAX": "0",
}


def offline() -> None:
    """Keep the libraries that are imported from here on from the network, and quiet."""
    os.environ.update(VARIABLES)


LOCAL: dict[str, Any] = {"local_files_only": True, "use_safetensors": True}
"""How a model is loaded: from its folder, without files that can carry code."""
