"""Models that know the label are Keras models whose numbers are right."""

import keras
import numpy as np
import pytest
from scipy import special, stats

from vaelib.losses import kl_divergence, kl_full_covariance
from vaelib.models import (
    CVAE,
    VAE,
    ClassPriorVAE,
    ScaleTril,
    build_conv_decoder,
    build_conv_encoder,
    build_cvae,
    build_cvae_mlp,
    build_full_covariance_vae,
)

rng = np.random.default_rng(0)
N = 40
X = rng.random((N, 28, 28, 1)).astype("float32")
Y = rng.integers(0, 10, size=N)
D = 3


def random_tril(*shape):
    """Lower triangular matrices with a positive diagonal, (…, D, D)."""
    matrices = np.tril(rng.normal(size=(*shape, D, D)))
    i = np.arange(D)
    matrices[..., i, i] = np.exp(matrices[..., i, i])
    return matrices


def from_determinants(mean, tril, prior_mean, prior_tril):
    """The KL between two full Gaussians from traces and determinants of their covariances."""
    q, p = tril @ tril.T, prior_tril @ prior_tril.T
    offset = mean - prior_mean
    log_ratio = np.log(np.linalg.det(p) / np.linalg.det(q))
    trace = np.trace(np.linalg.solve(p, q))
    return 0.5 * (trace + offset @ np.linalg.solve(p, offset) - len(mean) + log_ratio)


def test_the_kl_of_full_covariances_agrees_with_traces_and_determinants():
    means, priors = rng.normal(size=(2, 6, D))
    trils, prior_trils = random_tril(6), random_tril(6)
    expected = [from_determinants(*a) for a in zip(means, trils, priors, prior_trils, strict=True)]
    got = kl_full_covariance(means, trils, priors, prior_trils)
    np.testing.assert_allclose(got, expected, rtol=1e-5)


def test_one_prior_may_serve_all_images():
    means, trils = rng.normal(size=(6, D)), random_tril(6)
    prior_mean, prior_tril = rng.normal(size=D), random_tril()
    pairs = zip(means, trils, strict=True)
    expected = [from_determinants(m, t, prior_mean, prior_tril) for m, t in pairs]
    np.testing.assert_allclose(
        kl_full_covariance(means, trils, prior_mean, prior_tril), expected, rtol=1e-5
    )


def test_on_diagonals_it_is_the_diagonal_kl():
    z_mean, z_log_var = rng.normal(size=(2, 6, D))
    tril = np.exp(z_log_var / 2)[:, :, None] * np.eye(D)
    expected = kl_divergence(z_mean, z_log_var, 0.0, 0.0)
    np.testing.assert_allclose(
        kl_full_covariance(z_mean, tril, 0.0, np.eye(D)), expected, rtol=1e-5
    )


@pytest.mark.parametrize("build", [build_cvae, build_cvae_mlp])
def test_both_networks_of_the_cvae_listen_to_the_label(build):
    encoder, decoder = build(latent_dim=2)
    one, two = (encoder([X[:1], np.array([y])])[0] for y in (3, 4))
    assert np.abs(np.asarray(one - two)).max() > 1e-6
    z = np.zeros((1, 2), "float32")
    assert (
        np.abs(np.asarray(decoder([z, np.array([3])]) - decoder([z, np.array([4])]))).max() > 1e-6
    )


def test_without_its_label_the_cvae_is_the_convolutional_vae():
    """All weights of the plane and of the one-hot label are 0; the others are shared."""
    encoder, decoder = build_cvae(latent_dim=2)
    plain = build_conv_encoder(2), build_conv_decoder(2)
    weights = encoder.get_weights()
    weights[0][:], weights[1][:] = 0, 0  # the plane
    encoder.set_weights(weights)
    plain[0].set_weights([weights[2][:, :, :1], *weights[3:]])
    weights = decoder.get_weights()
    weights[0][2:] = 0
    decoder.set_weights(weights)
    plain[1].set_weights([weights[0][:2], *weights[1:]])
    for got, expected in zip(encoder([X, Y]), plain[0](X), strict=True):
        np.testing.assert_allclose(got, expected, atol=1e-5)
    z = rng.normal(size=(N, 2)).astype("float32")
    np.testing.assert_allclose(decoder([z, Y]), plain[1](z), atol=1e-5)


def make(kind, **options):
    if kind == "CVAE":
        return CVAE(*build_cvae(latent_dim=2), seed=5, **options)
    return ClassPriorVAE(*build_full_covariance_vae(latent_dim=2), seed=5, **options)


KINDS = pytest.mark.parametrize("kind", ["CVAE", "ClassPriorVAE"])


