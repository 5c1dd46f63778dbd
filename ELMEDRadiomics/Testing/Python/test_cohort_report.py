"""The report of a cohort whose truth is known: what was built in is found, and nothing else."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from ELMEDLib.command import main
from ELMEDLib.errors import InputError
from ELMEDRadiomicsLib.cohort.analyses.association import score_test
from ELMEDRadiomicsLib.cohort.clinical import Choice, understand
from ELMEDRadiomicsLib.cohort.joining import join, read_clinical, read_features
from ELMEDRadiomicsLib.cohort.reporting import report_cohort

PROGRAM = (sys.executable, "-m", "ELMEDLib.command", "cohort", "report")
PATIENTS = 90
NASTY = '<script>alert("x")</script>'
RISK = "t1c_label2_original_glcm_Contrast"
IDH = "t2_label2_original_firstorder_Mean"
NOTHING = [f"flair_label1_original_glcm_Feature{i}" for i in range(20)]


def cohort_folder(folder, sites=True):
    """Write features in which one goes with the risk, one with IDH, and 20 with nothing."""
    rng = np.random.default_rng(7)
    volume = rng.lognormal(9.5, 0.6, PATIENTS)
    idh = rng.random(PATIENTS) < 0.35
    contrast = rng.normal(0, 1, PATIENTS)
    hazard = 1.1 * contrast + 0.4 * (np.log(volume) - 9.5)
    death = rng.exponential(400 * np.exp(-hazard))
    last = rng.uniform(300, 2500, PATIENTS)
    site = rng.choice(["A", "B"], PATIENTS)
    table = pd.DataFrame(
        {
            "label1_original_shape_MeshVolume": volume * rng.uniform(0.1, 0.6, PATIENTS),
            "label2_original_shape_MeshVolume": volume,
            RISK: contrast,
            "t1c_label2_original_glcm_Id": -contrast + rng.normal(0, 0.1, PATIENTS),
            IDH: rng.normal(0, 1, PATIENTS) + 2 * idh,
            **{name: rng.normal(0, 1, PATIENTS) + 3 * (site == "B") * sites for name in NOTHING},
        },
        index=pd.Index([f"P{i:03d}" for i in range(PATIENTS)], name="case"),
    )
    folder.mkdir()
    table.to_csv(folder / "features.csv")
    middle = rng.normal(300, 60, PATIENTS)
    spread = {f"t1c_label2_intensity_p{p:02d}": middle + 2 * (p - 50) for p in (5, 25, 50, 75, 95)}
    pd.DataFrame(spread, index=table.index).to_csv(folder / "intensities.csv")
    with (folder / "summary.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["case", "state", "reason"])
        rows.writerow(["P900", "failed", f"The image {NASTY} is cut off."])
    clinical = pd.DataFrame(
        {
            "Patient ID": table.index,
            "Age": rng.integers(30, 80, PATIENTS),
            "Survival_days": np.minimum(death, last).round(),
            "Dead": (death <= last).astype(int),
            "IDH": np.where(idh, "mutant", "wildtype"),
            "Site": site,
        }
    ).iloc[2:]
    clinical.loc[999] = ["Q1", 50, 100, 1, "mutant", NASTY]
    clinical.to_csv(folder / "known.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def reported(tmp_path_factory):
    folder = cohort_folder(tmp_path_factory.mktemp("cohort") / "out")
    done = subprocess.run(
        [*PROGRAM, str(folder), "--clinical", str(folder / "known.csv"), "--harmonise"],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder, done


def numbers(reported, name):
    return pd.read_csv(reported[0] / "tables" / f"{name}.csv")


def test_the_tables_are_joined_and_mismatches_are_listed_both_ways(reported):
    folder, done = reported
    assert "Measured, but not in the clinical table (2): P000, P001." in done.stderr
    assert "In the clinical table, but not measured (1): Q1." in done.stderr
    joined = pd.read_csv(folder / "joined.csv", index_col="case")
    assert len(joined) == PATIENTS - 2
    stored = pd.read_parquet(folder / "joined.parquet").set_index("case")
    features = read_features(folder / "features.csv")
    for table in (joined, stored):
        assert table.loc["P010", RISK] == pytest.approx(features.loc["P010", RISK], rel=1e-12)
        assert table.loc["P010", "IDH"] in {"mutant", "wildtype"}


def test_the_feature_of_the_risk_is_found_and_the_others_are_not(reported):
    table = numbers(reported, "association").set_index("feature")
    assert table.loc[RISK, "q"] < 0.001
    assert table.loc[RISK, "log hazard ratio per SD"] > 0.5
    assert (table.loc[NOTHING, "q"] < 0.05).sum() <= 1
    assert "associated with survival" in reported[1].stdout


def test_the_feature_of_idh_is_found_and_the_others_are_not(reported):
    table = numbers(reported, "groups-idh").set_index("feature")
    assert table.index[0] == IDH
    assert table.loc[IDH, "q"] < 0.001
    assert table.loc[IDH, "median mutant"] > table.loc[IDH, "median wildtype"] + 1
    assert (table.loc[NOTHING, "q"] < 0.05).sum() == 0
    survival = numbers(reported, "groups-survival").set_index("feature")
    assert survival.loc[RISK, "median short"] > survival.loc[RISK, "median long"]


def test_features_that_say_the_same_are_in_one_cluster(reported):
    table = numbers(reported, "correlation").set_index("feature")
    assert table.loc[RISK, "cluster"] == table.loc["t1c_label2_original_glcm_Id", "cluster"]
    assert table.loc[RISK, "cluster"] != table.loc[IDH, "cluster"]
    assert (table.groupby("cluster")["stands for it"].sum() == 1).all()


def test_harmonisation_takes_the_sites_out(reported):
    table = numbers(reported, "sites").set_index("feature")
    assert table.loc[NOTHING, "before"].min() > 0.4
    assert table["after"].max() < 0.05


def test_the_page_needs_nothing_else_and_runs_nothing(reported):
    text = (reported[0] / "report.html").read_text(encoding="utf-8")
    page = Page()
    page.feed(text)
    assert "script" not in page.tags
    assert NASTY not in text
    assert "&lt;script&gt;" in text  # what the tables hold is shown, not run
    assert page.sources
    assert all(source.startswith("data:image/png;base64,") for source in page.sources)
    assert all(link.startswith("#") for link in page.links)
    assert {link[1:] for link in page.links} <= page.names
    assert "Research use only" in text
    assert "P000, P001" in text
    assert "P900" in text
    for title in ("Survival by median split", "Cox model", "Correlated features"):
        assert f"{title}</h2>" in text


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.sources, self.links, self.names = set(), [], [], set()

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.add(tag)
        self.names.add(found.get("id"))
        if "src" in found:
            self.sources.append(found["src"])
        if tag in {"a", "link"}:
            self.links.append(found["href"])
        assert not any(name.startswith("on") for name in found)


def test_chosen_features_are_modelled(reported, tmp_path):
    result = report_cohort(
        {
            "folder": str(reported[0]),
            "clinical": str(reported[0] / "known.csv"),
            "features": [RISK],
            "output": str(tmp_path / "chosen.html"),
        }
    )
    cox = pd.read_csv(tmp_path / "tables" / "cox.csv").set_index("feature")
    ratio = cox.loc["t1c label 2 glcm Contrast"]
    # The risk was built with 1.1 per standard deviation.
    assert ratio["lower 95 %"] < np.exp(1.1) < ratio["upper 95 %"]
    curves = pd.read_csv(tmp_path / "tables" / "kaplan-meier.csv").iloc[0]
    assert curves["survival up to the median"] > curves["survival above the median"]
    assert curves["p"] < 0.001
    assert dict(result["findings"])["Survival by median split"].startswith("Survival differs")


def test_without_a_clinical_table_the_report_says_what_is_missing(reported, tmp_path):
    output = tmp_path / "alone.html"
    result = report_cohort({"folder": str(reported[0]), "output": str(output)})
    found = dict(result["findings"])
    assert found["Cox model"] == "No time of survival is known."
    assert "clusters" in found["Correlated features"]
    assert "There is no clinical table" in output.read_text(encoding="utf-8")


def test_a_new_page_leaves_no_table_of_the_page_it_replaces(reported, tmp_path):
    asked = {"folder": str(reported[0]), "output": str(tmp_path / "report.html")}
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "mine.csv").write_text("a\n1\n")
    report_cohort({**asked, "clinical": str(reported[0] / "known.csv")})
    assert (tmp_path / "joined.csv").is_file()
    assert (tmp_path / "tables" / "cox.csv").is_file()

    report_cohort(asked)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.html", "tables"]
    left = {path.stem for path in (tmp_path / "tables").iterdir()}
    assert left == {"mine", "intensities", "correlation"}


def test_a_page_in_a_folder_of_others_takes_no_file_of_theirs_away(reported, tmp_path):
    (tmp_path / "joined.csv").write_text("a\n1\n")
    report_cohort({"folder": str(reported[0]), "output": str(tmp_path / "new.html")})
    assert (tmp_path / "joined.csv").read_text() == "a\n1\n"


def test_the_score_test_is_that_of_a_cox_model():
    from lifelines import CoxPHFitter

    rng = np.random.default_rng(1)
    for effect in (0.0, 0.15, -0.3):
        values = rng.normal(0, 1, 150)
        times = np.ceil(rng.exponential(np.exp(-effect * values)) * 40)  # with ties
        died = rng.random(150) < 0.7
        z, first = score_test(values, times, died)
        data = pd.DataFrame({"x": values, "time": times, "died": died})
        fitted = CoxPHFitter().fit(data, "time", "died").summary.loc["x"]
        assert z == pytest.approx(fitted["z"], abs=0.25)
        assert first == pytest.approx(fitted["coef"], abs=0.06)


def test_brats_survival_with_living_patients_is_understood():
    table = pd.DataFrame(
        {"Age": ["60.5", "41", "70"], "Survival_days": ["289", "ALIVE (361 days later)", "NA"]}
    )
    found = understand(table)
    assert found.survival.tolist()[:2] == [289, 361]
    assert np.isnan(found.survival[2])
    assert found.died.tolist()[:2] == [True, False]
    assert "'Survival_days' was taken" in found.notes[0]


@pytest.mark.parametrize(
    ("titles", "survival", "event"),
    [
        ({"OS": ["10", "20"], "1-dead 0-alive": ["1", "0"]}, [10, 20], [True, False]),
        (
            {"Overall survival (months)": ["3", "4"], "Vital status": ["Dead", "Alive"]},
            [3, 4],
            [True, False],
        ),
        ({"Survival from surgery days": ["5", "6"], "Event": ["yes", "no"]}, [5, 6], [True, False]),
    ],
)
def test_columns_are_told_from_their_titles(titles, survival, event):
    found = understand(pd.DataFrame(titles))
    assert found.survival.tolist() == survival
    assert found.died.tolist() == event


def test_identifiers_that_stand_twice_are_left_out_and_named(tmp_path):
    features = pd.DataFrame({"label1_f": [1.0, 2.0]}, index=["a", "b"])
    path = tmp_path / "clinical.csv"
    path.write_text("Age;Subject_ID\n50;a\n60;b\n61;b\n", encoding="utf-8")
    joined = join(features, read_clinical(path))
    assert list(joined.table.index) == ["a"]
    assert joined.ambiguous == ("b",)
    assert joined.sentences == ["More than once in the clinical table, and left out (1): b."]


def test_a_workbook_is_read_as_a_clinical_table(tmp_path):
    path = tmp_path / "clinical.xlsx"
    pd.DataFrame({"patient": ["007", "b"], "IDH": ["mutant", None]}).to_excel(path, index=False)
    found = read_clinical(path)
    assert found["case"].tolist() == ["007", "b"]
    assert found["IDH"].tolist() == ["mutant", ""]


def test_tables_that_do_not_fit_are_refused_with_what_they_hold(tmp_path):
    features = pd.DataFrame({"label1_f": [1.0]}, index=["P1"])
    path = tmp_path / "clinical.csv"
    path.write_text("patient,age\nsub-1,50\n", encoding="utf-8")
    with pytest.raises(InputError, match="No patient is in both"):
        join(features, read_clinical(path))
    with pytest.raises(InputError, match="no column 'ID'"):
        read_clinical(path, "ID")
    with pytest.raises(InputError, match="no column 'IDH'"):
        understand(pd.DataFrame({"age": ["1"]}), Choice(groups=("IDH",)))


def test_the_worker_can_do_it(reported):
    from ELMEDRadiomicsLib.tasks import TASKS

    with pytest.raises(InputError, match="no measured cohort"):
        TASKS["cohort_report"]({"folder": str(reported[0].parent)}, lambda *_: None)
    json.dumps(TASKS["cohort_report"]({"folder": str(reported[0])}, lambda *_: None))


def test_a_page_never_takes_the_place_of_a_table(tmp_path, capsys):
    table = tmp_path / "clinical.csv"
    table.write_text("patient,age\nanna,61\n")
    for output in (table, tmp_path / "page.html"):
        (tmp_path / "page.html").mkdir(exist_ok=True)
        assert main(["cohort", "report", str(tmp_path), "-o", str(output)]) == 1
    told = capsys.readouterr().err
    assert "'clinical.csv' does not end in .html." in told
    assert "page.html' is a folder, not a file." in told
    assert table.read_text() == "patient,age\nanna,61\n"


def test_a_follow_up_never_takes_the_place_of_its_table(tmp_path, capsys):
    table = tmp_path / "scans.csv"
    table.write_text("date,labels\n2024-02-05,seg.nii.gz\n")
    assert main(["follow-up", str(table), "-o", str(table)]) == 1
    assert "is one of the files that are read" in capsys.readouterr().err
    assert table.read_text().startswith("date,labels")
