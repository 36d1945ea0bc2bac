"""Builders of models against a forward pass in numpy."""

import numpy as np
import pytest

from vaelib import models, oracles

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


def test_random_weights_have_the_shapes_asked_for_and_repeat():
    first = oracles.random_weights([(4, 3), (3,)], seed=5)
    again = oracles.random_weights([(4, 3), (3,)], seed=5)
    assert [w.shape for w in first] == [(4, 3), (3,)]
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
