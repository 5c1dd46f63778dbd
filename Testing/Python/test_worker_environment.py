from __future__ import annotations

import subprocess
import sys

import pytest

from ELMEDLib.environment import MONAI, SEGMENTATION, Requirement, problems, require
from ELMEDLib.errors import MissingPackageError


def test_what_is_installed_is_no_problem():
    assert problems([Requirement("pytest", "pytest", "7")]) == []


@pytest.mark.parametrize(
    ("requirement", "sentence"),
    [
        (Requirement("no_such_package", "Nothing", "1"), "Nothing is not installed."),
        (Requirement("pytest", "pytest", "1000.1"), "is too old: 1000.1 or later is needed."),
        (Requirement("pytest", "pytest", "1", "2"), "is too new: a version before 2 is needed."),
    ],
)
def test_each_problem_is_a_sentence(requirement, sentence):
    (problem,) = problems([requirement])

    assert problem.message.endswith(sentence)


def test_a_package_whose_metadata_are_lost_is_told(tmp_path, monkeypatch):
    (tmp_path / "half_a_package.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)

    (problem,) = problems([Requirement("half_a_package", "Half", "1")])

    assert "not installed completely" in problem.message


def test_what_is_required_is_named_with_its_versions():
    with pytest.raises(MissingPackageError, match="Nothing is not installed") as caught:
        require([Requirement("no_such_package", "Nothing", "1.2", "3")])

    assert "no_such_package>=1.2,<3" in caught.value.advice


def test_looking_imports_nothing_heavy():
    program = (
        "import sys; from ELMEDLib.environment import problems; problems();"
        "assert not {'torch', 'monai', 'numpy'} & set(sys.modules), 'imported'"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_versions_are_those_of_the_project(project):
    listed = (project / "pyproject.toml").read_text()

    for requirement in SEGMENTATION:
        text = f"~={requirement.minimum}" if requirement == MONAI else f">={requirement.minimum}"
        assert f'"{requirement.name}{text}"' in listed
