"""Every value equals that of pyradiomics itself, where it is installed."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ELMEDLib.errors import ELMEDError
from ELMEDRadiomicsLib.backends import Options
from ELMEDRadiomicsLib.engine import extract
from ELMEDRadiomicsLib.settings import from_parameters

pytestmark = pytest.mark.slow
pytest.importorskip("radiomics", reason="pyradiomics is not installed (needs Python up to 3.11)")

SETTINGS = st.fixed_dictionaries(
    {"binWidth": st.sampled_from([0.5, 1, 3.7, 5, 25])},
    optional={
        "binCount": st.integers(1, 40),
        "normalize": st.booleans(),
        "normalizeScale": st.sampled_from([1, 100]),
        "removeOutliers": st.sampled_from([1, 2.5]),
        "resampledPixelSpacing": st.lists(
            st.sampled_from([0, 0.8, 1, 1.5, 2.5]), min_size=3, max_size=3
        ),
        "interpolator": st.sampled_from(["sitkBSpline", "sitkLinear", "sitkNearestNeighbor"]),
        "padDistance": st.integers(0, 6),
        "preCrop": st.booleans(),
        "distances": st.sampled_from([[1], [2], [1, 2], [1, 3]]),
        "force2D": st.booleans(),
        "force2Ddimension": st.integers(0, 2),
        "weightingNorm": st.sampled_from(["manhattan", "euclidean", "infinity", "no_weighting"]),
        "symmetricalGLCM": st.booleans(),
        "gldm_a": st.integers(0, 3),
        "voxelArrayShift": st.integers(-100, 300),
        "resegmentRange": st.sampled_from([[-1, 1.5], [-0.5]]),
        "resegmentMode": st.just("sigma"),
        "resegmentShape": st.booleans(),
        "minimumROIDimensions": st.integers(1, 3),
    },
)
TYPES = st.fixed_dictionaries(
    {"Original": st.just({})},
    optional={
        "Square": st.just({}),
        "SquareRoot": st.just({}),
        "Logarithm": st.just({}),
        "Exponential": st.just({}),
        "Gradient": st.fixed_dictionaries({"gradientUseSpacing": st.booleans()}),
        "Wavelet": st.fixed_dictionaries(
            {"wavelet": st.sampled_from(["coif1", "haar", "db2"]), "level": st.integers(1, 2)}
        ),
        "LoG": st.just({"sigma": [1.0, 2.0], "binWidth": 2}),
    },
)
KINDS = st.sampled_from(["noise", "smooth", "negative", "two values"])
MASKS = st.sampled_from(["ball", "scattered", "border", "full"])


def outcome(engine, images, mask, settings):
    try:
        return extract(images, mask, settings, [1], Options(engine=engine)).values()
    except ELMEDError:
        return None


@hypothesis_settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    setting=SETTINGS,
    types=TYPES,
    kind=KINDS,
    shape_of=MASKS,
    size=st.tuples(st.integers(4, 12), st.integers(4, 12), st.integers(4, 12)),
    spacing=st.tuples(*[st.sampled_from([0.7, 1.0, 2.0, 5.5])] * 3),
    turned=st.booleans(),
    seed=st.integers(0, 10**6),
)
def test_random_settings_equal_pyradiomics(  # noqa: PLR0917
    cases, setting, types, kind, shape_of, size, spacing, turned, seed
):
    image = cases.placed(cases.scan(seed, size, kind), spacing, turned=turned)
    mask = cases.placed(cases.blob(seed, size, shape_of), spacing, turned=turned)
    classes = {name: [] for name in (*cases.TEXTURE, "shape")}
    settings = from_parameters({"setting": setting, "imageType": types, "featureClass": classes})
    expected = outcome("pyradiomics", {"image": image}, mask, settings)
    found = outcome("elmed", {"image": image}, mask, settings)
    if expected is None or found is None:
        assert expected is None, "the elmed engine refuses what pyradiomics computes"
        return
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        if name.startswith("log-sigma"):
            spread = np.std(list(expected.values())) or 1
            assert found[name] == pytest.approx(value, rel=1e-6, abs=1e-6 * spread, nan_ok=True)
        else:
            assert found[name] == pytest.approx(value, rel=1e-9, abs=1e-11, nan_ok=True), name
