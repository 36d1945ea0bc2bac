"""The VAE is a Keras model whose numbers are right."""

import math
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from scipy import stats

from vaelib import losses
from vaelib.models import VAE, Sampling, build_vae_mlp

ROOT = Path(__file__).resolve().parents[3]
rng = np.random.default_rng(0)
X = rng.random((70, 28, 28, 1)).astype("float32")


def small_vae(**options):
    """One dense layer each way: trains in milliseconds."""
    x = keras.Input((28, 28, 1))
    h = keras.layers.Flatten()(x)
    encoder = keras.Model(x, [keras.layers.Dense(3)(h), keras.layers.Dense(3)(h)])
    decoder = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(784), keras.layers.Reshape((28, 28, 1))]
    )
    return VAE(encoder, decoder, **options)


def set_all_weights_to_zero(vae):
    for model in (vae.encoder, vae.decoder):
        model.set_weights([0 * w for w in model.get_weights()])


def test_all_zeros_give_784_log_2_and_no_kl():
    vae = VAE(*build_vae_mlp())
    set_all_weights_to_zero(vae)
    vae.compile("sgd")
    report = vae.evaluate(X, verbose=0, return_dict=True)
    assert report["reconstruction"] == pytest.approx(784 * math.log(2), rel=1e-6)
    assert report["elbo"] == pytest.approx(-784 * math.log(2), rel=1e-6)
    assert report["kl"] == 0


@pytest.mark.parametrize("beta", [0.0, 1.0, 4.0])
def test_the_loss_is_the_reconstruction_plus_beta_times_the_kl(beta):
    vae = small_vae(beta=beta, seed=5)
    vae.compile("sgd")
    report = vae.evaluate(X, verbose=0, return_dict=True)  # 70 images: two batches of 32, one of 6
    z_mean, z_log_var = vae.encode(X)
    kl = np.mean(np.asarray(losses.kl_divergence(z_mean, z_log_var, 0.0, 0.0)))
    assert report["kl"] == pytest.approx(kl, rel=1e-5)
    assert report["elbo"] == pytest.approx(-report["reconstruction"] - kl, rel=1e-5)
    assert report["loss"] == pytest.approx(report["reconstruction"] + beta * kl, rel=1e-5)


@pytest.mark.parametrize("free", [0.01, 50.0])
def test_free_bits_change_the_loss_and_not_what_is_reported(free):
    plain, vae = small_vae(beta=3.0), small_vae(beta=3.0, free_bits=free)
    vae.set_weights(plain.get_weights())
    for model in (plain, vae):
        model.compile("sgd")
    one, two = (m.evaluate(X, batch_size=len(X), verbose=0, return_dict=True) for m in (plain, vae))
    assert two["kl"] == pytest.approx(one["kl"], rel=1e-5)
    each = np.asarray(losses.kl_per_dimension(*vae.encode(X)))
    penalty = np.maximum(each, free).sum()
    assert two["loss"] == pytest.approx(two["reconstruction"] + 3 * penalty, rel=1e-5)


def test_the_reconstruction_is_that_of_the_codes_drawn():
    vae = small_vae(seed=5)
    parts = vae(X)
    nll = vae.negative_log_likelihood(X, parts["decoded"])
    np.testing.assert_allclose(nll, losses.bernoulli_nll(X, parts["decoded"]))
    np.testing.assert_allclose(
        parts["x_hat"], 1 / (1 + np.exp(-np.asarray(parts["decoded"]))), rtol=1e-5
    )
    mean = np.asarray(vae.decoder(parts["z_mean"]))
    assert not np.allclose(parts["decoded"], mean)


@pytest.mark.training
def test_fit_reports_every_part_for_training_and_for_validation():
    vae = small_vae()
    vae.compile("adam")
    history = vae.fit(X, validation_data=(X[:20],), epochs=2, verbose=0).history
    parts = {"loss", "elbo", "reconstruction", "kl"}
    assert set(history) == parts | {f"val_{part}" for part in parts}
    assert all(len(values) == 2 for values in history.values())


@pytest.mark.training
def test_training_makes_the_loss_smaller():
    vae = small_vae(seed=1)
    vae.compile(keras.optimizers.Adam(0.01))
    losses = vae.fit(X[:1] + 0 * X, epochs=15, verbose=0).history["loss"]
    assert losses[-1] < 0.9 * losses[0]


def test_predict_gives_every_part():
    parts = small_vae().predict(X, verbose=0)
    assert {key: value.shape for key, value in parts.items()} == {
        "x_hat": X.shape,
        "decoded": X.shape,
        "kl": (70,),
        "z_mean": (70, 3),
        "z_log_var": (70, 3),
    }


