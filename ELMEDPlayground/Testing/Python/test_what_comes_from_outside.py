"""Files and scenes that somebody else made cannot break anything: there is a sentence for each."""

from __future__ import annotations

import struct
import sys

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed")

from ELMEDLib.errors import InputError
from ELMEDPlaygroundLib.data.mnist import read_idx
from ELMEDPlaygroundLib.experiment.experiment import Experiment
from ELMEDPlaygroundLib.generative.models import begin
from ELMEDPlaygroundLib.lessons.progress import Progress
from ELMEDPlaygroundLib.views import look


@pytest.mark.parametrize("sizes", [(0, 2**32 - 1, 2**32 - 1), (2**32 - 1, 0, 1), (2, 2, 2)])
def test_sizes_of_images_that_cannot_be_are_told(tmp_path, sizes):
    path = tmp_path / "train-images-idx3-ubyte"
    path.write_bytes(bytes([0, 0, 8, 3]) + struct.pack(">3I", *sizes))
    with pytest.raises(InputError, match="sizes are wrong"):
        read_idx(path, 3)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
@pytest.mark.parametrize("file", ["/dev/zero", "a\0b", "/"])
def test_a_text_without_an_end_is_not_read(file):
    with pytest.raises(InputError, match="cannot be read"):
        begin({"model": "text", "file": file})


@pytest.mark.parametrize("rate", [10**400, -(10**400), float("nan"), "1", True])
def test_numbers_beyond_all_numbers_are_refused(rate):
    with pytest.raises(InputError, match="learning rate"):
        Experiment({"data": {"kind": "xor"}, "network": {}, "settings": {"learning_rate": rate}})


def test_a_network_that_would_take_all_memory_is_refused():
    wide = {"kind": "conv", "filters": 100, "kernel": 3, "padding": 1}
    data = {"kind": "digits", "canvas": 64, "test_share": 0.1}
    spec = {"data": data, "network": {"layers": [wide] * 3}, "settings": {"batch": 4096}}
    with pytest.raises(InputError, match="more memory"):
        Experiment(spec)


def test_a_mode_that_hardly_anybody_drew_can_be_walked_to():
    points = [[0.01 * (number % 50), 0.002 * (number // 50), 0] for number in range(2500)]
    own = begin({"model": "vae", "kind": "drawn", "points": [*points, [0.8, 0.8, 1]], "seed": 0})
    shown = look(own, {"latent-walk": {}})["latent-walk"]
    assert shown["ends"][1] == pytest.approx([0.8, 0.8], abs=0.2)


def test_what_a_scene_says_of_lessons_may_be_nonsense():
    kept = {"lesson": 3, "done": {"9" * 5000: [1], "2": [0, "x"], "two": [1]}, "answers": [[1]]}
    progress = Progress.from_json(kept)
    assert progress.lesson == 3
    assert progress.done == {2: {0}}
