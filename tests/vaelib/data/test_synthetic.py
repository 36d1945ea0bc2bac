"""Drawn digits and clothes are fast, repeatable, legible, and vary as their factors say."""

import time

import keras
import numpy as np
import pytest

from vaelib.data.synthetic.clothes import SLEEVES, synthetic_clothes
from vaelib.data.synthetic.digits import VARIANTS, synthetic_digits
from vaelib.data.synthetic.shapes import PATTERNS
from vaelib.data.synthetic.strokes import render_strokes

BOTH = pytest.mark.parametrize("draw", [synthetic_digits, synthetic_clothes])


@pytest.fixture(scope="module")
def digits():
    return synthetic_digits(4000, seed=3)


@pytest.fixture(scope="module")
def clothes():
    return synthetic_clothes(4000, seed=3)


def correlation(a, b):
    return np.corrcoef(a, b)[0, 1]


def centre_of_mass(image):
    """Column and row, in px."""
    rows, columns = np.indices(image.shape)
    return np.array([np.sum(columns * image), np.sum(rows * image)]) / image.sum()


def leaning(images):
    """Degrees to the right by which the ink leans, from its second moments."""
    angles = []
    for image in images:
        column, row = centre_of_mass(image)
        rows, columns = np.indices(image.shape)
        shared = np.sum((columns - column) * (rows - row) * image)
        angles.append(np.degrees(np.arctan2(-shared, np.sum((rows - row) ** 2 * image))))
    return np.array(angles)


def vertical_stroke(x, thickness, samples=40):
    """A stroke of 16 px down the image at column x, as the renderer wants it."""
    points = np.stack([np.full(samples, x), 6 + 16 * (np.arange(samples) + 0.5) / samples], -1)
    ones = np.ones((1, samples))
    return render_strokes(points[None], 16 / samples * ones, thickness * ones)[0]


@BOTH
def test_shapes_types_and_range(draw):
    drawn = draw(23, seed=0)
    assert drawn.images.shape == (23, 28, 28, 1)
    assert drawn.images.dtype == np.float32
    assert drawn.images.min() >= 0
    assert drawn.images.max() <= 1
    assert drawn.labels.shape == (23,)
    assert drawn.labels.dtype == np.uint8
    for name, values in drawn.factors.items():
        assert values.shape == (23,), name
        assert values.dtype == np.float32, name
        assert np.isfinite(values).all(), name


@BOTH
def test_the_same_seed_gives_the_same_bits_and_another_seed_does_not(draw):
    first, again, other = draw(300, seed=5), draw(300, seed=5), draw(300, seed=6)
    assert first.images.tobytes() == again.images.tobytes()
    assert first.labels.tobytes() == again.labels.tobytes()
    assert all(np.array_equal(first.factors[name], again.factors[name]) for name in first.factors)
    assert not np.array_equal(first.images, other.images)
    assert not np.array_equal(first.labels, other.labels)


@BOTH
def test_classes_are_balanced_and_in_random_order(draw):
    labels = draw(1003, seed=0).labels
    counts = np.bincount(labels, minlength=10)
    assert sorted(set(counts)) == [100, 101]
    assert len(set(labels[:30].tolist())) > 5
    assert not np.array_equal(labels[:10], labels[10:20])


@BOTH
@pytest.mark.parametrize("n", [1, 2])
def test_a_single_image_can_be_drawn(draw, n):
    assert draw(n, seed=0).images.max() > 0.25


@BOTH
@pytest.mark.parametrize("n", [0, -3, 2.5, "10", None, True])
def test_a_bad_number_is_refused_by_name(draw, n):
    with pytest.raises(ValueError, match=f"n must be an integer of at least 1, got {n!r}"):
        draw(n, seed=0)


@BOTH
def test_no_two_images_are_the_same(draw):
    flat = draw(2000, seed=0).images.reshape(2000, -1)
    assert len(np.unique(flat, axis=0)) == 2000


@pytest.mark.parametrize(("synthetic", "limit"), [("digits", 1e-3), ("clothes", 5e-3)])
def test_almost_nothing_lies_on_the_outermost_ring_of_pixels(synthetic, limit, request):
    images = request.getfixturevalue(synthetic).images[..., 0]
    ring = np.ones((28, 28), bool)
    ring[1:-1, 1:-1] = False
    assert images[:, ring].mean() < limit


def test_digits_have_the_ink_of_mnist(digits):
    """MNIST's training images have mean 0.131 and standard deviation 0.308."""
    assert abs(digits.images.mean() - 0.131) < 0.015
    assert abs(digits.images.std() - 0.308) < 0.015


def test_digits_lie_in_the_middle(digits):
    centres = np.array([centre_of_mass(image) for image in digits.images[:500, ..., 0]])
    assert np.abs(centres - 13.5).max() < 3
    assert np.abs(centres.mean(axis=0) - 13.5).max() < 0.3


def test_every_way_to_write_a_digit_is_drawn(digits):
    for digit, variants in VARIANTS.items():
        drawn = digits.factors["variant"][digits.labels == digit]
        assert set(drawn.astype(int)) == set(range(len(variants)))


