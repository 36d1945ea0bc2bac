"""The checks of 01_autoencoder, a function for each exercise."""

import keras
import numpy as np

from vaelib.checks import call, check_close, check_pair, check_shape, check_true


def check_pca_reconstruction(pca_reconstruction):
    """shape and mean squared error of five points in 3-D, one component kept"""
    points = np.array([[1, 2, 0], [2, 4, 1], [3, 5, 3], [4, 9, 2], [5, 10, 6]], dtype="float32")
    x_hat = call("pca_reconstruction", pca_reconstruction, points, 1)
    check_shape("pca_reconstruction", x_hat, (5, 3))
    check_close(
        "pca_reconstruction",
        np.mean((np.asarray(x_hat) - points) ** 2),
        0.384307,
        what="mean squared error on five points, k = 1",
        rtol=1e-4,
        mistakes={
            "the mean is not taken away first": 0.483393,
            "the mean is not added back": 17.304307,
            "the directions are taken from U, not from V": 5.053604,
            "the directions are columns of vt instead of rows": 4.443716,
            "one mean is taken over all pixels": 2.504625,
            "the mean of each image is taken away, not the mean of each pixel": 0.165539,
            "the directions come from x, not from x minus its mean": 0.463113,
            "x is projected, not x minus its mean": 16.828592,
            "the k components with the least variation are kept": 5.141946,
            "one component too many is kept": 0.00472,
            "the best direction is left out; the indices start at 0": 4.76708,
            "every image comes back as the mean, as if no component were kept": 5.146667,
            "the singular values are left out of the product": 4.086407,
            "the pixels are divided by their standard deviation first": 0.415943,
        },
    )

    # BEGIN HIDDEN TESTS
    def check_case(case, n, d, k, seed=0):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=(n, d)) @ rng.normal(size=(d, d)) + 5 * rng.normal(size=d)
        if "never changes" in case:
            x[:, -1] = 2.5
        x = x.astype("float32")
        mean, x_64 = x.mean(axis=0, dtype=float), x.astype(float)
        centred = x_64 - mean
        # Another route than the SVD: eigenvectors of the covariance, which eigh sorts upwards.
        best = np.linalg.eigh(centred.T @ centred)[1][:, ::-1]

        def kept(part):
            return centred @ best[:, part] @ best[:, part].T

        of_raw = np.linalg.svd(x_64, full_matrices=False)[2][:k]
        mistakes = {
            "the mean is not taken away first": x_64 @ of_raw.T @ of_raw,
            "the mean is not added back": kept(slice(k)),
            "x is projected, not x minus its mean": mean + x_64 @ best[:, :k] @ best[:, :k].T,
            "the directions come from x, not from x minus its mean": (
                mean + centred @ of_raw.T @ of_raw
            ),
            "one component too many is kept": mean + kept(slice(k + 1)),
            "one component is missing": mean + kept(slice(k - 1)),
            "the component of index k alone is kept": mean + kept(slice(k, k + 1)),
        }
        got = call("pca_reconstruction", pca_reconstruction, x, k, case=case)
        expected = mean + kept(slice(k))
        check_close("pca_reconstruction", got, expected, atol=1e-3, mistakes=mistakes, case=case)

    check_case("as many points as dimensions", n=6, d=6, k=2)
    check_case("more points than dimensions", n=40, d=7, k=3)
    check_case("fewer points than dimensions", n=5, d=30, k=3)
    check_case("the same shape, other values", n=5, d=30, k=3, seed=1)
    check_case("all components kept", n=9, d=4, k=4)
    check_case("a pixel that never changes", n=20, d=5, k=2)
    # END HIDDEN TESTS


