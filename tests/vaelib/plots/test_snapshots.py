"""The callback that keeps pictures."""

import keras
import numpy as np
import pytest

from vaelib.models import VAE
from vaelib.plots.snapshots import KeepPictures
from vaelib.training import set_seed

rng = np.random.default_rng(0)
X = rng.random((12, 4, 4, 1)).astype("float32")
Z = rng.normal(size=(5, 2)).astype("float32")


def small_vae():
    set_seed(0)
    x = keras.Input((4, 4, 1))
    h = keras.layers.Flatten()(x)
    encoder = keras.Model(x, [keras.layers.Dense(2)(h), keras.layers.Dense(2)(h)])
    layers = [keras.Input((2,)), keras.layers.Dense(16), keras.layers.Reshape((4, 4, 1))]
    vae = VAE(encoder, keras.Sequential(layers), seed=0)
    vae.compile(keras.optimizers.Adam(0.05))
    return vae


def fit(vae, callbacks=(), epochs=4):
    vae.fit(X, epochs=epochs, batch_size=6, verbose=0, shuffle=False, callbacks=list(callbacks))


@pytest.mark.training
def test_a_frame_is_what_the_codes_decode_to_after_that_epoch():
    vae, pictures = small_vae(), KeepPictures(Z, x=X[:3])
    fit(vae, [pictures])
    assert pictures.epochs == [1, 2, 3, 4]
    for epoch in (1, 4):
        other = small_vae()
        fit(other, epochs=epoch)
        frame, rebuilt = pictures.frames[epoch - 1], pictures.reconstructions[epoch - 1]
        np.testing.assert_allclose(frame, other.decode(Z), rtol=1e-5)
        np.testing.assert_allclose(rebuilt, other.reconstruct(X[:3]), rtol=1e-5)
    assert pictures.frames[0].shape == (5, 4, 4, 1)
    assert isinstance(pictures.frames[0], np.ndarray)


@pytest.mark.training
def test_pictures_do_not_change_the_training():
    plain, watched = small_vae(), small_vae()
    fit(plain)
    fit(watched, [KeepPictures(Z, x=X)])
    for a, b in zip(plain.get_weights(), watched.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.training
def test_only_the_epochs_that_are_asked_for_are_kept():
    pictures = KeepPictures(Z, epochs=[1, 3, 9])
    fit(small_vae(), [pictures])
    assert pictures.epochs == [1, 3]
    assert len(pictures.frames) == 2
    assert pictures.reconstructions == []


@pytest.mark.training
def test_another_fit_starts_them_anew():
    vae, pictures = small_vae(), KeepPictures(Z)
    assert pictures.epochs == pictures.frames == []
    fit(vae, [pictures], epochs=2)
    fit(vae, [pictures], epochs=1)
    assert pictures.epochs == [1]
    assert len(pictures.frames) == 1


def test_one_code_without_a_batch_is_refused():
    with pytest.raises(ValueError, match=r"z must be \(n, latent_dim\), got \(2,\)"):
        KeepPictures(Z[0])


def test_epochs_that_count_from_zero_are_refused():
    with pytest.raises(ValueError, match="epochs count from 1, got 0"):
        KeepPictures(Z, epochs=range(5))


@pytest.mark.training
@pytest.mark.parametrize(("at_once", "kept"), [(1, [1, 3, 8]), (2, [2, 4, 8])])
def test_steps_are_counted_over_epochs(at_once, kept):
    vae, pictures = small_vae(), KeepPictures(Z, steps=[1, 3, 8, 99])
    vae.compile(keras.optimizers.Adam(0.05), steps_per_execution=at_once)
    for _ in range(2):  # the second `fit` begins anew
        fit(vae, [pictures])
        assert pictures.steps == kept
        assert pictures.epochs == []
        assert len(pictures.frames) == 3
    np.testing.assert_allclose(pictures.frames[-1], vae.decode(Z), rtol=1e-5)


@pytest.mark.parametrize("wrong", [{"steps": [0]}, {"steps": [1], "epochs": [1]}])
def test_steps_count_from_one_and_stand_alone(wrong):
    with pytest.raises(ValueError, match="KeepPictures"):
        KeepPictures(Z, **wrong)
