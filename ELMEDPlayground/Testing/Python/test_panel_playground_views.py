"""The views, painted: what a user sees of them, and what a slide shows."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch", reason="PyTorch is not installed")

NAME = "ELMEDPlayground"

CLOUDS = {
    "data": {"kind": "gaussians", "count": 200, "noise": 0.0, "test_share": 0.5, "seed": 0},
    "network": {"layers": [{"kind": "dense", "neurons": 6, "activation": "tanh"}]},
    "settings": {"optimiser": "adam", "learning_rate": 0.05, "batch": 32, "seed": 0},
}
DIGITS = {
    "data": {"kind": "digits", "count": 300, "canvas": 12, "test_share": 0.5, "seed": 0},
    "network": {
        "layers": [
            {"kind": "conv", "filters": 6, "kernel": 3, "padding": 1, "activation": "relu"},
            {"kind": "pool", "mode": "max", "size": 2},
            {"kind": "conv", "filters": 8, "kernel": 3, "padding": 1, "activation": "relu"},
            {"kind": "global_pool", "mode": "max"},
        ]
    },
    "settings": CLOUDS["settings"],
}
LONG_NAMES = {
    "data": {"kind": "cifar-like", "count": 100, "test_share": 0.5, "seed": 0},
    "network": {"layers": [{"kind": "dense", "neurons": 40, "activation": "relu"}]},
    "settings": CLOUDS["settings"],
}
GENERATOR = {"generate": {"kind": "eight-gaussians", "seed": 0}}
GAN = {"generate": {"model": "gan", "seed": 0}}
VAE = {"generate": {"model": "vae", "seed": 0}}
TEXT = {"generate": {"model": "text", "seed": 0}}
BLUE, ORANGE = (0, 114, 178), (230, 159, 0)
SLIDE = (1440, 1920)
SMALLEST_LETTERS = 9
"""Pixels on a picture that is painted 640 pixels wide: 27 of 1920."""

ALL_VIEWS = {
    "decision-map",
    "neurons",
    "curves",
    "hidden-space",
    "representations",
    "probe",
    "weights",
    "confusion",
    "mistakes",
    "kernels",
    "feature-maps",
    "one-convolution",
    "saliency",
    "grad-cam",
    "shift",
    "generated",
    "noising",
    "score-field",
    "generative-curves",
    "generator-warp",
    "discriminator-map",
    "latent-space",
    "latent-walk",
    "reconstruction",
    "slices-walk",
    "text-written",
    "text-next",
    "text-attention",
    "text-tokens",
    "text-curves",
}


@pytest.fixture(scope="module")
def sessions(sample_study):
    """Learnt experiments: clouds of points, digits, images with long names, a generator."""
    from ELMEDPlaygroundLib.session import Session

    slices = {"images": {"flair": str(sample_study["flair"])}, "labels": str(sample_study["seg"])}
    made = {}
    specs = {
        "clouds": CLOUDS,
        "digits": DIGITS,
        "long names": LONG_NAMES,
        "generator": GENERATOR,
        "gan": GAN,
        "vae": VAE,
        "text": TEXT,
        "slices": {"generate": {"model": "slices-vae", "subjects": [slices]}},
    }
    for name, spec in specs.items():
        session = Session()
        summary = session.create(spec)["summary"]
        session.advance({"steps": 60 if name != "slices" else 10})
        made[name] = (session, summary)
    return made


@pytest.fixture
def painted(host, panel, sessions):
    """Paint a view of an experiment as for a slide, and return its pixels, (y, x, rgb)."""
    from ELMEDPlaygroundLib.arrays import decode
    from ELMEDPlaygroundWidgets.views import makeViews

    views = {view.name: view for view in makeViews()}

    def paint(which, name):
        session, summary = sessions[which]
        view = views[name]
        if not view.suits(summary):
            return None
        view.clear()
        request = {**view.request(), **({"right": 2} if name == "shift" else {})}
        view.show(decode(session.view({"views": {name: request}})["views"][name]))
        picture = view.picture()
        picture = picture.convertToFormat(picture.Format.Format_RGB888)
        rows = np.frombuffer(picture.constBits(), np.uint8)
        rows = rows.reshape(picture.height(), picture.bytesPerLine())
        return rows[:, : 3 * picture.width()].reshape(picture.height(), picture.width(), 3)

    paint.names = list(views)
    return paint


def near(pixels, colour, within=60):
    return (np.abs(pixels.astype(int) - colour).max(axis=-1) < within).mean()


def test_map_is_blue_where_the_blue_cloud_lies_and_orange_where_the_other_does(painted):
    pixels = painted("clouds", "decision-map")
    coloured = (pixels.max(axis=-1).astype(int) - pixels.min(axis=-1)) > 60
    rows, columns = (np.flatnonzero(coloured.mean(axis=axis) > 0.3) for axis in (1, 0))
    square = pixels[rows[0] : rows[-1], columns[0] : columns[-1]]
    side = len(square) // 5
    assert square.shape[0] == pytest.approx(square.shape[1], abs=6)
    assert near(square[-side:, :side], BLUE) > 0.8
    assert near(square[:side, -side:], ORANGE) > 0.8


def test_every_view_makes_a_picture_for_a_slide_in_which_no_word_is_cut(painted, monkeypatch):
    from ELMEDPlaygroundWidgets.views import images_painting

    cut, small = [], []
    shorten = images_painting.shortened

    def watched(painter, line, width):
        found = shorten(painter, line, width)
        if found != line:
            cut.append((which, name, found))
        if painter.font().pixelSize() < SMALLEST_LETTERS:
            small.append((which, name, line))
        return found

    monkeypatch.setattr(images_painting, "shortened", watched)
    assert set(painted.names) == ALL_VIEWS
    seen = set()
    for which in ("clouds", "digits", "long names", "generator", "gan", "vae", "text", "slices"):
        for name in painted.names:
            pixels = painted(which, name)
            if pixels is None:
                continue
            seen.add(name)
            assert pixels.shape[:2] == SLIDE, name
            assert (pixels != 255).any(axis=-1).mean() > 0.02, name
            assert len(np.unique(pixels[::4, ::4] @ np.array([65536, 256, 1]))) > 20, name
    assert seen == ALL_VIEWS
    assert cut == []
    assert small == []


def test_a_picture_for_a_slide_leaves_what_can_be_clicked_where_it_is(host, panel, sessions):
    from ELMEDPlaygroundLib.arrays import decode
    from ELMEDPlaygroundWidgets.views import makeViews

    session, _ = sessions["digits"]
    view = next(view for view in makeViews() if view.name == "confusion")
    view.show(decode(session.view({"views": {"confusion": {}}})["views"]["confusion"]))
    view.widget.resize(420, 300)
    view.widget.grab()
    before = list(view.canvas.spots)
    view.picture()
    assert len(before) == 100
    assert view.canvas.spots == before


def test_two_quick_clicks_turn_to_the_image_after_the_next(panel):
    view = next(view for view in panel.panel.views.views if view.name == "feature-maps")
    view.data = {"image": 5, "image_count": 10}
    view.turn(1)
    view.turn(1)  # before there is an answer
    assert view.request()["image"] == 7
    view.clear()


def test_hidden_space_offers_every_layer(host, panel):
    bench = panel.panel.bench
    host.wait_until(lambda: bench.summary is not None, 120)
    view = next(view for view in panel.panel.views.views if view.name == "hidden-space")
    titles = [view.layerCombo.itemText(place) for place in range(view.layerCombo.count)]
    assert titles[:2] == ["last hidden layer", "input"]
    assert titles[-1] == "output"
    assert "dense1" in titles
