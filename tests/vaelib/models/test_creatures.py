"""The models for creatures have the shapes that they promise, and learn."""

import keras
import numpy as np
import pytest

from vaelib.data.synthetic.creatures import synthetic_creatures
from vaelib.models import CVAE, VAE
from vaelib.models.creatures import build_creature_cvae, build_creature_vae, build_homework_vae


def dense(inputs, outputs):
    return inputs * outputs + outputs


def conv(side, inputs, outputs):
    return side * side * inputs * outputs + outputs


def test_the_homework_has_as_many_parameters_as_counted_by_hand():
    encoder, decoder = build_homework_vae()
    convolutions = conv(4, 3, 32) + conv(4, 32, 64) + conv(4, 64, 128) + conv(4, 128, 256)
    assert encoder.count_params() == convolutions + 2 * dense(8 * 8 * 256, 1000)
    convolutions = conv(4, 256, 128) + conv(4, 128, 64) + conv(4, 64, 32) + conv(4, 32, 3)
    assert decoder.count_params() == dense(1000, 8 * 8 * 256) + convolutions
    assert encoder.input_shape == (None, 128, 128, 3)
    assert [tuple(o.shape) for o in encoder.outputs] == [(None, 1000)] * 2
    assert decoder.output_shape == (None, 128, 128, 3)


@pytest.mark.parametrize("size", [64, 128])
def test_the_small_model_fits_both_sizes(size):
    encoder, decoder = build_creature_vae(size, latent_dim=5)
    assert encoder.input_shape == (None, size, size, 3)
    assert [tuple(o.shape) for o in encoder.outputs] == [(None, 5)] * 2
    assert decoder.output_shape == (None, size, size, 3)
    pixels = np.asarray(decoder(np.random.default_rng(0).normal(size=(3, 5))))
    assert pixels.min() > 0
    assert pixels.max() < 1
    assert encoder.count_params() + decoder.count_params() < 3_000_000


def test_the_conditional_model_looks_at_the_types_in_both_networks():
    encoder, decoder = build_creature_cvae(4, 64, latent_dim=3)
    rng = np.random.default_rng(1)
    x, z = rng.uniform(size=(2, 64, 64, 3)), rng.normal(size=(2, 3))
    one, two = np.eye(4)[[0, 1]], np.array([[1, 1, 0, 0], [0, 1, 1, 0]])
    assert not np.allclose(encoder([x, one])[0], encoder([x, two])[0])
    assert not np.allclose(decoder([z, one]), decoder([z, two]))
    assert decoder.output_shape == (None, 64, 64, 3)


@pytest.mark.training
def test_both_learn_from_synthetic_creatures():
    drawn = synthetic_creatures(96, 64, seed=0)
    types = drawn.types.astype("float32")
    options = {"likelihood": "gaussian", "sigma": "optimal", "seed": 0}
    keras.utils.set_random_seed(0)
    plain = VAE(*build_creature_vae(), **options)
    told = CVAE(*build_creature_cvae(18), **options)
    for model, x in ((plain, drawn.images), (told, (drawn.images, types))):
        model.compile(keras.optimizers.Adam(2e-3))
        elbo = model.fit(x, batch_size=32, epochs=6, verbose=0).history["elbo"]
        assert elbo[-1] > elbo[0] + 500
    assert plain.reconstruct(drawn.images[:5]).shape == (5, 64, 64, 3)
    assert told.reconstruct(drawn.images[:5], types[:5]).shape == (5, 64, 64, 3)
