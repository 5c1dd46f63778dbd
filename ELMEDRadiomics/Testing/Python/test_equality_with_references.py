"""Every value equals pyradiomics' (to 1e-9), by the values that `make_references.py` wrote."""

from ELMEDRadiomicsLib.engine import extract
from ELMEDRadiomicsLib.settings import from_parameters


def computed(case):
    settings = from_parameters(case.parameters)
    return extract({"image": case.image}, case.mask, settings, [case.label]).values()


def test_simulated_cases_equal_pyradiomics(cases, references, apart):
    different = {}
    for case in cases.simulated_cases():
        found = apart(computed(case), references[case.name])
        if found:
            different[case.name] = found
    assert not different


def test_real_studies_equal_pyradiomics(cases, references, apart, shared_data):
    different = {}
    for case in cases.real_cases(shared_data):
        found = apart(computed(case), references[case.name])
        if found:
            different[case.name] = found
    assert not different


def test_segments_computed_together_equal_those_computed_alone(cases):
    shape = (12, 14, 16)
    image = cases.placed(cases.scan(8, shape))
    both = cases.blob(0, shape)
    both[:, :6] *= 2
    mask = cases.placed(both)
    for parameters in (
        {"imageType": {"Original": {}, "Wavelet": {}, "LoG": {"sigma": [1.5]}}},
        cases.COURSE,
    ):
        settings = from_parameters(parameters)
        together = extract({"a": image, "b": image * 2}, mask, settings)
        for label in (1, 2):
            alone = extract({"a": image}, mask, settings, [label])
            assert alone.values() == together.values("a", label)


def test_threads_do_not_change_values(cases):
    case = next(cases.simulated_cases())
    from ELMEDRadiomicsLib.backends import Options

    images = {name: case.image + number for number, name in enumerate(("a", "b", "c"))}
    one = extract(images, case.mask)
    three = extract(images, case.mask, options=Options(threads=3))
    assert one.features == three.features
