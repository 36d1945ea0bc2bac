"""The bands of reference runs, and the sentence about a run beside them."""

import json
from importlib import resources

import numpy as np
import pytest

from vaelib import reference
from vaelib.reference import bands

FILE = resources.files("vaelib.reference").joinpath("bands.json")
RUNS = json.loads(FILE.read_text("utf-8"))["runs"]
NAME, SOURCE = "mlp_2", "keras"


def run(number=0):
    """One of the reference runs, as a history."""
    return {key: list(values[number]) for key, values in RUNS[f"{NAME}, real"].items()}


def say(history):
    return reference.verdict(history, NAME, SOURCE)


@pytest.mark.parametrize("name", RUNS)
def test_every_band_comes_from_five_seeds_or_more(name):
    assert all(len(values) >= 5 for values in RUNS[name].values())
    assert len({len(run) for values in RUNS[name].values() for run in values}) == 1


@pytest.mark.parametrize("name", RUNS)
def test_every_run_ends_in_the_band_of_the_others(name, monkeypatch):
    model, kind = name.split(", ")
    source = "synthetic" if kind == "synthetic" else "keras"
    for i in range(len(RUNS[name]["elbo"])):
        left_out = {key: values[:i] + values[i + 1 :] for key, values in RUNS[name].items()}
        monkeypatch.setattr(bands, "_runs", lambda runs={name: left_out}: runs)
        mine = {key: values[i] for key, values in RUNS[name].items()}
        assert "leave the tolerance" not in reference.verdict(mine, model, source)


def test_a_run_may_be_shorter_or_longer_than_the_reference():
    assert "within" in say({key: values[:2] for key, values in run().items()})
    longer = say({key: values + values[-1:] for key, values in run().items()})
    assert "within the tolerance around 6 reference runs in the first 20 epochs" in longer


def test_real_data_is_the_same_wherever_it_was_found_and_drawn_data_is_not():
    folder, keras, drawn = (
        reference.band("mlp_10_digits", source) for source in ("VAELIB_DATA", "keras", "synthetic")
    )
    np.testing.assert_array_equal(folder["elbo"], keras["elbo"])
    assert not np.allclose(folder["elbo"], drawn["elbo"])


def test_the_runs_themselves_lie_in_their_band():
    single = reference.runs(NAME, SOURCE)
    for key, (low, high) in reference.band(NAME, SOURCE).items():
        assert single[key].shape == (reference.seeds(NAME, SOURCE), len(low))
        assert np.all((low <= single[key]) & (single[key] <= high))


def test_a_model_without_runs_has_no_band():
    assert reference.band("nothing", SOURCE) is None
    assert reference.runs("nothing", SOURCE) is None
    assert "no reference runs of nothing" in reference.verdict(run(), "nothing", SOURCE)


def changed(**factors):
    """A run whose last epoch is another: its ELBO follows from the two parts."""
    history = run()
    for key, factor in factors.items():
        history[f"val_{key}"][-1] *= factor
    history["val_elbo"][-1] = -history["val_reconstruction"][-1] - history["val_kl"][-1]
    return history


@pytest.mark.parametrize(
    ("history", "meaning"),
    [
        (changed(kl=0.01, reconstruction=1.3), "collapse"),
        (changed(kl=20), "explodes"),
        (changed(kl=float("nan")), "explodes"),
        (changed(reconstruction=1 / 784, kl=1), "a mean taken for a sum"),
        (changed(reconstruction=1.2), "lower than it should be"),
        (changed(reconstruction=0.8), "higher than it should be"),
        (changed(kl=3, reconstruction=0.92), "weighs too little"),
        (changed(kl=0.3, reconstruction=1.1), "weighs too much"),
        (changed(kl=1.4, reconstruction=1.004), "share it in another way"),
    ],
)
def test_the_sentence_says_what_a_departure_usually_means(history, meaning):
    assert meaning in say(history)
    assert f"leave the tolerance: in epoch {len(history['elbo'])} " in say(history)


@pytest.mark.parametrize("name", RUNS)
def test_a_collapsed_run_leaves_every_band(name):
    model, kind = name.split(", ")
    history = {key: list(values[0]) for key, values in RUNS[name].items()}
    history["val_reconstruction"][-1] += history["val_kl"][-1]  # the same ELBO
    history["kl"][-1] = history["val_kl"][-1] = 0.0
    assert "means posterior collapse" in reference.verdict(history, model, kind)


def test_a_run_that_came_back_is_told_when_it_was_outside():
    history = run()
    history["kl"][1] = 1000.0
    assert "end within the tolerance" in say(history)
    assert "in epoch 2 the training KL is 1000.0, not " in say(history)


def test_the_sentence_names_the_images_and_the_quantity():
    assert "the test ELBO is " in say(changed(reconstruction=1.2))


@pytest.mark.parametrize(
    ("beta", "direction"), [(0.157, "weighs too little"), (5.0, "weighs too much")]
)
def test_a_weight_is_recognised_while_the_reconstruction_is_still_in_its_band(beta, direction):
    edges = reference.band(NAME, SOURCE)
    last = {key: [edge[-1] for edge in edges[f"val_{key}"]] for key in ("reconstruction", "kl")}
    side = 1 if beta < 1 else 0
    history = run()
    history["val_kl"][-1] = last["kl"][side] * (1.5 if side else 0.6)
    inner = last["reconstruction"][1 - side] - sum(last["reconstruction"]) / 2
    history["val_reconstruction"][-1] = sum(last["reconstruction"]) / 2 + inner / 2
    history["val_elbo"][-1] = 2 * edges["val_elbo"][0][-1]  # below its band
    assert direction in say(history)


def test_the_scores_under_three_binarizations_keep_what_a_bound_promises():
    scores = reference.binarization_scores()
    assert set(scores) == {"threshold", "static", "dynamic"}
    for score in scores.values():
        assert 0 < score["nll"] < -score["elbo"]  # the ELBO is a lower bound
        assert 0 < score["nll_error"] < 1
        assert 0 < score["elbo_error"] < 1
        assert 1 <= score["active_units"] <= 24
    dice = [scores[mode]["nll"] - scores["threshold"]["nll"] for mode in ("static", "dynamic")]
    assert min(dice) > 5  # the dice cost every model


def test_the_sweep_over_beta_is_what_theory_demands():
    sweep = reference.beta_sweep()
    assert list(sweep) == sorted(sweep)
    assert {0.5, 1.0, 4.0, 16.0} <= set(sweep)
    assert all(len(runs) >= 3 for runs in sweep.values())
    means = {beta: np.mean([run["rate"] for run in runs]) for beta, runs in sweep.items()}
    assert list(means.values()) == sorted(means.values(), reverse=True)  # β buys rate
    for runs in sweep.values():
        for run in runs:
            assert sum(run["kl_per_dimension"]) == pytest.approx(run["rate"], abs=0.01)
            parts = ("mutual_information", "total_correlation", "dimension_wise_kl")
            assert sum(run[part] for part in parts) == pytest.approx(run["rate"], abs=0.1)
            assert run["mutual_information"] <= np.log(14_400)
            assert all(0 <= run[score] <= 1 for score in ("mig", "sap", "factor_vae"))