def check_mse_per_image(mse_per_image):
    """two images of known errors, flat and with height, width and channels"""
    x = np.array([[0, 0.5, 1, 1], [0.2, 0.4, 0.6, 0.8]], dtype="float32")
    x_hat = np.array([[0, 0.5, 0.6, 0.8], [0.7, 0.4, 0.6, 0.2]], dtype="float32")
    for shape in ((2, 4), (2, 2, 1, 2)):
        check_close(
            "mse_per_image",
            call("mse_per_image", mse_per_image, x.reshape(shape), x_hat.reshape(shape)),
            [0.05, 0.1525],
            what=f"two images, together of shape {shape}",
            mistakes={
                "the errors are averaged over the batch": 0.10125,
                "the errors are averaged over the batch, too": [0.10125, 0.10125],
                "pixels are summed instead of averaged": [0.2, 0.61],
                "the sum is divided by 784, whatever the number of pixels": [0.000255, 0.000778],
                "the squares are halved": [0.025, 0.07625],
                "the square root is taken": [0.223607, 0.390512],
                "the absolute value is taken instead of the square": [0.15, 0.275],
                "the difference is not squared": [0.15, 0.025],
                "the mean is squared instead of the differences": [0.0225, 0.000625],
            },
        )
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(0)

    def check_case(case, shape, scale=1.0):
        x = rng.random(shape).astype("float32")
        x_hat = (x + scale * rng.normal(size=shape)).astype("float32")
        difference = (x.astype(float) - x_hat).reshape(len(x), -1)
        expected = (difference**2).mean(axis=1)
        clipped = np.square(x - np.clip(x_hat, 0, 1)).reshape(len(x), -1).mean(axis=1)
        mistakes = {
            "the errors are averaged over the batch, too": np.full(len(x), expected.mean()),
            "pixels are summed instead of averaged": (difference**2).sum(axis=1),
            "the square root is taken": np.sqrt(expected),
            "the absolute value is taken instead of the square": abs(difference).mean(axis=1),
            "the difference is not squared": difference.mean(axis=1),
            "the reconstructions are cut to [0, 1]": clipped,
        }
        if len(x) > 1:
            mistakes["the errors are averaged over the batch"] = expected.mean()
        got = call("mse_per_image", mse_per_image, x, x_hat, case=case)
        check_close(
            "mse_per_image", got, expected, rtol=1e-3, atol=2e-7, mistakes=mistakes, case=case
        )

    check_case("flat images", (5, 8))
    check_case("the same shape, other values", (5, 8))
    check_case("images without a channel", (6, 4, 9))
    check_case("two channels", (3, 5, 7, 2))
    check_case("a time axis, too", (4, 2, 3, 6, 8))
    check_case("one image", (1, 5, 7, 1))
    check_case("small errors", (6, 9), scale=0.01)
    check_case("images of one pixel", (4, 1))
    # END HIDDEN TESTS


