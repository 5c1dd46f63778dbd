"""A small language model: what it foretells, how well, and what it never looks at."""

from __future__ import annotations

import copy
import json
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("torch", reason="PyTorch is not installed")

import torch

from ELMEDLib.errors import InputError
from ELMEDPlaygroundLib.arrays import decode
from ELMEDPlaygroundLib.generative.models import begin
from ELMEDPlaygroundLib.generative.text import corpus as corpora
from ELMEDPlaygroundLib.generative.text.counting import loss_of_counting, probabilities
from ELMEDPlaygroundLib.generative.text.network import LanguageModel, loss_of
from ELMEDPlaygroundLib.generative.text.writing import at_temperature, entropy_of, write
from ELMEDPlaygroundLib.session import Session

SMALL = {"model": "text", "layers": 1, "heads": 2, "width": 16, "context": 16, "batch": 4}
GOAL, GOAL_S = 2.6, 30.0
LEARNT_STEPS = 400
PROMPT = "Catherine was "


@pytest.fixture(scope="module")
def learnt():
    """A model that has learnt for some seconds, and the processor seconds that it took."""
    session, begun = Session(), time.process_time()
    session.create({"generate": {"model": "text", "seed": 0}})
    session.advance({"steps": LEARNT_STEPS})
    return session, time.process_time() - begun


@pytest.fixture
def text_file(tmp_path):
    path = tmp_path / "own.txt"
    path.write_text("The mass is in the left lobe. No other mass was seen.\n" * 120, "utf-8")
    return path


def seen(session, name, **options):
    return decode(session.view({"views": {name: options}})["views"][name])


# Learning


def test_the_shipped_text_is_foretold_within_thirty_seconds_of_one_core(learnt):
    session, seconds = learnt

    assert seconds <= GOAL_S
    assert session.experiment.validate() <= GOAL
    assert session.experiment.validate() < session.experiment.count()["bigram"]


def test_before_learning_it_is_no_better_than_choosing_by_lot():
    experiment = begin({**SMALL, "width": 64, "context": 64})

    by_lot = np.log(len(experiment.corpus.characters))
    assert experiment.history[0]["validation"] == pytest.approx(by_lot, abs=0.3)


def test_held_out_characters_are_never_learnt_from():
    corpus = corpora.shipped()
    length = 65
    learnt = np.zeros(len(corpus.codes), bool)
    for start in corpus.starts(length):
        learnt[start : start + length] = True

    assert not (learnt & corpus.held).any()
    assert learnt[~corpus.held].mean() > 0.99
    assert corpus.held.mean() == pytest.approx(0.1, abs=0.005)
    rows = corpus.held_out(length)
    blocks = corpus.codes[corpus.held].reshape(-1, corpora.BLOCK)
    assert np.array_equal(rows[0], blocks[0, :length])
    assert np.array_equal(rows[1], blocks[0, length - 1 : 2 * length - 1])


def test_the_loss_is_that_of_the_definition():
    torch.manual_seed(0)
    network = LanguageModel(9, 16, 2, 2, 12)
    rows = torch.randint(9, (3, 13))
    with torch.no_grad():
        loss, shares = float(loss_of(network, rows)), network(rows[:, :-1]).softmax(-1)
    losses = [-shares[n, k, rows[n, k + 1]].log() for n in range(3) for k in range(12)]

    assert loss == pytest.approx(float(torch.stack(losses).mean()))


def test_the_same_seed_gives_the_same_and_looking_on_changes_nothing():
    one, two, other = (begin({**SMALL, "seed": seed}) for seed in (3, 3, 4))
    for experiment in (one, two, other):
        experiment.advance(steps=15)
        if experiment is two:
            experiment.sheet(PROMPT, 1.0)
        experiment.advance(steps=15)

    assert torch.equal(one.weights.values, two.weights.values)
    assert not torch.equal(one.weights.values, other.weights.values)


# Attention


