"""Codes to decode: the grid over a Gaussian, and the way from one code to another."""

import re
from statistics import NormalDist

import numpy as np
import pytest

from vaelib.codes import interpolate, quantile_grid, traversal

rng = np.random.default_rng(0)


def norms(z):
    return np.linalg.norm(z, axis=1)


def turned(z_a, z_b, steps):
    """An independent slerp: turn z_a in the plane of both, and stretch."""
    first = z_a / np.linalg.norm(z_a)
    second = z_b - (z_b @ first) * first
    second /= np.linalg.norm(second)
    angle = np.arctan2(z_b @ second, z_b @ first)
    t = np.linspace(0, 1, steps)[:, None]
    length = np.linalg.norm(z_a) + t * (np.linalg.norm(z_b) - np.linalg.norm(z_a))
    return length * (np.cos(t * angle) * first + np.sin(t * angle) * second)


@pytest.mark.parametrize("n", [1, 2, 5, 30])
def test_the_grid_stands_at_the_quantiles_and_reads_like_a_plane(n):
    """The first number from left to right, the second from the bottom to the top."""
    quantiles = [NormalDist().inv_cdf((i + 0.5) / n) for i in range(n)]
    expected = [(across, up) for up in reversed(quantiles) for across in quantiles]
    grid = quantile_grid(n)
    assert grid.shape == (n * n, 2)
    assert grid.dtype == np.float32
    np.testing.assert_allclose(grid, expected, rtol=1e-6, atol=1e-7)


def test_each_axis_of_the_grid_has_its_mean_and_standard_deviation():
    left, right = NormalDist(3, 0.5), NormalDist(-1, 2)
    grid = quantile_grid(3, mean=(3, -1), std=(0.5, 2)).reshape(3, 3, 2)
    for i, share in enumerate((1 / 6, 1 / 2, 5 / 6)):
        np.testing.assert_allclose(grid[:, i, 0], left.inv_cdf(share), rtol=1e-6)
        np.testing.assert_allclose(grid[2 - i, :, 1], right.inv_cdf(share), rtol=1e-6)


