"""Experiments to begin with: a network, and data and settings that suit it."""

from __future__ import annotations

from typing import Any


def _dense(neurons: int, activation: str = "tanh") -> dict[str, Any]:
    return {"kind": "dense", "neurons": neurons, "activation": activation}


def _conv(filters: int, kernel: int, padding: int = 0, activation: str = "relu") -> dict[str, Any]:
    return {
        "kind": "conv",
        "filters": filters,
        "kernel": kernel,
        "stride": 1,
        "padding": padding,
        "activation": activation,
    }


_POOL = {"kind": "pool", "mode": "max", "size": 2}
_POINTS = {"count": 400, "noise": 0.0, "test_share": 0.5, "seed": 0}
_XOR = {"kind": "xor", **_POINTS}
_DIGITS = {"kind": "digits", "test_share": 0.5, "seed": 0}
_CANVAS = {**_DIGITS, "canvas": 12}
_COLOUR = {"kind": "cifar-like", "count": 2000, "test_share": 0.25, "seed": 0}


def _adam(learning_rate: float, batch: int = 32) -> dict[str, Any]:
    return {"optimiser": "adam", "learning_rate": learning_rate, "batch": batch, "seed": 0}


def _preset(
    title: str, data: dict[str, Any], layers: list[dict[str, Any]], settings: dict[str, Any]
) -> dict[str, Any]:
    return {"title": title, "data": data, "network": {"layers": layers}, "settings": settings}


# Larger steps silence every ReLU of the lab's networks for good within a few of them: all their
# inputs are positive, so that one step moves thousands of products the same way.
PRESETS: dict[str, dict[str, Any]] = {
    "spiral": _preset(
        "Spiral: 32 and 16 tanh",
        {"kind": "spiral", **_POINTS},
        [_dense(32), _dense(16)],
        _adam(0.02),
    ),
    "xor-linear": _preset("XOR: no hidden layer", _XOR, [], _adam(0.03)),
    "xor-8-tanh": _preset("XOR: 8 tanh", _XOR, [_dense(8)], _adam(0.03)),
    "digits-dense": _preset("Digits: 32 ReLU", _CANVAS, [_dense(32, "relu")], _adam(0.01)),
    "digits-conv-pool": _preset(
        "Digits: convolutions, global pooling",
        _CANVAS,
        [_conv(16, 3, 1), _conv(32, 3, 1), {"kind": "global_pool", "mode": "max"}],
        _adam(0.01),
    ),
    "lab-dense": _preset("Lab: 3072-16-10", _COLOUR, [_dense(16, "relu")], _adam(1e-4)),
    "lab-conv": _preset(
        "Lab: two convolutions", _COLOUR, [_conv(100, 5), _POOL, _conv(50, 5)], _adam(3e-4)
    ),
}
"""By name: `title`, `data`, `network` and `settings`."""