def test_no_character_looks_at_a_later_one_not_even_a_bit(learnt):
    shown = seen(learnt[0], "text-attention", prompt="It is a truth universally known")
    weights = shown["weights"]
    later = np.triu(np.ones(weights.shape[-2:], bool), 1)

    assert weights.shape == (2, 4, 31, 31)
    assert (weights[..., later] == 0.0).all()
    assert np.allclose(weights.sum(axis=-1), 1.0, atol=1e-5)
    assert (weights[..., ~later] > 0.0).mean() > 0.99, "what came before may be looked at"


def test_a_later_character_changes_nothing_of_what_was_foretold_before_it(learnt):
    network = learnt[0].experiment.network
    codes = torch.from_numpy(learnt[0].experiment.prompt_codes("the general was not"))
    changed = codes.clone()
    changed[10:] = changed[10:].flip(0)
    with torch.no_grad():
        before, after = network(codes[None])[0], network(changed[None])[0]

    assert torch.equal(before[:10], after[:10])
    assert not torch.equal(before[10:], after[10:])


def test_what_is_shown_of_attention_is_what_the_network_computes(learnt):
    network = learnt[0].experiment.network
    codes = torch.from_numpy(learnt[0].experiment.prompt_codes("Mrs. Allen"))[None]
    with torch.no_grad():
        values = network.begun(codes)
        block = network.blocks[0]
        _, _, value = block.parts(values)
        looks = (block.attention(values) @ value).transpose(1, 2).flatten(2)
        middle = values + block.seen(looks)
        inner = torch.nn.functional.gelu(block.inner(block.before_computing(middle)))
        by_hand = middle + block.outer(inner)

        assert torch.allclose(by_hand, block(values), atol=1e-5)


def test_a_head_of_the_first_layer_finds_the_character_just_before(learnt):
    experiment = learnt[0].experiment
    codes = torch.from_numpy(experiment.corpus.held_out(64)[5])
    with experiment.averaged():
        looks = experiment.network.attention(codes)

    before = looks.diagonal(-1, dim1=-2, dim2=-1).mean(dim=-1)
    assert float(before[0].max()) > 0.5


# Temperature


@given(
    st.lists(st.floats(-8, 8), min_size=2, max_size=30).map(torch.tensor),
    st.floats(0.05, 5.0),
    st.floats(0.05, 5.0),
)
@settings(max_examples=60, deadline=None)
def test_entropy_never_falls_when_the_temperature_rises(logits, one, other):
    cold, warm = (at_temperature(logits.double(), t) for t in sorted((one, other)))

    assert float(entropy_of(cold)) <= float(entropy_of(warm)) + 1e-9
    assert float(warm.sum()) == pytest.approx(1.0)
    assert float(entropy_of(at_temperature(logits, None))) == 0.0


def test_what_is_written_grows_more_surprising_with_temperature(learnt):
    experiment = learnt[0].experiment
    temperatures = (0.2, 0.5, 1.0, 2.0)
    sheets = [experiment.write(PROMPT, 120, t) for t in temperatures]
    surprise = [float(sheet.surprise.mean()) for sheet in sheets]
    entropy = [float(sheet.entropy.mean()) for sheet in sheets]
    kinds = [len(set(sheet.codes.tolist())) for sheet in sheets]

    assert surprise == sorted(surprise)
    assert entropy == sorted(entropy)
    assert kinds[0] < kinds[-1]


def test_greedy_writing_takes_the_likeliest_each_time_and_repeats_itself(learnt):
    experiment = learnt[0].experiment
    greedy = [experiment.write(PROMPT, 100, None, draw).codes for draw in (0, 1)]
    by_lot = [experiment.write(PROMPT, 100, 1.0, draw).codes for draw in (0, 1)]
    text = PROMPT + experiment.corpus.decode(greedy[0].numpy())
    shown = seen(learnt[0], "text-next", prompt=text[: len(PROMPT) + 20], temperature=1.0)

    assert torch.equal(*greedy)
    assert not torch.equal(*by_lot)
    assert shown["characters"][shown["plain"].argmax()] == text[len(PROMPT) + 20]
    assert len(set(greedy[0].tolist())) < len(set(by_lot[0].tolist()))