def test_one_mean_and_standard_deviation_serve_both_axes():
    np.testing.assert_allclose(quantile_grid(4, 1.5, 2.0), 1.5 + 2 * quantile_grid(4), rtol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 0}, "n must be at least 1, got 0"),
        ({"n": 3, "std": 0.0}, "std must be positive, got 0.0"),
        ({"n": 3, "std": (1.0, -1.0)}, "std must be positive"),
        ({"n": 3, "std": float("nan")}, "std must be positive"),
        ({"n": 3, "mean": np.zeros(3)}, "mean must be a number or (2,), got shape (3,)"),
    ],
)
def test_a_grid_that_cannot_be_is_refused(arguments, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        quantile_grid(**arguments)


def test_lerp_goes_straight_at_equal_steps():
    z = interpolate(np.array([0.0, 4.0]), np.array([1.0, 0.0]), 5)
    expected = [[0, 4], [0.25, 3], [0.5, 2], [0.75, 1], [1, 0]]
    np.testing.assert_array_equal(z, expected)
    assert z.dtype == np.float32


@pytest.mark.parametrize("kind", ["lerp", "slerp"])
@pytest.mark.parametrize("steps", [2, 3, 10])
def test_both_ends_are_exact(kind, steps):
    z_a, z_b = rng.normal(size=(2, 50)).astype("float32")
    z = interpolate(z_a, z_b, steps, kind)
    assert z.shape == (steps, 50)
    np.testing.assert_array_equal(z[0], z_a)
    np.testing.assert_array_equal(z[-1], z_b)


@pytest.mark.parametrize("latent_dim", [2, 3, 50])
def test_slerp_turns_in_the_plane_of_both_ends(latent_dim):
    z_a, z_b = rng.normal(size=(2, latent_dim))
    z = interpolate(z_a, z_b, 9, "slerp")
    np.testing.assert_allclose(z, turned(z_a, z_b, 9), rtol=1e-5, atol=1e-6)


def test_slerp_keeps_the_norm_where_both_ends_have_it_and_lerp_does_not():
    z_a, z_b = (7 * z / np.linalg.norm(z) for z in rng.normal(size=(2, 50)))
    np.testing.assert_allclose(norms(interpolate(z_a, z_b, 11, "slerp")), 7, rtol=1e-6)
    assert norms(interpolate(z_a, z_b, 11, "lerp")).min() < 6


def test_the_norm_of_slerp_changes_linearly():
    z = interpolate(np.array([1.0, 0.0]), np.array([0.0, 5.0]), 5, "slerp")
    np.testing.assert_allclose(norms(z), [1, 2, 3, 4, 5], rtol=1e-6)


@pytest.mark.parametrize("kind", ["lerp", "slerp"])
def test_equal_ends_stay_where_they_are(kind):
    z_a = rng.normal(size=6).astype("float32")
    np.testing.assert_allclose(interpolate(z_a, z_a, 4, kind), [z_a] * 4, rtol=1e-6)


def test_slerp_between_parallel_ends_is_straight():
    z_a = rng.normal(size=6).astype("float32")
    expected = np.linspace(1, 3, 5)[:, None] * z_a
    np.testing.assert_allclose(interpolate(z_a, 3 * z_a, 5, "slerp"), expected, rtol=1e-6)


@pytest.mark.parametrize("angle", [1e-9, 1e-7, 1e-5, 1e-3, 3.0, 3.1415])
def test_slerp_takes_equal_angles_whether_small_or_large(angle):
    z = interpolate(np.array([1.0, 0.0]), np.array([np.cos(angle), np.sin(angle)]), 5, "slerp")
    angles = np.arctan2(z[:, 1], z[:, 0])
    np.testing.assert_allclose(angles, angle * np.arange(5) / 4, rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize("stretch", [-1, -0.3])
def test_slerp_has_no_shortest_way_between_opposite_ends(stretch):
    z_a = rng.normal(size=50).astype("float32")
    with pytest.raises(ValueError, match="opposite directions"):
        interpolate(z_a, np.float32(stretch) * z_a, 5, "slerp")
    middle = interpolate(z_a, -z_a, 3, "lerp")[1]
    np.testing.assert_allclose(middle, 0, atol=1e-7)


@pytest.mark.parametrize("ends", [(np.zeros(3), np.ones(3)), (np.ones(3), np.zeros(3))])
def test_slerp_refuses_a_code_without_a_direction(ends):
    with pytest.raises(ValueError, match="code of zeros has none"):
        interpolate(*ends, 5, "slerp")
    assert np.isfinite(interpolate(*ends, 5, "lerp")).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((np.ones(3), np.ones(2), 5), "got (3,) and (2,)"),
        ((np.ones((1, 3)), np.ones((1, 3)), 5), "got (1, 3) and (1, 3)"),
        ((np.ones(3), np.ones(3), 1), "steps must be at least 2, got 1"),
        ((np.ones(3), np.ones(3), 5, "cubic"), '"lerp" or "slerp", got \'cubic\''),
    ],
)
def test_a_way_that_cannot_be_is_refused(arguments, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        interpolate(*arguments)


def test_a_traversal_moves_one_number_and_leaves_the_code_alone():
    z, values = rng.normal(size=5).astype("float32"), np.array([-2, 0.5, 3])
    before = z.copy()
    way = traversal(z, 3, values)
    np.testing.assert_array_equal(way[:, 3], values.astype("float32"))
    np.testing.assert_array_equal(np.delete(way, 3, axis=1), np.tile(np.delete(z, 3), (3, 1)))
    np.testing.assert_array_equal(z, before)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((np.zeros((2, 3)), 0, [1]), "(2, 3)"),
        ((np.zeros(3), 0, 1.0), "()"),
        ((np.zeros(3), 3, [1]), "0 to 2"),
        ((np.zeros(3), -1, [1]), "got -1"),
    ],
)
def test_a_traversal_that_cannot_be_is_refused(arguments, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        traversal(*arguments)