def check_build_autoencoder(build_autoencoder):
    """shapes, parameters, hidden layers, codes and pixels under large weights, two calls"""
    name = "build_autoencoder"
    generator = np.random.default_rng(0)
    x = generator.random((5, 28, 28, 1)).astype("float32")
    made = call(name, build_autoencoder, 3)
    first, second = check_pair(name, made)
    for model, of in ((first, "first"), (second, "second")):
        problem = f"the {of} of the two values is no Keras model."
        check_true(name, hasattr(model, "get_weights"), problem)
    problem = "the first model starts from codes. Return the encoder first, then the decoder."
    check_true(name, tuple(getattr(first, "input_shape", ())) != (None, 3), problem)
    z = call(name, first, x)
    check_shape(name, z, (5, 3), what="the codes of five images")
    x_hat = call(name, second, z)
    check_shape(name, x_hat, (5, 28, 28, 1), what="the images of five codes")

    n_parameters = sum(
        int(np.prod(np.shape(w)))
        for model in check_pair(name, call(name, build_autoencoder, 32))
        for w in model.get_weights()
    )
    problem = f"with latent_dim=32 the two have {n_parameters:,} parameters, and 500,000 are the"
    check_true(name, n_parameters <= 500_000, f"{problem} most. Make the hidden layers narrower.")

    lowest, highest, dark = [], [], []
    for seed in range(12):
        generator = np.random.default_rng(seed)
        for model in (first, second):
            arrays = [10 * generator.normal(size=np.shape(w)) for w in model.get_weights()]
            # What is no kernel may be a variance.
            model.set_weights([np.abs(w) if w.ndim == 1 else w for w in arrays])
        z = np.asarray(call(name, first, x), dtype=float)
        lowest.append(z.min())
        highest.append(z.max())
        far = 20 * generator.normal(size=(40, 3)).astype("float32")
        x_hat = np.asarray(call(name, second, far), dtype=float)
        low, high = x_hat.min(), x_hat.max()
        problem = f"under large weights pixels come out between {low:.4g} and {high:.4g}, and they"
        problem += " have to stay in [0, 1]. Which activation does that?"
        check_true(name, low > -1e-5 and high < 1 + 1e-5, problem)
        dark.append(np.mean(x_hat > 0.9))
    problem = "whatever the weights, no code is below 0. Leave the code without an activation."
    check_true(name, min(lowest) < 0, problem)
    problem = f"whatever the weights, codes stay between {min(lowest):.3g} and {max(highest):.3g}."
    problem += " Leave the code without an activation."
    check_true(name, min(lowest) < -10 and max(highest) > 10, problem)
    problem = "whatever the weights, at most a few pixels of an image come near 1. Pixels do not"
    check_true(name, max(dark) > 0.1, f"{problem} exclude each other, as softmax makes them.")

    # A network without hidden nonlinearities maps the middle of two inputs to the middle.
    generator = np.random.default_rng(0)
    for model in (first, second):
        arrays = [generator.normal(size=np.shape(w)) for w in model.get_weights()]
        kernels = [w / np.sqrt(np.prod(w.shape[:-1])) for w in arrays]
        model.set_weights([np.abs(w) / 10 if w.ndim == 1 else w for w in kernels])
    halves = np.zeros((3, 28, 28, 1), dtype="float32")
    halves[0, :, :14], halves[1, :, 14:] = 1, 1
    halves[2] = halves[:2].mean(axis=0)
    a, b, middle = np.asarray(call(name, first, halves), dtype=float)
    problem = "the encoder is linear. Give a hidden layer an activation such as ReLU."
    apart = np.abs(middle - (a + b) / 2).max()
    check_true(name, apart > 1e-4 * max(np.abs(a).max(), np.abs(b).max()), problem)
    codes = np.array([[2, -1, 1], [-1, 2, 0.5], [0.5, 0.5, 0.75]], dtype="float32")
    pixels = np.asarray(call(name, second, codes), dtype=float)
    inside = np.all((pixels > 1e-4) & (pixels < 1 - 1e-4), axis=0)
    a, b, middle = np.log(pixels[:, inside] / (1 - pixels[:, inside]))
    problem = "before its last activation the decoder is linear. Give it a hidden layer with ReLU."
    apart = np.abs(middle - (a + b) / 2).max(initial=0)
    check_true(name, inside.sum() == 0 or apart > 1e-3, problem)

    again, _ = check_pair(name, call(name, build_autoencoder, 3))
    call(name, again, x)
    before = [np.array(w) for w in again.get_weights()]
    first.set_weights([np.zeros(np.shape(w)) for w in before])
    alone = all(np.array_equal(a, b) for a, b in zip(before, again.get_weights()))
    problem = "two calls return models that share their layers. Make new layers in each call."
    check_true(name, alone, problem)
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(0)
    for d, n, case in ((1, 3, "one latent dimension"), (32, 1, "32 latent dimensions, one image")):
        made = call(name, build_autoencoder, d, case=case)
        encoder, decoder = check_pair(name, made, case=case)
        x = rng.random((n, 28, 28, 1)).astype("float32")
        z = call(name, encoder, x, steady=False, case=case)
        check_shape(name, z, (n, d), what="the codes", case=case)
        x_hat = call(name, decoder, z, steady=False, case=case)
        check_shape(name, x_hat, (n, 28, 28, 1), what="the images", case=case)

        for model, inputs, of in ((encoder, x, "the encoder"), (decoder, z, "the decoder")):
            before = call(name, model, inputs, steady=False, case=case)
            learning = model(inputs, training=True)
            problem = f"{of} computes something else while it is trained, as Dropout and batch"
            alike = np.allclose(before, learning, atol=1e-4)
            check_true(name, alike, f"{problem} normalization do.", case=case)

    case = "each array of weights, changed alone"
    encoder, decoder = check_pair(name, call(name, build_autoencoder, 4, case=case), case=case)
    x = rng.random((30, 28, 28, 1)).astype("float32")
    z = rng.normal(size=(30, 4)).astype("float32")
    for model, inputs, of in ((encoder, x, "the encoder"), (decoder, z, "the decoder")):
        kept = [np.array(w) for w in model.get_weights()]
        before = np.asarray(call(name, model, inputs, steady=False, case=case), dtype=float)
        for i, changed in enumerate(kept):
            other = [*kept[:i], changed + rng.normal(size=changed.shape), *kept[i + 1 :]]
            model.set_weights(other)
            after = np.asarray(call(name, model, inputs, steady=False, case=case), dtype=float)
            problem = f"some weights of {of} have no influence on its output, so none is learned."
            check_true(name, not np.allclose(before, after), problem, case=case)
        model.set_weights(kept)
    # END HIDDEN TESTS


