"""Files are whole or not there, and what keeps them from being written is a sentence."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

from ELMEDLib.errors import OutputError
from ELMEDLib.files import written_whole


def write(path, meanwhile):
    with written_whole(path) as temporary:
        temporary.write_text("new")
        meanwhile()


def test_a_file_that_fails_half_way_leaves_what_was_there(tmp_path):
    path = tmp_path / "Müller, A.nii.gz"
    path.write_text("before")

    with pytest.raises(ZeroDivisionError):
        write(path, lambda: 1 / 0)

    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_replaced_is_told(tmp_path):
    path = tmp_path / "table.csv"

    # As a program that holds the file on Windows, a folder stands in the way.
    with pytest.raises(OutputError, match="table.csv' cannot be replaced") as caught:
        write(path, path.mkdir)

    assert caught.value.advice
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
def test_a_full_disk_is_told(tmp_path):
    program = """
    import resource, sys
    from pathlib import Path
    from ELMEDLib.errors import OutputError
    from ELMEDLib.files import written_whole
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
    try:
        with written_whole(Path(sys.argv[1]) / "large.bin") as temporary:
            temporary.write_bytes(bytes(2000))
    except OutputError as error:
        print(error)
    """
    said = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert "the disk is full. Free some space" in said
    assert list(tmp_path.iterdir()) == []