def test_sampling_follows_the_probabilities():
    torch.manual_seed(1)
    network = LanguageModel(5, 8, 1, 1, 4)
    chance = torch.Generator().manual_seed(0)
    prompt = torch.tensor([2])
    with torch.no_grad():
        network.meanings.weight.mul_(12)
        shares = at_temperature(network(prompt[None])[0, -1], 1.3)
        drawn = [int(write(network, prompt, 1, 1.3, chance).codes[0]) for _ in range(2000)]

    found = np.bincount(drawn, minlength=5) / 2000
    assert float(shares.max()) > 0.25
    assert np.abs(found - shares.numpy()).max() < 0.04


# Counting


def test_counting_is_a_probability_and_sees_what_it_has_counted():
    corpus = corpora.make_corpus("ab", "ab" * 3000)
    kinds = np.arange(2)
    rows = np.stack([np.repeat(0, 2), kinds], axis=1)

    assert probabilities(corpus, 2, rows)[:, 1].sum() == pytest.approx(1.0)
    assert loss_of_counting(corpus, 2, corpus.held_out(17)) < 0.01
    assert loss_of_counting(corpus, 1, corpus.held_out(17)) == pytest.approx(np.log(2), abs=0.01)


def test_counts_of_the_shipped_text_sum_to_one_after_any_history():
    corpus = corpora.shipped()
    kinds = len(corpus.characters)
    for history in ("e ", "Cath", "zqxj"):
        codes, _ = corpus.encode(history)
        rows = np.concatenate([np.tile(codes, (kinds, 1)), np.arange(kinds)[:, None]], axis=1)
        assert probabilities(corpus, 5, rows)[:, -1].sum() == pytest.approx(1.0)


# The text


def test_numbers_stand_for_characters_and_back():
    corpus = corpora.shipped()
    codes, strange = corpus.encode("Miss Tilney é")

    assert corpus.decode(codes) == "Miss Tilney "
    assert strange == "é"


def test_a_text_of_the_user_is_learnt(text_file):
    session = Session()
    spec = {**SMALL, "file": str(text_file), "learning_rate": 0.01}
    summary = session.create({"generate": spec})["summary"]
    before = session.experiment.history[0]["validation"]
    session.advance({"steps": 200})

    assert summary["data"] == "own.txt"
    assert session.experiment.history[-1]["validation"] < before / 2
    assert seen(session, "text-written")["prompt"] == "The mass is in"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"too short", "too short"),
        ("Größe".encode("latin-1") * 2000, "UTF-8"),
        (b"\0" * 6000, "no plain text"),
        (b"a" * 5_000_001, "MB"),
        (None, "cannot be read"),
    ],
)
def test_what_is_no_text_to_learn_from_is_refused_with_advice(tmp_path, content, said):
    path = tmp_path / "own.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=said) as caught:
        begin({**SMALL, "file": str(path)})
    assert caught.value.advice
    assert str(tmp_path) not in str(caught.value)


def test_rare_characters_are_one_character(tmp_path):
    text = "".join(chr(0x4E00 + n) for n in range(200)) * 3 + "plain text " * 600
    corpus = corpora.make_corpus("mixed", text)

    assert len(corpus.characters) == corpora.MOST_CHARACTERS
    assert corpora.RARE in corpus.characters
    assert corpus.decode(corpus.encode("pé")[0]) == f"p{corpora.RARE}"


@pytest.mark.parametrize(
    "spec",
    [{"width": 30, "heads": 4}, {"layers": 0}, {"context": 4000}, {"file": 3}, {"unknown": 1}],
)
def test_what_is_not_allowed_says_what_is(spec):
    with pytest.raises(InputError) as caught:
        begin({"model": "text", **spec})
    assert caught.value.advice


# Keeping