def check_gaussian_sampler(gaussian_sampler):
    """mean, covariance and shape of 20,000 samples in two dimensions, a line, two seeds"""
    name = "gaussian_sampler"
    # Two far groups, so that taking codes again and again is no Gaussian.
    generator = np.random.default_rng(0)
    side = np.repeat([[-1.0], [1.0]], 200, axis=0)
    codes = side * [3, 1] + generator.normal(size=(400, 2)) @ [[0.4, 0.3], [0, 0.5]] + [5, -2]
    codes = codes.astype("float32")
    mean, cov = codes.mean(axis=0), np.cov(codes.T)
    n = 20_000
    samples = call(name, gaussian_sampler, codes, n, 1)
    check_shape(name, samples, (n, 2))
    samples = np.asarray(samples, dtype=float)
    check_true(name, np.all(np.isfinite(samples)), "not every number is finite.")
    problem = "all samples are alike. Draw ε anew for each of them, in the shape (n, d)."
    check_true(name, np.ptp(samples, axis=0).min() > 1e-6, problem)
    again = np.asarray(call(name, gaussian_sampler, codes, n, 1), dtype=float)
    problem = "the same seed gives other samples. Use `np.random.default_rng(seed)`."
    check_true(name, np.array_equal(samples, again), problem)
    other = np.asarray(call(name, gaussian_sampler, codes, n, 2), dtype=float)
    problem = "another seed gives the same samples. Use `np.random.default_rng(seed)`."
    check_true(name, not np.allclose(samples, other), problem)

    # A right answer leaves each of these bands in fewer than 1 run of a million.
    std = np.sqrt(np.diag(cov))
    check_close(
        name,
        samples.mean(axis=0),
        mean,
        rtol=0,
        atol=0.04 * std,
        what=f"the mean of {n:,} samples",
        mistakes={"the mean is not added": [0, 0], "the mean is subtracted": -mean},
    )
    factor = np.linalg.cholesky(cov)
    eigenvalues = np.linalg.eigvalsh(cov)
    check_close(
        name,
        np.cov(samples.T),
        cov,
        rtol=0.05,
        atol=0.05 * np.sqrt(np.outer(np.diag(cov), np.diag(cov))),
        what=f"the covariance of {n:,} samples",
        mistakes={
            "each dimension is sampled by itself, so that correlations are lost": np.diag(std**2),
            "the covariance or its eigenvalues stand where their root belongs": cov @ cov,
            "ε is used as it is": np.eye(2),
            "the factor of Cholesky is transposed": factor.T @ factor,
            "the eigenvectors are left out or transposed": np.diag(eigenvalues),
            "the standard deviation of all codes together is used for every dimension": (
                np.std(codes) ** 2 * np.eye(2)
            ),
        },
    )
    within = np.mean(np.abs((samples - samples.mean(axis=0)) / samples.std(axis=0)) < 1)
    problem = f"{100 * within:.0f}% of the samples lie within one standard deviation of the mean,"
    problem += " and of a Gaussian 68% do. Is ε standard normal, and no code taken as it is?"
    check_true(name, abs(within - 0.6827) < 0.02, problem)

    line = np.arange(40, dtype="float32").reshape(-1, 1) * [1, -2, 0.5] + [3, 1, 0]
    samples = call(name, gaussian_sampler, line.astype("float32"), 500, 3)
    check_shape(name, samples, (500, 3))
    samples = np.asarray(samples, dtype=float)
    problem = "for codes on a line not every number is finite: the covariance is singular, so its"
    problem += " Cholesky factor does not exist, and rounding can make a variance negative."
    check_true(name, np.all(np.isfinite(samples)), problem)
    off = samples - [3, 1, 0] - np.outer(samples[:, 0] - 3, [1, -2, 0.5])
    problem = "for codes on a line the samples lie beside it. Add nothing to the covariance."
    check_true(name, np.abs(off).max() < 0.05, problem)
    # BEGIN HIDDEN TESTS
    for m, d, offset, scale, case in (
        (300, 1, 7, 1, "one dimension"),
        (2_000, 12, -3, 1, "twelve correlated dimensions"),
        (500, 4, 40, 0.01, "codes that are near each other and far from 0"),
        (30, 60, 2, 1, "fewer codes than dimensions"),
    ):
        rng = np.random.default_rng(d)
        codes = scale * rng.normal(size=(m, d)) @ rng.normal(size=(d, d)) + offset
        codes = codes.astype("float32")
        samples = call(name, gaussian_sampler, codes, n, 0, case=case)
        check_shape(name, samples, (n, d), case=case)
        samples = np.asarray(samples, dtype=float)
        # Divided by m or by m − 1: both are right, and this lies between.
        cov = np.cov(codes.T).reshape(d, d) * (m - 1) / (m - 0.5)
        std = np.sqrt(np.diag(cov))
        mean = codes.mean(axis=0, dtype=float)
        check_close(
            name, samples.mean(axis=0), mean, rtol=0, atol=0.045 * std, what="mean", case=case
        )
        products = np.outer(std, std)
        check_close(
            name,
            np.cov(samples.T).reshape(d, d) / products,
            cov / products,
            rtol=0,
            atol=0.08,
            what="covariance",
            mistakes={"correlations are lost": np.eye(d)},
            case=case,
        )
        lag = np.mean((samples[1:] - mean) * (samples[:-1] - mean) / std**2)
        problem = "samples that follow each other are not independent."
        check_true(name, abs(lag) < 0.05, problem, case=case)

    case = "other codes of the same shape"
    samples = np.asarray(call(name, gaussian_sampler, codes + 50, n, 0, case=case), dtype=float)
    check_close(
        name, samples.mean(axis=0), mean + 50, rtol=0, atol=0.045 * std, what="mean", case=case
    )

    case = "a dimension that is never used"
    flat = np.concatenate([rng.normal(size=(50, 3)), np.full((50, 1), 4)], axis=1)
    samples = call(name, gaussian_sampler, flat.astype("float32"), 7, 2**31 - 1, case=case)
    check_shape(name, samples, (7, 4), case=case)
    samples = np.asarray(samples, dtype=float)
    check_close(name, samples[:, 3], np.full(7, 4), rtol=0, atol=2e-2, case=case)
    problem = "the other dimensions do not vary."
    check_true(name, np.ptp(samples[:, :3], axis=0).min() > 1e-3, problem, case=case)

    case = "one sample, and two codes"
    two = np.array([[0, 1, 2], [2, 1, 6]], dtype="float32")
    sample = call(name, gaussian_sampler, two, 1, 5, case=case)
    check_shape(name, sample, (1, 3), case=case)
    sample = np.asarray(sample, dtype=float)[0]
    check_close(name, sample[1:], [1, 2 * sample[0] + 2], rtol=0, atol=1e-2, case=case)
    # END HIDDEN TESTS


