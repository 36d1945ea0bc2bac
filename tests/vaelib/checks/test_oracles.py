"""Convolutions in numpy against those of Keras."""

import keras
import numpy as np
import pytest

from vaelib.checks import oracles

rng = np.random.default_rng(0)


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("strides", [1, 2, 4])
@pytest.mark.parametrize("size", [(28, 28), (7, 7), (9, 6)])
@pytest.mark.parametrize("k", [1, 3, 4])
def test_conv2d_is_keras_layer_also_where_the_padding_is_uneven(k, size, strides, padding):
    x = rng.normal(size=(2, *size, 3)).astype("float32")
    kernel, bias = rng.normal(size=(k, k, 3, 5)), rng.normal(size=5)
    layer = keras.layers.Conv2D(5, k, strides=strides, padding=padding)
    layer.build(x.shape)
    layer.set_weights([kernel, bias])
    got = oracles.conv2d(x, kernel, bias, strides=strides, padding=padding)
    np.testing.assert_allclose(got, layer(x), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("strides", [1, 2, 4])
@pytest.mark.parametrize("size", [(14, 14), (7, 7), (3, 2)])
@pytest.mark.parametrize("k", [1, 3, 4])
def test_conv2d_transpose_is_keras_layer(k, size, strides):
    x = rng.normal(size=(2, *size, 3)).astype("float32")
    kernel, bias = rng.normal(size=(k, k, 5, 3)), rng.normal(size=5)
    layer = keras.layers.Conv2DTranspose(5, k, strides=strides, padding="same")
    layer.build(x.shape)
    layer.set_weights([kernel, bias])
    got = oracles.conv2d_transpose(x, kernel, bias, strides=strides)
    np.testing.assert_allclose(got, layer(x), rtol=1e-4, atol=1e-4)


def test_the_two_convolutions_are_transposes_of_each_other():
    kernel = rng.normal(size=(3, 3, 2, 4))
    small, large = rng.normal(size=(1, 7, 7, 4)), rng.normal(size=(1, 14, 14, 2))
    down = oracles.conv2d(large, kernel, 0, strides=2)
    up = oracles.conv2d_transpose(small, kernel, 0, strides=2)
    np.testing.assert_allclose(np.sum(down * small), np.sum(up * large), rtol=1e-9)


def test_random_weights_keep_the_size_of_what_flows_through_a_convolution():
    x = rng.normal(size=(2, 14, 14, 32))
    kernel, bias = oracles.random_weights([(3, 3, 32, 64), (64,)], seed=0)
    assert 0.8 < oracles.conv2d(x, kernel, bias, padding="valid").std() < 1.2


def test_what_may_stand_for_a_relu_is_keras_s():
    h = np.linspace(-40, 40, 321)
    known = keras.activations
    keras_s = {
        **{
            f"a leaky ReLU of slope {slope}": keras.layers.LeakyReLU(slope)
            for slope in (0.01, 0.2, 0.3)
        },
        "an ELU": known.elu,
        "a GELU": known.gelu,
        "a SiLU (swish)": known.silu,
        "a softplus": known.softplus,
        "a tanh": known.tanh,
        "a sigmoid": known.sigmoid,
    }
    assert set(oracles.INSTEAD_OF_RELU) == set(keras_s)
    for words, activation in oracles.INSTEAD_OF_RELU.items():
        right = keras_s[words](h.astype("float32"))
        np.testing.assert_allclose(activation(h), right, rtol=1e-5, atol=1e-6, err_msg=words)
