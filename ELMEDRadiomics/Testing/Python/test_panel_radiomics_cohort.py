"""The section Cohort at work: files on disk, a real worker, from choice to report."""

from __future__ import annotations

import html
import json

import pytest

from host.panel_checks import controls_without_help

pytest.importorskip("pandas", reason="pandas is not installed")
pytest.importorskip("lifelines", reason="lifelines is not installed")

NAME = "ELMEDRadiomics"
PATIENTS = 12
PATIENCE_S = 240


@pytest.fixture
def cohort(request, host, panel, cohort_patients, tmp_path):
    """The open section with twelve patients, two of them broken, and few features to compute."""
    count = getattr(request, "param", PATIENTS)
    import qt

    for key in ("CohortSource", "CohortOutput", "CohortClinical"):
        qt.QSettings().remove(f"ELMED/Radiomics{key}")
    table, broken = cohort_patients.write_cohort(tmp_path / "in", count, every=6)
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps(cohort_patients.SETTINGS))
    host.reload(NAME)
    opened = host.select_module(NAME).panel
    opened.parameters.preset = ""
    opened.parameters.parameterFile = str(settings)
    opened.ui.cohortCollapsibleButton.collapsed = False
    section = opened.cohort
    section.ui.cohortSourcePathLineEdit.currentPath = str(table)
    section.ui.cohortOutputPathLineEdit.currentPath = str(tmp_path / "out")
    section.ui.cohortWorkersSpinBox.setValue(1)
    section.broken = broken
    host.process_events()
    yield section
    host.reload(NAME)


def states(section):
    widget = section.ui.cohortTableWidget
    return [widget.item(row, 1).text() for row in range(widget.rowCount)]


def run(host, section, button):
    button.click()
    host.wait_until(lambda: not section.running, PATIENCE_S)
    assert host.dialogs.texts() == []


def test_cases_are_measured_then_analysed_and_broken_ones_are_named(
    host, cohort, cohort_patients, tmp_path
):
    ui = cohort.ui
    assert states(cohort) == ["waiting"] * PATIENTS
    assert ui.cohortCountsLabel.text == "12 cases: 0 done, 12 waiting."
    assert ui.cohortStartButton.enabled
    assert not ui.analyseButton.enabled
    assert controls_without_help(cohort._section) == []

    ui.cohortStartButton.click()
    assert ui.cohortCancelButton.enabled
    assert not ui.cohortChoices.enabled
    host.wait_until(lambda: not cohort.running, PATIENCE_S)
    assert host.dialogs.texts() == []
    assert states(cohort).count("failed") == len(cohort.broken) == 2
    row = next(r for r in range(PATIENTS) if ui.cohortTableWidget.item(r, 0).text() == "P005")
    assert "does not exist" in ui.cohortTableWidget.item(row, 3).text()
    assert ui.cohortCountsLabel.text == "12 cases: 10 done, 2 failed."
    assert not ui.cohortStartButton.enabled
    assert "All cases are done." in ui.cohortReadinessLabel.text

    # One is repaired and tried again; what was done stays as it is.
    records = tmp_path / "out" / "cases"
    before = {path.name: path.stat().st_mtime_ns for path in records.iterdir()}
    (tmp_path / "in" / "P005" / "flair.nii.gz").write_bytes(
        (tmp_path / "in" / "P004" / "flair.nii.gz").read_bytes()
    )
    ui.cohortRetryCheckBox.checked = True
    run(host, cohort, ui.cohortStartButton)
    assert ui.cohortCountsLabel.text == "12 cases: 11 done, 1 failed."
    after = {path.name: path.stat().st_mtime_ns for path in records.iterdir()}
    assert {name for name in before if before[name] != after[name]} == {"P005.json", "P011.json"}

    clinical = tmp_path / "clinical.csv"
    ui.clinicalPathLineEdit.currentPath = str(clinical)
    assert "cannot be read" in ui.clinicalProblemLabel.text
    assert not ui.analyseButton.enabled
    lines = [f"P{i:03d},{100 + 37 * i},1,arm {i % 2},{i}" for i in range(1, PATIENTS)]
    titles = "patient,survival days,dead,treatment,weeks known"
    clinical.write_text("\n".join([titles, *lines, "X9,50,1,arm 1,3"]) + "\n")
    cohort.check()
    assert ui.clinicalProblemLabel.text == ""
    combos = (ui.clinicalSurvivalComboBox, ui.clinicalEventComboBox, ui.clinicalGroupsComboBox)
    assert [combo.currentText for combo in combos] == [
        "By its title: survival days",
        "By its title: dead",
        "By its title: none",
    ]
    for combo, title in ((combos[0], "weeks known"), (combos[2], "treatment")):
        combo.setCurrentIndex(combo.findData(title))
    run(host, cohort, ui.analyseButton)
    assert combos[2].currentData == "treatment"
    page = (tmp_path / "out" / "report.html").read_text()
    assert "'weeks known' was taken for the time of survival" in html.unescape(page)
    assert "treatment" in page
    text = ui.findingsTextBrowser.plainText
    assert "Volume against survival." in text
    assert "In the clinical table, but not measured" in text
    assert "X9" in text
    assert (tmp_path / "out" / "report.html").is_file()
    assert ui.openReportButton.enabled


@pytest.mark.parametrize("cohort", [80], indirect=True)  # enough to be cancelled amid them
def test_a_cancelled_cohort_goes_on_where_it_was(host, cohort, tmp_path):
    ui = cohort.ui
    records = tmp_path / "out" / "cases"
    ui.cohortStartButton.click()
    host.wait_until(
        lambda: records.is_dir() and len(list(records.glob("[!.]*.json"))) >= 2, PATIENCE_S
    )
    ui.cohortCancelButton.click()
    host.wait_until(lambda: not cohort.running, PATIENCE_S)
    assert "Continue goes on from there" in ui.cohortStatusLabel.text
    assert ui.cohortStartButton.text == "Continue"
    kept = {path.name: path.stat().st_mtime_ns for path in records.glob("[!.]*.json")}
    run(host, cohort, ui.cohortStartButton)
    assert cohort.table.waiting == 0
    assert kept == {name: (records / name).stat().st_mtime_ns for name in kept}


def test_what_is_wrong_with_the_choices_is_said(host, cohort, tmp_path):
    ui = cohort.ui
    ui.cohortOutputPathLineEdit.currentPath = ""
    assert ui.cohortReadinessLabel.text == "Choose an output folder."
    ui.cohortSourcePathLineEdit.currentPath = str(tmp_path / "nowhere.csv")
    assert "does not exist" in ui.cohortReadinessLabel.text
    ui.cohortSourcePathLineEdit.currentPath = ""
    assert "Choose a table" in ui.cohortReadinessLabel.text
    assert not ui.cohortStartButton.enabled
