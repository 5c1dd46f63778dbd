"""What lies on the bench before anybody has chosen anything."""

from __future__ import annotations

from typing import Any


def startingSpec() -> dict[str, Any]:
    """Return the first experiment: a spiral, small enough to be learnt while one looks on."""
    return {
        "data": {"kind": "spiral", "count": 400, "noise": 0.0, "test_share": 0.5, "seed": 0},
        "network": {
            "layers": [
                {"kind": "dense", "neurons": 8, "activation": "tanh"},
                {"kind": "dense", "neurons": 8, "activation": "tanh"},
            ]
        },
        "settings": {"optimiser": "adam", "learning_rate": 0.01, "batch": 32, "seed": 0},
    }
