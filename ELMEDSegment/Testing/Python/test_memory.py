"""A run that does not fit into memory is tried again with less, and says so."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch

from ELMEDLib.errors import OutOfMemoryError
from ELMEDSegmentLib.inference import Way, predict
from ELMEDSegmentLib.memory import attempts, is_out_of_memory, predict_in_memory

ARCHITECTURE = {"name": "UNet", "strides": [2, 2]}


class SmallCard(torch.nn.Module):
    """A network on a device whose memory holds tiles of up to `room` voxels."""

    def __init__(self, room: int, error: Exception) -> None:
        super().__init__()
        self.room = room
        self.error = error
        self.tried: list[int] = []

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        self.tried.append(image[0, 0].numel())
        if self.tried[-1] > self.room:
            raise self.error
        return image[:, :3]


def image(side: int = 64) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(4, side, side, side)).astype(np.float32)


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
        RuntimeError("MPS backend out of memory (MPS allocated: 8.00 GB)"),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes."),
        MemoryError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_smaller_tiles_are_taken_when_memory_runs_out(error):
    network = SmallCard(40**3, error)
    array = image()

    found = predict_in_memory(network, ARCHITECTURE, array)

    assert network.tried[0] == 64**3
    assert max(network.tried[-4:]) <= 40**3
    np.testing.assert_allclose(
        found.probabilities, predict(SmallCard(10**9, error), ARCHITECTURE, array), atol=1e-5
    )
    assert len(found.warnings) == 1
    assert "memory of the computer ran out" in found.warnings[0]
    assert "on the CPU in tiles of" in found.warnings[0]


def test_a_run_that_fits_says_nothing():
    assert predict_in_memory(SmallCard(10**9, MemoryError()), ARCHITECTURE, image()).warnings == ()


def test_progress_never_falls_when_a_run_begins_again():
    class LateFailure(SmallCard):
        def forward(self, image):
            self.tried.append(image[0, 0].numel())
            if self.tried[-1] == 32 * 64 * 64 and len(self.tried) == 2:
                raise torch.OutOfMemoryError("CUDA out of memory.")
            return image[:, :3]

    fractions = []
    predict_in_memory(
        LateFailure(0, MemoryError()),
        ARCHITECTURE,
        image(),
        progress=lambda stage, fraction, message: fractions.append(fraction),
        way=Way(largest_tile=32 * 64 * 64),
    )
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


def test_no_memory_at_all_is_one_sentence_with_advice():
    with pytest.raises(OutOfMemoryError, match="not enough memory") as raised:
        predict_in_memory(SmallCard(0, torch.OutOfMemoryError("x")), ARCHITECTURE, image())
    assert "Close other programs" in raised.value.advice


def test_other_errors_are_not_taken_for_a_lack_of_memory():
    network = SmallCard(0, RuntimeError("mat1 and mat2 shapes cannot be multiplied"))
    with pytest.raises(RuntimeError, match="shapes"):
        predict_in_memory(network, ARCHITECTURE, image())
    assert len(network.tried) == 1
    assert not is_out_of_memory(ValueError("out of memory"))


def test_a_card_steps_down_to_smaller_tiles_then_host_memory_then_the_cpu():
    steps = list(attempts("cuda", (96, 96, 96), 16))
    devices = [(step.device, step.store) for step in steps]
    on_card = devices.count(("cuda", "cuda"))
    assert on_card > 1
    assert devices[on_card] == ("cuda", "cpu")
    assert set(devices[on_card + 1 :]) == {("cpu", "cpu")}
    sizes = [np.prod(step.tile) for step in steps[:on_card]]
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) == len(sizes)
    assert all(side % 16 == 0 for step in steps for side in step.tile)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no NVIDIA card")
def test_a_full_card_leaves_the_work_to_the_cpu():
    class OnTheCard(torch.nn.Module):
        def forward(self, image):
            if image.is_cuda:
                raise torch.OutOfMemoryError("CUDA out of memory.")
            return image[:, :3]

    found = predict_in_memory(OnTheCard(), ARCHITECTURE, image(32), "cuda")
    assert found.device == "cpu"
    assert "memory of the graphics card ran out" in found.warnings[0]


LIMITED = """
import resource
import numpy as np, torch
from ELMEDSegmentLib.memory import predict_in_memory
from ELMEDSegmentLib.network import build_network
torch.set_num_threads(1)
architecture = {"name": "UNet", "spatial_dims": 3, "in_channels": 4, "out_channels": 3,
                 "channels": [16, 16], "strides": [2]}
network = build_network(architecture).eval()
array = np.zeros((4, 96, 96, 96), np.float32)
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 60_000_000, resource.RLIM_INFINITY))
found = predict_in_memory(network, architecture, array)
print(found.warnings)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the limit and its measure are Linux's")
def test_a_process_whose_memory_is_limited_finishes_its_work():
    done = subprocess.run(
        [sys.executable, "-c", LIMITED],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "memory of the computer ran out" in done.stdout
