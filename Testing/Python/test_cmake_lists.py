"""What is not listed in a CMakeLists.txt is missing in the installed extension."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
ROOMS = ("ELMEDSegment", "ELMEDRadiomics", "ELMEDPlayground")
LEFT_OUT = {"Testing", "__pycache__"}


def cmake_list(folder, name):
    """Return the files of `set(name ...)` in a folder's CMakeLists.txt."""
    text = (PROJECT / folder / "CMakeLists.txt").read_text()
    found = re.search(rf"set\({name}\s(.*?)\)\s*$", text, re.DOTALL | re.MULTILINE)
    lines = [] if found is None else found.group(1).split()
    return [line.replace("${MODULE_NAME}", folder) for line in lines]


def files(folder, pattern="*"):
    """Return the files below a folder, relative to it, without tests and what tools leave."""
    base = PROJECT / folder
    paths = (path.relative_to(base) for path in base.rglob(pattern) if path.is_file())
    return {
        path.as_posix()
        for path in paths
        if not LEFT_OUT & set(path.parts)
        and not any(part.startswith(".") for part in path.parts)
        and path.name != "CMakeLists.txt"
    }


def assert_lists(listed, present, where):
    assert len(listed) == len(set(listed)), f"{where} lists a file twice"
    missing, gone = sorted(present - set(listed)), sorted(set(listed) - present)
    assert not missing, f"add to {where}:\n" + "\n".join(f"  {name}" for name in missing)
    assert not gone, f"take out of {where}:\n" + "\n".join(f"  {name}" for name in gone)


@pytest.mark.parametrize("room", ROOMS)
def test_every_script_of_a_room_is_packaged(room):
    where = f"MODULE_PYTHON_SCRIPTS in {room}/CMakeLists.txt"
    assert_lists(cmake_list(room, "MODULE_PYTHON_SCRIPTS"), files(room, "*.py"), where)


@pytest.mark.parametrize("room", ROOMS)
def test_every_resource_of_a_room_is_packaged(room):
    where = f"MODULE_PYTHON_RESOURCES in {room}/CMakeLists.txt"
    resources = {name for name in files(room) if not name.endswith(".py")}
    assert_lists(cmake_list(room, "MODULE_PYTHON_RESOURCES"), resources, where)


def test_the_shared_floor_is_packaged():
    where = "MODULE_PYTHON_SCRIPTS in ELMEDLib/CMakeLists.txt"
    assert_lists(cmake_list("ELMEDLib", "MODULE_PYTHON_SCRIPTS"), files("ELMEDLib", "*.py"), where)


def test_the_sample_study_is_packaged():
    present = {name for name in files("Resources") if name.startswith("SampleStudy/")}
    assert_lists(
        cmake_list("Resources", "SAMPLE_STUDY"), present, "SAMPLE_STUDY in Resources/CMakeLists.txt"
    )


@pytest.mark.parametrize("room", ROOMS)
def test_every_module_has_its_panel_icon_and_self_test(room):
    assert {f"{room}.py", f"Resources/UI/{room}.ui", f"Resources/Icons/{room}.png"} <= files(room)
    text = (PROJECT / room / "CMakeLists.txt").read_text()
    assert "slicer_add_python_unittest(SCRIPT ${MODULE_NAME}.py)" in text
    for name in ("", "Widget", "Logic", "Test"):
        assert f"class {room}{name}(" in (PROJECT / room / f"{room}.py").read_text()


def test_every_folder_with_a_cmake_file_is_built():
    text = (PROJECT / "CMakeLists.txt").read_text()
    folders = {path.parent.name for path in PROJECT.glob("*/CMakeLists.txt")}

    assert set(re.findall(r"add_subdirectory\((\w+)\)", text)) == folders


def metadata():
    """Return the extension's metadata; each must be on one line."""
    text = (PROJECT / "CMakeLists.txt").read_text()
    return dict(re.findall(r'^set\((EXTENSION_\w+) "([^"]*)"\)', text, re.MULTILINE))


def test_the_extension_describes_itself():
    assert {
        "EXTENSION_HOMEPAGE",
        "EXTENSION_CONTRIBUTORS",
        "EXTENSION_DESCRIPTION",
        "EXTENSION_ICONURL",
        "EXTENSION_SCREENSHOTURLS",
        "EXTENSION_DEPENDS",
    } <= set(metadata())


def test_the_index_entry_fits_the_extension():
    entry = json.loads((PROJECT / "ELMED.json").read_text())

    # The fields of Slicer's catalogue entry schema 1.0.1, which allows no others.
    assert set(entry) <= {
        "$schema",
        "build_dependencies",
        "build_subdirectory",
        "category",
        "enabled",
        "scm_revision",
        "scm_type",
        "scm_url",
        "tier",
    }
    assert {"$schema", "category", "scm_url"} <= set(entry)
    assert " ".join(entry["build_dependencies"]) == metadata()["EXTENSION_DEPENDS"]
    assert entry["scm_url"] == metadata()["EXTENSION_HOMEPAGE"]
    assert entry["scm_url"].endswith("/SlicerELMED")


@pytest.mark.parametrize("name", ["EXTENSION_ICONURL", "EXTENSION_SCREENSHOTURLS"])
def test_pictures_of_the_index_are_files_of_the_project(name):
    for url in metadata()[name].split():
        assert url.startswith("https://raw.githubusercontent.com/")
        if "/Screenshots/" not in url:  # made by `make screenshots`
            assert (PROJECT / url.split("/main/")[1]).is_file()


@pytest.mark.parametrize(
    "path", ["Resources/ELMED.png", *(f"{room}/Resources/Icons/{room}.png" for room in ROOMS)]
)
def test_icons_have_slicers_size(path):
    header = (PROJECT / path).read_bytes()[:24]

    assert header.startswith(b"\x89PNG")
    assert (int.from_bytes(header[16:20], "big"), int.from_bytes(header[20:24], "big")) == (
        128,
        128,
    )
