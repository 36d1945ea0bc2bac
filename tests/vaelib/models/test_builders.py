"""Builders of models against a forward pass in numpy."""

import numpy as np
import pytest

from vaelib import models
from vaelib.checks import oracles

rng = np.random.default_rng(0)


@pytest.mark.parametrize("latent_dim", [1, 2, 32])
def test_the_dense_encoder_is_its_numpy_twin(latent_dim):
    x = rng.random((3, 28, 28, 1)).astype("float32")
    encoder = models.build_dense_encoder(latent_dim)
    expected = oracles.dense_forward(
        x, encoder.get_weights(), hidden=oracles.relu, last=oracles.identity
    )
    np.testing.assert_allclose(encoder(x), expected, atol=1e-5)
    assert encoder.count_params() == 784 * 256 + 256 + 256 * 64 + 64 + 65 * latent_dim


@pytest.mark.parametrize("latent_dim", [1, 2, 32])
def test_the_dense_decoder_is_its_numpy_twin(latent_dim):
    z = rng.normal(size=(3, latent_dim)).astype("float32")
    decoder = models.build_dense_decoder(latent_dim)
    expected = oracles.dense_forward(
        z, decoder.get_weights(), hidden=oracles.relu, last=oracles.sigmoid
    )
    np.testing.assert_allclose(decoder(z), expected.reshape(3, 28, 28, 1), atol=1e-5)
    assert decoder.count_params() == (latent_dim + 1) * 64 + 65 * 256 + 257 * 784


def test_the_autoencoder_is_both():
    encoder, decoder = models.build_autoencoder(32)
    assert encoder.count_params() + decoder.count_params() == 439_728
    assert decoder(encoder(rng.random((2, 28, 28, 1)))).shape == (2, 28, 28, 1)


@pytest.mark.parametrize("latent_dim", [2, 24])
def test_the_efficient_vae_is_its_numpy_twin(latent_dim):
    encoder, decoder = models.build_efficient_vae(latent_dim)
    relu, conv2d, conv2d_transpose = oracles.relu, oracles.conv2d, oracles.conv2d_transpose
    w = oracles.random_weights([v.shape for v in encoder.weights], seed=0)
    encoder.set_weights(w)
    x = rng.random((3, 28, 28, 1)).astype("float32")
    h = relu(conv2d(x, w[0], w[1], strides=4))
    h = relu(conv2d(h, w[2], w[3])).reshape(3, -1)
    assert h.shape == (3, 7 * 7 * 32)
    for got, expected in zip(encoder(x), (h @ w[4] + w[5], h @ w[6] + w[7]), strict=True):
        np.testing.assert_allclose(got, expected, atol=1e-4)

    np.testing.assert_allclose(decoder(np.zeros((1, latent_dim)))[0, 0, 0], -1.9, rtol=1e-6)
    w = oracles.random_weights([v.shape for v in decoder.weights], seed=1)
    decoder.set_weights(w)
    z = rng.normal(size=(3, latent_dim)).astype("float32")
    h = relu(z @ w[0] + w[1]).reshape(3, 7, 7, 64)
    h = relu(conv2d_transpose(relu(conv2d(h, w[2], w[3])), w[4], w[5], strides=2))
    expected = conv2d_transpose(h, w[6], w[7], strides=2)
    assert expected.shape == (3, 28, 28, 1)
    np.testing.assert_allclose(decoder(z), expected, atol=1e-4)


SPRITE_ENCODER = 1025 * 512 + 513 * 256 + 2 * 257 * 6
TOLD_ENCODER = 795 * 256 + 257 * 16 + 2 * 17 * 2
FULL_ENCODER = 785 * 256 + 257 * 128 + 129 * (2 + 3)


@pytest.mark.parametrize(
    ("build", "latent_dim", "parameters"),
    [
        (models.build_vae_mlp, 2, 807_700),
        (lambda d: (models.build_conv_encoder(d), models.build_conv_decoder(d)), 2, 134_165),
        # By hand, the encoder's first: a dense layer has (inputs + 1) · units parameters.
        (models.build_sprite_vae, 6, SPRITE_ENCODER + 7 * 256 + 257 * 512 + 513 * 1024),
        (models.build_cvae, 2, 174_437),
        (models.build_cvae_mlp, 2, TOLD_ENCODER + 13 * 16 + 17 * 256 + 257 * 784),
        (models.build_full_covariance_vae, 2, FULL_ENCODER + 3 * 128 + 129 * 256 + 257 * 784),
        # By hand: 320 + 18,496 + 2 · 2,304 · 50 + 2 · 50; 51 · 1,568 + 18,496 + 18,464 + 289.
        (models.build_tutorial_vae, 50, 249_316 + 117_217),
    ],
)
def test_a_vae_has_the_parameters_that_are_stated(build, latent_dim, parameters):
    assert sum(model.count_params() for model in build(latent_dim)) == parameters


def test_random_weights_have_the_shapes_asked_for_and_repeat():
    first = oracles.random_weights([(4, 3), (3,)], seed=5)
    again = oracles.random_weights([(4, 3), (3,)], seed=5)
    assert [w.shape for w in first] == [(4, 3), (3,)]
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
