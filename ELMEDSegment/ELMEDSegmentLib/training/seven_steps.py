"""The seven steps of training, as the course names them."""

from __future__ import annotations

INITIALISE = "initialise"
BATCH = "batch"
LOSS = "loss"
GRADIENTS = "gradients"
STEP = "step"
REPEAT = "repeat"
STOP = "stop"

PAUSED = "paused"
"""No step, but the stage that a paused run is in."""

SEVEN_STEPS = {
    INITIALISE: "Initialise the network",
    BATCH: "Grab a batch and predict",
    LOSS: "Calculate the loss",
    GRADIENTS: "Calculate the gradients",
    STEP: "Step the weights",
    REPEAT: "Repeat",
    STOP: "Stop when the criterion says so",
}
"""Titles by the stage that training reports while it takes the step."""
