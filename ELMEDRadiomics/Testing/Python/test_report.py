"""A patient's report as a page and as a DICOM structured report, read back and compared."""

from __future__ import annotations

import math
import re
import struct
from html.parser import HTMLParser

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk

from dicom_studies import HEADERS, Examination
from ELMEDLib.command import main
from ELMEDLib.errors import InputError
from ELMEDRadiomicsLib.burden.measure import measure_burden
from ELMEDRadiomicsLib.burden.options import BurdenOptions
from ELMEDRadiomicsLib.report.content import Content
from ELMEDRadiomicsLib.report.dicom_sr import groups_of, read_sr, write_sr
from ELMEDRadiomicsLib.report.page import MOST_LESIONS, page
from ELMEDRadiomicsLib.report.pictures import COLOURS, EDGE_MM, PIXEL_MM, pictures
from ELMEDRadiomicsLib.report.service import report_files
from ELMEDRadiomicsLib.results import Extraction, Feature
from ELMEDRadiomicsLib.writing import read_extraction

SHAPE = (20, 48, 44)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A head with a tumour: files of image, labels, features, and the DICOM series."""
    folder = tmp_path_factory.mktemp("report")
    z, y, x = np.indices(SHAPE)
    distance = np.sqrt((2 * (z - 10)) ** 2 + (y - 20) ** 2 + (x - 15) ** 2)
    labels = np.select([distance < 4, distance < 9, distance < 13], [1, 3, 2]).astype(np.uint8)
    noise = np.random.default_rng(2).normal(300, 30, SHAPE) + 100 * labels
    for name, array in (("t1c", noise.astype(np.int16)), ("seg", labels)):
        image = sitk.GetImageFromArray(array)
        image.SetSpacing((1.0, 1.0, 2.0))
        sitk.WriteImage(image, str(folder / f"{name}.nii.gz"))
        if name == "t1c":
            Examination().write(image, folder / "series", HEADERS["t1c"])
    words = ["radiomics", f"t1c={folder / 't1c.nii.gz'}", "--mask", str(folder / "seg.nii.gz")]
    features = str(folder / "features.json")
    assert main([*words, "--label", "3", "--preset", "course", "-o", features]) == 0
    return folder


def test_the_structured_report_holds_what_was_measured(study, tmp_path):
    output = tmp_path / "report.dcm"
    words = [str(study / "seg.nii.gz"), "--features", str(study / "features.json")]
    assert main(["report", *words, "--series", str(study / "series"), "-o", str(output)]) == 0

    burden = measure_burden(sitk.ReadImage(str(study / "seg.nii.gz")), BurdenOptions())
    extraction = read_extraction(study / "features.json")
    found = {group.tracking: {n.name[2]: n for n in group.numbers} for group in read_sr(output)}
    for region in burden.regions:
        assert found[region.name]["Volume"].value == pytest.approx(region.volume_ml)
        assert found[region.name]["Maximum 3D diameter"].value == pytest.approx(region.diameter_mm)
    lesion = burden.lesions[0]
    sizes = found[lesion.name]
    assert sizes["Long Axis"].value == pytest.approx(lesion.classic.longest.length_mm)
    assert sizes["Short Axis"].value == pytest.approx(lesion.classic.perpendicular.length_mm)
    own = found["label 3 in t1c"]
    assert len(own) == len(extraction.features)
    for feature in extraction.features:
        number = own[feature.name.removeprefix("original_")]
        assert number.value == pytest.approx(feature.value, rel=1e-6)
        assert number.name[:2] == (
            (feature.ibsi, "IBSI") if feature.ibsi else (feature.name, "99ELMED")
        )
        assert number.unit == feature.unit

    # What a DICOM reader sees, without highdicom.
    written = pydicom.dcmread(output)
    first = pydicom.dcmread(next((study / "series").iterdir()))
    assert written.PatientID == first.PatientID
    assert written.StudyInstanceUID == first.StudyInstanceUID
    assert written.ContentTemplateSequence[0].TemplateIdentifier == "1500"
    assert written.Modality == "SR"
    volumes = re.findall(r"Volume.*?Numeric Value[^']*'([\d.]+)'", str(written), re.DOTALL)
    assert any(float(v) == pytest.approx(burden.regions[0].volume_ml) for v in volumes)


@pytest.mark.parametrize("charset", ["ISO_IR 100", None])
def test_names_of_any_language_are_kept_in_the_structured_report(study, tmp_path, charset):
    slices = []
    for path in sorted((study / "series").iterdir()):
        slices.append(pydicom.dcmread(path))
        slices[-1].PatientName = "M\u00fcller^Zo\u00eb" if charset else "Miller^Ann"
        slices[-1].SpecificCharacterSet = charset
        slices[-1].save_as(tmp_path / path.name)
    slices = [pydicom.dcmread(path) for path in sorted(tmp_path.iterdir())]
    name = "\u041e\u043f\u0443\u0445\u043e\u043b\u044c \u8111\u80bf\u7624"
    feature = Feature("t1c", name, 1, "original_shape_MeshVolume", 12.5, "mm3", "RNU0", "elmed")
    groups = groups_of(Content(extraction=Extraction([feature], {}, {}, {})))
    output = tmp_path / "report.dcm"

    write_sr(groups, slices, output)

    written = pydicom.dcmread(output)
    assert written.PatientName == slices[0].PatientName
    assert name.encode() in output.read_bytes()
    assert read_sr(output)[0].tracking == f"{name} in t1c"


class Page(HTMLParser):
    """What a browser would make of the page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.sources, self.text = [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.sources += [v for k, v in attributes if k in ("src", "href")]

    def handle_data(self, data):
        self.text += data


def test_the_page_says_everything_and_needs_nothing(study, tmp_path):
    output = tmp_path / "report.html"
    words = [str(study / "seg.nii.gz"), "--features", str(study / "features.json")]
    report_files(
        {
            "labels": words[0],
            "image": str(study / "t1c.nii.gz"),
            "features": words[2],
            "burden": measure_burden(sitk.ReadImage(words[0]), BurdenOptions()).as_json(),
            "location": {"sentences": ["In the left frontal lobe."], "method": "By an atlas."},
            "patient": "P-7",
            "output": str(output),
        }
    )
    found = Page(output.read_text(encoding="utf-8"))

    assert found.tags.count("img") == 3
    assert all(source.startswith("data:image/png;base64,") for source in found.sources)
    assert not {"script", "link", "iframe"} & set(found.tags)
    extraction = read_extraction(study / "features.json")
    burden = measure_burden(sitk.ReadImage(words[0]), BurdenOptions())
    for said in (
        "Tumour report: P-7",
        "Research use only",
        "In the left frontal lobe.",
        "resampledPixelSpacing",
        f"{burden.sum_of('enhancing').classic_mm2:.0f} mm²",
        f"{extraction.features[0].value:.5g}",
        *(feature.name for feature in extraction.features),
    ):
        assert said in found.text


def test_names_never_become_a_part_of_the_page():
    evil = "<script>alert(1)</script>\"'&"
    feature = Feature(evil, evil, 1, evil, 1.0, evil, evil, evil)
    extraction = Extraction([feature], {"a": evil}, {"b": evil}, {evil: evil}, warnings=[evil])
    location = {"sentences": [evil], "method": evil}
    found = Page(page(Content(evil, location=location, extraction=extraction, warnings=(evil,))))

    assert "script" not in found.tags
    assert found.text.count("alert(1)") >= 8


def test_undefined_values_are_left_out_and_nothing_is_refused(study):
    feature = Feature("t1c", "a", 1, "original_glcm_Contrast", math.nan, "", "", "elmed")

    assert groups_of(Content(extraction=Extraction([feature], {}, {}, {}))) == []
    with pytest.raises(InputError, match="nothing to report"):
        report_files({"output": "a.html"})
    with pytest.raises(InputError, match="none is given"):
        report_files({"output": "a.dcm", "labels": str(study / "seg.nii.gz")})
    with pytest.raises(InputError, match="how to write"):
        report_files({"output": "a.pdf"})


def test_the_pictures_show_the_outlines_where_the_tumour_is(study):
    image = sitk.ReadImage(str(study / "t1c.nii.gz"))
    labels = sitk.ReadImage(str(study / "seg.nii.gz"))
    axial, coronal, sagittal = pictures(image, labels)
    sizes = []
    for drawn in (axial, coronal, sagittal):
        path = study / f"{drawn.title}.png"
        path.write_bytes(drawn.png)
        pixels = sitk.GetArrayFromImage(sitk.ReadImage(str(path)))
        sizes.append(pixels.shape[:2])
        for colour in COLOURS.values():
            assert (pixels == colour).all(axis=-1).any()
    # 44 x 48 x 40 mm.
    wide, deep, high = (math.ceil(length / PIXEL_MM) for length in (44, 48, 40))
    assert sizes == [(deep, wide), (high, wide), (high, deep)]


def test_many_lesions_leave_the_page_one_page():
    labels = np.zeros((6, 150, 150), np.uint8)
    for row in range(6):
        for column in range(5 - (row == 0)):
            side = 12 if (row, column) == (5, 4) else 5
            labels[1:5, 2 + 22 * row :, 2 + 22 * column :][:, :side, :side] = 3
    burden = measure_burden(sitk.GetImageFromArray(labels), BurdenOptions())
    assert len(burden.lesions) == 2 * 29
    text = page(Content(burden=burden))

    rows = re.findall(r"<tr><td>((?:Enhancing|T2/FLAIR) \d+)</td><td>(yes)?</td>", text)
    assert rows[0] == ("Enhancing 1", "yes")
    assert ("T2/FLAIR 1", "yes") in rows
    assert len(rows) == 2 * MOST_LESIONS
    assert f"{58 - 2 * MOST_LESIONS} more lesions" in text
    # The same decimals in each line, and the paper that the reader's printer has.
    assert re.search(r'<td class="number">\d+\.\d</td><td class="number">\d+</td></tr>', text)
    assert "size:" not in re.sub(r"font-size:", "", text)


def test_the_pictures_leave_out_the_empty_space_around_a_head():
    array = np.zeros((40, 90, 90), np.int16)
    array[10:30, 30:70, 25:65] = 100 + np.arange(40)
    array[0, 0, 0] = 900  # a bright voxel of noise
    labels = np.zeros(array.shape, np.uint8)
    labels[15:20, 40:50, 30:40] = 3
    image, tumour = (sitk.GetImageFromArray(a) for a in (array, labels))
    axial, coronal, sagittal = pictures(image, tumour)

    for drawn, (height, width) in ((axial, (40, 40)), (coronal, (20, 40)), (sagittal, (20, 40))):
        rows, columns = struct.unpack(">II", drawn.png[16:24])[::-1]
        assert rows * PIXEL_MM == pytest.approx(height + 2 * EDGE_MM, abs=3)
        assert columns * PIXEL_MM == pytest.approx(width + 2 * EDGE_MM, abs=3)


def test_a_real_series_is_referred_to(shared_data, tmp_path):
    series = shared_data / "dicom-series"
    folder = next(path.parent for path in sorted(series.rglob("*")) if path.suffix == ".dcm")
    names = sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(folder))
    image = sitk.ReadImage(names)
    z, y, x = np.indices(image.GetSize()[::-1])
    middle = np.array(z.shape) / 2
    radius = np.sqrt((4 * (z - middle[0])) ** 2 + (y - middle[1]) ** 2 + (x - middle[2]) ** 2)
    labels = sitk.GetImageFromArray(np.where(radius < 8, 3, 0).astype(np.uint8))
    labels.CopyInformation(image)
    sitk.WriteImage(labels, str(tmp_path / "seg.nii.gz"))
    output = tmp_path / "report.dcm"

    words = ["report", str(tmp_path / "seg.nii.gz"), "--series", str(folder), "-o", str(output)]
    assert main(words) == 0

    written = pydicom.dcmread(output)
    (referred,) = written.CurrentRequestedProcedureEvidenceSequence
    uids = {
        item.ReferencedSOPInstanceUID
        for entry in referred.ReferencedSeriesSequence
        for item in entry.ReferencedSOPSequence
    }
    assert uids == {str(pydicom.dcmread(name).SOPInstanceUID) for name in names}
    assert "Enhancing tumour" in {group.tracking for group in read_sr(output)}


@pytest.mark.slow
def test_a_real_tumour_becomes_a_page(shared_data, tmp_path):
    study = shared_data / "glioma" / "msd-brats-001"
    files = {path.name.partition(".")[0].rpartition("-")[2]: path for path in study.iterdir()}
    seg = next(path for name, path in files.items() if "seg" in name)
    t1c = next(path for name, path in files.items() if "t1c" in name)
    output = tmp_path / "report.html"

    assert main(["report", str(seg), "--image", str(t1c), "-o", str(output)]) == 0

    found = Page(output.read_text(encoding="utf-8"))
    assert found.tags.count("img") == 3
    labels = sitk.GetArrayFromImage(sitk.ReadImage(str(seg)))
    assert f"{np.count_nonzero(labels) / 1000:.5g}" in found.text  # voxels of 1 mm3, in ml
