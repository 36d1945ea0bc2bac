"""Small dSprites: every combination once, in the order and with the columns of dSprites."""

import numpy as np
import pytest

from vaelib.data import sprites
from vaelib.data.sprites import SIZES


@pytest.fixture(scope="module")
def drawn():
    return sprites.small_dsprites()


def grid(drawn):
    """Images by shape, scale, orientation, x and y."""
    return drawn.images.reshape(*SIZES[1:], sprites.SIDE, sprites.SIDE)


def test_every_combination_stands_once_and_the_last_factor_changes_fastest(drawn):
    n = int(np.prod(SIZES))
    assert drawn.images.shape == (n, 32, 32, 1)
    assert drawn.images.dtype == np.float32
    radix = np.cumprod([1, *SIZES[:0:-1]])[::-1]  # as code for dSprites turns classes into an index
    np.testing.assert_array_equal(drawn.latents_classes @ radix, np.arange(n))


def test_values_belong_to_classes_and_rise_with_them(drawn):
    for classes, values, size in zip(
        drawn.latents_classes.T, drawn.latents_values.T, SIZES, strict=True
    ):
        levels = [np.unique(values[classes == i]) for i in range(size)]
        assert all(len(level) == 1 for level in levels)
        assert np.all(np.diff(np.concatenate(levels)) > 0)
    assert drawn.latents_values.min(axis=0).tolist() == [1, 1, 0.5, 0, 0, 0]
    np.testing.assert_allclose(
        drawn.latents_values.max(axis=0), [1, 3, 1, 2 * np.pi * 11 / 12, 1, 1]
    )


def test_pixels_are_black_or_white_and_no_sprite_is_cut_off(drawn):
    assert set(np.unique(drawn.images)) == {0, 1}
    areas = grid(drawn).sum(axis=(-1, -2))
    np.testing.assert_array_equal(areas, np.broadcast_to(areas[..., :1, :1], areas.shape))


def test_the_middle_of_a_sprite_is_where_the_position_says(drawn):
    """A square's and an ellipse's centre of mass; the position runs over 18 of the 32 px."""
    images = drawn.images[..., 0]
    places = np.arange(32)
    for axis, column in ((1, 4), (2, 5)):  # x from the columns, y from the rows
        centre = (images.sum(axis=axis) * places).sum(axis=1) / images.sum(axis=(1, 2))
        even = drawn.latents_classes[:, 1] < 2
        expected = 6.5 + 18 * drawn.latents_values[:, column]
        np.testing.assert_allclose(centre[even], expected[even], atol=0.35)


def test_the_area_follows_the_square_of_the_scale(drawn):
    areas = grid(drawn)[..., 0, 0, :, :].sum(axis=(-1, -2)).mean(axis=2)  # shape × scale
    scales = np.linspace(0.5, 1, SIZES[2])
    exact = np.array([[9.8**2], [np.pi * 6.9 * 3.6]]) * scales**2  # square, ellipse
    np.testing.assert_allclose(areas[:2], exact, rtol=0, atol=5)  # px, of 24 to 96


def test_orientation_turns_counterclockwise(drawn):
    """A quarter turn is three steps of twelve; numpy turns pictures counterclockwise, too."""
    middle = grid(drawn)[:, -1, :, 4:6, 4:6]
    for shape in (1, 2):
        for step in range(9):
            turned = np.rot90(middle[shape, step, 0, 0])  # about the middle of the picture
            there = middle[shape, step + 3, 0, 1]
            np.testing.assert_array_equal(turned, there)


def test_a_square_looks_the_same_after_a_quarter_turn_and_a_heart_does_not(drawn):
    middle = grid(drawn)[:, -1, :, 5, 5]
    np.testing.assert_array_equal(middle[0, 0], middle[0, 3])
    assert np.abs(middle[2, 0] - middle[2, 6]).sum() > 10