def test_weights_of_images_count():
    """Weight 2 for an image is the image twice."""
    vae = small_vae(seed=1)
    set_all_weights_to_zero(vae)
    vae.decoder.layers[-2].bias.assign(rng.normal(size=784))
    vae.compile("sgd")
    weights = np.array([2.0, 0.0, 0.0, 0.0, 1.0])
    # Keras looks at weights only where there are targets, too.
    weighted = vae.evaluate(X[:5], X[:5], sample_weight=weights, verbose=0, return_dict=True)
    repeated = vae.evaluate(X[[0, 0, 4]], verbose=0, return_dict=True)
    assert weighted["elbo"] == pytest.approx(repeated["elbo"], rel=1e-5)


def test_labels_change_nothing():
    vae = small_vae(seed=1)
    set_all_weights_to_zero(vae)
    vae.compile("sgd")
    assert vae.evaluate(X, np.arange(70), verbose=0) == vae.evaluate(X, verbose=0)


@pytest.mark.parametrize("sigma", [0.3, "scalar", "optimal"])
def test_gaussian_pixels_have_the_standard_deviation_that_was_asked_for(sigma):
    vae = small_vae(likelihood="gaussian", sigma=sigma)
    decoded = rng.random(X.shape).astype("float32")
    std = sigma if sigma == 0.3 else 1.0  # where a standard deviation that is learned starts
    expected = -stats.norm.logpdf(X.astype(float), decoded, std).sum(axis=(1, 2, 3))
    np.testing.assert_allclose(vae.negative_log_likelihood(X, decoded), expected, rtol=1e-5)


def test_the_optimal_standard_deviation_is_the_root_mean_square_error_of_the_batch():
    vae = small_vae(likelihood="gaussian", sigma="optimal")
    decoded = rng.random(X.shape).astype("float32")
    rmse = np.sqrt(np.mean((X - decoded).astype(float) ** 2))
    expected = -stats.norm.logpdf(X.astype(float), decoded, rmse).sum(axis=(1, 2, 3))
    got = vae.negative_log_likelihood(X, decoded, training=True)
    np.testing.assert_allclose(got, expected, rtol=1e-5)
    assert float(vae.log_var) == pytest.approx(0.1 * 2 * np.log(rmse), rel=1e-3)


@pytest.mark.training
def test_learned_standard_deviations_come_near_the_error_that_is_left():
    for sigma in ("scalar", "optimal"):
        vae = small_vae(likelihood="gaussian", sigma=sigma)
        vae.compile(keras.optimizers.Adam(0.02))
        vae.fit(X, epochs=150, batch_size=70, verbose=0)
        left = np.mean((X - vae.predict(X, verbose=0)["x_hat"]) ** 2)
        assert float(vae.log_var) == pytest.approx(np.log(left), abs=0.35)


def test_images_are_decoded_alike_in_one_batch_and_in_many():
    vae = small_vae()
    z = rng.normal(size=(1_500, 3)).astype("float32")
    images = vae.decode(z)
    assert images.shape == (1_500, 28, 28, 1)
    np.testing.assert_allclose(images[-1:], vae.decode(z[-1:]), rtol=1e-5)
    assert images.min() > 0
    assert images.max() < 1


def test_a_reconstruction_is_decoded_from_the_mean():
    vae = small_vae()
    np.testing.assert_allclose(vae.reconstruct(X), vae.decode(vae.encode(X)[0]))


@pytest.mark.training
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"beta": 2.5, "free_bits": 0.1, "seed": 7},
        {"likelihood": "gaussian", "sigma": 0.2},
        {"likelihood": "gaussian", "sigma": "scalar"},
        {"likelihood": "gaussian", "sigma": "optimal"},
    ],
)
def test_a_saved_model_comes_back(options, tmp_path):
    vae = small_vae(**options)
    vae.compile("adam")
    vae.fit(X, epochs=1, verbose=0)
    vae.save(tmp_path / "vae.keras")
    loaded = keras.models.load_model(tmp_path / "vae.keras")
    np.testing.assert_array_equal(loaded.reconstruct(X), vae.reconstruct(X))
    assert (loaded.likelihood, loaded.sigma) == (vae.likelihood, vae.sigma)
    assert loaded.free_bits == vae.free_bits
    assert float(loaded.beta) == float(vae.beta) == options.get("beta", 1.0)
    before, after = (m.evaluate(X, verbose=0, return_dict=True)["kl"] for m in (vae, loaded))
    assert after == pytest.approx(before, rel=1e-6)
    loaded.fit(X, epochs=1, verbose=0)  # with the optimizer, which was saved, too

    vae.save_weights(tmp_path / "vae.weights.h5")
    other = small_vae(**options)
    other.load_weights(tmp_path / "vae.weights.h5")
    np.testing.assert_array_equal(other.reconstruct(X), vae.reconstruct(X))


