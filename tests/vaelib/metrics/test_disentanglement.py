"""MIG, SAP and the FactorVAE score, where the answer is known and against brute force."""

import itertools

import numpy as np
import pytest
from scipy import stats

from vaelib.metrics.disentanglement import (
    factor_vae_score,
    mutual_information,
    mutual_information_gap,
    sap_score,
)

SIZES = (1, 3, 4, 5, 5)  # the first factor never changes, the second is a category
CLASSES = np.indices(SIZES).reshape(len(SIZES), -1).T
PERFECT = stats.zscore(CLASSES[:, 1:].astype(float))
rng = np.random.default_rng(0)


def sap(codes):
    return sap_score(codes, CLASSES, categorical=(1,))


def turned(codes):
    """The last two dimensions, turned by 45°."""
    a, b = codes[:, -2:].T
    return np.column_stack([codes[:, :-2], (a + b) / np.sqrt(2), (a - b) / np.sqrt(2)])


def test_perfect_codes_get_the_best_score_there_is():
    assert mutual_information_gap(PERFECT, CLASSES) == pytest.approx(1)
    assert factor_vae_score(PERFECT, CLASSES) == 1
    # Without any information a threshold gets one of three shapes right.
    assert sap(PERFECT) == pytest.approx((2 / 3 + 3) / 4)


def test_the_order_scale_and_sign_of_the_numbers_do_not_matter():
    changed = PERFECT[:, [2, 0, 3, 1]] * [3, -1, 20, -0.5] + 7
    assert mutual_information_gap(changed, CLASSES) == pytest.approx(1)
    assert factor_vae_score(changed, CLASSES) == 1
    assert sap(changed) == pytest.approx((2 / 3 + 3) / 4)


def test_a_code_that_says_everything_twice_has_no_gap_but_gets_every_vote():
    twice = np.concatenate([PERFECT, PERFECT], axis=1)
    assert mutual_information_gap(twice, CLASSES) == pytest.approx(0)
    assert sap(twice) == pytest.approx(0)
    assert factor_vae_score(twice, CLASSES) == 1


def test_a_rotation_by_45_degrees_closes_the_gap_of_two_factors():
    codes = turned(PERFECT)
    assert mutual_information_gap(codes, CLASSES) == pytest.approx(2 / 4, abs=1e-9)
    assert sap(codes) == pytest.approx((2 / 3 + 1) / 4)
    # Two of four factors are decided by chance: 3/4 on average, and a majority finds a bit more.
    assert 0.7 < factor_vae_score(codes, CLASSES) < 0.87


def test_a_factor_that_is_missing_costs_its_share():
    codes = PERFECT[:, :-1]
    assert mutual_information_gap(codes, CLASSES) == pytest.approx(3 / 4)
    assert sap(codes) == pytest.approx((2 / 3 + 2) / 4)
    assert 0.7 < factor_vae_score(codes, CLASSES) < 0.8  # its votes go to the others


def test_noise_gets_almost_nothing():
    codes = np.random.default_rng(1).normal(size=(20 * len(CLASSES), 4))
    classes = np.tile(CLASSES, (20, 1))
    assert mutual_information_gap(codes, classes) < 0.01
    assert sap_score(codes, classes, categorical=(1,)) < 0.01
    assert 0.2 < factor_vae_score(codes, classes) < 0.33  # chance is 1/4


def test_numbers_that_are_silent_do_not_count():
    silent = 0.001 * np.random.default_rng(2).normal(size=(len(CLASSES), 3))
    codes = np.concatenate([PERFECT, silent], axis=1)
    assert factor_vae_score(codes, CLASSES) == 1
    assert sap(codes) == pytest.approx(sap(PERFECT))
    assert factor_vae_score(silent, CLASSES) == 1 / 4
    assert mutual_information_gap(np.zeros((len(CLASSES), 2)), CLASSES) == 0


def test_mutual_information_of_a_2_by_2_table_is_exact():
    """Counts 3, 1, 1, 3: ln 2 − H(1/4)."""
    codes = np.array([0, 0, 0, 0, 1, 1, 1, 1.0])[:, None]
    classes = np.array([0, 0, 0, 1, 0, 1, 1, 1])[:, None]
    exact = np.log(2) + 0.75 * np.log(0.75) + 0.25 * np.log(0.25)
    assert mutual_information(codes, classes)[0, 0] == pytest.approx(exact)


def test_mutual_information_agrees_with_a_histogram():
    codes, classes = rng.normal(size=(500, 3)), rng.integers(0, 4, size=(500, 2))
    codes[:, 0] += classes[:, 1]
    for i, k in itertools.product(range(3), range(2)):
        joint = np.histogram2d(codes[:, i], classes[:, k], bins=(20, np.arange(5) - 0.5))[0] / 500
        product = joint.sum(1, keepdims=True) * joint.sum(0)
        exact = stats.entropy(joint.ravel(), product.ravel())
        assert mutual_information(codes, classes)[i, k] == pytest.approx(exact)


def test_sap_agrees_with_trying_all_thresholds():
    codes, values = rng.normal(size=(40, 3)).round(1), rng.integers(0, 3, size=(40, 2))
    codes[:, 1] += values[:, 0]
    scores = np.zeros((3, 2))
    for j, code in enumerate(codes.T):
        cuts = np.concatenate([[-np.inf], np.unique(code), [np.inf]])
        for low, high in itertools.combinations_with_replacement(cuts, 2):
            part = (code > low).astype(int) + (code > high)
            for names in itertools.permutations(range(3)):
                right = np.array(names)[part] == values[:, 0]
                share = np.mean([right[values[:, 0] == c].mean() for c in range(3)])
                scores[j, 0] = max(scores[j, 0], share)
        scores[j, 1] = stats.linregress(code, values[:, 1]).rvalue ** 2
    expected = np.mean(np.sort(scores, axis=0)[-1] - np.sort(scores, axis=0)[-2])
    assert sap_score(codes, values, categorical=(0,)) == pytest.approx(expected)


def test_the_same_seed_gives_the_same_votes():
    codes = turned(PERFECT)
    assert factor_vae_score(codes, CLASSES, seed=3) == factor_vae_score(codes, CLASSES, seed=3)
    assert factor_vae_score(codes, CLASSES, seed=3) != factor_vae_score(codes, CLASSES, seed=4)


@pytest.mark.parametrize("score", [mutual_information_gap, sap_score, factor_vae_score])
def test_arrays_that_do_not_fit_are_refused(score):
    with pytest.raises(ValueError, match=rf"^{score.__name__}: codes must be \(n, d\)"):
        score(PERFECT[1:], CLASSES)
    with pytest.raises(ValueError, match="no factor changes"):
        score(PERFECT, CLASSES[:, :1])


@pytest.mark.parametrize("score", [mutual_information_gap, sap_score])
def test_a_gap_needs_two_latent_dimensions(score):
    with pytest.raises(ValueError, match="no second best dimension"):
        score(PERFECT[:, :1], CLASSES)