def test_a_saved_model_goes_on_as_it_would_have():
    throughout, session = Session(), Session()
    for one in (throughout, session):
        one.create({"generate": SMALL})
        one.advance({"steps": 60})
    state = json.loads(json.dumps(session.save({})["state"]))
    loaded = Session()
    assert loaded.load({"state": state})["summary"]["generates"] == "text"
    for one in (throughout, loaded):
        one.advance({"steps": 60})

    assert loaded.experiment.history == throughout.experiment.history
    assert torch.equal(loaded.experiment.average, throughout.experiment.average)


def test_a_saved_model_does_not_go_on_with_another_text(text_file):
    session = Session()
    session.create({"generate": {**SMALL, "file": str(text_file)}})
    state = copy.deepcopy(session.save({})["state"])
    text_file.write_text("Another text altogether, long enough to learn. " * 200, "utf-8")

    with pytest.raises(InputError, match="has changed"):
        session.load({"state": state})
    assert "Another" not in json.dumps(state), "a state holds no text: it may be private"


# Views


def test_next_characters_are_probabilities_and_the_prompt_matters(learnt):
    session, _ = learnt
    after_q = seen(session, "text-next", prompt="he was q", temperature=1.0)
    cold = seen(session, "text-next", prompt="he was q", temperature=0.3)

    assert after_q["shares"].sum() == pytest.approx(1.0, abs=1e-4)
    assert after_q["characters"][after_q["shares"].argmax()] == "u"
    assert cold["shares"].max() > after_q["shares"].max()
    assert cold["entropy"] < after_q["entropy"] < after_q["undecided"]


def test_tokens_are_the_numbers_that_the_network_gets(learnt):
    shown = seen(learnt[0], "text-tokens", prompt="so odd")
    places = [shown["characters"].index(one) for one in "so odd"]

    assert shown["codes"].tolist() == places
    assert np.array_equal(shown["vectors"][1], shown["vectors"][3]), "the same letter o"
    assert len(shown["foretold"]) == 6


def test_curves_have_what_counting_loses_beside_them(learnt):
    shown = seen(learnt[0], "text-curves")

    assert shown["step"].tolist() == list(range(0, LEARNT_STEPS + 1, 50))
    assert np.isnan(shown["loss"][0])
    assert shown["validation"][-1] < shown["validation"][0]
    assert shown["counted"]["five_gram"] < shown["counted"]["bigram"] < shown["undecided"]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("text-written", {"prompt": 7}),
        ("text-written", {"prompt": "a" * 401}),
        ("text-next", {"temperature": 0}),
        ("text-attention", {"layer": 2}),
        ("text-attention", {"head": -1}),
    ],
)
def test_wishes_that_make_no_sense_are_refused(learnt, name, options):
    with pytest.raises(InputError):
        learnt[0].view({"views": {name: options}})


def test_views_of_text_are_for_models_of_text():
    session = Session()
    session.create({"generate": {"model": "diffusion", "neurons": 4, "levels": 5}})
    with pytest.raises(InputError, match="learn a text"):
        session.view({"views": {"text-next": {}}})


# The command


def test_the_command_learns_a_file_and_writes(tmp_path, text_file, capsys):
    from ELMEDLib.command import main

    wish = ["--seconds", "1", "--prompt", "No é", "--temperature", "0", "--length", "50"]
    path = tmp_path / "written.txt"
    assert main(["generate", "--text", str(text_file), *wish, "-o", str(path)]) == 0
    said = capsys.readouterr().out

    assert path.read_text("utf-8").startswith("No é")
    assert len(path.read_text("utf-8")) == 55
    assert "nats a character" in said
    assert "not seen by the network: é" in said


@pytest.mark.parametrize(
    "wish",
    [["--temperature", "9"], ["--seconds", "-1"], ["--length", "0"], ["--text", "nowhere.txt"]],
)
def test_the_command_says_what_is_wrong_before_it_learns(wish, capsys):
    from ELMEDLib.command import main

    assert main(["generate", "--text", "--seconds", "1", *wish]) == 1
    assert capsys.readouterr().err