@pytest.mark.training
def test_callbacks_work(tmp_path):
    vae = small_vae()
    vae.compile("adam")
    path = tmp_path / "best.weights.h5"
    best = keras.callbacks.ModelCheckpoint(
        path, monitor="val_elbo", mode="max", save_best_only=True, save_weights_only=True
    )
    stop = keras.callbacks.EarlyStopping("val_elbo", mode="max", patience=3)
    vae.fit(X, validation_data=(X[:20],), epochs=2, callbacks=[best, stop], verbose=0)
    assert path.exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"likelihood": "poisson"}, "got 'poisson'"),
        ({"likelihood": "gaussian", "sigma": 0}, "got 0"),
        ({"likelihood": "gaussian", "sigma": "best"}, "got 'best'"),
        ({"beta": -1}, "got -1"),
        ({"free_bits": -0.5}, "got -0.5"),
    ],
)
def test_what_cannot_be_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        small_vae(**options)


def test_every_call_of_sampling_draws_anew_and_a_seed_repeats_the_draws():
    z_mean, z_log_var = np.zeros((500, 2), "float32"), np.zeros((500, 2), "float32")
    layer, twin = Sampling(seed=3), Sampling(seed=3)
    draws = [np.asarray(layer([z_mean, z_log_var])) for _ in range(2)]
    assert not np.allclose(*draws)
    np.testing.assert_array_equal(draws[0], twin([z_mean, z_log_var]))
    assert stats.kstest(np.ravel(draws), "norm").pvalue > 1e-6


def test_sampling_moves_and_stretches():
    z_mean, z_log_var = rng.normal(size=(2, 500, 2)).astype("float32")
    eps = Sampling(seed=3)([0 * z_mean, 0 * z_mean])
    z = Sampling(seed=3)([z_mean, z_log_var])
    np.testing.assert_allclose(z, z_mean + np.exp(z_log_var / 2) * eps, rtol=1e-4, atol=1e-5)


TWO_REPLICAS = """
import vaelib
import keras, numpy as np, tensorflow as tf
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, 2 * [tf.config.LogicalDeviceConfiguration()])
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
from vaelib.models import VAE, Sampling
from vaelib.training import set_seed

def build(**options):
    x = keras.Input((28, 28, 1))
    flat = keras.layers.Flatten()(x)
    bias = options.pop("bias", "zeros")
    z_log_var = keras.layers.Dense(2, kernel_initializer="zeros", bias_initializer=bias)
    encoder = keras.Model(x, [keras.layers.Dense(2)(flat), z_log_var(flat)])
    pixels = [keras.layers.Dense(784), keras.layers.Reshape((28, 28, 1))]
    decoder = keras.Sequential([keras.Input((2,)), *pixels])
    return VAE(encoder, decoder, **options)

images = np.random.default_rng(0).random((64, 28, 28, 1)).astype("float32")
with strategy.scope():
    sampling = Sampling(seed=3)
zeros = tf.zeros((4, 2))
draw = tf.function(lambda: strategy.run(lambda: sampling([zeros, zeros])), autograph=False)
for _ in range(2):
    first, second = (np.array(a) for a in strategy.experimental_local_results(draw()))
    assert not np.intersect1d(first, second).size, "the replicas draw the same noise"

# With a standard deviation of e^-20 there is no noise, and two replicas must do what one does.
quiet = keras.initializers.Constant(-40)
results = []
for scope in (strategy.scope, lambda: tf.device("CPU:0")):
    set_seed(1)
    with scope():
        vae = build(bias=quiet)
        vae.compile(keras.optimizers.SGD(1e-4))
    history = vae.fit(images, batch_size=32, epochs=2, shuffle=False, verbose=0).history
    weights = [np.ravel(w)[0] for w in vae.get_weights()[:2]]
    results.append([history["loss"], history["elbo"], history["kl"], weights])
for two, one in zip(*results):
    np.testing.assert_allclose(two, one, rtol=1e-4)

for sigma in ("scalar", "optimal"):
    with strategy.scope():
        vae = build(likelihood="gaussian", sigma=sigma)
        vae.compile("adam")
    vae.fit(images, batch_size=32, epochs=1, verbose=0)
    assert keras.ops.convert_to_numpy(vae.log_var) != 0
    assert vae.get_config()["beta"] == 1
print("both replicas did their part")
"""


@pytest.mark.process
def test_a_mirrored_strategy_trains_as_one_device_does_with_noise_of_its_own_on_each_replica():
    run = subprocess.run(
        [sys.executable, "-c", TWO_REPLICAS], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "both replicas did their part" in run.stdout, run.stderr[-3000:]
