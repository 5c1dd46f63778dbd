"""Slices as points of a plane: the autoencoder on the bench, and the walk."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

pytest.importorskip("torch", reason="PyTorch is not installed")

from ELMEDLib.errors import InputError
from ELMEDPlaygroundLib.arrays import decode
from ELMEDPlaygroundLib.session import Session

STEPS = 60


@pytest.fixture(scope="module")
def spec(tmp_path_factory):
    """A head whose slices grow and move with their height."""
    z, y, x = (np.indices((42, 32, 32)) - np.array([21, 16, 16])[:, None, None, None]) * 1.0
    brain = (x - z / 6) ** 2 + y**2 < (14 - np.abs(z + 4) / 3) ** 2
    values = np.where(brain, 200 + 8 * z + 100 * (x > z / 3), 0)
    image = sitk.GetImageFromArray(values.astype(np.float32))
    image.SetSpacing((4.0, 4.0, 3.0))
    path = tmp_path_factory.mktemp("head") / "t1.nrrd"
    sitk.WriteImage(image, str(path))
    return {"model": "slices-vae", "subjects": [{"images": {"t1": str(path)}}], "seed": 0}


@pytest.fixture(scope="module")
def session(spec):
    session = Session()
    session.create({"generate": spec})
    session.advance({"steps": STEPS})
    return session


def test_two_numbers_come_to_keep_more_of_the_slices(session):
    first, last = session.experiment.history[0], session.experiment.history[-1]
    assert last["step"] == STEPS
    assert last["kept"] > first["kept"] + 0.2
    assert last["kept_held"] > first["kept_held"] + 0.1
    assert last["reconstruction"] > 0


def test_the_summary_names_slices_and_volumes(spec):
    summary = Session().create({"generate": spec})["summary"]
    assert summary["generates"] == "slices-vae"
    assert summary["channels"] == ["t1"]
    assert summary["classes"] == ["lower third", "middle third", "upper third"]
    assert summary["train"] > summary["test"] > 3


def walk(session, **options):
    return decode(session.view({"views": {"slices-walk": options}})["views"]["slices-walk"])


def test_walking_shows_the_slice_of_each_place(session):
    middle = walk(session)
    assert middle["grid"].shape == (7, 7, 48, 48)
    assert middle["at"] == [0.0, 0.0]
    assert np.abs(middle["grid"][3, 3].astype(int) - middle["picture"]).max() <= 1
    assert len(middle["points"]) == len(middle["targets"]) == len(middle["is_test"])
    assert set(middle["targets"]) <= {0, 1, 2}
    corner = walk(session, at=[-99.0, 99.0])
    assert corner["at"] == [-corner["extent"], corner["extent"]]
    assert np.abs(corner["picture"].astype(int) - middle["picture"]).mean() > 1
    learnt = session.experiment.learnt[:, 0].numpy()
    differences = np.abs(learnt - corner["nearest"] / 255.0).reshape(len(learnt), -1).max(axis=1)
    assert differences.min() < 0.003
    assert 0 < corner["apart"] < 1


def test_slices_near_each_other_in_the_head_are_near_each_other_in_the_plane(session):
    experiment = session.experiment
    codes = experiment.encode(experiment.learnt).numpy()
    steps = np.linalg.norm(np.diff(codes, axis=0), axis=1)
    far = np.linalg.norm(codes[:, None] - codes[None], axis=-1).mean()
    assert np.median(steps) < 0.5 * far


def test_what_makes_no_sense_is_said(session, spec):
    for options in ({"at": [1]}, {"at": "here"}, {"channel": 1}):
        with pytest.raises(InputError):
            walk(session, **options)
    with pytest.raises(InputError, match="not at hand"):
        Session().create({"generate": {**spec, "subjects": [{"images": {"t1": "/gone.nrrd"}}]}})
    with pytest.raises(InputError, match="no scan"):
        Session().create({"generate": {"model": "slices-vae"}})
    other = Session()
    other.create({"generate": {"kind": "moons"}})
    with pytest.raises(InputError, match="slices of a scan"):
        walk(other)


def test_it_is_saved_and_goes_on_as_it_would_have(spec):
    one = Session()
    one.create({"generate": spec})
    one.advance({"steps": 6})
    other = Session()
    other.load({"state": one.save({})["state"]})
    for session in (one, other):
        session.advance({"steps": 4})
    assert np.array_equal(
        one.experiment.weights.values.numpy(), other.experiment.weights.values.numpy()
    )


def test_it_goes_on_with_its_own_scan_alone(spec, tmp_path):
    image = sitk.ReadImage(spec["subjects"][0]["images"]["t1"])
    path = tmp_path / "t1.nrrd"
    sitk.WriteImage(image, str(path))
    session = Session()
    session.create({"generate": {**spec, "subjects": [{"images": {"t1": str(path)}}]}})
    state = session.save({})["state"]
    sitk.WriteImage(image[::-1, :, :], str(path))
    with pytest.raises(InputError, match="has changed since"):
        session.load({"state": state})
    sitk.WriteImage(image, str(path))
    session.load({"state": state})
    with pytest.raises(InputError, match="no text"):
        session.create({"generate": {**spec, "checksum": 5}})