def check_latent_path(latent_path):
    """five points between a white image and a black one, in a latent space of one dimension"""
    name = "latent_path"
    # The code is e to the power of the mean pixel, and all pixels of a decoded image are e^−z.
    image = keras.Input((28, 28, 1))
    mean = keras.layers.GlobalAveragePooling2D()(image)
    encoder = keras.Model(image, keras.layers.Activation("exponential")(mean))
    dense = keras.layers.Dense(784, activation="exponential", use_bias=False)
    decoder = keras.Sequential([keras.Input((1,)), dense, keras.layers.Reshape((28, 28, 1))])
    dense.set_weights([-np.ones((1, 784))])
    white, black = np.zeros((28, 28, 1), "float32"), np.ones((28, 28, 1), "float32")
    got = call(name, latent_path, encoder, decoder, white, black, 5)
    check_shape(name, got, (5, 28, 28, 1))
    pixels = np.reshape(np.asarray(got), (5, -1))
    check_close(
        name,
        pixels.mean(axis=1),
        [0.367879, 0.239412, 0.155806, 0.101397, 0.065988],
        what="mean pixel of each of the five images",
        rtol=1e-4,
        mistakes={
            "the line joins the images; join their codes": (
                [0.367879, 0.27692, 0.192296, 0.120392, 0.065988]
            ),
            "the decoded ends are mixed; mix their codes, and decode each mixture": (
                [0.367879, 0.292407, 0.216934, 0.141461, 0.065988]
            ),
            "the two images are mixed pixel by pixel": [0, 0.25, 0.5, 0.75, 1],
            "the path runs from the last image to the first": (
                [0.065988, 0.101397, 0.155806, 0.239412, 0.367879]
            ),
            "the last point is missing": [0.367879, 0.26089, 0.185016, 0.131208, 0.093049],
            "both ends are missing": [0.276269, 0.207472, 0.155806, 0.117007, 0.08787],
        },
    )

    # BEGIN HIDDEN TESTS
    def check_case(case, n, d, seed, same=False):
        rng = np.random.default_rng(seed)
        weights = [rng.normal(size=shape) for shape in ((784, 6), (6,), (6, d), (d,))]
        weights += [rng.normal(size=shape) for shape in ((d, 784), (784,))]
        weights[0] /= 10  # so that tanh does not saturate
        w_1, b_1, w_2, b_2, w_3, b_3 = weights
        layers = [keras.layers.Dense(6, activation="tanh"), keras.layers.Dense(d)]
        hidden = keras.layers.Dropout(0.5)  # which is off outside of training
        encoder = keras.Sequential(
            [keras.Input((28, 28, 1)), keras.layers.Flatten(), layers[0], hidden, layers[1]]
        )
        layers.append(keras.layers.Dense(784, activation="sigmoid"))
        decoder = keras.Sequential(
            [keras.Input((d,)), layers[2], keras.layers.Reshape((28, 28, 1))]
        )
        for layer, both in zip(layers, ((w_1, b_1), (w_2, b_2), (w_3, b_3))):
            layer.set_weights(both)
        ends = rng.random((2, 28, 28, 1)).astype("float32")
        ends[1] = ends[0] if same else ends[1]
        t = np.linspace(0, 1, n)[:, None]

        def codes(x):
            return np.tanh(np.reshape(x, (-1, 784)).astype(float) @ w_1 + b_1) @ w_2 + b_2

        def images(z):
            return 1 / (1 + np.exp(-(z @ w_3 + b_3))).reshape(-1, 28, 28, 1)

        def line(pair):
            pair = pair.reshape(2, -1).astype(float)
            return (1 - t) * pair[0] + t * pair[1]

        for pair in (ends, ends[::-1]):
            expected = images(line(codes(pair)))
            mistakes = {
                "the line joins the images; join their codes": images(codes(line(pair))),
                "the decoded ends are mixed; mix their codes, and decode each mixture": (
                    line(images(codes(pair))).reshape(expected.shape)
                ),
                "the path runs from the last image to the first": expected[::-1],
            }
            got = call(name, latent_path, encoder, decoder, *pair, n, case=case)
            mistakes = {} if same or n == 2 else mistakes
            check_close(name, got, expected, case=case, rtol=1e-3, atol=1e-4, mistakes=mistakes)

    check_case("three latent dimensions", n=7, d=3, seed=0)
    check_case("the two ends alone", n=2, d=4, seed=1)
    check_case("one latent dimension, many points", n=40, d=1, seed=2)
    check_case("from an image to itself", n=4, d=9, seed=3, same=True)
    # END HIDDEN TESTS


