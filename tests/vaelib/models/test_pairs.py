"""A training step, samples and reconstructions of an encoder and a decoder."""

import keras
import numpy as np

from vaelib import losses
from vaelib.models import VAE, build_vae_mlp, reconstruct, sample_images, train_step

X = np.random.default_rng(0).random((6, 28, 28, 1)).astype("float32")
EPS = np.random.default_rng(1).normal(size=(6, 2)).astype("float32")


def test_a_step_returns_the_loss_before_it_and_lowers_it():
    encoder, decoder = build_vae_mlp(2)
    z_mean, z_log_var = encoder(X)
    logits = decoder(z_mean + np.exp(0.5 * np.asarray(z_log_var)) * EPS)
    expected = np.mean(losses.negative_elbo(X, logits, z_mean, z_log_var))
    optimizer = keras.optimizers.SGD(1e-5)
    found = [float(train_step(encoder, decoder, optimizer, X, EPS)) for _ in range(5)]
    np.testing.assert_allclose(found[0], expected, rtol=1e-5)
    assert found == sorted(found, reverse=True)


def test_samples_are_probabilities_that_a_seed_repeats():
    decoder = build_vae_mlp(3)[1]
    first, again, other = (sample_images(decoder, 5, 3, seed) for seed in (0, 0, 1))
    assert first.shape == (5, 28, 28, 1)
    assert 0 <= first.min() < first.max() <= 1
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)


def test_a_reconstruction_is_that_of_the_model():
    encoder, decoder = build_vae_mlp(2)
    expected = VAE(encoder, decoder).reconstruct(X)
    np.testing.assert_allclose(reconstruct(encoder, decoder, X), expected, rtol=1e-6)
