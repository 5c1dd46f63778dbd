"""Tasks that share a worker do not slow each other down with the threads that they choose."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from ELMEDLib.errors import CancelledError  # noqa: E402 - needs torch
from ELMEDPlaygroundLib import threads  # noqa: E402
from ELMEDPlaygroundLib.session import Session  # noqa: E402
from ELMEDPlaygroundLib.tasks import TASKS  # noqa: E402

OWN = 3


@pytest.fixture
def fresh():
    """PyTorch as a worker has it that was just started, on a computer with three cores."""
    before = torch.get_num_threads()
    threads.own_number.cache_clear()
    torch.set_num_threads(OWN)
    yield
    torch.set_num_threads(before)
    threads.own_number.cache_clear()


@pytest.mark.parametrize(
    ("task", "number"), [("generalisation", OWN), ("generate_slices", 1), ("tumour_draw", 1)]
)
def test_what_one_task_chose_holds_for_that_task_alone(fresh, task, number):
    Session().create({"data": {"kind": "xor"}, "network": {"layers": []}, "settings": {}})
    assert torch.get_num_threads() == 1, "a small network on the bench"
    seen = []

    def progress(*_told):
        seen.append(torch.get_num_threads())
        raise CancelledError("Enough was seen.")

    with pytest.raises(CancelledError):
        TASKS[task]({"outputs": {}}, progress)
    assert seen == [number]
    assert torch.get_num_threads() == 1