@KINDS
def test_it_reports_what_follows_from_its_own_outputs(kind):
    model = make(kind, beta=3.0)
    model.compile("sgd")
    report = model.evaluate((X, Y), batch_size=N, verbose=0, return_dict=True)
    out = model.predict((X, Y), batch_size=N, verbose=0)
    if kind == "CVAE":
        kl = kl_divergence(out["z_mean"], out["z_log_var"], 0.0, 0.0)
    else:
        means = np.asarray(model.class_means)[Y]
        kl = kl_full_covariance(out["z_mean"], out["scale_tril"], means, np.eye(2))
    np.testing.assert_allclose(out["kl"], kl, rtol=1e-4, atol=1e-5)
    assert report["kl"] == pytest.approx(float(np.mean(kl)), rel=1e-4)
    assert report["elbo"] == pytest.approx(-report["reconstruction"] - report["kl"], rel=1e-5)
    assert report["loss"] == pytest.approx(report["reconstruction"] + 3 * report["kl"], rel=1e-5)
    nll = -stats.bernoulli.logpmf(np.ones_like(X), special.expit(out["decoded"]))  # of white images
    white = model.negative_log_likelihood(np.ones_like(X), out["decoded"])
    np.testing.assert_allclose(white, nll.sum(axis=(1, 2, 3)), rtol=1e-4)


@pytest.mark.training
@KINDS
def test_it_learns_and_is_the_same_after_saving(kind, tmp_path):
    model = make(kind)
    model.compile(keras.optimizers.Adam(1e-3))
    history = model.fit((X, Y), epochs=4, batch_size=20, validation_data=((X, Y),), verbose=0)
    assert history.history["val_elbo"][-1] > history.history["val_elbo"][0]
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert type(loaded) is type(model)
    for one, two in zip(model.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)
    z = rng.normal(size=(5, 2)).astype("float32")
    both = [m.decode(z, Y[:5]) if kind == "CVAE" else m.decode(z) for m in (model, loaded)]
    np.testing.assert_allclose(*both, atol=1e-6)


@pytest.mark.training
def test_the_prior_means_of_the_classes_are_trained_and_only_of_those_that_came():
    model = make("ClassPriorVAE")
    model.compile(keras.optimizers.SGD(1e-3))
    before = np.asarray(model.class_means).copy()
    labels = np.full(N, 7)
    model.fit((X, labels), epochs=1, verbose=0)
    moved = np.abs(np.asarray(model.class_means) - before).max(axis=1)
    assert moved[7] > 0
    assert np.delete(moved, 7).max() == 0


def test_codes_of_the_class_prior_vae_have_the_covariance_of_their_posterior():
    x = keras.Input((4,))
    mean, tril = np.array([1.0, -2.0]), np.array([[0.5, 0.0], [0.8, 0.3]])
    z_mean = keras.ops.zeros_like(x[:, :2]) + mean
    scale_tril = keras.ops.zeros_like(x)[:, :2, None] + tril
    encoder = keras.Model(x, [z_mean, scale_tril])
    decoder = keras.Sequential([keras.Input((2,)), keras.layers.Identity()])
    model = ClassPriorVAE(encoder, decoder, likelihood="gaussian", seed=1)
    n = 20_000
    z = np.asarray(model((np.zeros((n, 4), "float32"), np.zeros(n, int)))["decoded"])
    np.testing.assert_allclose(z.mean(axis=0), mean, atol=0.04)  # six standard errors
    np.testing.assert_allclose(np.cov(z.T), tril @ tril.T, atol=0.05)


def test_a_label_can_be_swapped_and_the_code_stays():
    model = make("CVAE")
    z_mean, _ = model.encode(X, Y)
    np.testing.assert_allclose(model.reconstruct(X, Y), model.decode(z_mean, Y))
    new = (Y + 1) % 10
    np.testing.assert_allclose(model.reconstruct(X, Y, new), model.decode(z_mean, new))


def test_numbers_fill_a_triangle_row_by_row():
    numbers = np.array([[0.0, 5.0, 1.0, 7.0, 8.0, -1.0]], "float32")
    matrix = np.asarray(ScaleTril(3)(numbers))[0]
    softplus = np.log1p(np.exp([0.0, 1.0, -1.0]))
    np.testing.assert_allclose(np.diag(matrix), softplus, rtol=1e-5)
    np.testing.assert_allclose(np.tril(matrix, -1), [[0, 0, 0], [5, 0, 0], [7, 8, 0]], rtol=1e-6)
    assert np.all(np.triu(matrix, 1) == 0)


def test_they_are_vaes():
    assert issubclass(CVAE, VAE)
    assert issubclass(ClassPriorVAE, VAE)