def test_a_one_leans_by_its_slant(digits):
    """The plain 1 is a single upright, so its lean can be measured: slant and rotation add up."""
    plain = (digits.labels == 1) & (digits.factors["variant"] == 0)
    slant, rotation = digits.factors["slant"][plain], digits.factors["rotation"][plain]
    measured = leaning(digits.images[plain, ..., 0])
    assert correlation(measured, slant) > 0.8
    assert correlation(measured, slant + rotation) > 0.95
    assert np.abs(measured - slant - rotation).mean() < 4


@pytest.mark.parametrize("digit", range(10))
def test_ink_leans_more_where_the_slant_is_larger(digits, digit):
    own = digits.labels == digit
    measured = leaning(digits.images[own, ..., 0])
    assert correlation(measured, digits.factors["slant"][own]) > 0.8


@pytest.mark.parametrize("digit", range(10))
def test_a_thicker_pen_leaves_more_ink(digits, digit):
    """Within one way of writing it: a foot under a 1 is ink as well."""
    for variant in range(len(VARIANTS[digit])):
        own = (digits.labels == digit) & (digits.factors["variant"] == variant)
        ink = digits.images[own].sum(axis=(1, 2, 3))
        assert correlation(ink, digits.factors["thickness"][own]) > 0.8


def test_a_wider_zero_is_wider(digits):
    upright = (digits.labels == 0) & (np.abs(digits.factors["slant"]) < 12)
    columns = (digits.images[upright, ..., 0].max(axis=1) > 0.5).sum(axis=1)
    assert correlation(columns, digits.factors["width"][upright]) > 0.7


def test_a_stroke_is_as_thick_as_its_pen():
    """The profile across a stroke crosses one half at thickness / 2 from its middle."""
    for thickness in (1.5, 2.0, 3.0, 4.0):
        profile = vertical_stroke(13.0, thickness)[14, 13:]
        outside = np.argmax(profile < 0.5)
        inner, outer = profile[outside - 1], profile[outside]
        half_width = outside - 1 + (inner - 0.5) / (inner - outer)
        assert abs(2 * half_width - thickness) < 0.2


def test_edges_are_grey():
    thin = vertical_stroke(13.3, 1.5)
    assert np.sum((thin > 0.1) & (thin < 0.9)) > 20


@pytest.mark.parametrize("shift", [0.1, 0.25, 0.5, 0.75])
def test_a_stroke_moves_by_fractions_of_a_pixel(shift):
    """To within 0.04 px, which is what cutting the ink at 1 costs."""
    still, moved = vertical_stroke(13.0, 2.0), vertical_stroke(13 + shift, 2.0)
    difference = centre_of_mass(moved) - centre_of_mass(still)
    np.testing.assert_allclose(difference, [shift, 0], atol=0.04)


def test_plain_clothes_are_as_bright_as_their_tone(clothes):
    plain = clothes.factors["pattern"] == PATTERNS.index("plain")
    for label in (1, 2, 3, 4, 6, 8):
        own = plain & (clothes.labels == label)
        fabric = np.array([np.median(image[image > 0.05]) for image in clothes.images[own]])
        assert correlation(fabric, clothes.factors["tone"][own]) > 0.9


def test_stripes_change_from_row_to_row(clothes):
    middle = clothes.images[:, 8:20, 12:16, 0].mean(axis=2)  # (n, rows)
    unrest = np.abs(np.diff(middle, axis=1)).mean(axis=1)
    shirts = np.isin(clothes.labels, [0, 2, 3])
    pattern = clothes.factors["pattern"]
    striped = unrest[shirts & (pattern == PATTERNS.index("stripes"))]
    plain = unrest[shirts & (pattern == PATTERNS.index("plain"))]
    assert np.median(striped) > 2 * np.median(plain)


def test_longer_sleeves_cover_more_of_the_sides(clothes):
    columns = np.r_[0:6, 22:28]
    for label in (0, 6):
        own = clothes.labels == label
        covered = (clothes.images[own][:, :, columns, 0] > 0.05).sum(axis=(1, 2))
        assert correlation(covered, clothes.factors["sleeve"][own]) > 0.7


def test_only_garments_with_arms_have_sleeves(clothes):
    bare = ~np.isin(clothes.labels, list(SLEEVES))
    assert not clothes.factors["sleeve"][bare].any()
    assert (clothes.factors["sleeve"][np.isin(clothes.labels, [2, 4])] > 0.8).all()


@pytest.mark.training
@BOTH
def test_a_small_classifier_tells_the_classes_apart(draw):
    """At least 97% of other drawn images are recognised after three epochs on 10,000."""
    keras.utils.set_random_seed(0)
    train, test = draw(10_000, seed=0), draw(2_000, seed=1)
    classifier = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Conv2D(16, 3, activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Conv2D(32, 3, activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Flatten(),
            keras.layers.Dense(10),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    classifier.compile(keras.optimizers.Adam(2e-3), loss, metrics=["accuracy"], jit_compile=False)
    classifier.fit(train.images, train.labels, batch_size=64, epochs=3, verbose=0)
    _, accuracy = classifier.evaluate(test.images, test.labels, verbose=0)
    assert accuracy >= 0.97


@BOTH
def test_six_thousand_take_three_seconds_of_processor_time_at_most(draw):
    """A tenth of the budget of 30 s for 60,000."""
    draw(100, seed=0)
    start = time.process_time()
    draw(6000, seed=0)
    assert time.process_time() - start < 3