def check_roc_auc(roc_auc):
    """four normal and seven anomalous scores, with ties, in no order"""
    name = "roc_auc"
    normal = np.array([1.8, 0.3, 1.0, 0.9])
    anomalous = np.array([0.9, 1.0, 0.9, 1.9, 0.9, 1.7, 1.4])
    check_close(
        name,
        call(name, roc_auc, normal, anomalous),
        0.607143,
        mistakes={
            "equal scores are lost": 0.535714,
            "equal scores are won": 0.678571,
            "normal and anomalous scores are exchanged": 0.392857,
            "the two are exchanged, and equal scores are lost": 0.321429,
            "anomalous scores are compared with the mean of the normal ones": 0.428571,
            "anomalous scores are compared with the median of the normal ones": 0.571429,
            "anomalous scores are compared with the largest normal one": 0.142857,
            "anomalous scores are compared with the smallest normal one": 1,
            "wins are counted and not divided by the number of pairs": 17,
            "wins are divided by the number of anomalous scores alone": 2.428571,
            "wins are divided by the number of normal scores alone": 4.25,
            "the ranks of the anomalous scores among themselves are not subtracted": 1.607143,
        },
    )
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(0)
    for n, m, case in ((1_000, 300, "more normal scores"), (40, 700, "more anomalous scores")):
        for shift in (0, 1):  # twice with the same shapes
            normal = rng.normal(size=n).round(1).astype("float32")
            anomalous = (rng.normal(size=m) + shift - 0.3).round(1).astype("float32")
            above = np.mean(anomalous[:, None] > normal)
            equal = np.mean(anomalous[:, None] == normal)
            check_close(
                name,
                call(name, roc_auc, normal, anomalous, case=case),
                above + equal / 2,
                mistakes={
                    "equal scores are lost": above,
                    "equal scores are won": above + equal,
                    "normal and anomalous scores are exchanged": 1 - above - equal / 2,
                },
                case=case,
            )
    for normal, anomalous, area, case in (
        ([-3.0, -2.5, -7.0], [-1.0, 4.0], 1, "perfect scores, most of them negative"),
        ([5.0, 6.0], [1.0, 2.0, 3.0], 0, "scores that are always wrong"),
        ([2.0, 2.0, 2.0], [2.0, 2.0], 0.5, "scores that are all equal"),
        ([0.0], [0.25], 1, "one score of each kind"),
        ([1.0, 2.0], [1.5, 1.5, 1.5, 1.5, 3.0], 0.6, "equal anomalous scores"),
        (
            [1e6, 1e6 + 1e-3, 1e6 + 3e-3],
            [1e6 + 2e-3, 1e6 + 3e-3],
            0.75,
            "large scores that differ a little",
        ),
    ):
        got = call(name, roc_auc, np.array(normal), np.array(anomalous), case=case)
        check_close(name, got, area, case=case)

    case = "whole numbers"
    got = call(name, roc_auc, np.array([1, 2, 3, 3]), np.array([3, 0, 4]), case=case)
    check_close(name, got, 7 / 12, case=case)
    # END HIDDEN TESTS
