"""What a user notices of the set-up: on a fresh machine, a second time, and when it broke."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
SETUP = PROJECT / "Testing" / "setup"


@pytest.fixture
def setup_modules(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(SETUP))
    import environment
    import system_libraries

    return environment, system_libraries


def make_program(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def find_python(path: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", SETUP / "find-python.sh"],
        env={"PATH": str(path), **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_python3_is_taken_when_it_is_supported(tmp_path):
    make_program(tmp_path / "python3", f'exec "{sys.executable}" "$@"')
    assert find_python(tmp_path).stdout.strip() == str(tmp_path / "python3")


def test_a_supported_python_beside_an_old_python3_is_found(tmp_path):
    make_program(tmp_path / "python3", "exit 1")
    make_program(tmp_path / "python3.10", f'exec "{sys.executable}" "$@"')
    assert find_python(tmp_path).stdout.strip() == str(tmp_path / "python3.10")


def test_the_variable_python_chooses(tmp_path):
    make_program(tmp_path / "python3", "exit 1")
    make_program(tmp_path / "mine", f'exec "{sys.executable}" "$@"')
    chosen = find_python(tmp_path, PYTHON=str(tmp_path / "mine"))
    assert chosen.stdout.strip() == str(tmp_path / "mine")


def test_a_machine_without_a_supported_python_is_told_which_are(tmp_path):
    make_program(tmp_path / "python3", "exit 1")
    found = find_python(tmp_path)
    assert found.returncode != 0
    assert "Python 3.10, 3.11, 3.12 or 3.13" in found.stderr


def test_an_unsuitable_python_variable_is_named(tmp_path):
    make_program(tmp_path / "old", "exit 1")
    found = find_python(tmp_path, PYTHON=str(tmp_path / "old"))
    assert found.returncode != 0
    assert str(tmp_path / "old") in found.stderr


def test_missing_libraries_are_named_by_their_packages_once(setup_modules):
    _, libraries = setup_modules
    required = libraries.required_libraries()
    gone = {"libGL.so.1", "libEGL.so.1"}
    assert libraries.missing_packages(required, lambda name: name not in gone) == [
        "libgl1",
        "libegl1",
    ]


def test_a_library_that_is_not_there_is_seen_to_be_missing(setup_modules):
    _, libraries = setup_modules
    assert libraries.is_present("libc.so.6") or not sys.platform.startswith("linux")
    assert not libraries.is_present("libelmed-does-not-exist.so.7")


def test_every_required_library_is_there_once_the_tests_run(setup_modules):
    _, libraries = setup_modules
    if sys.platform.startswith("linux"):
        assert libraries.missing_packages(libraries.required_libraries()) == []


@pytest.mark.skipif(os.name != "posix", reason="users and their rights are those of POSIX")
def test_a_user_who_is_not_root_gets_the_line_to_run(setup_modules, tmp_path, monkeypatch):
    _, libraries = setup_modules
    make_program(tmp_path / "apt-get", "exit 1")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(libraries.MissingLibrariesError) as error:
        libraries.install(["libgl1", "libegl1"])
    assert "sudo apt-get update && sudo apt-get install -y libgl1 libegl1" in str(error.value)


def test_root_installs_what_is_missing(setup_modules, tmp_path, monkeypatch):
    _, libraries = setup_modules
    log = tmp_path / "log"
    make_program(tmp_path / "apt-get", f'echo "$@" >> "{log}"')
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    libraries.install(["libgl1"])
    assert log.read_text().splitlines() == [
        "-q update",
        "-q install -y --no-install-recommends libgl1",
    ]


def test_a_failed_installation_says_why_and_what_to_run(setup_modules, tmp_path, monkeypatch):
    _, libraries = setup_modules
    make_program(tmp_path / "apt-get", "echo 'E: no space left' >&2; exit 100")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(libraries.MissingLibrariesError, match="no space left"):
        libraries.install(["libgl1"])


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout that is set up; it needs no packages, so that this is quick and offline."""
    folder = tmp_path_factory.mktemp("setup") / "checkout"
    shutil.copytree(SETUP, folder / "Testing" / "setup", ignore=shutil.ignore_patterns("__*"))
    script = folder / "Testing" / "setup" / "environment.py"
    text = script.read_text(encoding="utf-8")
    text = re.sub(r'PROBE = """.*?"""', 'PROBE = ""', text, flags=re.DOTALL)
    # Only what goes over the network is left out: pip runs, and installs nothing.
    text = text.replace('"--editable", ".[test]"', '"--requirement", "constraints.txt"')
    script.write_text(text, encoding="utf-8")
    (folder / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    (folder / "constraints.txt").write_text("# nothing\n", encoding="utf-8")
    assert "ready" in set_up(folder)
    return folder


@pytest.fixture
def checkout(prepared: Path, tmp_path: Path) -> Path:
    """A copy of that checkout for one test, environment included."""
    return shutil.copytree(prepared, tmp_path / "checkout", symlinks=True)


def set_up(checkout: Path) -> str:
    done = subprocess.run(
        [sys.executable, checkout / "Testing" / "setup" / "environment.py"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_second_call_does_no_set_up_work(prepared):
    stamp = prepared / ".venv" / "elmed-setup.json"
    made = stamp.stat().st_mtime_ns
    assert set_up(prepared) == ""
    assert stamp.stat().st_mtime_ns == made


def test_a_copied_or_moved_checkout_is_installed_from_its_new_place(checkout):
    assert "ready" in set_up(checkout)


def test_a_change_of_the_dependencies_is_installed_into_the_same_environment(checkout):
    set_up(checkout)
    kept = checkout / ".venv" / "kept"
    kept.touch()
    with (checkout / "constraints.txt").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert "ready" in set_up(checkout)
    assert kept.exists()


def test_an_interrupted_set_up_is_started_anew(checkout):
    environment = checkout / ".venv"
    (environment / "elmed-setup-unfinished").touch()
    (environment / "bin" / "pip").write_text("half a program", encoding="utf-8")
    assert "anew" in set_up(checkout)
    assert not (environment / "elmed-setup-unfinished").exists()


def test_an_environment_whose_python_is_gone_is_made_anew(checkout):
    python = checkout / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to(checkout / "nowhere")
    assert "anew" in set_up(checkout)
    assert set_up(checkout) == ""


def test_a_failed_installation_is_told_and_not_taken_for_complete(checkout):
    (checkout / "constraints.txt").write_text("no such requirement!\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, checkout / "Testing" / "setup" / "environment.py"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "Set-up stopped" in done.stderr
    (checkout / "constraints.txt").write_text("# nothing\n", encoding="utf-8")
    assert "ready" in set_up(checkout)


def test_make_help_tells_a_line_for_each_target():
    shown = subprocess.run(
        [shutil.which("make"), "-C", PROJECT, "--no-print-directory", "help"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    targets = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE).group(1).split()
    assert {line.split()[1] for line in shown.splitlines()} == set(targets)


def test_every_pinned_version_is_exact_and_every_python_has_one():
    lines = (PROJECT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins: dict[str, list[str]] = {}
    for line in lines:
        if line and not line.startswith("#"):
            found = re.fullmatch(r"([a-z0-9.-]+)==[^ ]+( ; python_version (<|>=) \"3\.11\")?", line)
            assert found, line
            pins.setdefault(found.group(1), []).append(found.group(3) or "")
    assert "torch==2.13.0" in lines
    marked = ([""], ["<", ">="], ["<"], [">="])
    assert not {name: marks for name, marks in pins.items() if marks not in marked}
    # What Python 3.10 has no line for must be what cannot be installed there.
    newer = [name for name, marks in pins.items() if marks == [">="]]
    if sys.version_info >= (3, 11):
        assert {name: importlib.metadata.metadata(name)["Requires-Python"] for name in newer} == (
            dict.fromkeys(newer, ">=3.11")
        )


@pytest.mark.parametrize(
    ("given", "passed"),
    [
        (["FILES=a b c d"], "a b c d"),
        (["T1=my t1.nii", "FLAIR=f.nii"], '--t1 "my t1.nii" --flair "f.nii"'),
    ],
)
def test_make_demo_hands_the_files_on(given, passed):
    planned = subprocess.run(
        [shutil.which("make"), "-C", PROJECT, "--dry-run", "demo", *given],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert passed in re.sub(r"\s+", " ", planned.replace("\\\n", ""))
