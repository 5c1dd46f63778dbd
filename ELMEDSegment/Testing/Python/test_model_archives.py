"""Archives cannot write outside their folder, fill the disk, or bring links and programs."""

from __future__ import annotations

import stat
import struct
import zipfile

import pytest

from ELMEDLib.errors import ModelError
from ELMEDLib.progress import no_progress
from ELMEDSegmentLib.models.unpack import Limits, unpack


def archive(tmp_path, *members):
    """Write a zip file of (name or ZipInfo, content)."""
    path = tmp_path / "model.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in members:
            opened.writestr(name, content)
    return path


def unpacked(path, tmp_path, limits=None):
    folder = tmp_path / "in" / "here"
    folder.mkdir(parents=True)
    return unpack(path, folder, no_progress, limits or Limits()), folder


def assert_refused(path, tmp_path, words, limits=None):
    with pytest.raises(ModelError, match=words):
        unpacked(path, tmp_path, limits)
    outside = [p for p in tmp_path.rglob("*") if p.is_file() and p != path]
    assert all((tmp_path / "in" / "here") in p.parents for p in outside)


def test_models_are_unpacked_and_programs_left_out(tmp_path):
    path = archive(
        tmp_path,
        ("m/model.pt", b"weights"),
        ("m/labels.csv", b"1"),
        ("m/LICENSE", b"terms"),
        ("m/scripts/run.py", b"print()"),
        ("m/lib.so", b"\x7fELF"),
        ("__MACOSX/m/._model.pt", b"noise"),
        ("m/.hidden.json", b"{}"),
    )
    written, folder = unpacked(path, tmp_path)
    names = {file.relative_to(folder).as_posix() for file in written}
    assert names == {"m/model.pt", "m/labels.csv", "m/LICENSE"}
    assert {f for f in folder.rglob("*") if f.is_file()} == set(written)
    assert (folder / "m" / "model.pt").read_bytes() == b"weights"


@pytest.mark.parametrize(
    "name",
    ["../evil.pt", "a/../../evil.pt", "/root/evil.pt", "C:/evil.pt", "a\\..\\evil.pt", "x.pt:s"],
)
def test_names_that_lead_out_of_the_folder_are_refused(tmp_path, name):
    assert_refused(archive(tmp_path, (name, b"x")), tmp_path, "outside its own folder")


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_are_refused(tmp_path, kind):
    member = zipfile.ZipInfo("model.pt")
    member.external_attr = (kind | 0o777) << 16
    assert_refused(archive(tmp_path, (member, b"/etc/passwd")), tmp_path, "a link or a device")


def test_bombs_are_refused_by_their_size_and_by_their_ratio(tmp_path):
    path = archive(tmp_path, ("model.pt", bytes(3_000_000)))
    assert path.stat().st_size < 10_000
    assert_refused(path, tmp_path, "larger than any model", Limits(spare_bytes=1_000_000))


def test_an_archive_that_lies_about_its_sizes_is_stopped(tmp_path):
    path = archive(tmp_path, ("model.pt", bytes(3_000_000)))
    content = bytearray(path.read_bytes())
    start = content.rindex(b"PK\x01\x02")
    struct.pack_into("<I", content, start + 24, 10)
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"larger than|damaged"):
        unpacked(path, tmp_path, Limits(spare_bytes=1_000_000))
    assert sum(f.stat().st_size for f in (tmp_path / "in").rglob("*.pt")) <= 1_100_000


def test_too_many_files_and_doubles_are_refused(tmp_path):
    many = archive(tmp_path, *((f"{n}.txt", b"") for n in range(12)))
    assert_refused(many, tmp_path, "more than 10 files", Limits(files=10))


def test_two_files_of_one_name_are_refused(tmp_path):
    assert_refused(
        archive(tmp_path, ("model.pt", b"1"), ("MODEL.pt", b"2")), tmp_path, "two files of one name"
    )


@pytest.mark.parametrize("damage", ["no zip", "cut", "flipped"])
def test_damaged_archives_are_told(tmp_path, damage):
    path = archive(tmp_path, ("model.pt", b"0123456789" * 500))
    content = bytearray(path.read_bytes())
    if damage == "no zip":
        content = bytearray(b"<html>Not found</html>")
    elif damage == "cut":
        del content[len(content) // 2 :]
    else:
        content[len("PK") + 60] ^= 0xFF
    path.write_bytes(content)
    assert_refused(path, tmp_path, "damaged, or is not a zip file")
