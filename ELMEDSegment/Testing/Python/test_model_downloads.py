"""Downloads over real HTTP: interrupted, corrupted, lying, redirected, slow servers."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from dataclasses import replace

import pytest

from ELMEDLib.errors import CancelledError, DownloadError, ModelError, OutputError
from ELMEDLib.progress import no_progress
from ELMEDSegmentLib.models.checksums import (
    check_digests,
    digests_of,
    forget_first,
    remember_first,
)
from ELMEDSegmentLib.models.download import Patience, download
from ELMEDSegmentLib.models.entries import Download
from ELMEDSegmentLib.models.partial import Partial
from loopback import serving

CONTENT = os.urandom(300_000)
HASTY = Patience(silence_s=0.3, tries=2, pause_s=0.01)


@pytest.fixture
def server():
    with serving() as loopback:
        yield loopback


def wanted(server, name="model.pt", **facts):
    return Download(server.url(name), "weights", **facts)


def fetch(what, patience=HASTY, progress=no_progress):
    partial = Partial(what.url)
    with partial.held():
        return download(what, partial, progress, patience)


def test_a_download_comes_whole_and_tells_how_far_it_is(server):
    server.serve("model.pt", CONTENT)
    told = []
    path = fetch(wanted(server), progress=lambda *report: told.append(report))
    assert path.read_bytes() == CONTENT
    fractions = [fraction for _, fraction, _ in told]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert told[-1][2] == "Downloading: 0.3 MB of 0.3 MB"


def test_an_interrupted_download_goes_on_where_it_stopped(server):
    resource = server.serve("model.pt", CONTENT, cuts=[100_000, 50_000])
    assert fetch(wanted(server)).read_bytes() == CONTENT
    ranges = [headers.get("Range") for headers in server.asked("model.pt")]
    assert ranges == [None, "bytes=100000-", "bytes=150000-"]
    assert server.asked("model.pt")[1]["If-Range"] == resource.tag


def test_what_an_earlier_program_left_is_used(server):
    resource = server.serve("model.pt", CONTENT, cuts=[120_000])
    with pytest.raises(DownloadError, match="interrupted"):
        fetch(wanted(server), replace(HASTY, tries=1))
    resource.cuts.clear()
    assert fetch(wanted(server)).read_bytes() == CONTENT
    assert server.asked("model.pt")[-1]["Range"] == "bytes=120000-"


def test_another_file_at_the_same_address_is_not_mixed_with_the_old_one(server):
    resource = server.serve("model.pt", CONTENT, cuts=[120_000])
    with pytest.raises(DownloadError):
        fetch(wanted(server), replace(HASTY, tries=1))
    resource.content = CONTENT[::-1]
    assert fetch(wanted(server)).read_bytes() == CONTENT[::-1]


@pytest.mark.parametrize("fault", [{"ranges": False}, {"tagged": False}])
def test_a_server_without_ranges_or_versions_is_asked_for_the_whole_again(server, fault):
    server.serve("model.pt", CONTENT, cuts=[100_000], **fault)
    assert fetch(wanted(server)).read_bytes() == CONTENT
    assert len(server.asked("model.pt")) == 2


def test_a_length_that_is_too_large_is_an_interruption_not_a_file(server):
    server.serve("model.pt", CONTENT, claimed=len(CONTENT) + 10_000, tagged=False)
    with pytest.raises(DownloadError, match="ended too early"):
        fetch(wanted(server))


def test_a_length_that_is_too_small_gives_a_file_that_is_found_out(server):
    server.serve("model.pt", CONTENT, claimed=1000)
    what = wanted(server, sha256=hashlib.sha256(CONTENT).hexdigest())
    path = fetch(what)
    with pytest.raises(ModelError, match="SHA256 is another one"):
        check_digests(what, digests_of(path))


def test_a_file_larger_than_announced_is_refused_before_it_comes(server):
    server.serve("model.pt", CONTENT)
    with pytest.raises(
        DownloadError, match=r"offers a file of 0\.3 MB, and 0\.1 MB were announced"
    ):
        fetch(wanted(server, size_bytes=100_000))
    assert Partial(server.url("model.pt")).size == 0


def test_a_file_that_grows_beyond_what_was_announced_is_stopped(server):
    server.serve("model.pt", CONTENT, stated=False)
    with pytest.raises(DownloadError, match="were announced"):
        fetch(wanted(server, size_bytes=100_000))
    assert Partial(server.url("model.pt")).size <= 110_000


def test_a_silent_server_is_not_waited_for_for_ever(server):
    server.serve("model.pt", CONTENT, stall_after=50_000, tagged=False)
    with pytest.raises(DownloadError, match="timed out"):
        fetch(wanted(server))


def test_cancelling_keeps_what_has_come(server):
    resource = server.serve("model.pt", CONTENT, stall_after=200_000)

    def cancel_later(stage, fraction, message):
        if fraction > 0.5:
            raise CancelledError("Cancelled.")

    with pytest.raises(CancelledError):
        fetch(wanted(server), progress=cancel_later)
    assert 0 < Partial(server.url("model.pt")).size <= 200_000
    resource.stall_after = None
    assert fetch(wanted(server)).read_bytes() == CONTENT


def test_redirections_are_followed_and_counted(server):
    server.serve("model.pt", redirect=server.url("elsewhere.pt"))
    server.serve("elsewhere.pt", CONTENT)
    assert fetch(wanted(server)).read_bytes() == CONTENT
    server.serve("loop.pt", redirect=server.url("loop.pt"))
    with pytest.raises(DownloadError, match="on and on"):
        fetch(wanted(server, "loop.pt"))
    assert len(server.asked("loop.pt")) <= 6


@pytest.mark.parametrize(
    "address",
    ["http://example.org/model.pt", "file:///etc/passwd", "ftp://example.org/model.pt"],
)
def test_redirections_to_unsafe_addresses_are_refused(server, address):
    server.serve("model.pt", redirect=address)
    with pytest.raises(DownloadError, match="not safe"):
        fetch(wanted(server))


def test_addresses_that_are_not_safe_are_not_even_asked(models_folder):
    for address in ("http://example.org/m.pt", "file:///etc/passwd", "https://a:b@example.org/m"):
        with pytest.raises(DownloadError, match="neither HTTPS"):
            fetch(Download(address, "weights"))


def test_temporary_refusals_are_tried_again_and_final_ones_told(server):
    server.serve("busy.pt", status=503)
    with pytest.raises(DownloadError, match="answers 503"):
        fetch(wanted(server, "busy.pt"))
    assert len(server.asked("busy.pt")) == HASTY.tries
    with pytest.raises(DownloadError, match="answers 404"):
        fetch(wanted(server, "gone.pt"))
    assert len(server.asked("gone.pt")) == 1


def test_a_proxy_of_the_environment_is_used(server, monkeypatch):
    server.serve("model.pt", CONTENT)
    with serving() as proxy:
        proxy.serve(server.url("model.pt"), CONTENT)
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.delenv("no_proxy", raising=False)
        assert fetch(wanted(server)).read_bytes() == CONTENT
        assert len(proxy.requests) == 1
    assert not server.requests


def test_two_programs_do_not_write_the_same_file(server):
    server.serve("model.pt", CONTENT)
    partial = Partial(server.url("model.pt"))
    with partial.held(), pytest.raises(OutputError, match="being downloaded already"):
        fetch(wanted(server))
    assert fetch(wanted(server)).read_bytes() == CONTENT


def test_an_md5_is_held_against_the_file_where_that_is_what_is_published(server):
    server.serve("model.pt", CONTENT)
    right = wanted(server, md5=hashlib.md5(CONTENT).hexdigest())  # noqa: S324 - as published
    found = digests_of(fetch(right))
    assert check_digests(right, found) == "md5"
    with pytest.raises(ModelError, match="MD5 is another one"):
        check_digests(replace(right, md5="0" * 32), found)


def test_a_file_without_checksum_must_stay_the_one_of_the_first_time(server):
    resource = server.serve("model.pt", CONTENT)
    what = wanted(server)
    first = digests_of(fetch(what))
    assert check_digests(what, first) == "first"
    remember_first(what.url, first.sha256)
    assert check_digests(what, first) == "same"
    Partial(what.url).discard()
    resource.content = CONTENT[::-1]
    other = digests_of(fetch(what))
    with pytest.raises(ModelError, match="not the one that was first installed on"):
        check_digests(what, other)
    forget_first(what.url)
    assert check_digests(what, other) == "first"


def test_a_server_that_cannot_prove_who_it_is_gets_no_second_chance(tmp_path, models_folder):
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl, which makes the certificate for this test, is not installed")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
    command += ["-keyout", str(key), "-out", str(certificate), "-subj", "/CN=localhost"]
    subprocess.run(command, check=True, capture_output=True)
    with serving(certificate, key) as secure:
        secure.serve("model.pt", CONTENT)
        address = secure.url("model.pt").replace("http:", "https:")
        with pytest.raises(DownloadError, match="cannot prove"):
            fetch(Download(address, "weights"))
        assert not secure.requests
