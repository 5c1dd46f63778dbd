"""The views of points and representations, painted: what a user sees of them."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch", reason="PyTorch is not installed")

NAME = "ELMEDPlayground"

SPEC = {
    "data": {"kind": "gaussians", "count": 200, "noise": 0.0, "test_share": 0.5, "seed": 0},
    "network": {"layers": [{"kind": "dense", "neurons": 6, "activation": "tanh"}]},
    "settings": {"optimiser": "adam", "learning_rate": 0.05, "batch": 32, "seed": 0},
}
BLUE, ORANGE = (0, 114, 178), (230, 159, 0)


@pytest.fixture(scope="module")
def learnt():
    from ELMEDPlaygroundLib.experiment.experiment import Experiment

    clouds = Experiment(SPEC)
    clouds.advance(steps=200)
    return clouds


@pytest.fixture
def painted(host, panel, learnt):
    """Paint a view of the learnt experiment, and return its pixels, (y, x, rgb)."""
    from ELMEDPlaygroundLib.views import look

    summary = {
        "input_shape": [2],
        "classes": list(learnt.data.classes),
        "layers": [
            {"name": row.name, "kind": row.kind, "shape": list(row.shape), "parameters": 0}
            for row in learnt.design.summary()
        ],
    }

    def paint(name):
        from ELMEDPlaygroundWidgets.views import makeViews

        view = next(view for view in makeViews() if view.name == name)
        assert view.suits(summary)
        view.widget.resize(520, 460)
        view.show(look(learnt, {name: view.request()})[name])
        picture = view.picture().convertToFormat(view.picture().Format.Format_RGB888)
        rows = np.frombuffer(picture.constBits(), np.uint8)
        rows = rows.reshape(picture.height(), picture.bytesPerLine())
        return rows[:, : 3 * picture.width()].reshape(picture.height(), picture.width(), 3)

    return paint


def near(pixels, colour, within=60):
    return (np.abs(pixels.astype(int) - colour).max(axis=-1) < within).mean()


def test_map_is_blue_where_the_blue_cloud_lies_and_orange_where_the_other_does(painted):
    pixels = painted("decision-map")
    middle_x, middle_y = pixels.shape[1] // 2, (pixels.shape[0] - 22) // 2
    lower_left = pixels[middle_y + 150 : middle_y + 190, middle_x - 190 : middle_x - 150]
    upper_right = pixels[middle_y - 190 : middle_y - 150, middle_x + 150 : middle_x + 190]
    assert near(lower_left, BLUE) > 0.9
    assert near(upper_right, ORANGE) > 0.9


@pytest.mark.parametrize("name", ["neurons", "hidden-space", "probe", "weights", "curves"])
def test_view_paints_something_to_see(painted, name):
    pixels = painted(name)
    background = pixels[-1, -1]
    assert (pixels != background).any(axis=-1).mean() > 0.02
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 20


def test_hidden_space_offers_every_layer(host, panel):
    bench = panel.panel.bench
    host.wait_until(lambda: bench.summary is not None, 120)
    view = next(view for view in panel.panel.views.views if view.name == "hidden-space")
    titles = [view.layerCombo.itemText(place) for place in range(view.layerCombo.count)]
    assert titles[:2] == ["last hidden layer", "input"]
    assert titles[-1] == "output"
    assert "dense1" in titles
